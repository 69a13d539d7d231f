//! The storage contract, held by every store alike.

use std::collections::BTreeSet;
use std::ops::{ControlFlow, Range};

use promotion_ledger::custody::store::memory::Memory;
use promotion_ledger::custody::store::{AppendError, Body, Head, HoldError, NewEntry, Store, StoredEntry};
use promotion_ledger::meaning::digest::{BodyDigest, EntryHash};
use promotion_ledger::meaning::id::{EntryId, Sequence};

#[test]
fn memory_keeps_the_contract() {
    contract(Memory::new);
}

#[cfg(feature = "sqlite")]
#[test]
fn sqlite_keeps_the_contract() {
    use promotion_ledger::custody::store::sqlite::Sqlite;
    let folder = tempfile::tempdir().expect("a folder for tests");
    let mut count = 0;
    contract(|| {
        count += 1;
        Sqlite::create(folder.path().join(format!("{count}.db"))).expect("a new ledger")
    });
}

/// Every clause of the contract, each on a store of its own.
fn contract<S: Store>(mut new: impl FnMut() -> S) {
    let clauses: [fn(&dyn Store); 13] = [
        an_empty_store_has_an_empty_head,
        what_is_appended_is_read_back_in_order,
        an_append_to_another_head_changes_nothing,
        a_batch_of_nothing_compares_the_head,
        a_taken_id_refuses_the_whole_batch,
        a_taken_hash_refuses_the_whole_batch,
        ranges_end_where_the_log_ends,
        a_reader_can_stop,
        a_reader_may_use_the_store,
        entries_are_found_by_id_and_hash,
        bodies_come_with_their_batch_or_not_at_all,
        bodies_are_listed_in_order_and_removed,
        a_run_has_one_holder,
    ];
    for clause in clauses {
        clause(&new());
    }
}

fn an_empty_store_has_an_empty_head(store: &dyn Store) {
    assert_eq!(store.head(), Ok(Head::EMPTY));
    assert_eq!(read(store, 0..u64::MAX), []);
    assert_eq!(digests(store), []);
}

fn what_is_appended_is_read_back_in_order(store: &dyn Store) {
    let first = append(store, 0..2);
    assert_eq!(first, Head { size: 2, hash: entry(1).hash });
    let second = append(store, 2..600);
    assert_eq!(second, Head { size: 600, hash: entry(599).hash });
    assert_eq!(read(store, 0..600), (0..600).map(stored).collect::<Vec<_>>());
}

fn an_append_to_another_head_changes_nothing(store: &dyn Store) {
    let found = append(store, 0..2);
    let wrong =
        [Head::EMPTY, Head { size: 2, hash: entry(0).hash }, Head { size: 1, hash: found.hash }, Head { size: 3, hash: found.hash }];
    for expected in wrong {
        assert_eq!(store.append(&expected, &[entry(2)], &[body(1)]), Err(AppendError::HeadMoved { expected, found }));
        assert_eq!(store.head(), Ok(found));
        assert_eq!(store.body(&body(1).digest), Ok(None));
    }
}

fn a_batch_of_nothing_compares_the_head(store: &dyn Store) {
    assert_eq!(store.append(&Head::EMPTY, &[], &[]), Ok(()));
    let found = append(store, 0..1);
    assert_eq!(store.append(&found, &[], &[]), Ok(()));
    assert_eq!(store.append(&Head::EMPTY, &[], &[]), Err(AppendError::HeadMoved { expected: Head::EMPTY, found }));
    assert_eq!(store.head(), Ok(found));
}

fn a_taken_id_refuses_the_whole_batch(store: &dyn Store) {
    let head = append(store, 0..3);
    let id = entry(1).id;
    let stored_before = NewEntry { id, ..entry(4) };
    assert_eq!(store.append(&head, &[entry(3), stored_before], &[body(1)]), Err(AppendError::IdTaken { id }));
    let id = entry(3).id;
    let in_the_batch = NewEntry { id, ..entry(4) };
    assert_eq!(store.append(&head, &[entry(3), in_the_batch], &[body(1)]), Err(AppendError::IdTaken { id }));
    assert_eq!(store.head(), Ok(head));
    assert_eq!(store.find(&id), Ok(None));
    assert_eq!(store.body(&body(1).digest), Ok(None));
}

fn a_taken_hash_refuses_the_whole_batch(store: &dyn Store) {
    let head = append(store, 0..3);
    let hash = entry(1).hash;
    let taken = NewEntry { hash, ..entry(4) };
    assert_eq!(store.append(&head, &[entry(3), taken], &[]), Err(AppendError::HashTaken { hash }));
    assert_eq!(store.head(), Ok(head));
}

fn ranges_end_where_the_log_ends(store: &dyn Store) {
    append(store, 0..5);
    let cases =
        [(0..0, 0..0), (0..1, 0..1), (2..4, 2..4), (4..5, 4..5), (3..99, 3..5), (5..6, 0..0), (99..u64::MAX, 0..0), (0..u64::MAX, 0..5)];
    for (range, expected) in cases {
        assert_eq!(read(store, range.clone()), expected.map(stored).collect::<Vec<_>>(), "{range:?}");
    }
    #[expect(clippy::reversed_empty_ranges, reason = "a range that runs backwards holds nothing")]
    let backwards = 4..2;
    assert_eq!(read(store, backwards), []);
}

