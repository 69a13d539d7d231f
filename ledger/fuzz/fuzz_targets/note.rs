//! Whatever note comes apart is put together again as it was.

#![no_main]

use libfuzzer_sys::fuzz_target;
use promotion_ledger::evidence::note::{Note, assemble};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(note) = Note::parse(bytes) {
        assert_eq!(assemble(note.text(), note.key(), note.signature()), bytes);
    }
});
