//! Every bit of a short log and of its bodies, flipped once, is noticed where it was flipped.
//!
//! A flipped bit of an entry is always exit 20 at that entry. It cannot be 23: the law is asked only of what is
//! authentic, and no bit of an entry stands outside its signature except those of the signature line, which name the
//! key and are the signature. It cannot be noticed later: the entry's own signature fails before the next entry's
//! `prev` does. And it leaves no trace in the chain that found it.
//!
//! A flip is tried on the chain as it stands before the entry, and the trial ends there. That loses nothing: the entries
//! before are the ones that were admitted a moment ago, and behind a broken entry nothing is read; that the whole verdict
//! agrees is asked once for every entry. Of a long log one bit of every byte is flipped, in one entry of each type: what
//! comes before the law treats two entries alike unless their types differ.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use promotion_ledger::custody::audit::{Pins, Report, verify};
use promotion_ledger::custody::log::{Kept, Log, LogError};
use promotion_ledger::custody::store::Body;
use promotion_ledger::evidence::chain::Chain;
use promotion_ledger::evidence::entry::Entry;
use promotion_ledger::meaning::digest::BodyDigest;
use promotion_ledger::meaning::refusal::ExitCode;
use promotion_ledger::meaning::time::Timestamp;
use serde::Deserialize;

struct Bytes {
    notes: Vec<Vec<u8>>,
    bodies: BTreeMap<BodyDigest, Body>,
}

impl Log for Bytes {
    fn entries(&self, each: &mut dyn FnMut(Kept) -> ControlFlow<()>) -> Result<(), LogError> {
        let _ = self.notes.iter().try_for_each(|note| each(Kept { note: note.clone(), filed: None }));
        Ok(())
    }

    fn body(&self, digest: &BodyDigest) -> Result<Option<Body>, LogError> {
        Ok(self.bodies.get(digest).cloned())
    }

    fn bodies(&self, each: &mut dyn FnMut(BodyDigest) -> ControlFlow<()>) -> Result<(), LogError> {
        let _ = self.bodies.keys().try_for_each(|digest| each(*digest));
        Ok(())
    }
}

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

/// A sound log among the vectors.
fn sound(name: &str) -> Bytes {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/vectors/v1/valid").join(name);
    let vector: Vector = serde_json::from_str(&fs::read_to_string(path).expect("a vector")).expect("a vector is JSON");
    let decode = |text: &str| STANDARD.decode(text).expect("a vector's base64 is base64");
    let body = |body: BodyText| {
        let salt = decode(&body.salt_base64).try_into().expect("a salt has 16 bytes");
        (body.digest, Body { digest: body.digest, salt, bytes: decode(&body.bytes_base64) })
    };
    let log = Bytes {
        notes: vector.entries.into_iter().map(String::into_bytes).collect(),
        bodies: vector.bodies.into_iter().map(body).collect(),
    };
    assert_eq!(audit(&log).exit_code(), ExitCode::Done, "{name} is sound");
    log
}

fn audit(log: &Bytes) -> Report {
    verify(log, &Pins::default(), Timestamp::parse("2030-01-01T00:00:00.000000Z").expect("a time"))
}

fn flip(bytes: &mut [u8], bit: usize) {
    *bytes.get_mut(bit / 8).expect("a bit of these bytes") ^= 1 << (bit % 8);
}

/// Flips these bits, one at a time, of the entry that comes next in the chain.
fn flip_each(chain: &mut Chain, note: &[u8], bits: impl Iterator<Item = usize>) {
    let at = chain.size();
    let before = (*chain.head(), chain.state().clone());
    let mut flipped = note.to_vec();
    for bit in bits {
        flip(&mut flipped, bit);
        let Err(fault) = chain.admit(&flipped) else { unreachable!("bit {bit} of entry {at} is not noticed") };
        assert_eq!((fault.fault.exit_code(), fault.sequence.get()), (ExitCode::Tampered, at), "bit {bit} of entry {at}: {fault}");
        flip(&mut flipped, bit);
    }
    assert!(before == (*chain.head(), chain.state().clone()), "entry {at}: what was refused left a trace");
}

