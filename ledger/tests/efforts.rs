//! Whatever the effort, the report is the same: plain verification is the reference, and work done ahead on threads and
//! signatures checked by tables must come to its every word.

#![allow(clippy::unwrap_used, reason = "what the helpers unwrap ends the test, as in the tests themselves")]

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use promotion_ledger::custody::audit::{Effort, Pins, Report, verify_with};
use promotion_ledger::custody::clock::Stopped;
use promotion_ledger::custody::ledger::{Writer, append};
use promotion_ledger::custody::log::{Kept, Live, Log, LogError};
use promotion_ledger::custody::random::Counter;
use promotion_ledger::custody::store::memory::Memory;
use promotion_ledger::custody::store::{Body, Store};
use promotion_ledger::evidence::b64;
use promotion_ledger::evidence::chain::Chain;
use promotion_ledger::evidence::keyring::{Claim, SecretKey, Signer as _};
use promotion_ledger::meaning::digest::{BodyDigest, Digest};
use promotion_ledger::meaning::event::artifact::ArtifactRegistered;
use promotion_ledger::meaning::event::ledger::{KeyAddition, LedgerCreated, ManifestAdopted};
use promotion_ledger::meaning::grant::Grant;
use promotion_ledger::meaning::id::LedgerId;
use promotion_ledger::meaning::names::{Agent, Component, Environment, KeyName, Origin, Pipeline, Principal, Repository, Version};
use promotion_ledger::meaning::refusal::ExitCode;
use promotion_ledger::meaning::rules::{ComponentRule, EnvironmentRule, OnIncomparable, Rules};
use promotion_ledger::meaning::time::Timestamp;
use serde_json::Value;

const EFFORTS: [Effort; 3] = [Effort::Fast { threads: 1 }, Effort::Fast { threads: 2 }, Effort::Fast { threads: 5 }];

/// The report of plain verification, after every other effort came to the same.
#[track_caller]
fn audit(log: &dyn Log, what: &str) -> Report {
    let now = Timestamp::parse("2030-01-01T00:00:00.000000Z").unwrap();
    let plain = verify_with(log, &Pins::default(), now, Effort::Plain);
    for effort in EFFORTS {
        let other = verify_with(log, &Pins::default(), now, effort);
        assert_eq!(format!("{other:?}"), format!("{plain:?}"), "{what}, {effort:?}");
    }
    plain
}

/// A log in memory. It may end in an error, as a damaged file does.
struct Bytes {
    notes: Vec<Vec<u8>>,
    bodies: BTreeMap<BodyDigest, Body>,
    ends_in: Option<LogError>,
}

impl Log for Bytes {
    fn entries(&self, each: &mut dyn FnMut(Kept) -> ControlFlow<()>) -> Result<(), LogError> {
        for note in &self.notes {
            if each(Kept { note: note.clone(), filed: None }).is_break() {
                return Ok(());
            }
        }
        self.ends_in.clone().map_or(Ok(()), Err)
    }

    fn body(&self, digest: &BodyDigest) -> Result<Option<Body>, LogError> {
        Ok(self.bodies.get(digest).cloned())
    }

    fn bodies(&self, each: &mut dyn FnMut(BodyDigest) -> ControlFlow<()>) -> Result<(), LogError> {
        let _ = self.bodies.keys().try_for_each(|digest| each(*digest));
        Ok(())
    }
}

/// Every vector, sound or not, as its file's name and its log.
fn vectors(folder: &Path, found: &mut Vec<(PathBuf, Bytes)>) {
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            vectors(&path, found);
        } else if path.extension().is_some_and(|end| end == "json") {
            let vector: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
            found.push((path, spelled(&vector)));
        }
    }
}

fn spelled(vector: &Value) -> Bytes {
    let decode = |text: &Value| STANDARD.decode(text.as_str().unwrap()).unwrap();
    let note = |entry: &Value| entry.as_str().map_or_else(|| decode(&entry["base64"]), |text| text.as_bytes().to_vec());
    let body = |body: &Value| {
        let digest = BodyDigest::from_hex(body["digest"].as_str().unwrap()).unwrap();
        let salt = decode(&body["salt_base64"]).try_into().unwrap();
        (digest, Body { digest, salt, bytes: decode(&body["bytes_base64"]) })
    };
    Bytes {
        notes: vector["entries"].as_array().unwrap().iter().map(note).collect(),
        bodies: vector["bodies"].as_array().into_iter().flatten().map(body).collect(),
        ends_in: None,
    }
}

