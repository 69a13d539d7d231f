//! Following the log: from a file, step by step, side by side, and what is not followed.

use std::path::Path;

use promotion_ledger::custody::ledger::genesis;
use promotion_ledger::custody::store::{Head, Store};
use promotion_ledger::evidence::chain::EntryFault;
use promotion_ledger::evidence::hash::leaf_hash;
use promotion_ledger::meaning::decide::decide;
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::refusal::ExitCode;
use promotion_replay::{FollowError, Followed, HistoryFilter, Index, StatusFilter, check};

use crate::support::{Who, World, register, store_of};

fn shop() -> World {
    let mut world = World::new();
    world.register("api", "v1");
    world.promote("api", "v1", "dev");
    world
}

fn open(folder: &Path) -> Index {
    Index::open(&folder.join("cache").join("index.db")).expect("a place for an index")
}

// proves: derived
#[test]
fn a_file_keeps_what_was_verified() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = shop();
    let mut index = open(folder.path());
    assert_eq!((index.head(), index.genesis(), index.understood()), (Head::EMPTY, None, true));
    assert_eq!(index.follow(&world.store).unwrap(), Followed { new: world.chain.size() });
    drop(index);

    let mut index = open(folder.path());
    assert_eq!(index.head(), world.store.head().unwrap());
    assert_eq!(index.genesis(), genesis(&world.store).unwrap());
    assert_eq!(index.core(), world.chain.state().core());
    assert_eq!(index.follow(&world.store).unwrap(), Followed { new: 0 });
    world.promote("api", "v1", "staging");
    assert_eq!(index.follow(&world.store).unwrap(), Followed { new: 8 });
    assert_eq!(check(&index, &world.store).unwrap().entries, world.chain.size());
}

#[test]
fn appending_goes_on_from_an_index() {
    let world = shop();
    let mut index = Index::in_memory().unwrap();
    index.follow(&world.store).unwrap();
    let chain = index.chain();
    assert_eq!((chain.size(), chain.head(), chain.genesis()), (world.chain.size(), world.chain.head(), world.chain.genesis()));
    for (key, fact) in world.chain.state().facts() {
        assert_eq!(index.fact(key).unwrap().as_ref(), Some(fact), "{key}");
    }
}

#[test]
fn a_picture_stays_whole_while_another_process_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = shop();
    let (mut one, mut other) = (open(folder.path()), open(folder.path()));
    one.follow(&world.store).unwrap();
    assert_eq!(other.follow(&world.store).unwrap(), Followed { new: one.head().size }, "it was the other one that wrote");
    let (before, head) = (one.status(&StatusFilter::default(), one.now()).unwrap(), one.head());

    world.promote("api", "v1", "staging");
    other.follow(&world.store).unwrap();
    assert_eq!((one.head(), one.status(&StatusFilter::default(), one.now()).unwrap()), (head, before.clone()), "not renewed, not changed");
    assert_eq!(one.follow(&world.store).unwrap(), Followed { new: 8 });
    assert_ne!(one.status(&StatusFilter::default(), one.now()).unwrap(), before);

    world.register("api", "v2");
    one.follow(&world.store).unwrap();
    world.promote("api", "v2", "dev");
    other.follow(&world.store).unwrap();
    assert_eq!(check(&other, &world.store).unwrap().entries, world.chain.size());
}

#[test]
fn many_may_open_and_follow_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let world = shop();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let mut index = open(folder.path());
                index.follow(&world.store).unwrap();
                assert_eq!(index.head(), world.store.head().unwrap());
            });
        }
    });
    check(&open(folder.path()), &world.store).unwrap();
}

#[test]
fn long_logs_are_followed_in_batches() {
    let mut world = World::new();
    let registered = |number| {
        let decision = decide(world.chain.state(), &world.asker(Who::Ci), &register("api", &format!("v{number}")));
        decision.unwrap().events
    };
    let events: Vec<Event> = (0..4200).flat_map(registered).collect();
    world.must(Who::Ci, &events);
    let mut index = Index::in_memory().unwrap();
    assert_eq!(index.follow(&world.store).unwrap(), Followed { new: 4202 });
    assert_eq!(check(&index, &world.store).unwrap().entries, 4202);
}

