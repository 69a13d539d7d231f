//! Copies made while others append.

use super::*;

#[test]
fn a_backup_is_whole_while_others_append() {
    let (folder, path) = folder();
    let store = ledger(&path, 200);
    thread::scope(|scope| {
        let writing = scope.spawn(|| {
            let writer = Sqlite::open(&path).unwrap();
            (0..300).for_each(|number| append(&writer, &entry(1, number)));
        });
        for number in 0.. {
            let before = store.head().unwrap();
            let destination = folder.path().join(format!("{number}.db"));
            let head = store.backup(&destination).unwrap();
            assert!(head.size >= before.size);
            let copy = Sqlite::open_read_only(&destination).unwrap();
            assert_eq!(copy.head(), Ok(head));
            let copied = notes(&copy).unwrap();
            assert_eq!(copied.len() as u64, head.size);
            assert_eq!(notes(&store).unwrap().get(..copied.len()), Some(copied.as_slice()));
            if writing.is_finished() {
                break;
            }
        }
        writing.join().unwrap();
    });
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    assert!(!names.iter().any(|name| name.contains("partial")), "{names:?}");
}

#[test]
fn a_backup_can_be_written_to_and_replaces_nothing() {
    let (folder, path) = folder();
    let store = ledger(&path, 2);
    let destination = folder.path().join("copy of ?the# ledger%20.db");
    let head = store.backup(&destination).unwrap();
    assert_eq!(store.backup(&destination).unwrap_err(), StoreError::Exists { path: destination.clone() });
    assert_eq!(store.backup(&path).unwrap_err(), StoreError::Exists { path: path.clone() });
    let copy = Sqlite::open(&destination).unwrap();
    assert_eq!(copy.head(), Ok(head));
    append(&copy, &entry(1, 0));
    assert_eq!(copy.head().unwrap().size, 3);
    assert_eq!(store.head(), Ok(head));
}
