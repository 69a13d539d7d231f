//! The auditor over what stands around entries: the columns of a store, and the files of an export.

mod columns;
mod exports;

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use promotion_ledger::custody::audit::{Finding, Pins, verify};
use promotion_ledger::custody::log::Log;
use promotion_ledger::custody::store::memory::Memory;
use promotion_ledger::custody::store::{Body, Head, NewEntry, Store};
use promotion_ledger::evidence::entry::Entry;
use promotion_ledger::evidence::hash::leaf_hash;
use promotion_ledger::meaning::digest::BodyDigest;
use promotion_ledger::meaning::refusal::ExitCode;
use promotion_ledger::meaning::time::Timestamp;
use serde::Deserialize;

/// The parts of a vector's file that are needed here.
#[derive(Deserialize)]
struct Vector {
    entries: Vec<String>,
    bodies: Vec<BodyText>,
}

#[derive(Deserialize)]
struct BodyText {
    digest: BodyDigest,
    salt_base64: String,
    bytes_base64: String,
}

/// A store that holds the vector `bodies`, which is sound.
fn sound() -> Memory {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/vectors/v1/valid/bodies.json");
    let vector: Vector = serde_json::from_str(&fs::read_to_string(path).expect("a vector")).expect("a vector is JSON");
    let decode = |text: &str| STANDARD.decode(text).expect("a vector's base64 is base64");
    let body = |body: &BodyText| {
        let salt = decode(&body.salt_base64).try_into().expect("a salt has 16 bytes");
        Body { digest: body.digest, salt, bytes: decode(&body.bytes_base64) }
    };
    let entry = |text: &String| {
        let note = text.clone().into_bytes();
        NewEntry { id: Entry::parse(&note).expect("an entry").id(), hash: leaf_hash(&note), note }
    };
    let entries: Vec<NewEntry> = vector.entries.iter().map(entry).collect();
    let bodies: Vec<Body> = vector.bodies.iter().map(body).collect();
    assert!(!bodies.is_empty(), "the vector has bodies");
    let store = Memory::new();
    store.append(&Head::EMPTY, &entries, &bodies).expect("an empty store takes entries");
    store
}

/// What is wrong with a log, and the exit code of its verdict.
fn findings(log: &dyn Log) -> (ExitCode, Vec<Finding>) {
    let report = verify(log, &Pins::default(), Timestamp::parse("2030-01-01T00:00:00.000000Z").expect("a time"));
    (report.exit_code(), report.findings)
}

/// The verdict is tampering, at that entry if it is about one, in words that hold these.
#[track_caller]
fn expect_tampered(log: &dyn Log, entry: Option<u64>, words: &str) {
    let (code, found) = findings(log);
    assert_eq!(code, ExitCode::Tampered, "{found:?}");
    let first = found.first().expect("something was found");
    assert_eq!(first.entry.map(|entry| entry.get()), entry, "{found:?}");
    assert!(first.message.contains(words), "{found:?}");
}