#[test]
fn an_entry_that_was_tampered_with_is_named_and_what_stands_before_it_is_kept() {
    let world = shop();
    for place in [3, 6, 9] {
        let mut notes = world.notes();
        let at = notes[place].len() / 2;
        notes[place][at] ^= 1;
        let mut index = Index::in_memory().unwrap();
        let error = index.follow(&store_of(&notes)).unwrap_err();
        assert_eq!(error.exit_code(), ExitCode::Tampered);
        let FollowError::Fault(fault) = error else { panic!("{error}") };
        assert_eq!(fault.sequence.get(), place as u64);
        assert_eq!((index.head().size, index.head().hash), (place as u64, leaf_hash(&notes[place - 1])));
        let rows = index.history(&HistoryFilter { limit: 1000, ..HistoryFilter::default() }).unwrap();
        assert_eq!(rows.len(), place);
        assert_eq!(index.follow(&world.store).unwrap().new, world.chain.size() - place as u64, "the true log goes on from there");
        check(&index, &world.store).unwrap();
    }
}

#[test]
fn an_entry_that_is_dropped_is_missed() {
    let world = shop();
    let mut notes = world.notes();
    notes.remove(5);
    let error = Index::in_memory().unwrap().follow(&store_of(&notes)).unwrap_err();
    let FollowError::Fault(fault) = error else { panic!("{error}") };
    assert!(matches!(fault.fault, EntryFault::Sequence { .. }), "{fault}");
    assert_eq!(fault.sequence.get(), 5);
}

#[test]
fn a_log_that_was_cut_or_rewritten_has_diverged() {
    let mut world = shop();
    let mut fork = shop();
    let common = world.chain.size();
    let mut index = Index::in_memory().unwrap();
    world.register("web", "v1");
    index.follow(&world.store).unwrap();
    let verified = leaf_hash(world.notes().last().unwrap());

    let cut = store_of(&world.notes()[..common as usize]);
    let error = index.follow(&cut).unwrap_err();
    assert_eq!(error.exit_code(), ExitCode::Tampered);
    let FollowError::Diverged { sequence, expected, found } = error else { panic!("{error}") };
    assert_eq!((sequence.get(), expected, found), (common, verified, None));

    for _ in 0..2 {
        fork.register("web", &format!("v{}", fork.chain.size()));
        let FollowError::Diverged { sequence, expected, found } = index.follow(&fork.store).unwrap_err() else { panic!("a fork") };
        assert_eq!((sequence.get(), expected, found), (common, verified, Some(leaf_hash(&fork.notes()[common as usize]))));
    }
    let FollowError::Diverged { found, .. } = index.follow(&store_of(&[])).unwrap_err() else { panic!("an empty log") };
    assert_eq!(found, None);
    assert_eq!(index.follow(&world.store).unwrap(), Followed { new: 0 }, "the index is none the worse");
}

#[test]
fn an_index_of_another_ledger_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let (world, other) = (shop(), World::bare("other.example"));
    let mut index = open(folder.path());
    index.follow(&world.store).unwrap();
    assert_eq!(index.follow(&other.store).unwrap(), Followed { new: 1 });
    assert_eq!((index.head(), index.genesis()), (other.store.head().unwrap(), genesis(&other.store).unwrap()));
    assert_eq!(index.status(&StatusFilter::default(), index.now()).unwrap(), []);
    check(&index, &other.store).unwrap();
}

/// Each command opens the file anew, and reads all of the log beside it.
#[test]
fn the_log_beside_the_file_stays_short_over_many_commands() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("of.index");
    let mut world = World::new();
    for number in 0..60 {
        world.register("api", &format!("v2.0.{number}"));
        let mut index = Index::open(&path).unwrap();
        index.follow(&world.store).unwrap();
        assert_eq!(index.head(), world.store.head().unwrap());
    }
    let log = std::fs::metadata(folder.path().join("of.index-wal")).unwrap().len();
    assert!(log < 700 * 1024, "found {log} bytes");
}
