//! The disk itself: SQLite works on it as it always does, and sees what it is told to see.
#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use promoledger_faulty_disk::{Act, Change, Disk, Fault, Image, Journal, Loss, Platter};
use rusqlite::{Connection, ErrorCode, ffi};
use tempfile::TempDir;

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder for tests");
    let path = fs::canonicalize(folder.path()).expect("its own path").join("a.db");
    (folder, path)
}

fn ahead(path: &Path) -> Connection {
    let connection = Connection::open(path).expect("a database");
    let mode: String = connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0)).expect("a mode");
    assert_eq!(mode, "wal");
    connection
}

fn count(connection: &Connection) -> i64 {
    connection.query_row("SELECT count(*) FROM t", [], |row| row.get(0)).expect("a count")
}

fn end(journal: &Journal) -> Platter {
    let mut platter = Platter::of(journal);
    journal.changes().iter().for_each(|change| platter.play(change));
    platter
}

/// Every file of the folder as it is, without shared memory.
fn files(folder: &Path) -> Image {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry"));
    let files = entries.map(|entry| (entry.file_name().into_string().expect("UTF-8"), fs::read(entry.path()).expect("a file")));
    files.filter(|(name, _)| !name.ends_with("-shm")).collect()
}

#[test]
fn connections_share_memory_and_locks_as_ever() {
    let (folder, path) = folder();
    let _disk = Disk::watch(folder.path()).unwrap();
    let (one, other) = (ahead(&path), ahead(&path));
    other.busy_timeout(Duration::ZERO).unwrap();
    one.execute_batch("CREATE TABLE t(x); BEGIN IMMEDIATE; INSERT INTO t VALUES (1)").unwrap();
    let refused = other.execute_batch("BEGIN IMMEDIATE").unwrap_err();
    assert_eq!(refused.sqlite_error_code(), Some(ErrorCode::DatabaseBusy));
    assert_eq!(count(&other), 0);
    one.execute_batch("COMMIT").unwrap();
    assert_eq!(count(&other), 1);
    assert!(folder.path().join("a.db-shm").exists());
}

#[test]
fn what_was_seen_makes_up_the_files() {
    let (folder, path) = folder();
    fs::write(folder.path().join("before"), "as it was").unwrap();
    let disk = Disk::watch(folder.path()).unwrap();
    let connection = ahead(&path);
    connection.execute_batch("CREATE TABLE t(x); INSERT INTO t VALUES (randomblob(30000))").unwrap();
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    connection.execute_batch("INSERT INTO t VALUES (randomblob(3000))").unwrap();
    let destination = path.with_file_name("b.db.partial");
    connection.execute("VACUUM INTO ?1", [destination.to_str()]).unwrap();
    File::open(&destination).unwrap().sync_all().unwrap();
    fs::rename(&destination, path.with_file_name("b.db")).unwrap();
    fs::remove_file(folder.path().join("before")).unwrap();
    let journal = disk.journal();
    assert_eq!(end(&journal).image(Loss::Nothing), files(folder.path()));
    for expected in ["Created", "Written", "Cut", "Synced", "NamesSynced", "Removed", "Renamed"] {
        assert!(journal.changes().iter().any(|change| format!("{change:?}").starts_with(expected)), "{expected}");
    }
    assert!(end(&journal).image(Loss::All).contains_key("before"), "that it was removed is not durable");
    assert!(!end(&journal).image(Loss::All).contains_key("b.db"), "that it was renamed is not durable");
}

#[test]
fn a_folder_that_is_not_watched_is_left_alone() {
    let ((watched, _), (_other, path)) = (folder(), folder());
    let disk = Disk::watch(watched.path()).unwrap();
    disk.fail(Fault::from(Act::Open, 1));
    ahead(&path).execute_batch("CREATE TABLE t(x)").unwrap();
    assert!(disk.journal().changes().is_empty() && !disk.has_struck());
}

