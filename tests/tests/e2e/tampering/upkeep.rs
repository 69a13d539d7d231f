//! Copies and projections: a backup is a ledger, an index is nothing that the log does not say.

use std::fs;

use crate::shop::{Shop, notes};
use crate::tampering::story;

fn remove_index(shop: &Shop) {
    fs::remove_dir_all(shop.home(".cache/promoledger")).expect("the index was kept in the user's cache");
}

#[test]
fn a_backup_is_the_same_ledger() {
    let shop = story();
    shop.run(&["backup", "copy.db"]).expect_code(0);
    assert_eq!(notes(&shop.workspace.path().join("copy.db")), notes(&shop.ledger()));
    shop.run(&["verify", "--ledger", "sqlite:copy.db"]).expect_code(0);
    shop.run(&["backup", "copy.db"]).expect_code(2);
    // It can be gone on with where the ledger is lost.
    fs::remove_dir_all(shop.workspace.path().join(".promoledger")).expect("the ledger can be removed");
    shop.run(&["lock", "--env", "dev", "--reason", "restored", "--ledger", "sqlite:copy.db"]).expect_code(0);
    shop.run(&["verify", "--ledger", "sqlite:copy.db"]).expect_code(0);
}

#[test]
fn an_index_that_was_deleted_is_made_again() {
    let shop = story();
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let ask =
        |arguments: &[&str]| shop.admin().env("TRACEPARENT", trace).run(&[arguments, &["--output", "json"]].concat()).expect_code(0).json();
    let questions = [&["status"][..], &["history", "--limit", "1000"], &["where", "v1.0.0"], &["keys", "list"]];
    let before = questions.map(ask);
    remove_index(&shop);
    assert_eq!(questions.map(ask), before);
    shop.run(&["replay", "--check"]).expect_code(0);
    shop.run(&["replay"]).expect_code(0);
    assert_eq!(questions.map(ask), before);
}

#[test]
fn an_index_that_is_garbage_does_not_pass_for_the_truth() {
    let shop = story();
    let folder = shop.home(".cache/promoledger");
    for entry in fs::read_dir(&folder).expect("the index was kept") {
        fs::write(entry.expect("a folder can be read").path(), "garbage").expect("a file can be written");
    }
    let run = shop.run(&["status"]);
    assert!(matches!(run.code, Some(0 | 1 | 2 | 5)), "{run:?}");
    if run.code == Some(0) {
        assert_eq!(shop.whereabouts()["dev/api"], format!("v1.0.0 {}", crate::shop::digest("api", "v1.0.0")));
    }
}

#[test]
fn who_may_only_read_can_ask_and_verify() {
    let shop = story();
    let expected = shop.whereabouts();
    let reader = shop.workspace.promoledger_of("reader");
    let status = reader.run(&["status", "--output", "json"]).expect_code(0).json();
    assert_eq!(status["environments"].as_array().map(Vec::len), Some(expected.len()));
    reader.run(&["verify"]).expect_code(0);
    reader.run(&["replay", "--check"]).expect_code(0);
    reader.run(&["lock", "--env", "dev", "--reason", "x"]).expect_code(12);
}