fn every_bit_of(log: &Bytes) {
    let mut chain = Chain::begin();
    for note in &log.notes {
        flip_each(&mut chain, note, 0..note.len() * 8);
        chain.admit(note).expect("a sound entry");
    }
}

// proves: derived
#[test]
fn every_bit_of_every_entry() {
    every_bit_of(&sound("bodies.json"));
}

/// The bit moves on from byte to byte, so that all eight have their turn.
#[test]
fn one_bit_of_every_byte_of_an_entry_of_each_type() {
    let log = sound("full-story.json");
    let mut types = BTreeSet::new();
    let mut chain = Chain::begin();
    for note in &log.notes {
        if types.insert(Entry::parse(note).unwrap().event_type().to_owned()) {
            flip_each(&mut chain, note, (0..note.len()).map(|byte| byte * 8 + byte % 8));
        }
        chain.admit(note).unwrap();
    }
}

/// The whole verdict says what the chain says: the entries before stand, and nothing behind was read.
#[test]
fn one_bit_of_every_entry_in_the_whole_verdict() {
    let mut log = sound("full-story.json");
    for at in 0..log.notes.len() {
        let bit = (at * 7919) % (log.notes[at].len() * 8);
        flip(&mut log.notes[at], bit);
        let report = audit(&log);
        let [finding] = report.findings.as_slice() else { panic!("entry {at}, bit {bit}: one finding, {:?}", report.findings) };
        assert_eq!((finding.code, finding.entry.map(|entry| entry.get())), (ExitCode::Tampered, Some(at as u64)), "bit {bit}");
        assert_eq!((report.exit_code(), report.sound), (ExitCode::Tampered, at as u64), "entry {at}, bit {bit}");
        flip(&mut log.notes[at], bit);
    }
}

/// A body of no bytes has its salt. The digest it is filed under is its name: a body under another name is missing.
// proves: FR-011
#[test]
fn every_bit_of_every_body() {
    let log = sound("bodies.json");
    let digests: Vec<BodyDigest> = log.bodies.keys().copied().collect();
    assert_eq!(digests.len(), 2);
    for digest in digests {
        let whole = log.bodies[&digest].clone();
        let file = [&whole.salt[..], &whole.bytes].concat();
        for bit in 0..file.len() * 8 {
            let mut file = file.clone();
            flip(&mut file, bit);
            let (salt, bytes) = file.split_first_chunk::<16>().unwrap();
            let verdict = with_body(&log, digest, Body { salt: *salt, bytes: bytes.to_vec(), ..whole.clone() });
            assert_eq!(verdict, named(&log, &digest, ExitCode::Tampered), "body {digest}, bit {bit}");
        }
        for bit in 0..256 {
            let mut name = *digest.as_bytes();
            flip(&mut name, bit);
            let verdict = with_body(&log, digest, Body { digest: BodyDigest::from_bytes(name), ..whole.clone() });
            assert_eq!(verdict, named(&log, &digest, ExitCode::Incomplete), "the name of body {digest}, bit {bit}");
        }
    }
}

/// The verdict over the log with a body in the place of another, and the entry that it is about.
fn with_body(log: &Bytes, old: BodyDigest, body: Body) -> (ExitCode, Option<u64>) {
    let mut bodies = log.bodies.clone();
    bodies.remove(&old);
    bodies.insert(body.digest, body);
    let report = audit(&Bytes { notes: log.notes.clone(), bodies });
    (report.exit_code(), report.findings.first().and_then(|finding| finding.entry).map(|entry| entry.get()))
}

/// That verdict at the entry that names the body.
fn named(log: &Bytes, digest: &BodyDigest, code: ExitCode) -> (ExitCode, Option<u64>) {
    let spelled = format!("\"digest\":\"{digest}\"");
    let naming = log.notes.iter().position(|note| note.windows(spelled.len()).any(|window| window == spelled.as_bytes()));
    (code, naming.map(|at| at as u64))
}