#[test]
fn each_fault_has_its_own_error() {
    let cases = [
        (Act::Read, ffi::SQLITE_IOERR_READ),
        (Act::Write, ffi::SQLITE_IOERR_WRITE),
        (Act::Sync, ffi::SQLITE_IOERR_FSYNC),
        (Act::Open, ffi::SQLITE_CANTOPEN),
        (Act::Remove, ffi::SQLITE_IOERR_DELETE),
    ];
    for (act, expected) in cases {
        let (folder, path) = folder();
        let disk = Disk::watch(folder.path()).unwrap();
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE t(x)").unwrap();
        disk.fail(Fault::from(act, 1));
        let run = || Connection::open(&path)?.execute_batch("INSERT INTO t VALUES (1)");
        let error = run().unwrap_err();
        assert!(disk.has_struck());
        assert_eq!(error.sqlite_error().unwrap().extended_code, expected, "{act:?}: {error}");
        disk.heal();
        run().unwrap();
    }
}

#[test]
fn a_full_disk_takes_what_fits() {
    let (folder, path) = folder();
    let disk = Disk::watch(folder.path()).unwrap();
    let connection = ahead(&path);
    connection.execute_batch("CREATE TABLE t(x)").unwrap();
    let before = fs::metadata(path.with_file_name("a.db-wal")).unwrap().len();
    disk.leave_room(5000);
    let error = connection.execute_batch("INSERT INTO t VALUES (zeroblob(100000))").unwrap_err();
    assert_eq!(error.sqlite_error_code(), Some(ErrorCode::DiskFull));
    assert_eq!(fs::metadata(path.with_file_name("a.db-wal")).unwrap().len(), before + 5000);
    disk.heal();
    connection.execute_batch("INSERT INTO t VALUES (zeroblob(100000))").unwrap();
}

#[test]
fn a_torn_write_leaves_its_first_half() {
    let (folder, path) = folder();
    let disk = Disk::watch(folder.path()).unwrap();
    let connection = ahead(&path);
    connection.execute_batch("CREATE TABLE t(x)").unwrap();
    disk.fail(Fault::torn(2));
    connection.execute_batch("INSERT INTO t VALUES (1)").unwrap_err();
    let Some(Change::Written { bytes, .. }) = disk.journal().changes().last().cloned() else { panic!("a write") };
    assert_eq!(bytes.len(), 2048);
    assert_eq!(end(&disk.journal()).image(Loss::Nothing), files(folder.path()));
}

#[test]
fn only_what_was_synced_is_sure() {
    let (folder, path) = folder();
    let disk = Disk::watch(folder.path()).unwrap();
    let connection = ahead(&path);
    connection.execute_batch("PRAGMA synchronous=FULL; CREATE TABLE t(x); INSERT INTO t VALUES (1)").unwrap();
    disk.acknowledge(1);
    connection.execute_batch("PRAGMA synchronous=OFF; INSERT INTO t VALUES (2)").unwrap();
    let rows = |loss: Loss| {
        let (folder, path) = self::folder();
        Loss::write(&end(&disk.journal()).image(loss), folder.path()).unwrap();
        count(&ahead(&path))
    };
    assert_eq!((rows(Loss::All), rows(Loss::Nothing)), (1, 2));
    assert_eq!(end(&disk.journal()).acknowledged(), 1);
    // The second row needs every write after the last sync, so it comes and goes with the seed, and never anything else.
    let found: Vec<i64> = (0..40).map(|seed| rows(Loss::Torn { sector: 512, seed })).collect();
    assert!(found.iter().all(|rows| [1, 2].contains(rows)), "{found:?}");
    assert!(end(&disk.journal().without_syncs()).image(Loss::All).is_empty());
}

#[test]
fn what_a_failed_sync_lost_no_later_sync_brings_back() {
    let (folder, path) = folder();
    let disk = Disk::watch(folder.path()).unwrap();
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch("PRAGMA journal_mode=MEMORY; CREATE TABLE t(x)").unwrap();
    let size = |journal: &Journal| end(journal).image(Loss::All).get("a.db").map_or(0, Vec::len);
    let before = size(&disk.journal());
    disk.fail(Fault::once(Act::Sync, 1));
    connection.execute_batch("INSERT INTO t VALUES (zeroblob(9000))").unwrap_err();
    File::open(&path).unwrap().sync_all().unwrap();
    assert_eq!(size(&disk.journal()), before);
}

#[test]
fn a_loss_is_read_as_it_is_written() {
    for loss in [Loss::All, Loss::Nothing, Loss::Bytes, Loss::Names, Loss::Some { seed: 7 }, Loss::Torn { sector: 4096, seed: 9 }] {
        assert_eq!(loss.to_string().parse(), Ok(loss));
    }
    assert!("tornx-1".parse::<Loss>().is_err());
}
