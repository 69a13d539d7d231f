//! What an append costs, durable and indexed as a command makes it, beside a bare commit of SQLite.

use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use promoledger_benches::scribe::{Scribe, a_log, one_entry, registered};
use promotion_ledger::custody::store::memory::Memory;
use promotion_ledger::custody::store::sqlite::Sqlite;
use promotion_replay::index::Index;

fn bare(path: &Path) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(path).unwrap();
    connection
        .execute_batch(
            "PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE entry(sequence INTEGER PRIMARY KEY, note BLOB)",
        )
        .unwrap();
    connection
}

fn appends(c: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let scribe = Scribe::new();
    let bytes = one_entry(&a_log(10));
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
    group.finish();
}

/// Over a complete state, an append costs the same however long the log is.
fn over_a_complete_state(c: &mut Criterion) {
    let scribe = Scribe::new();
    let mut group = c.benchmark_group("append in memory, over a complete state");
    for entries in [10, 10_000] {
        let store = Memory::new();
        let mut chain = scribe.begin(&store);
        let mut number = 0;
        let mut append = || {
            number += 1;
            scribe.append(&store, &mut chain, &[registered(number)]);
        };
        (0..entries).for_each(|_| append());
        group.bench_function(format!("one event after {entries}"), |b| b.iter(&mut append));
    }
    group.finish();
}

criterion_group!(benches, appends, over_a_complete_state);
criterion_main!(benches);
