//! What is not created, not opened and not written to.

use super::*;

#[test]
fn creating_takes_only_a_free_place() {
    let (folder, path) = folder();
    drop(ledger(&path, 1));
    let before = fs::read(&path).unwrap();
    assert_eq!(Sqlite::create(&path).unwrap_err(), StoreError::Exists { path: path.clone() });
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(Sqlite::create(folder.path()).unwrap_err(), StoreError::Exists { path: folder.path().to_owned() });

    let nowhere = folder.path().join("not/there.db");
    assert!(matches!(Sqlite::create(nowhere).unwrap_err(), StoreError::Unavailable { .. }));

    let interrupted = folder.path().join("interrupted.db");
    fs::write(&interrupted, "").unwrap();
    assert_eq!(Sqlite::create(&interrupted).unwrap().head(), Ok(Head::EMPTY));
}

#[test]
fn creators_side_by_side_make_one_ledger() {
    let (_folder, path) = folder();
    let made: usize = thread::scope(|scope| {
        let creators: Vec<_> = (0..4).map(|_| scope.spawn(|| Sqlite::create(&path))).collect();
        let results = creators.into_iter().map(|creator| creator.join().unwrap());
        results
            .map(|made| made.inspect_err(|error| assert!(matches!(error, StoreError::Exists { .. }), "{error}")))
            .filter(Result::is_ok)
            .count()
    });
    assert_eq!(made, 1);
    assert_eq!(Sqlite::open(&path).unwrap().head(), Ok(Head::EMPTY));
}

#[test]
fn opening_never_makes_a_file() {
    let (folder, path) = folder();
    assert_eq!(Sqlite::open(&path).unwrap_err(), StoreError::Missing { path: path.clone() });
    assert_eq!(Sqlite::open_read_only(&path).unwrap_err(), StoreError::Missing { path });
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn other_files_are_refused_and_left_alone() {
    let (folder, path) = folder();
    by_hand(&path, "PRAGMA journal_mode=wal; CREATE TABLE entry(x)").unwrap();
    let text = folder.path().join("text.db");
    fs::write(&text, "not a database\n".repeat(100)).unwrap();
    let empty = folder.path().join("empty.db");
    fs::write(&empty, "").unwrap();
    for (path, found) in [(&path, "application id 0x00000000"), (&text, "not a SQLite database"), (&empty, "an empty file")] {
        let before = fs::read(path).unwrap();
        for refused in [Sqlite::open(path).unwrap_err(), Sqlite::open_read_only(path).unwrap_err()] {
            assert!(matches!(refused, StoreError::NotALedger { .. }) && refused.to_string().contains(found), "{refused}");
        }
        assert_eq!(&fs::read(path).unwrap(), &before);
        assert_eq!(size_of(path, "-wal") + size_of(path, "-shm"), 0);
    }
}

#[test]
fn later_layouts_are_refused_naming_both() {
    let (_folder, path) = folder();
    drop(ledger(&path, 1));
    by_hand(&path, "PRAGMA user_version=7").unwrap();
    for refused in [Sqlite::open(&path).unwrap_err(), Sqlite::open_read_only(&path).unwrap_err()] {
        assert_eq!(refused, StoreError::LaterLayout { path: path.clone(), found: 7, known: 1 });
        assert!(refused.to_string().contains("layout 7") && refused.to_string().contains("layouts up to 1"));
        assert_eq!(refused.exit_code(), ExitCode::NotVerifiable);
    }
}

#[test]
fn a_reader_refuses_to_write() {
    let (_folder, path) = folder();
    let head = ledger(&path, 1).head().unwrap();
    let store = Sqlite::open_read_only(&path).unwrap();
    let refused = StoreError::ReadOnly { path };
    assert_eq!(store.append(&head, &[entry(1, 1)], &[]), Err(AppendError::Store(refused.clone())));
    assert_eq!(store.remove_body(&BodyDigest::from_bytes([0; 32])), Err(refused.clone()));
    assert_eq!(store.hold("a run").err(), Some(HoldError::Store(refused)));
}

#[cfg(unix)]
#[test]
fn a_link_leads_to_the_ledger_and_is_none_itself() {
    let (folder, path) = folder();
    let store = ledger(&path, 1);
    let elsewhere = folder.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let link = elsewhere.join("link.db");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let linked = Sqlite::open(&link).unwrap();
    assert_eq!(linked.path(), path);
    append(&linked, &entry(1, 0));
    assert_eq!(store.head().unwrap().size, 2);
    let _held = store.hold("shop").unwrap();
    assert!(matches!(linked.hold("shop"), Err(HoldError::Held { .. })), "one ledger, one run");
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 1, "nothing stands beside the link");

    let dangling = elsewhere.join("dangling.db");
    std::os::unix::fs::symlink(folder.path().join("nothing"), &dangling).unwrap();
    assert_eq!(Sqlite::create(&dangling).unwrap_err(), StoreError::Exists { path: dangling.clone() });
    assert_eq!(Sqlite::open(&dangling).unwrap_err(), StoreError::Missing { path: dangling });
}
