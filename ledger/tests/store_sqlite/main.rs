//! What the SQLite store promises beyond the contract: here, that appends last and that writers do not lose each other.
#![cfg(feature = "sqlite")]

mod backups;
mod damage;
mod permissions;
mod processes;
mod refusals;

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use promotion_ledger::custody::store::sqlite::Sqlite;
use promotion_ledger::custody::store::{AppendError, Body, Head, HoldError, NewEntry, Store, StoreError};
use promotion_ledger::meaning::digest::{BodyDigest, EntryHash};
use promotion_ledger::meaning::id::EntryId;
use promotion_ledger::meaning::refusal::ExitCode;
use rusqlite::Connection;
use tempfile::TempDir;

const LEDGER: &str = "ledger.db";

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder for tests");
    let path = fs::canonicalize(folder.path()).expect("the folder's own path").join(LEDGER);
    (folder, path)
}

/// A ledger with that many entries.
fn ledger(path: &Path, size: u64) -> Sqlite {
    let store = Sqlite::create(path).expect("a new ledger");
    let entries: Vec<NewEntry> = (0..size).map(|number| entry(0, number)).collect();
    store.append(&Head::EMPTY, &entries, &[]).expect("the first to append");
    store
}

/// The entry of one writer that has that number.
fn entry(writer: u64, number: u64) -> NewEntry {
    let mut hash = [1; 32];
    hash.split_at_mut(16).0.copy_from_slice(&(u128::from(writer) << 64 | u128::from(number)).to_be_bytes());
    let id = EntryId::parse(&format!("{writer:08x}-0000-7000-8000-{number:012x}")).expect("an id");
    NewEntry { id, hash: EntryHash::from_bytes(hash), note: format!("writer {writer} note {number}\n").repeat(40).into_bytes() }
}

/// Appends when the head lets it, as a writer would.
fn append(store: &Sqlite, entry: &NewEntry) {
    loop {
        let head = store.head().expect("a head");
        match store.append(&head, std::slice::from_ref(entry), &[]) {
            Ok(()) => return,
            Err(AppendError::HeadMoved { .. }) => {}
            Err(error) => unreachable!("{error}"),
        }
    }
}

fn notes(store: &Sqlite) -> Result<Vec<Vec<u8>>, StoreError> {
    let mut notes = Vec::new();
    store.read(0..u64::MAX, &mut |entry| {
        notes.push(entry.note);
        ControlFlow::Continue(())
    })?;
    Ok(notes)
}

fn size_of(path: &Path, suffix: &str) -> u64 {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    fs::metadata(name).map_or(0, |file| file.len())
}

/// Another program's hand on the file.
fn by_hand(path: &Path, sql: &str) -> rusqlite::Result<()> {
    let connection = Connection::open(path)?;
    connection.execute_batch(sql)
}

#[test]
fn writers_side_by_side_append_everything_once() {
    let (_folder, path) = folder();
    drop(Sqlite::create(&path).unwrap());
    thread::scope(|scope| {
        for writer in 0..8 {
            let path = &path;
            scope.spawn(move || {
                let store = Sqlite::open(path).unwrap().with_patience(Duration::from_secs(60)).unwrap();
                for number in 0..50 {
                    append(&store, &entry(writer, number));
                }
            });
        }
    });
    let store = Sqlite::open(&path).unwrap();
    let mut found = notes(&store).unwrap();
    assert_eq!(found.len(), 400);
    // Each writer's own entries stand in the order in which it wrote them.
    for writer in 0..8 {
        let own = format!("writer {writer} note ");
        let own: Vec<_> = found.iter().filter(|note| note.starts_with(own.as_bytes())).cloned().collect();
        assert_eq!(own, (0..50).map(|number| entry(writer, number).note).collect::<Vec<_>>());
    }
    found.sort();
    found.dedup();
    assert_eq!(found.len(), 400);
}

