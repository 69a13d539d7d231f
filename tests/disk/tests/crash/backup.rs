//! Backups: two of a ledger that grows, beside each other in one folder.

use std::path::Path;

use promoledger_faulty_disk::{Act, Disk, Fault, Journal};
use promotion_ledger::custody::store::sqlite::Sqlite;
use promotion_ledger::custody::store::{Store as _, StoreError};
use promotion_ledger::meaning::refusal::ExitCode;
use tempfile::TempDir;

use crate::append::LEDGER;
use crate::faults::nths;
use crate::points::crash;
use crate::scratch;
use crate::script::Script;

/// The backups, and how many steps of the script each one has.
const BACKUPS: [(&str, usize); 2] = [("monday.db", 8), ("tuesday.db", 12)];

/// A ledger with so many steps, where no disk fails.
fn ledger(script: &Script, steps: usize) -> (TempDir, Sqlite) {
    let (kept, folder) = scratch();
    let store = Sqlite::create(folder.join(LEDGER)).expect("a new ledger");
    script.go_on(&store, 0..steps).expect("nothing disturbs it");
    (kept, store)
}

fn recorded(script: &Script) -> Journal {
    let (_kept, store) = ledger(script, 0);
    let (_folder, folder) = scratch();
    let disk = Disk::watch(&folder).expect("a folder that can be watched");
    let mut grown = 0;
    for (number, (name, steps)) in (1..).zip(BACKUPS) {
        script.go_on(&store, grown..steps).expect("nothing disturbs it");
        grown = steps;
        store.backup(folder.join(name)).expect("a backup");
        disk.acknowledge(number);
    }
    disk.journal()
}

/// A backup that is there under its name is the whole of what it was made of, or nobody takes it for a ledger.
fn check(script: &Script, folder: &Path, acknowledged: u64) -> Result<(), String> {
    for (number, (name, steps)) in (1..).zip(BACKUPS) {
        let path = folder.join(name);
        match Sqlite::open_read_only(&path) {
            Ok(copy) => {
                let held = script.held(&copy)?;
                if held != steps {
                    return Err(format!("{name} has {held} steps of {steps}"));
                }
            }
            Err(error) if number <= acknowledged => return Err(format!("{name} was acknowledged and does not open: {error}")),
            Err(StoreError::Missing { .. }) => {}
            Err(StoreError::NotALedger { found, .. }) if found == "an empty file" => {}
            Err(error) => return Err(format!("{name} is neither a backup nor nothing: {error}")),
        }
    }
    Ok(())
}

#[test]
fn a_backup_is_whole_or_none_whenever_the_power_goes() {
    let script = Script::new(12, 60_000);
    crash("backup", &recorded(&script), |folder, acknowledged| check(&script, folder, acknowledged));
}

#[test]
fn a_backup_that_fails_says_so_and_leaves_the_name_free() {
    let script = Script::new(8, 60_000);
    let (_kept, store) = ledger(&script, 8);
    let acts = [Act::Read, Act::Write, Act::Cut, Act::Sync, Act::SyncNames, Act::Open, Act::Rename];
    for act in acts {
        for nth in nths(acts_of_a_backup(&store, act)) {
            for fault in [Fault::once(act, nth), Fault::from(act, nth)] {
                let tried = try_backup(&script, &store, |disk| disk.fail(fault));
                assert!(tried.is_ok(), "{fault:?}: {}", tried.unwrap_err());
            }
        }
    }
}

#[test]
fn a_backup_that_finds_no_room_says_so() {
    let script = Script::new(8, 60_000);
    let (_kept, store) = ledger(&script, 8);
    for room in [0, 1, 8192, 100_000] {
        let tried = try_backup(&script, &store, |disk| disk.leave_room(room));
        assert!(tried.is_ok(), "{room} bytes left: {}", tried.unwrap_err());
    }
}

fn acts_of_a_backup(store: &Sqlite, act: Act) -> u64 {
    let (_folder, folder) = scratch();
    let disk = Disk::watch(&folder).expect("a folder that can be watched");
    store.backup(folder.join("copy.db")).expect("a backup");
    disk.count(act)
}

/// Makes a backup while the disk fails, and another one of the same name when it does not any more.
fn try_backup(script: &Script, store: &Sqlite, disturb: impl Fn(&Disk)) -> Result<(), String> {
    let (_folder, folder) = scratch();
    let path = folder.join("copy.db");
    let disk = Disk::watch(&folder).expect("a folder that can be watched");
    disturb(&disk);
    let made = store.backup(&path);
    let struck = disk.has_struck();
    disk.heal();
    match made {
        // SQLite can do without some of what it asks for, such as the removal of a journal.
        Ok(_) => return held_whole(script, &path),
        Err(error) if !struck => return Err(format!("it failed for nothing: {error}")),
        Err(StoreError::Unavailable { path: named, .. }) if !named.starts_with(&folder) => {
            return Err(format!("it failed, and blamed {}", named.display()));
        }
        Err(error) if error.exit_code() != ExitCode::Unavailable => return Err(format!("it failed with {error}")),
        Err(_) => {}
    }
    if path.exists() {
        return Err("the name is taken after a failure".to_owned());
    }
    store.backup(&path).map_err(|error| format!("it cannot be made again: {error}"))?;
    held_whole(script, &path)?;
    store.head().map(|_| ()).map_err(|error| error.to_string())
}

fn held_whole(script: &Script, path: &Path) -> Result<(), String> {
    let copy = Sqlite::open_read_only(path).map_err(|error| error.to_string())?;
    let held = script.held(&copy)?;
    if held == script.len() { Ok(()) } else { Err(format!("it has {held} steps")) }
}
