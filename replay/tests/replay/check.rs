//! `replay --check`: an index that says something else than the log is found out, row by row.

use promotion_ledger::meaning::event::history::AssertedKind;
use promotion_ledger::meaning::facts::FactKey;
use promotion_ledger::meaning::refusal::ExitCode;
use promotion_replay::{CheckError, Difference, FollowError, Index, check};
use rusqlite::Connection;

use crate::support::{Who, World, asserted, lock, store_of};

fn shop() -> World {
    let mut world = World::new();
    world.register("api", "v1");
    world.promote("api", "v1", "dev");
    world.ask(Who::Ada, &lock("prod", None)).expect("a lock");
    world.import(Who::Ada, vec![asserted(1, AssertedKind::Promotion, "web", "v1", "dev")]).expect("history that may be imported");
    world
}

// proves: derived
#[test]
fn what_follows_from_the_log_passes() {
    let world = shop();
    let mut index = Index::in_memory().unwrap();
    index.follow(&world.store).unwrap();
    let checked = check(&index, &world.store).unwrap();
    assert_eq!(checked.entries, world.chain.size());
    // Facts about imported history are not kept twice.
    let facts = world.chain.state().facts().filter(|(key, _)| !matches!(key, FactKey::Line(_) | FactKey::Asserted(..))).count() as u64;
    assert_eq!(
        checked.rows,
        1 + facts + checked.entries + 8,
        "position, facts, entries, rules, places, a line, release, tenure, run, lock"
    );
}

#[test]
fn an_index_that_lags_behind_is_checked_as_far_as_it_went() {
    let mut world = shop();
    let mut index = Index::in_memory().unwrap();
    index.follow(&world.store).unwrap();
    let size = world.chain.size();
    world.register("web", "v1");
    assert_eq!(check(&index, &world.store).unwrap().entries, size);
}

// proves: derived
#[test]
fn every_table_is_compared() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index.db");
    let world = shop();
    let cases = [
        ("UPDATE entry SET actor = 'eve' WHERE sequence = 2", "entry", "2", Some("actor ci:acme/shop"), Some("actor eve")),
        ("UPDATE tenure SET version = 'v9'", "tenure", "shop api dev 10", Some("version v1"), Some("version v9")),
        ("UPDATE release SET source_sha = NULL", "release", "shop api v1", Some("source_sha 0123456789abcdef"), Some("source_sha nothing")),
        ("UPDATE run SET ending = 'failed'", "run", "*", Some("ending completed"), Some("ending failed")),
        ("UPDATE rules SET rules = '{}'", "rules", "shop 1", Some("rules {\"components\"*"), Some("rules {}")),
        ("DELETE FROM place", "place", "shop api dev", Some("pipeline shop, *"), None),
        ("UPDATE asserted SET actor = 'eve'", "asserted", "12 1", Some("actor op-001"), Some("actor eve")),
        ("DELETE FROM lock", "lock", "11", Some("sequence 11, *"), None),
        ("INSERT INTO body VALUES (x'00', 1, 0)", "body", "00 1", None, Some("digest 00, sequence 1, removed 0")),
        ("DELETE FROM fact WHERE key LIKE 'release %'", "fact", "release shop api v1", Some("key release shop api v1, *"), None),
        ("UPDATE position SET understood = 0", "position", "1", Some("understood 1"), Some("understood 0")),
    ];
    for (damage, table, key, expected, found) in cases {
        for end in ["", "-wal", "-shm"] {
            drop(std::fs::remove_file(folder.path().join(format!("index.db{end}"))));
        }
        Index::open(&path).unwrap().follow(&world.store).unwrap();
        Connection::open(&path).unwrap().execute(damage, []).unwrap();
        let error = check(&Index::open(&path).unwrap(), &world.store).unwrap_err();
        assert_eq!(error.exit_code(), ExitCode::Failure);
        let CheckError::Difference(difference) = error else { panic!("{error}") };
        assert_eq!(difference.table, table, "{damage}");
        assert!(like(Some(&difference.key), Some(key)), "{difference}");
        assert!(like(difference.expected.as_deref(), expected) && like(difference.found.as_deref(), found), "{difference}");
    }
}

/// Whether the text is as expected; a star stands for any rest.
fn like(found: Option<&str>, expected: Option<&str>) -> bool {
    match (found, expected) {
        (Some(found), Some(expected)) => expected.strip_suffix('*').map_or(found == expected, |start| found.starts_with(start)),
        (found, expected) => found == expected,
    }
}

#[test]
fn a_difference_says_what_to_do() {
    let difference = Difference { table: "lock", key: "11".to_owned(), expected: None, found: Some("sequence 11".to_owned()) };
    let text = "table lock, row 11: expected no such row, found sequence 11; delete the index, and it is made again from the ledger";
    assert_eq!(difference.to_string(), text);
}

#[test]
fn a_log_that_was_rewritten_is_no_difference_of_the_index() {
    let world = shop();
    let mut index = Index::in_memory().unwrap();
    index.follow(&world.store).unwrap();
    let cut = store_of(&world.notes()[..5]);
    assert!(matches!(check(&index, &cut), Err(CheckError::Follow(FollowError::Diverged { .. }))));
    let mut notes = world.notes();
    notes[4][100] ^= 1;
    assert!(matches!(check(&index, &store_of(&notes)), Err(CheckError::Follow(FollowError::Fault(fault))) if fault.sequence.get() == 4));
}
