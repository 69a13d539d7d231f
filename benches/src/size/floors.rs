//! What the machine takes for the bare work below: nothing can be faster than its floor.

use std::hint::black_box;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use ed25519_dalek::{Signer as _, SigningKey};
use promotion_ledger::custody::store::Store;
use promotion_ledger::evidence::entry::Entry;
use promotion_ledger::evidence::hash::sha256;
use rusqlite::Connection;

/// How often what takes microseconds is repeated.
const OFTEN: u32 = 4_000;

/// The floors below a ledger of one size.
#[derive(Debug, Clone, Copy)]
pub struct Floors {
    /// One strict check of one signature.
    pub verify: Duration,
    /// One SHA-256 of one entry.
    pub hash: Duration,
    /// One row, one durable commit of SQLite.
    pub commit: Duration,
    /// All entries read in order.
    pub scan: Duration,
}

impl Floors {
    /// Measures them over the entries of that store. `folder` takes a database of its own.
    pub fn measure(store: &dyn Store, folder: &Path) -> Result<Self, Box<dyn std::error::Error>> {
        let note = one_note(store)?;
        let entry = Entry::parse(&note)?;
        let signing = SigningKey::from_bytes(&[7; 32]);
        let (key, signature) = (signing.verifying_key(), signing.sign(entry.signed()));
        Ok(Self {
            verify: each(|| key.verify_strict(black_box(entry.signed()), &signature).is_ok()),
            hash: each(|| sha256(black_box(&note))),
            commit: commit(&note, &folder.join("floor.db"))?,
            scan: scan(store)?,
        })
    }
}

/// What one call takes, in the middle of five rounds.
fn each<T>(mut act: impl FnMut() -> T) -> Duration {
    let mut rounds: Vec<Duration> = (0..5)
        .map(|_| {
            let began = Instant::now();
            for _ in 0..OFTEN {
                black_box(act());
            }
            began.elapsed() / OFTEN
        })
        .collect();
    rounds.sort_unstable();
    rounds.get(2).copied().unwrap_or_default()
}

fn one_note(store: &dyn Store) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let mut found = Vec::new();
    store.read(50..51, &mut |entry| {
        found = entry.note;
        ControlFlow::Break(())
    })?;
    Ok(found)
}

fn commit(note: &[u8], path: &Path) -> rusqlite::Result<Duration> {
    let connection = Connection::open(path)?;
    connection.execute_batch(
        "PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
         CREATE TABLE IF NOT EXISTS entry(sequence INTEGER PRIMARY KEY, note BLOB)",
    )?;
    let mut times = Vec::new();
    for _ in 0..500 {
        let began = Instant::now();
        connection.execute("INSERT INTO entry(note) VALUES (?1)", [note])?;
        times.push(began.elapsed());
    }
    times.sort_unstable();
    Ok(times.get(times.len() / 2).copied().unwrap_or_default())
}

fn scan(store: &dyn Store) -> Result<Duration, Box<dyn std::error::Error>> {
    let began = Instant::now();
    let mut bytes = 0;
    store.read(0..u64::MAX, &mut |entry| {
        bytes += entry.note.len();
        ControlFlow::Continue(())
    })?;
    black_box(bytes);
    Ok(began.elapsed())
}
