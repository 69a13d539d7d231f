//! Appending: entries alone, in batches, with bodies; over several openings, and past the folding of the write-ahead log.

use std::cell::Cell;
use std::path::Path;

use promoledger_faulty_disk::{Change, Disk, Journal};
use promotion_ledger::custody::store::StoreError;
use promotion_ledger::custody::store::sqlite::Sqlite;

use crate::points::crash;
use crate::scratch;
use crate::script::Script;

pub(crate) const LEDGER: &str = "ledger.db";

/// How many steps one opening of the ledger lasts.
const SESSION: usize = 9;

/// Runs the script. Creating the ledger is the first thing that is acknowledged, then each step.
pub(crate) fn recorded(script: &Script) -> Journal {
    let (_folder, folder) = scratch();
    let path = folder.join(LEDGER);
    let disk = Disk::watch(&folder).expect("a folder that can be watched");
    drop(Sqlite::create(&path).expect("a new ledger"));
    disk.acknowledge(1);
    append(script, &disk, &path, 0);
    disk.journal()
}

fn append(script: &Script, disk: &Disk, path: &Path, from: usize) {
    let steps: Vec<usize> = (from..script.len()).collect();
    for session in steps.chunks(SESSION) {
        let store = Sqlite::open(path).expect("a ledger");
        for step in session {
            script.append(&store, *step).expect("nothing disturbs it");
            disk.acknowledge(*step as u64 + 2);
        }
    }
}

/// Opens what a crash left as `init` does: what was never finished is made anew.
pub(crate) fn open_or_create(path: &Path) -> Result<Sqlite, StoreError> {
    match Sqlite::open(path) {
        Err(StoreError::Missing { .. } | StoreError::NotALedger { .. }) => Sqlite::create(path),
        opened => opened,
    }
}

/// What is left is how the log began, with all that was acknowledged and at most the step under way; and it goes on for
/// so many steps more.
pub(crate) fn check(script: &Script, folder: &Path, acknowledged: u64, further: usize) -> Result<(), String> {
    let path = folder.join(LEDGER);
    let opened = if acknowledged == 0 { open_or_create(&path) } else { Sqlite::open(&path) };
    let store = opened.map_err(|error| format!("it does not open: {error}"))?;
    let held = script.held(&store)?;
    let done = usize::try_from(acknowledged.saturating_sub(1)).expect("a few steps");
    if held < done || held > done + 1 {
        return Err(format!("it holds {held} steps, and {done} were acknowledged"));
    }
    let end = script.len().min(held + further);
    script.go_on(&store, held..end)?;
    let found = script.held(&store)?;
    if found == end { Ok(()) } else { Err(format!("going on from it came to {found} steps instead of {end}")) }
}

#[test]
fn nothing_acknowledged_is_lost_whenever_the_power_goes() {
    let script = Script::new(40, 60_000);
    let journal = recorded(&script);
    let emptied = journal.changes().iter().filter(|change| matches!(change, Change::Cut { size: 0, .. })).count();
    assert!(emptied >= 2, "the write-ahead log was folded {emptied} times");
    // Some go on to the end; for most the next steps are enough.
    let tried = Cell::new(0_usize);
    crash("append", &journal, |folder, acknowledged| {
        let further = if tried.replace(tried.get() + 1).is_multiple_of(10) { script.len() } else { 2 };
        check(&script, folder, acknowledged, further)
    });
}

#[test]
fn a_backup_that_is_put_in_place_loses_nothing_either() {
    let script = Script::new(9, 20_000);
    let ((_kept, elsewhere), (_folder, folder)) = (scratch(), scratch());
    let (path, first) = (folder.join(LEDGER), 4);
    let store = Sqlite::create(elsewhere.join(LEDGER)).unwrap();
    script.go_on(&store, 0..first).unwrap();
    store.backup(&path).unwrap();
    let disk = Disk::watch(&folder).unwrap();
    append(&script, &disk, &path, first);
    let restored = first as u64 + 1;
    crash("restored", &disk.journal(), |folder, acknowledged| check(&script, folder, acknowledged.max(restored), 1));
}
