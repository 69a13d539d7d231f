//! Single entries: bytes changed without a key, and forms that even the right key may not sign.

use promotion_ledger::evidence::hash::leaf_hash;
use serde_json::json;

use crate::scene::{LOCKED, SIZE, Scene, fields, sign_fields, sign_text};

/// The text of an entry with `from` in it once, changed into `to`; the signature stays.
fn replaced(note: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text = str::from_utf8(note).expect("an entry is text");
    assert_eq!(text.matches(from).count(), 1, "{from} stands once in {text}");
    text.replace(from, to).into_bytes()
}

/// How an entry's text says its place.
fn place(sequence: usize) -> String {
    format!("\"seq\":{sequence},")
}

// attack: 1
/// Somebody can write to the ledger's file and holds no key. They edit what the lock says, who set it, where it stands,
/// what it follows, and its signature, and file it under its new hash each time, so that the columns agree.
#[test]
fn no_part_of_an_entry_can_be_edited_without_its_key() {
    let scene = Scene::new();
    let notes = scene.notes();
    let other = |note: &[u8]| leaf_hash(note).to_string();
    assert_ne!(other(&notes[LOCKED]), other(&notes[LOCKED + 1]));
    let prev = fields(&notes[LOCKED])["prev"].as_str().expect("a hash").to_owned();
    let edits = [
        ("the auditors are here", "nothing to see here!!", "expected a signature of this text"),
        ("\"actor\":\"ops@acme.example\"", "\"actor\":\"ci:acme/shop\"", "expected a signature of this text"),
        (&place(LOCKED), &place(LOCKED - 1), &format!("expected sequence {LOCKED}, found {}", LOCKED - 1)),
        (&prev[..8], "AAAAAAAA", "expected previous hash"),
        ("— acme.example/ops ", "— acme.example/ci ", "expected a signature by a key of this ledger"),
        ("=\n", "\n", "malformed"),
    ];
    for (from, to, words) in edits {
        let mut edited = notes.clone();
        // The last of the edits is in the signature, which ends the note.
        edited[LOCKED] = if from == "=\n" { notes[LOCKED][..notes[LOCKED].len() - 2].to_vec() } else { replaced(&notes[LOCKED], from, to) };
        scene.store(&edited);
        scene.expect_tampered(LOCKED, words);
    }
    scene.store(&notes);
    scene.expect_sound();
}

// attack: 10
/// Ops, with the key that set the lock, writes it again in another spelling of the same JSON: a reader that parses leniently would
/// see the same event and another hash. The signature holds each time; the form does not.
#[test]
fn one_event_has_one_spelling_whoever_signs_it() {
    let scene = Scene::new();
    let (notes, key) = (scene.notes(), scene.ops_key());
    let line = str::from_utf8(&notes[LOCKED]).expect("an entry is text").lines().next().expect("an entry has a line").to_owned();
    let spellings = [
        ("a key twice", line.replace("\"v\":1}", "\"v\":1,\"v\":1}"), "a key that sorts after"),
        ("a fraction", line.replace(&place(LOCKED), &format!("\"seq\":{LOCKED}.0,")), "an integer"),
        ("beyond 2^53", line.replace(&place(LOCKED), &place((1 << 53) + 1)), "an integer"),
        ("a needless escape", line.replace("auditors", "\\u0061uditors"), "one of \\\""),
        ("an escaped solidus", line.replace("the auditors are here", "the\\/auditors"), "one of \\\""),
        ("a byte order mark", format!("\u{feff}{line}"), "an object"),
        ("white space", line.replace("\"v\":1}", "\"v\": 1}"), "a string, an integer"),
        ("unsorted keys", line.replace("\"v\":1}", "\"v\":1,\"a\":1}"), "a key that sorts after"),
        ("null", line.replace("\"v\":1}", "\"v\":null}"), "a string, an integer"),
        ("a second object", format!("{line}{{}}"), "the end"),
        ("a carriage return", format!("{line}\r"), "text without control characters"),
    ];
    for (what, spelled, words) in spellings {
        assert_ne!(spelled, line, "{what}");
        let mut forged = notes[..=LOCKED].to_vec();
        forged[LOCKED] = sign_text(&spelled, &key);
        scene.store(&forged);
        let findings = scene.verify(20, &[]);
        assert_eq!(findings[0].entry, Some(LOCKED as u64), "{what}: {findings:?}");
        assert!(findings[0].message.contains("malformed") && findings[0].message.contains(words), "{what}: {findings:?}");
    }
}

