//! No bytes make the reader of entries panic, and an entry that says an event is the one text of what it says.

#![no_main]

use libfuzzer_sys::fuzz_target;
use promotion_ledger::evidence::encoding::canonical;
use promotion_ledger::evidence::entry::{Content, Entry};
use promotion_ledger::evidence::note::{Note, assemble};
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    // Signed notes are rare among random bytes: a line is given the frame that it needs.
    let framed = assemble(&[bytes, b"\n"].concat(), &key(), &[0; 64]);
    for note in [bytes, &framed] {
        read(note);
    }
});

fn read(note: &[u8]) {
    let Ok(entry) = Entry::parse(note) else { return };
    let line = Note::parse(note).expect("an entry is a note").line();
    let value: Value = serde_json::from_slice(line).expect("an entry's line is JSON");
    assert_eq!(canonical(&value).expect("an entry's line is canonical"), line);
    if let Content::Event(event) = entry.content() {
        let data = value.get("data").expect("an entry has data");
        assert_eq!(canonical(&event).expect("an event can be written"), canonical(data).expect("data is canonical"));
    }
}

fn key() -> promotion_ledger::meaning::id::KeyRef {
    const NOTE: &[u8] =
        b"x\n\n\xe2\x80\x94 k AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
    Note::parse(NOTE).expect("a note").key().clone()
}
