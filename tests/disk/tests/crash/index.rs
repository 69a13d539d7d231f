//! Following a log that grows, entry by entry: what the index says it has verified is how the log began.

use std::fs;
use std::ops::Range;
use std::path::Path;

use promoledger_faulty_disk::{Act, Change, Disk, Fault, Journal};
use promotion_ledger::custody::store::Store as _;
use promotion_ledger::custody::store::memory::Memory;
use promotion_ledger::meaning::refusal::ExitCode;
use promotion_replay::{CheckError, FollowError, Index, IndexError, check};

use crate::faults::nths;
use crate::points::crash;
use crate::scratch;
use crate::script::Script;

const INDEX: &str = "index.db";

/// How many steps one opening of the index lasts.
const SESSION: usize = 6;

/// Follows a log step by step: first with nobody watching, then with a journal.
fn recorded(script: &Script, store: &Memory, unwatched: usize) -> Journal {
    let (_folder, folder) = scratch();
    follow(script, store, &folder, 0..unwatched);
    let disk = Disk::watch(&folder).expect("a folder that can be watched");
    follow(script, store, &folder, unwatched..script.len());
    disk.journal()
}

fn follow(script: &Script, store: &Memory, folder: &Path, steps: Range<usize>) {
    let steps: Vec<usize> = steps.collect();
    for session in steps.chunks(SESSION) {
        let mut index = Index::open(&folder.join(INDEX)).expect("an index");
        for step in session {
            script.append(store, *step).expect("nothing disturbs it");
            index.follow(store).expect("a sound log");
        }
    }
}

/// What is left follows from the log as far as it says, and goes on to the same rows as a fresh one. The newest
/// transactions may be lost: nobody was told that they are kept, and following makes them again.
fn look(store: &Memory, folder: &Path) -> Result<(), String> {
    let path = folder.join(INDEX);
    match follow_to_the_end(store, &path) {
        Err(problem) if is_damage(&problem) => {
            // It says so, and what to do: delete it.
            fs::remove_dir_all(folder).and_then(|()| fs::create_dir(folder)).expect("a folder of its own");
            follow_to_the_end(store, &path).map_err(|problem| format!("made again: {problem}"))
        }
        other => other.map_err(|problem| problem.to_string()),
    }
}

fn follow_to_the_end(store: &Memory, path: &Path) -> Result<(), CheckError> {
    let mut index = Index::open(path)?;
    check(&index, store)?;
    index.follow(store)?;
    let checked = check(&index, store)?;
    assert_eq!(checked.entries, store.head().expect("a head").size);
    Ok(())
}

fn is_damage(problem: &CheckError) -> bool {
    matches!(problem, CheckError::Index(IndexError::Damaged { .. }) | CheckError::Follow(FollowError::Index(IndexError::Damaged { .. })))
}

#[test]
fn a_young_index_follows_from_the_log_whenever_the_power_goes() {
    let (script, store) = (Script::new(5, 10), Memory::new());
    crash("young-index", &recorded(&script, &store, 0), |folder, _| look(&store, folder));
}

/// An index syncs nothing but when its write-ahead log is folded.
#[test]
fn an_index_follows_from_the_log_whenever_the_power_goes_while_it_is_folded() {
    let (script, store) = (Script::of_single_entries(70), Memory::new());
    let journal = recorded(&script, &store, 62);
    let syncs = journal.changes().iter().filter(|change| matches!(change, Change::Synced { .. })).count();
    assert!(syncs >= 2, "it was folded while it was watched");
    crash("folded-index", &journal, |folder, _| look(&store, folder));
}

#[test]
fn an_index_on_a_failing_disk_says_so_and_is_right_afterwards() {
    let (script, store) = (Script::new(16, 10), Memory::new());
    let (half, whole) = (Memory::new(), &store);
    script.go_on(&half, 0..8).unwrap();
    script.go_on(whole, 0..16).unwrap();
    let mut noticed = 0;
    for act in [Act::Read, Act::Write, Act::Cut, Act::Sync, Act::SyncNames, Act::Open, Act::Remove, Act::Share] {
        for nth in nths(acts(&half, whole, act)) {
            for fault in [Fault::once(act, nth), Fault::from(act, nth)] {
                noticed += disturbed(&half, whole, |disk| disk.fail(fault)).unwrap_or_else(|what| panic!("{fault:?}: {what}"));
            }
        }
    }
    for room in nths(400_000) {
        noticed += disturbed(&half, whole, |disk| disk.leave_room(room)).unwrap_or_else(|what| panic!("{room} bytes left: {what}"));
    }
    assert!(noticed > 0);
}

/// Follows half of a log and, with another opening, the rest.
fn follow_twice(half: &Memory, whole: &Memory, path: &Path) -> Result<(), FollowError> {
    for store in [half, whole] {
        Index::open(path)?.follow(store)?;
    }
    Ok(())
}

fn acts(half: &Memory, whole: &Memory, act: Act) -> u64 {
    let (_folder, folder) = scratch();
    let disk = Disk::watch(&folder).expect("a folder that can be watched");
    follow_twice(half, whole, &folder.join(INDEX)).expect("nothing disturbs it");
    disk.count(act)
}

fn disturbed(half: &Memory, whole: &Memory, disturb: impl Fn(&Disk)) -> Result<usize, String> {
    let (_folder, folder) = scratch();
    let disk = Disk::watch(&folder).expect("a folder that can be watched");
    disturb(&disk);
    let followed = follow_twice(half, whole, &folder.join(INDEX));
    let struck = disk.has_struck();
    disk.heal();
    look(whole, &folder)?;
    match followed {
        Ok(()) => Ok(0),
        Err(error) if struck && error.exit_code() == ExitCode::Unavailable => Ok(1),
        Err(error) => Err(format!("it failed as {error:?}")),
    }
}
