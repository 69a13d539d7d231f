//! Files that somebody changed behind the store's back.

use super::*;

#[test]
fn a_changed_layout_is_damage() {
    let changes = [
        "CREATE TRIGGER more AFTER INSERT ON entry BEGIN DELETE FROM body; END",
        "DROP TRIGGER entry_is_never_deleted",
        "CREATE VIEW more AS SELECT 1",
        "DROP TABLE body",
    ];
    for change in changes {
        let (_folder, path) = folder();
        drop(ledger(&path, 1));
        by_hand(&path, change).unwrap();
        for refused in [Sqlite::open(&path).unwrap_err(), Sqlite::open_read_only(&path).unwrap_err()] {
            assert!(matches!(refused, StoreError::Damaged { .. }), "{change}: {refused}");
            assert_eq!(refused.exit_code(), ExitCode::Tampered);
        }
    }
}

#[test]
fn entries_are_not_changed_by_accident() {
    let (_folder, path) = folder();
    let store = ledger(&path, 3);
    for (accident, expected) in [
        ("UPDATE entry SET note = x'00' WHERE sequence = 1", "entries are never changed"),
        ("DELETE FROM entry", "entries are never deleted"),
    ] {
        let error = by_hand(&path, accident).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
    assert_eq!(notes(&store).unwrap().len(), 3);
}

#[test]
fn a_gap_is_damage() {
    let (_folder, path) = folder();
    let store = ledger(&path, 600);
    let trigger =
        "CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END";
    by_hand(&path, &format!("DROP TRIGGER entry_is_never_deleted; DELETE FROM entry WHERE sequence = 400; {trigger}")).unwrap();
    let refused = notes(&store).unwrap_err();
    assert!(refused.to_string().contains("entry 400 is missing: the next one is 401"), "{refused}");
    assert_eq!(refused.exit_code(), ExitCode::Tampered);
}

#[test]
fn values_that_no_entry_has_are_damage() {
    let by_head = [
        "(-1, zeroblob(16), zeroblob(32), x'00')",
        "(9007199254740991, zeroblob(16), zeroblob(32), x'00')",
        "(0, zeroblob(16), x'', x'00')",
    ];
    for row in by_head {
        let refused = ledger_with_row(row).1.head().unwrap_err();
        assert!(matches!(refused, StoreError::Damaged { .. }), "{row}: {refused}");
    }
    let refused = notes(&ledger_with_row("(0, zeroblob(15), zeroblob(32), x'00')").1).unwrap_err();
    assert!(matches!(refused, StoreError::Damaged { .. }), "{refused}");
}

/// A ledger whose one entry was put there by hand.
fn ledger_with_row(row: &str) -> (TempDir, Sqlite) {
    let (folder, path) = folder();
    let store = Sqlite::create(&path).expect("a new ledger");
    by_hand(&path, &format!("INSERT INTO entry VALUES {row}")).expect("a row");
    (folder, store)
}

#[test]
fn a_flipped_page_is_damage() {
    let (_folder, path) = folder();
    drop(ledger(&path, 100));
    by_hand(&path, "PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let mut bytes = fs::read(&path).unwrap();
    assert_eq!(bytes.len() % 8192, 0, "pages of 8 KiB");
    for page in bytes.chunks_exact_mut(8192).skip(1) {
        page.iter_mut().take(12).for_each(|byte| *byte ^= 0xff);
    }
    fs::write(&path, bytes).unwrap();
    let store = Sqlite::open_read_only(&path).unwrap();
    let refused = notes(&store).unwrap_err();
    assert!(matches!(refused, StoreError::Damaged { .. }), "{refused}");
    assert_eq!(refused.exit_code(), ExitCode::Tampered);
}

#[test]
fn a_truncated_file_is_damage() {
    let (_folder, path) = folder();
    drop(ledger(&path, 100));
    by_hand(&path, "PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(2 * 8192).unwrap();
    let refused = Sqlite::open_read_only(&path).and_then(|store| notes(&store)).unwrap_err();
    assert!(matches!(refused, StoreError::Damaged { .. }), "{refused}");
}