#[test]
fn every_vector_gets_one_report() {
    let mut all = Vec::new();
    vectors(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/vectors/v1"), &mut all);
    assert!(all.len() > 50, "found {} vectors", all.len());
    for (path, log) in all {
        audit(&log, &path.display().to_string());
    }
}

/// A log of one key and of several batches: releases of one component.
fn long_log(entries: u64) -> Memory {
    let store = Memory::new();
    let key = SecretKey::from_seed(KeyName::new("acme.example/ci").unwrap(), &[7; 32]);
    let (actor, agent, origin) = (Principal::new("ci:acme").unwrap(), Agent::new("tests/1").unwrap(), Origin::new("acme.example").unwrap());
    let ledger_id = LedgerId::parse("0198f0a4-6f3a-7c1e-8a55-3f0a2b9d1c77").unwrap();
    let proof = b64::encode(&Claim::of_first_key(&origin, &ledger_id, &actor).prove(&key).unwrap());
    let (name, public) = (key.key().name().clone(), key.key().public());
    let first = KeyAddition { grants: vec![Grant::everything()], groups: Vec::new(), name, principal: actor.clone(), proof, public };
    let component = ComponentRule {
        name: Component::new("api").unwrap(),
        repository: Repository::new("registry.acme.example/api").unwrap(),
        versions: None,
    };
    let environment = EnvironmentRule::new(Environment::new("dev").unwrap(), vec![]);
    let rules = Rules::new(Pipeline::new("shop").unwrap(), vec![component], vec![environment], OnIncomparable::Warn).unwrap();
    let mut events = vec![
        LedgerCreated { admin_threshold: 1, format: 1, keys: vec![first], ledger_id, origin, recovery: None }.into(),
        ManifestAdopted { rules }.into(),
    ];
    events.extend((2..entries).map(|number| {
        let (component, pipeline) = (Component::new("api").unwrap(), Pipeline::new("shop").unwrap());
        let digest = Digest::from_sha256(&[u8::try_from(number % 251).unwrap(); 32]);
        ArtifactRegistered {
            breaking: Vec::new(),
            component,
            digest,
            pipeline,
            source_sha: None,
            version: Version::new(format!("v1.0.{number}")).unwrap(),
        }
        .into()
    }));
    let (clock, random) = (Stopped(Timestamp::parse("2026-01-15T14:45:00.123456Z").unwrap()), Counter::new(1));
    let writer = Writer { signer: &key, actor: &actor, agent: &agent, clock: &clock, random: &random };
    append(&store, &mut Chain::begin(), &writer, &events, &[], |_| Ok::<_, Infallible>(None)).unwrap();
    store
}

fn notes(store: &Memory) -> Vec<Vec<u8>> {
    let mut notes = Vec::new();
    store
        .read(0..u64::MAX, &mut |entry| {
            notes.push(entry.note);
            ControlFlow::Continue(())
        })
        .unwrap();
    notes
}

#[test]
fn a_long_log_is_sound_by_every_effort() {
    let store = long_log(700);
    let report = audit(&Live(&store), "a sound log");
    assert_eq!((report.exit_code(), report.sound), (ExitCode::Done, 700));
}

#[test]
fn a_flipped_bit_is_found_where_it_is_by_every_effort() {
    let sound = notes(&long_log(600));
    // In the first batch, at the edges of batches, where tables are in use, and in the last entry.
    for (turn, at) in [0, 1, 2, 40, 255, 256, 257, 400, 512, 598, 599].into_iter().enumerate() {
        let length = sound[at].len();
        // In the data, and in the signature, which ends in one character of padding and a line feed.
        for byte in [30 + turn, length - 40 - turn] {
            let mut notes = sound.clone();
            notes[at][byte] ^= 1 << (turn % 5);
            let report = audit(&Bytes { notes, bodies: BTreeMap::new(), ends_in: None }, &format!("byte {byte} of entry {at}"));
            let first = report.findings.first().unwrap();
            assert_eq!((first.code, first.entry.map(|entry| entry.get())), (ExitCode::Tampered, Some(at as u64)));
            assert_eq!(report.sound, at as u64);
        }
    }
}

#[test]
fn a_log_that_cannot_be_read_to_its_end_is_judged_as_far_as_it_goes() {
    let sound = notes(&long_log(300));
    for length in [0, 1, 2, 257, 300] {
        let notes = sound[..length].to_vec();
        let ends_in = Some(LogError::Damaged { detail: "the disk says no".to_owned() });
        let report = audit(&Bytes { notes, bodies: BTreeMap::new(), ends_in }, &format!("unreadable after {length}"));
        assert_eq!((report.sound, report.exit_code()), (length as u64, ExitCode::Tampered));
        assert_eq!(report.findings.first().unwrap().entry.map(|entry| entry.get()), Some(length as u64));
    }
    // What is broken before the damage is reached counts alone, whoever read on ahead.
    let mut notes = sound;
    notes[290][50] ^= 1;
    let ends_in = Some(LogError::Damaged { detail: "the disk says no".to_owned() });
    let report = audit(&Bytes { notes, bodies: BTreeMap::new(), ends_in }, "broken, then unreadable");
    assert_eq!(report.findings.len(), 1);
    assert_eq!(report.findings.first().unwrap().entry.map(|entry| entry.get()), Some(290));
}

#[test]
fn an_entry_that_comes_twice_is_found_by_every_effort() {
    let mut notes = notes(&long_log(300));
    let last = notes.last().unwrap().clone();
    notes.push(last);
    let report = audit(&Bytes { notes, bodies: BTreeMap::new(), ends_in: None }, "the last entry twice");
    assert_eq!(report.findings.first().unwrap().entry.map(|entry| entry.get()), Some(300));
}
