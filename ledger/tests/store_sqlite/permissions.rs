//! Reading where nothing may be written. Permissions do not stop root, so root becomes nobody.
#![cfg(unix)]

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;

use std::process::{Command, Stdio};

use super::processes::{child, wait_for_line};
use super::*;

/// A user who owns nothing here.
const NOBODY: u32 = 65_534;

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("permissions of a file of this test");
}

/// A folder that the child may read, and write nowhere in. Permissions come back when it is dropped, or the folder could
/// not be removed.
struct Closed<'folder>(&'folder Path);

impl<'folder> Closed<'folder> {
    fn new(folder: &'folder Path) -> Self {
        for file in fs::read_dir(folder).expect("a folder of this test") {
            set_mode(&file.expect("a file of this test").path(), 0o444);
        }
        set_mode(folder, 0o555);
        Self(folder)
    }
}

impl Drop for Closed<'_> {
    fn drop(&mut self) {
        set_mode(self.0, 0o755);
        for file in fs::read_dir(self.0).expect("a folder of this test") {
            set_mode(&file.expect("a file of this test").path(), 0o644);
        }
    }
}

/// Where the child's program is, as anybody may run it: nobody may not get to where it was built. `cp` copies it because
/// a file that this process has open for writing cannot be run, not even by a child started for another test.
fn program_for_anybody(elsewhere: &Path) -> PathBuf {
    let program = elsewhere.join("program");
    let copied = Command::new("cp").arg(std::env::current_exe().expect("this program")).arg(&program).status().expect("cp runs");
    assert!(copied.success());
    for path in [elsewhere, &program] {
        set_mode(path, 0o755);
    }
    program
}

/// The child that runs `test` without permission to write to `folder`.
fn powerless(test: &str, program: &Path, folder: &Path) -> Command {
    let mut command = child(test, program, folder);
    if fs::metadata(folder).expect("a folder of this test").uid() == 0 {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

/// Runs `test` to its end.
fn run_without_permission(test: &str, folder: &Path) {
    let elsewhere = tempfile::tempdir().expect("a folder for the program");
    let program = program_for_anybody(elsewhere.path());
    let _closed = Closed::new(folder);
    let output = powerless(test, &program, folder).stdin(Stdio::null()).stderr(Stdio::piped()).output().expect("the child runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("child has read"), "{said}");
}

/// A ledger of 100 entries that is one file: the last other program to close it has folded its write-ahead log.
fn ledger_without_wal(path: &Path) {
    drop(ledger(path, 100));
    by_hand(path, "SELECT count(*) FROM entry").expect("a database");
    assert!(!path.with_file_name("ledger.db-wal").exists());
}

#[test]
#[ignore = "a child of the tests below"]
fn child_reads_a_whole_ledger() {
    let Ok(store) = Sqlite::open_read_only(LEDGER) else { return };
    assert_eq!(notes(&store).unwrap().len(), 100);
    assert_eq!(store.head().unwrap().size, 100);
    assert!(fs::File::create("more").is_err(), "the folder is not writable");
    assert!(matches!(Sqlite::open(LEDGER), Err(StoreError::Unavailable { .. })));
    println!("child has read");
}

#[test]
#[ignore = "a child of the tests below"]
fn child_is_told_what_is_missing() {
    let Err(refused) = Sqlite::open_read_only(LEDGER) else { return };
    assert!(matches!(refused, StoreError::Unavailable { .. }) && refused.to_string().contains("-wal"), "{refused}");
    println!("child has read");
}

#[test]
fn a_ledger_without_a_wal_is_read() {
    let (folder, path) = folder();
    ledger_without_wal(&path);
    run_without_permission("permissions::child_reads_a_whole_ledger", folder.path());
}

#[test]
fn a_ledger_with_an_empty_wal_is_read() {
    let (folder, path) = folder();
    ledger_without_wal(&path);
    fs::write(folder.path().join("ledger.db-wal"), "").unwrap();
    run_without_permission("permissions::child_reads_a_whole_ledger", folder.path());
}

#[test]
fn a_ledger_with_its_wal_and_shared_memory_is_read() {
    let (folder, path) = folder();
    drop(ledger(&path, 100));
    assert!(size_of(&path, "-wal") > 0 && size_of(&path, "-shm") > 0);
    run_without_permission("permissions::child_reads_a_whole_ledger", folder.path());
}

#[test]
fn a_backup_is_read() {
    let (folder, path) = folder();
    let elsewhere = tempfile::tempdir().unwrap();
    ledger(&elsewhere.path().join(LEDGER), 100).backup(&path).unwrap();
    run_without_permission("permissions::child_reads_a_whole_ledger", folder.path());
}

#[test]
fn a_wal_that_cannot_be_read_is_not_passed_over() {
    let (folder, path) = folder();
    drop(ledger(&path, 100));
    fs::remove_file(folder.path().join("ledger.db-shm")).unwrap();
    run_without_permission("permissions::child_is_told_what_is_missing", folder.path());
}

#[test]
#[ignore = "the child of a_ledger_that_does_not_stand_still_is_opened_again"]
fn child_reads_while_others_append() {
    let Ok(store) = Sqlite::open_read_only(LEDGER) else { return };
    assert_eq!(store.head().unwrap().size, 100);
    println!("opened by the child");
    std::io::stdin().read_line(&mut String::new()).unwrap();
    let refused = store.head().unwrap_err();
    assert!(refused.to_string().contains("it was written while it was read"), "{refused}");
    assert_eq!(notes(&store), Err(refused));
    println!("child has read");
}

#[test]
fn a_ledger_that_does_not_stand_still_is_opened_again() {
    let (folder, path) = folder();
    ledger_without_wal(&path);
    let elsewhere = tempfile::tempdir().unwrap();
    let program = program_for_anybody(elsewhere.path());
    let closed = Closed::new(folder.path());
    let mut reader = powerless("permissions::child_reads_while_others_append", &program, folder.path()).spawn().unwrap();
    wait_for_line(&mut reader, "opened by the child");
    drop(closed);
    append(&Sqlite::open(&path).unwrap(), &entry(1, 0));
    // Dropping the child's input ends its line.
    drop(reader.stdin.take());
    wait_for_line(&mut reader, "child has read");
    assert!(reader.wait().unwrap().success());
}