#[test]
fn what_was_appended_is_there_after_opening_again() {
    let (_folder, path) = folder();
    let head = ledger(&path, 3).head().unwrap();
    for store in [Sqlite::open(&path).unwrap(), Sqlite::open_read_only(&path).unwrap()] {
        assert_eq!(store.head(), Ok(head));
        assert_eq!(notes(&store).unwrap().len(), 3);
    }
}

#[test]
fn a_waiting_writer_gives_up_as_busy() {
    let (_folder, path) = folder();
    let store = ledger(&path, 1).with_patience(Duration::from_millis(20)).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let refused = store.append(&store.head().unwrap(), &[entry(1, 0)], &[]).unwrap_err();
    assert_eq!(refused, AppendError::Store(StoreError::Busy { path: path.clone() }));
    assert_eq!(refused.exit_code(), ExitCode::Busy);
    other.execute_batch("ROLLBACK").unwrap();
    append(&store, &entry(1, 0));
}

#[test]
fn the_write_ahead_log_outlives_a_short_run_and_is_folded_when_long() {
    let (_folder, path) = folder();
    drop(ledger(&path, 1));
    assert!(size_of(&path, "-wal") > 0, "closing folds nothing");
    let store = Sqlite::open(&path).unwrap();
    let mut longest = 0;
    let mut folded = 0;
    for number in 0..200 {
        append(&store, &entry(1, number));
        let now = size_of(&path, "-wal");
        longest = longest.max(now);
        folded += u32::from(now == 0);
    }
    assert!(folded >= 2, "folded {folded} times");
    assert!(longest <= 512 * 1024, "{longest} bytes");
    assert_eq!(notes(&store).unwrap().len(), 201);
}

#[test]
fn a_reader_does_not_keep_a_writer_waiting() {
    let (_folder, path) = folder();
    let store = ledger(&path, 1).with_patience(Duration::from_secs(3600)).unwrap();
    let reader = Connection::open(&path).unwrap();
    reader.execute_batch("BEGIN; SELECT * FROM entry").unwrap();
    for number in 0..200 {
        append(&store, &entry(1, number));
    }
    assert!(size_of(&path, "-wal") > 512 * 1024, "what a reader still needs is kept");
    reader.execute_batch("COMMIT").unwrap();
    append(&store, &entry(1, 200));
    assert_eq!(size_of(&path, "-wal"), 0);
}

#[test]
fn a_removed_body_leaves_nothing_in_the_files() {
    let (_folder, path) = folder();
    let store = Sqlite::create(&path).unwrap();
    let secret = b"a body that has to go ".repeat(1000);
    let body = Body { digest: BodyDigest::from_bytes([3; 32]), salt: [4; 16], bytes: secret };
    store.append(&Head::EMPTY, &[entry(0, 0)], std::slice::from_ref(&body)).unwrap();
    assert_eq!(store.body(&body.digest), Ok(Some(body.clone())));
    assert_eq!(store.remove_body(&body.digest), Ok(true));
    for file in [path.clone(), path.with_file_name("ledger.db-wal")] {
        let bytes = fs::read(&file).unwrap();
        assert!(!bytes.windows(22).any(|window| window == b"a body that has to go "), "{}", file.display());
    }
}

#[test]
fn a_reader_sees_what_others_append() {
    let (_folder, path) = folder();
    let writer = ledger(&path, 1);
    let reader = Sqlite::open_read_only(&path).unwrap();
    append(&writer, &entry(1, 0));
    assert_eq!(reader.head(), writer.head());
}

#[test]
fn a_run_is_held_across_handles() {
    let (_folder, path) = folder();
    let (one, other) = (ledger(&path, 0), Sqlite::open(&path).unwrap());
    let held = one.hold("shop").unwrap();
    assert!(matches!(other.hold("shop"), Err(HoldError::Held { .. })));
    drop(one);
    assert!(matches!(other.hold("shop"), Err(HoldError::Held { .. })), "the guard holds, not the store");
    drop(held);
    other.hold("shop").unwrap();
}