// attack: 10
/// Text is taken as it is and never normalised: two spellings of `é` are two texts, both sound, and their entries have two hashes.
#[test]
fn text_is_bytes_and_is_not_normalised() {
    let scene = Scene::new();
    let (notes, key) = (scene.notes(), scene.ops_key());
    let mut hashes = Vec::new();
    for reason in ["caf\u{e9}", "cafe\u{301}"] {
        let mut fields = fields(&notes[LOCKED]);
        fields["data"]["reason"] = json!(reason);
        let mut written = notes[..=LOCKED].to_vec();
        written[LOCKED] = sign_fields(&fields, &key);
        hashes.push(leaf_hash(&written[LOCKED]));
        scene.store(&written);
        scene.expect_sound();
    }
    assert_ne!(hashes[0], hashes[1]);
}

// attack: 12
/// Ops signs an entry of a type, and of a version of a type, that this level of the format does not know, in the hope that
/// readers skip what they cannot read. They do not: it is unlawful here, and nobody decides anything over it.
#[test]
fn an_unknown_type_is_not_skipped() {
    let scene = Scene::new();
    let (notes, key) = (scene.notes(), scene.ops_key());
    for (event_type, version) in [("environment.unlocked.quietly", 1), ("environment.locked", 2)] {
        let mut fields = fields(&notes[LOCKED]);
        fields["type"] = json!(event_type);
        fields["v"] = json!(version);
        let mut forged = notes[..=LOCKED].to_vec();
        forged[LOCKED] = sign_fields(&fields, &key);
        scene.store(&forged);
        scene.expect_unlawful(LOCKED, "type");
        scene.shop.workspace.promoledger_of("stranger").run(&["status"]).expect_code(23);
        assert_eq!(scene.shop.entries().len(), LOCKED + 1);
    }
}

// attack: 12
/// Ops raises the level of the format first, as a later program would. What follows is authentic and not understood here: that is
/// neither sound (0) nor tampering (20), and nothing is appended over it.
#[test]
fn a_later_type_at_a_later_level_is_not_called_sound() {
    let scene = Scene::new();
    let (notes, key) = (scene.notes(), scene.ops_key());
    let mut later = notes[..=LOCKED].to_vec();
    for (event_type, data) in [("format.raised", json!({"level": 2})), ("environment.painted", json!({"colour": "red"}))] {
        let mut fields = fields(later.last().expect("a log has entries"));
        let place = later.len();
        fields["type"] = json!(event_type);
        fields["data"] = data;
        fields["seq"] = json!(place);
        fields["id"] = json!(crate::scene::fresh_id(place as u8).to_string());
        fields["prev"] = json!(promotion_ledger::evidence::b64::encode(leaf_hash(&later[place - 1]).as_bytes()));
        later.push(sign_fields(&fields, &key));
    }
    scene.store(&later);
    let findings = scene.verify(22, &[]);
    assert_eq!(findings[0].entry, Some(SIZE as u64), "{findings:?}");
    assert!(findings[0].message.contains("not understood"), "{findings:?}");
    let ops = scene.shop.admin().env("XDG_CACHE_HOME", scene.shop.workspace.path().join("fresh-cache"));
    ops.run(&["lock", "--env", "dev", "--reason", "who knows"]).expect_code(22);
    assert_eq!(scene.shop.entries().len(), later.len());
}
