//! Rows of the ledger's file that were changed, moved, cut or taken away.

use rusqlite::params;

use crate::shop::{Shop, notes};
use crate::tampering::{GATE, edit, story, verify};

/// A place in the log as SQLite counts.
fn place(sequence: usize) -> i64 {
    i64::try_from(sequence).expect("no log is that long")
}

fn set(shop: &Shop, column: &str, sequence: usize, value: &[u8]) {
    let changed = edit(shop, |ledger| {
        ledger
            .execute(&format!("UPDATE entry SET {column} = ?1 WHERE sequence = ?2"), params![value, place(sequence)])
            .expect("a row can be changed")
    });
    assert_eq!(changed, 1);
}

fn get(shop: &Shop, column: &str, sequence: usize) -> Vec<u8> {
    edit(shop, |ledger| {
        ledger
            .query_row(&format!("SELECT {column} FROM entry WHERE sequence = ?1"), [place(sequence)], |row| row.get(0))
            .expect("the row is there")
    })
}

#[test]
fn one_flipped_bit_in_any_entry_is_noticed_and_the_entry_named() {
    let shop = story();
    for (sequence, note) in notes(&shop.ledger()).iter().enumerate() {
        // In the text, in what its data says, and in the signature; every entry at other places.
        for (part, of) in [(1, 8), (5, 8), (15, 16)] {
            let mut flipped = note.clone();
            let place = (note.len() * part / of + sequence) % note.len();
            flipped[place] ^= 1 << (sequence % 8);
            set(&shop, "note", sequence, &flipped);
            let findings = verify(&shop, 20, &[]);
            assert_eq!(findings[0].entry, Some(sequence as u64), "byte {place} of entry {sequence}: {findings:?}");
            assert_eq!(findings[0].code, 20);
        }
        set(&shop, "note", sequence, note);
    }
    verify(&shop, 0, &[]);
}

#[test]
fn a_row_that_was_deleted_is_noticed() {
    let shop = story();
    edit(&shop, |ledger| ledger.execute("DELETE FROM entry WHERE sequence = 7", []).expect("a row can be deleted"));
    let findings = verify(&shop, 20, &[]);
    assert_eq!(findings[0].entry, Some(7), "{findings:?}");
}

#[test]
fn a_row_that_was_deleted_with_those_behind_moved_up_is_noticed() {
    let shop = story();
    edit(&shop, |ledger| {
        ledger.execute("DELETE FROM entry WHERE sequence = 7", []).expect("a row can be deleted");
        ledger.execute("UPDATE entry SET sequence = -sequence WHERE sequence > 7", []).expect("rows can be moved");
        ledger.execute("UPDATE entry SET sequence = -sequence - 1 WHERE sequence < 0", []).expect("rows can be moved");
    });
    let findings = verify(&shop, 20, &[]);
    assert_eq!(findings[0].entry, Some(7), "{findings:?}");
}

#[test]
fn rows_that_changed_places_are_noticed() {
    let shop = story();
    edit(&shop, |ledger| {
        for (from, to) in [(5, -1), (9, 5), (-1, 9)] {
            ledger.execute("UPDATE entry SET sequence = ?2 WHERE sequence = ?1", [from, to]).expect("rows can be moved");
        }
    });
    let findings = verify(&shop, 20, &[]);
    assert_eq!(findings[0].entry, Some(5), "{findings:?}");
}

#[test]
fn columns_beside_an_entry_must_agree_with_it() {
    let shop = story();
    for column in ["id", "hash"] {
        let true_value = get(&shop, column, 6);
        let mut other = true_value.clone();
        other[0] ^= 1;
        set(&shop, column, 6, &other);
        let findings = verify(&shop, 20, &[]);
        assert_eq!(findings[0].entry, Some(6), "{findings:?}");
        assert!(findings[0].message.contains(&format!("another {column}")), "{findings:?}");
        set(&shop, column, 6, &true_value);
    }
    verify(&shop, 0, &[]);
}

#[test]
fn evidence_that_was_changed_or_taken_away_is_noticed() {
    let shop = story();
    let is_gate = |entry: &crate::shop::Entry| entry.text("type") == "gate.completed" && entry.data()["gate"] == GATE;
    let named = shop.entries().iter().position(is_gate).expect("a gate was recorded") as u64;
    let changed = shop.copy();
    edit(&changed, |ledger| ledger.execute("UPDATE body SET bytes = X'00'", []).expect("a body can be changed"));
    let findings = verify(&changed, 20, &[]);
    assert_eq!(findings[0].entry, Some(named), "{findings:?}");
    edit(&shop, |ledger| ledger.execute("DELETE FROM body", []).expect("a body can be deleted"));
    let findings = verify(&shop, 21, &[]);
    assert_eq!(findings[0].entry, Some(named), "{findings:?}");
}

#[test]
fn a_file_with_something_added_to_it_is_not_taken_for_a_ledger() {
    let shop = story();
    edit(&shop, |ledger| {
        ledger.execute_batch("CREATE TRIGGER extra AFTER INSERT ON entry BEGIN SELECT 1; END").expect("a trigger can be added");
    });
    shop.run(&["verify"]).expect_code(20);
    shop.run(&["lock", "--env", "dev", "--reason", "x"]).expect_code(20);
}

#[test]
fn entries_cut_off_the_end_show_against_a_pin() {
    let shop = story();
    let auditor = shop.workspace.promoledger_of("auditor");
    auditor.run(&["trust"]).expect_code(0);
    let size = shop.entries().len();
    edit(&shop, |ledger| ledger.execute("DELETE FROM entry WHERE sequence >= ?1", [place(size - 3)]).expect("rows can be deleted"));

    // Nothing in the log itself can show it; the verdict says so.
    let fresh = shop.workspace.promoledger_of("stranger").run(&["verify", "--output", "json"]).expect_code(0).json();
    assert_eq!(fresh["level"], "self-consistent");
    assert!(fresh["not_checked"].to_string().contains("cut"), "{fresh}");

    let verdict = auditor.run(&["verify", "--output", "json"]).expect_code(21).json();
    assert!(
        verdict["findings"][0]["message"].as_str().is_some_and(|message| message.contains(&format!("{size} entries were pinned"))),
        "{verdict}"
    );
    auditor.run(&["status"]).expect_code(21);
    // Who has followed the log further notices as well, without ever having pinned it.
    shop.run(&["status"]).expect_code(20);
    shop.run(&["lock", "--env", "dev", "--reason", "x"]).expect_code(20);
}

#[test]
fn nothing_is_decided_over_a_ledger_that_was_tampered_with() {
    let shop = story();
    let mut note = notes(&shop.ledger())[4].clone();
    note[100] ^= 1;
    set(&shop, "note", 4, &note);
    let newcomer = shop.workspace.promoledger_of("user").env("XDG_CACHE_HOME", shop.workspace.path().join("fresh-cache"));
    let before = shop.entries().len();
    for arguments in [&["status"][..], &["history"], &["lock", "--env", "dev", "--reason", "x"], &shop.promotion("v1.2.0", "none", "dev")] {
        newcomer.run(arguments).expect_code(20);
    }
    assert_eq!(shop.entries().len(), before);
}
