//! What the log costs, each figure beside its floor in the same run: signing and verifying beside bare ed25519, a
//! durable append beside a bare SQLite commit, verifying and following a log beside bare verification of its signatures.
//!
//! Absolute figures differ from machine to machine; hold on to the ratios.

use std::convert::Infallible;
use std::hint::black_box;
use std::path::Path;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use promotion_ledger::custody::audit::{self, Pins};
use promotion_ledger::custody::clock::{Clock, Stopped};
use promotion_ledger::custody::ledger::{self, Writer};
use promotion_ledger::custody::log::Live;
use promotion_ledger::custody::random::Counter;
use promotion_ledger::custody::store::Store;
use promotion_ledger::custody::store::memory::Memory;
use promotion_ledger::custody::store::sqlite::Sqlite;
use promotion_ledger::evidence::b64;
use promotion_ledger::evidence::chain::Chain;
use promotion_ledger::evidence::entry::Entry;
use promotion_ledger::evidence::keyring::{Claim, SecretKey, Signer as _};
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::event::artifact::ArtifactRegistered;
use promotion_ledger::meaning::event::ledger::{KeyAddition, LedgerCreated, ManifestAdopted};
use promotion_ledger::meaning::facts::{Fact, FactKey};
use promotion_ledger::meaning::grant::Grant;
use promotion_ledger::meaning::id::LedgerId;
use promotion_ledger::meaning::names::{Agent, Component, Environment, KeyName, Origin, Pipeline, Principal, Repository, Version};
use promotion_ledger::meaning::rules::{ComponentRule, EnvironmentRule, OnIncomparable, Rules};
use promotion_ledger::meaning::time::Timestamp;
use promotion_replay::index::Index;

/// How many entries the log has that is verified and followed.
const ENTRIES: u64 = 2_000;

/// Somebody who writes.
struct Scribe {
    key: SecretKey,
    actor: Principal,
    agent: Agent,
    clock: Stopped,
    random: Counter,
}

impl Scribe {
    fn new() -> Self {
        Self {
            key: SecretKey::from_seed(KeyName::new("bench.example/ops").unwrap(), &[7; 32]),
            actor: Principal::new("ops@bench.example").unwrap(),
            agent: Agent::new("bench/0").unwrap(),
            clock: Stopped(Timestamp::parse("2026-01-15T14:45:00.123456Z").unwrap()),
            random: Counter::new(1),
        }
    }

    fn append(&self, store: &dyn Store, chain: &mut Chain, events: &[Event]) {
        self.append_with(store, chain, events, |_| Ok::<_, Infallible>(None));
    }

    fn append_with<E: std::fmt::Display>(
        &self,
        store: &dyn Store,
        chain: &mut Chain,
        events: &[Event],
        fetch: impl FnMut(&FactKey) -> Result<Option<Fact>, E>,
    ) {
        let writer = Writer { signer: &self.key, actor: &self.actor, agent: &self.agent, clock: &self.clock, random: &self.random };
        ledger::append(store, chain, &writer, events, &[], fetch).unwrap();
    }

    /// A ledger with rules, and nothing registered yet.
    fn begin(&self, store: &dyn Store) -> Chain {
        let origin = Origin::new("bench.example/promotions").unwrap();
        let ledger_id = LedgerId::parse("0198f0a4-6f3a-7c1e-8a55-3f0a2b9d1c77").unwrap();
        let proof = Claim::of_first_key(&origin, &ledger_id, &self.actor).prove(&self.key).unwrap();
        let first = KeyAddition {
            grants: vec![Grant::everything()],
            name: self.key.key().name().clone(),
            principal: self.actor.clone(),
            proof: b64::encode(&proof),
            public: self.key.key().public(),
        };
        let created = LedgerCreated { admin_threshold: 1, format: 1, keys: vec![first], ledger_id, origin, recovery: None };
        let component =
            ComponentRule { name: Component::new("api").unwrap(), repository: Repository::new("registry.bench.example/api").unwrap() };
        let environment = EnvironmentRule { gates: vec![], name: Environment::new("dev").unwrap() };
        let rules = Rules::new(Pipeline::new("shop").unwrap(), vec![component], vec![environment], OnIncomparable::Warn).unwrap();
        let mut chain = Chain::begin();
        self.append(store, &mut chain, &[created.into(), ManifestAdopted { rules }.into()]);
        chain
    }
}