fn a_reader_can_stop(store: &dyn Store) {
    append(store, 0..5);
    let mut seen = 0;
    let read = store.read(0..5, &mut |entry| {
        seen += 1;
        if entry.sequence == Sequence::new(2) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!((read, seen), (Ok(()), 3));
}

fn a_reader_may_use_the_store(store: &dyn Store) {
    append(store, 0..2);
    let mut seen = Vec::new();
    let read = store.read(0..9, &mut |entry| {
        assert_eq!(store.find(&entry.id), Ok(Some(entry.clone())));
        seen.push(entry.sequence.get());
        ControlFlow::Continue(())
    });
    assert_eq!((read, seen), (Ok(()), vec![0, 1]));
}

fn entries_are_found_by_id_and_hash(store: &dyn Store) {
    append(store, 0..3);
    for number in 0..3 {
        assert_eq!(store.find(&entry(number).id), Ok(Some(stored(number))));
        assert_eq!(store.find_hash(&entry(number).hash), Ok(Some(stored(number))));
    }
    assert_eq!(store.find(&entry(3).id), Ok(None));
    assert_eq!(store.find_hash(&entry(3).hash), Ok(None));
}

fn bodies_come_with_their_batch_or_not_at_all(store: &dyn Store) {
    assert_eq!(store.append(&Head::EMPTY, &[entry(0)], &[body(1), body(2)]), Ok(()));
    assert_eq!(store.body(&body(1).digest), Ok(Some(body(1))));
    let head = Head { size: 1, hash: entry(0).hash };
    let again = Body { bytes: b"others".to_vec(), ..body(1) };
    assert_eq!(store.append(&head, &[entry(1)], &[again]), Ok(()));
    assert_eq!(store.body(&body(1).digest), Ok(Some(body(1))), "a body stays as it was filed");
    assert_eq!(store.body(&body(3).digest), Ok(None));
}

fn bodies_are_listed_in_order_and_removed(store: &dyn Store) {
    let bodies: Vec<Body> = [7, 1, 200, 3].map(body).into();
    assert_eq!(store.append(&Head::EMPTY, &[], &bodies), Ok(()));
    assert_eq!(digests(store), [1, 3, 7, 200].map(|number| body(number).digest));
    let mut seen = 0;
    let listed = store.bodies(&mut |_| {
        seen += 1;
        ControlFlow::Break(())
    });
    assert_eq!((listed, seen), (Ok(()), 1));
    assert_eq!(store.remove_body(&body(3).digest), Ok(true));
    assert_eq!(store.remove_body(&body(3).digest), Ok(false));
    assert_eq!(store.body(&body(3).digest), Ok(None));
    assert_eq!(digests(store), [1, 7, 200].map(|number| body(number).digest));
}

fn a_run_has_one_holder(store: &dyn Store) {
    for name in ["delivery.shop", "Any name/../at all", ""] {
        let held = store.hold(name).expect("nobody holds it");
        assert_eq!(held.name(), name);
        let by = Some(format!("process {}", std::process::id()));
        assert_eq!(store.hold(name).err(), Some(HoldError::Held { name: name.to_owned(), by }));
        let other = store.hold("another run").expect("a run of another name is free");
        drop(other);
        drop(held);
        assert!(store.hold(name).is_ok(), "{name:?} is free again");
    }
}

/// An entry that is told from every other by its number. A store does not care that its hash is none.
fn entry(number: u64) -> NewEntry {
    let mut hash = [1; 32];
    hash.split_at_mut(8).0.copy_from_slice(&number.to_be_bytes());
    let id = EntryId::parse(&format!("00000000-0000-7000-8000-{number:012x}")).expect("an id");
    NewEntry { id, hash: EntryHash::from_bytes(hash), note: format!("note {number}").into_bytes() }
}

fn stored(number: u64) -> StoredEntry {
    let NewEntry { id, hash, note } = entry(number);
    StoredEntry { sequence: Sequence::new(number), id, hash, note }
}

fn body(number: u8) -> Body {
    Body { digest: BodyDigest::from_bytes([number; 32]), salt: [number; 16], bytes: vec![number; usize::from(number)] }
}

fn append(store: &dyn Store, numbers: Range<u64>) -> Head {
    let entries: Vec<NewEntry> = numbers.map(entry).collect();
    let expected = store.head().expect("a head");
    assert_eq!(store.append(&expected, &entries, &[]), Ok(()));
    store.head().expect("a head")
}

fn read(store: &dyn Store, range: Range<u64>) -> Vec<StoredEntry> {
    let mut entries = Vec::new();
    let read = store.read(range, &mut |entry| {
        entries.push(entry);
        ControlFlow::Continue(())
    });
    assert_eq!(read, Ok(()));
    entries
}

fn digests(store: &dyn Store) -> Vec<BodyDigest> {
    let mut digests = Vec::new();
    let listed = store.bodies(&mut |digest| {
        digests.push(digest);
        ControlFlow::Continue(())
    });
    assert_eq!(listed, Ok(()));
    assert_eq!(digests.iter().collect::<BTreeSet<_>>().len(), digests.len(), "no digest twice");
    digests
}
