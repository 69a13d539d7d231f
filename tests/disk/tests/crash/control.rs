//! That a loss is noticed: the same tests, over a disk that forgets what it said it kept, and over a database that asks
//! for nothing to be kept.

use promoledger_faulty_disk::{Disk, Loss, Platter};
use rusqlite::Connection;

use crate::append::{check, recorded};
use crate::points::try_out;
use crate::scratch;
use crate::script::Script;

#[test]
fn a_disk_that_lies_about_syncs_is_found_out() {
    let script = Script::new(6, 20_000);
    let journal = recorded(&script);
    let look = |journal| try_out("control", journal, |folder, acknowledged| check(&script, folder, acknowledged, 0)).failures;
    assert_eq!(look(&journal), Vec::<String>::new());
    let lost = look(&journal.without_syncs());
    assert!(lost.iter().any(|failure| failure.contains("does not open") || failure.contains("were acknowledged")), "{lost:?}");
}

/// How many of ten acknowledged rows are left if the power goes, with that setting.
fn left_with(synchronous: &str) -> i64 {
    let (_folder, folder) = scratch();
    let disk = Disk::watch(&folder).unwrap();
    let connection = Connection::open(folder.join("a.db")).unwrap();
    connection.execute_batch("PRAGMA journal_mode=WAL; CREATE TABLE t(x)").unwrap();
    connection.pragma_update(None, "synchronous", synchronous).unwrap();
    for row in 1..=10_u32 {
        connection.execute("INSERT INTO t VALUES (?1)", [row]).unwrap();
        disk.acknowledge(row.into());
    }
    let mut platter = Platter::of(&disk.journal());
    disk.journal().changes().iter().for_each(|change| platter.play(change));
    assert_eq!(platter.acknowledged(), 10);
    let (_folder, folder) = scratch();
    Loss::write(&platter.image(Loss::All), &folder).unwrap();
    Connection::open(folder.join("a.db")).unwrap().query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap()
}

#[test]
fn settings_that_lose_what_was_acknowledged_are_found_out() {
    assert_eq!(left_with("FULL"), 10);
    assert!(left_with("NORMAL") < 10);
    assert!(left_with("OFF") < 10);
}
