//! Files that are no index, or not a good one.

use std::fs;
use std::path::Path;

use promotion_replay::{Index, IndexError, check};
use rusqlite::Connection;

use crate::support::World;

fn shop() -> World {
    let mut world = World::new();
    world.register("api", "v1");
    world.promote("api", "v1", "dev");
    world
}

fn follow(path: &Path, world: &World) {
    let mut index = Index::open(path).expect("a place for an index");
    index.follow(&world.store).expect("an honest log");
    check(&index, &world.store).expect("an index that follows from the log");
}

type Damage = fn(&Path);

#[test]
fn whatever_is_no_good_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index.db");
    let world = shop();
    let cases: [(&str, Damage); 5] = [
        ("garbage", |path| fs::write(path, [0xa5; 5000]).unwrap()),
        ("nothing", |path| fs::write(path, []).unwrap()),
        ("another layout", |path| Connection::open(path).unwrap().pragma_update(None, "user_version", 77).unwrap()),
        ("a position that cannot be read", |path| {
            Connection::open(path).unwrap().execute_batch("UPDATE position SET core = '{}'").unwrap()
        }),
        ("a table that is gone", |path| Connection::open(path).unwrap().execute_batch("DROP TABLE position").unwrap()),
    ];
    for (case, damage) in cases {
        follow(&path, &world);
        // What is still in the write-ahead log outlives damage to the file: it is folded in first.
        Connection::open(&path).unwrap().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
        damage(&path);
        let index = Index::open(&path).unwrap();
        assert_eq!(index.head().size, 0, "{case}");
        drop(index);
        follow(&path, &world);
    }
}

#[test]
fn somebody_elses_database_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index.db");
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE theirs(x); INSERT INTO theirs VALUES (1)").unwrap();
    let before = fs::read(&path).unwrap();
    assert!(matches!(Index::open(&path), Err(IndexError::NotAnIndex { .. })));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_place_where_nothing_can_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let error = Index::open(&folder.path().join("file").join("index.db")).unwrap_err();
    assert!(matches!(error, IndexError::Unavailable { .. }), "{error}");
    let error = Index::open(folder.path()).unwrap_err();
    assert!(matches!(error, IndexError::Unavailable { .. }), "{error}");
}

#[test]
fn opening_and_finding_nothing_new_waits_for_no_writer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index.db");
    let world = shop();
    follow(&path, &world);
    let writer = Connection::open(&path).unwrap();
    writer.execute_batch("BEGIN IMMEDIATE; DELETE FROM entry").unwrap();
    let mut index = Index::open(&path).unwrap();
    assert_eq!(index.follow(&world.store).unwrap().new, 0);
    check(&index, &world.store).unwrap();
}
