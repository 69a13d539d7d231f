//! What stands beside the signed bytes: columns, bodies, and the reader's own index.

use std::fs;

use promoledger_tests::shop::digest;
use promoledger_tests::tamper::edit;
use rusqlite::Connection;

use crate::scene::{LOCKED, Scene, expect_first, verify};

// attack: 9
/// Somebody who can write to the file changes what entries are found by, so that a look-up by id or hash gives another entry than the
/// signed bytes say.
#[test]
fn columns_that_differ_from_the_signed_bytes_are_noticed() {
    let scene = Scene::new();
    for (column, words) in [("id", "the store files it under another id"), ("hash", "the store files it under another hash")] {
        let changed = scene.shop.copy();
        edit(&changed, |ledger| {
            let swap = format!("UPDATE entry SET {column} = zeroblob(length({column})) WHERE sequence = ?1");
            ledger.execute(&swap, [LOCKED as i64]).expect("a row can be changed")
        });
        let findings = verify(&changed.workspace.promoledger_of("auditor"), 20, &[]);
        expect_first(&findings, 20, Some(LOCKED), words);
    }
    scene.expect_sound();
}

// attack: 9
/// Somebody exchanges the look-ups by id and by hash under SQLite's nose, and changes no row: the rows agree with the entries, and what is
/// found by them does not.
#[test]
fn a_look_up_that_differs_from_the_rows_is_noticed() {
    let scene = Scene::new();
    let ledger = Connection::open(scene.shop.ledger()).expect("the ledger can be opened");
    let roots = "SELECT min(rootpage), max(rootpage) FROM sqlite_schema WHERE tbl_name = 'entry' AND type = 'index'";
    let (one, other): (i64, i64) = ledger.query_row(roots, [], |row| Ok((row.get(0)?, row.get(1)?))).expect("there are indexes");
    assert_ne!(one, other, "ids and hashes are looked up apart");
    ledger.execute_batch("PRAGMA writable_schema = ON").expect("the schema can be written");
    let swap = "UPDATE sqlite_schema SET rootpage = ?1 + ?2 - rootpage WHERE rootpage IN (?1, ?2)";
    assert_eq!(ledger.execute(swap, [one, other]).expect("the schema can be changed"), 2);
    drop(ledger);
    assert_eq!(scene.verify(20, &[]).first().map(|first| first.code), Some(20));
}

// attack: 9
/// A reader's own index is doctored to say that another release is in dev. The ledger is untouched, and every answer is only as good as what can be
/// compared with it: `replay --check` names the difference, and who deletes the index gets the truth.
#[test]
fn a_doctored_index_does_not_outlive_a_check() {
    let scene = Scene::new();
    let before = scene.shop.whereabouts();
    assert_eq!(before["dev/api"], format!("v1.0.0 {}", digest("api", "v1.0.0")));
    let folder = scene.shop.home(".cache/promoledger");
    let index = find_index(&folder);
    let connection = Connection::open(&index).expect("the index can be opened");
    let changed = connection.execute("UPDATE tenure SET version = 'v6.6.6'", []).expect("a row can be changed");
    assert_eq!(changed, 1);
    drop(connection);
    scene.shop.run(&["verify"]).expect_code(0);
    let run = scene.shop.run(&["replay", "--check"]);
    assert!(run.code != Some(0) && !run.stderr.is_empty(), "{run:?}");
    scene.shop.run(&["replay"]).expect_code(0);
    scene.shop.run(&["replay", "--check"]).expect_code(0);
    assert_eq!(scene.shop.whereabouts(), before);
}

/// The one index below a cache folder.
fn find_index(folder: &std::path::Path) -> std::path::PathBuf {
    let files = fs::read_dir(folder).expect("there is a cache").map(|entry| entry.expect("a folder can be read").path());
    let indexes: Vec<_> = files.filter(|path| Connection::open(path).is_ok_and(|it| it.prepare("SELECT 1 FROM tenure").is_ok())).collect();
    assert_eq!(indexes.len(), 1, "{indexes:?}");
    indexes[0].clone()
}

// attack: 9
/// Evidence that a gate's result names is exchanged for a better report of the same length; the entry that names it is untouched, and so is the
/// digest that it is filed under. Then it is taken away.
#[test]
fn a_body_that_was_exchanged_or_taken_away_is_noticed() {
    let scene = Scene::new();
    scene.shop.workspace.write("report.txt", "1 critical\n");
    let digest = digest("api", "v1.0.0");
    let gate = ["record", "gate", "scan", "--digest", &digest, "--env", "dev", "--status", "failed", "--evidence", "report.txt"];
    scene.shop.run(&gate).expect_code(0);
    scene.expect_sound();
    let named = scene.shop.entries().len() - 1;
    edit(&scene.shop, |ledger| {
        ledger.execute("UPDATE body SET bytes = CAST('0 critical' || x'0a' AS BLOB)", []).expect("a body can be changed")
    });
    scene.expect_tampered(named, "the body that it names was changed");
    edit(&scene.shop, |ledger| ledger.execute("DELETE FROM body", []).expect("a body can be deleted"));
    expect_first(&scene.verify(21, &[]), 21, Some(named), "the body that it names is missing");
}
