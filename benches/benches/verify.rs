//! What going through a whole log costs: verifying it plainly, by tables and on two threads, and following it, beside
//! nothing but its signatures.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use promoledger_benches::ledgers::{Plan, generate};
use promoledger_benches::scribe::one_entry;
use promotion_ledger::custody::audit::{Effort, Pins, verify_with};
use promotion_ledger::custody::log::Live;
use promotion_ledger::custody::store::memory::Memory;
use promotion_ledger::evidence::entry::Entry;
use promotion_ledger::evidence::keyring::{SecretKey, Signer as _};
use promotion_ledger::meaning::names::KeyName;
use promotion_ledger::meaning::time::Timestamp;
use promotion_replay::index::Index;

/// How many entries the log has.
const ENTRIES: u64 = 5_000;

fn logs(c: &mut Criterion) {
    let store = Memory::new();
    generate(&store, Plan { entries: ENTRIES, seed: 1 }).unwrap();
    let bytes = one_entry(&store);
    let entry = Entry::parse(&bytes).unwrap();
    let key = SecretKey::from_seed(KeyName::new("bench.example/ops").unwrap(), &[7; 32]);
    let signature = key.sign(entry.signed());
    let now = Timestamp::parse("2026-01-15T14:45:00.123456Z").unwrap();
    let mut group = c.benchmark_group("log");
    group.sample_size(10).throughput(Throughput::Elements(ENTRIES));
    group.bench_function("floor: its signatures, verified strictly one by one", |b| {
        b.iter(|| (0..ENTRIES).all(|_| key.key().verifier().verify(black_box(entry.signed()), &signature)));
    });
    for (name, effort) in
        [("plain", Effort::Plain), ("by tables", Effort::Fast { threads: 1 }), ("by tables, two threads", Effort::Fast { threads: 2 })]
    {
        group.bench_function(format!("verify, {name}: hashes, signatures, law, tree"), |b| {
            b.iter(|| assert!(verify_with(&Live(&store), &Pins::default(), now, effort).findings.is_empty()));
        });
    }
    group.bench_function("follow: verify and index from nothing", |b| {
        b.iter(|| Index::in_memory().unwrap().follow(&store).unwrap());
    });
    group.finish();
}

criterion_group!(benches, logs);
criterion_main!(benches);