fn registered(number: u64) -> Event {
    let mut digest = [0; 32];
    digest[..8].copy_from_slice(&number.to_be_bytes());
    ArtifactRegistered {
        component: Component::new("api").unwrap(),
        digest: Digest::from_sha256(&digest),
        pipeline: Pipeline::new("shop").unwrap(),
        source_sha: None,
        version: Version::new(format!("v1.0.{number}")).unwrap(),
    }
    .into()
}

fn a_log() -> Memory {
    let (scribe, store) = (Scribe::new(), Memory::new());
    let mut chain = scribe.begin(&store);
    for number in 2..ENTRIES {
        scribe.append(&store, &mut chain, &[registered(number)]);
    }
    store
}

fn one_entry(store: &dyn Store) -> Vec<u8> {
    let mut found = Vec::new();
    store
        .read(5..6, &mut |entry| {
            found = entry.note;
            std::ops::ControlFlow::Break(())
        })
        .unwrap();
    found
}

fn entries(c: &mut Criterion) {
    use ed25519_dalek::{Signer as _, SigningKey};
    let bytes = one_entry(&a_log());
    let parsed = Entry::parse(&bytes).unwrap();
    let signing = SigningKey::from_bytes(&[7; 32]);
    let signature = signing.sign(parsed.signed());
    let verifying = signing.verifying_key();
    let mut group = c.benchmark_group("entry");
    group.bench_function("floor: sha256", |b| b.iter(|| promotion_ledger::evidence::hash::sha256(black_box(&bytes))));
    group.bench_function("floor: sign", |b| b.iter(|| signing.sign(black_box(parsed.signed()))));
    group.bench_function("floor: verify strictly", |b| b.iter(|| verifying.verify_strict(black_box(parsed.signed()), &signature)));
    group.bench_function("parse", |b| b.iter(|| Entry::parse(black_box(&bytes)).unwrap()));
    group.bench_function("parse and read", |b| b.iter(|| Entry::parse(black_box(&bytes)).unwrap().content()));
    group.finish();
}

fn bare(path: &Path) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(path).unwrap();
    connection.execute_batch("PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE entry(sequence INTEGER PRIMARY KEY, note BLOB)").unwrap();
    connection
}

fn appends(c: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let scribe = Scribe::new();
    let bytes = one_entry(&a_log());
    let mut group = c.benchmark_group("append");
    let floor = bare(&folder.path().join("floor.db"));
    group.bench_function("floor: one row, one SQLite commit", |b| {
        b.iter(|| floor.execute("INSERT INTO entry(note) VALUES (?1)", [&bytes]).unwrap());
    });
    let store = Sqlite::create(folder.path().join("one.db")).unwrap();
    scribe.begin(&store);
    let mut index = Index::open(&folder.path().join("one.index")).unwrap();
    index.follow(&store).unwrap();
    let mut number = 0;
    group.bench_function("one event, as a command: judged, signed, stored, read back, indexed", |b| {
        b.iter(|| {
            number += 1;
            scribe.append_with(&store, &mut index.chain(), &[registered(number)], |key| index.fact(key));
            index.follow(&store).unwrap();
        });
    });
    group.bench_function("one event, in memory", |b| {
        b.iter_batched(
            || {
                let store = Memory::new();
                let chain = scribe.begin(&store);
                (store, chain)
            },
            |(store, mut chain)| scribe.append(&store, &mut chain, &[registered(1)]),
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

fn logs(c: &mut Criterion) {
    let store = a_log();
    let bytes = one_entry(&store);
    let entry = Entry::parse(&bytes).unwrap();
    let key = SecretKey::from_seed(KeyName::new("bench.example/ops").unwrap(), &[7; 32]);
    let now = Stopped(Timestamp::parse("2026-01-15T14:45:00.123456Z").unwrap()).now();
    let mut group = c.benchmark_group("log");
    group.sample_size(10).throughput(Throughput::Elements(ENTRIES));
    group.bench_function("floor: its signatures, verified strictly one by one", |b| {
        b.iter(|| (0..ENTRIES).all(|_| key.key().verifier().verify(black_box(entry.signed()), entry.signature())));
    });
    group.bench_function("verify: hashes, signatures, law, tree", |b| {
        b.iter(|| assert!(audit::verify(&Live(&store), &Pins::default(), now).findings.is_empty()));
    });
    group.bench_function("follow: verify and index from nothing", |b| {
        b.iter(|| Index::in_memory().unwrap().follow(&store).unwrap());
    });
    group.finish();
}

criterion_group!(benches, entries, appends, logs);
criterion_main!(benches);
