//! A store that keeps what it was given nearly as it was given.

use std::ops::{ControlFlow, Range};
use std::path::PathBuf;

use promotion_ledger::custody::store::memory::Memory;
use promotion_ledger::custody::store::{AppendError, Body, Head, Hold, HoldError, NewEntry, Store, StoreError, StoredEntry};
use promotion_ledger::meaning::digest::{BodyDigest, EntryHash};
use promotion_ledger::meaning::id::{EntryId, Sequence};

/// What goes wrong with an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lie {
    /// Nothing.
    None,
    /// It is done, and the answer is that nobody knows.
    AnswerLost,
    /// It is not done, and the answer is that nobody knows.
    BatchLost,
    /// It is not done, and the answer is that it is.
    NothingKept,
    /// A bit of the entry's text flips on the way.
    FlipInText,
    /// A bit of the entry's signature flips on the way.
    FlipInSignature,
    /// It is read back under the place after its own.
    AnotherPlace,
    /// A bit of the hash that it is filed under flips on the way.
    FlipInHash,
}

fn flip(bytes: &mut [u8], at: usize) {
    *bytes.get_mut(at).expect("there are more bytes") ^= 1;
}

/// The signature ends the note.
fn flip_last(note: &mut [u8]) {
    flip(note, note.len() - 10);
}

/// A true store behind somebody who lies about appends.
pub(crate) struct Liar {
    pub(crate) store: Memory,
    lie: Lie,
}

impl Liar {
    pub(crate) const fn new(store: Memory, lie: Lie) -> Self {
        Self { store, lie }
    }

    fn flipped(&self, entry: &NewEntry) -> NewEntry {
        let mut entry = entry.clone();
        match self.lie {
            Lie::FlipInText => flip(&mut entry.note, 30),
            Lie::FlipInSignature => flip_last(&mut entry.note),
            Lie::FlipInHash => {
                let mut hash = *entry.hash.as_bytes();
                flip(&mut hash, 7);
                entry.hash = EntryHash::from_bytes(hash);
            }
            Lie::None | Lie::AnswerLost | Lie::BatchLost | Lie::NothingKept | Lie::AnotherPlace => {}
        }
        entry
    }
}

impl Store for Liar {
    fn head(&self) -> Result<Head, StoreError> {
        self.store.head()
    }

    fn read(&self, range: Range<u64>, each: &mut dyn FnMut(StoredEntry) -> ControlFlow<()>) -> Result<(), StoreError> {
        let shift = u64::from(self.lie == Lie::AnotherPlace);
        self.store.read(range, &mut |entry| each(StoredEntry { sequence: Sequence::new(entry.sequence.get() + shift), ..entry }))
    }

    fn find(&self, id: &EntryId) -> Result<Option<StoredEntry>, StoreError> {
        self.store.find(id)
    }

    fn find_hash(&self, hash: &EntryHash) -> Result<Option<StoredEntry>, StoreError> {
        self.store.find_hash(hash)
    }

    fn append(&self, expected: &Head, entries: &[NewEntry], bodies: &[Body]) -> Result<(), AppendError> {
        let unknown = || AppendError::OutcomeUnknown {
            cause: StoreError::Unavailable { path: PathBuf::from("ledger.db"), detail: "the answer was lost".to_owned() },
        };
        let entries: Vec<NewEntry> = entries.iter().map(|entry| self.flipped(entry)).collect();
        match self.lie {
            Lie::BatchLost => Err(unknown()),
            Lie::NothingKept => Ok(()),
            Lie::AnswerLost => self.store.append(expected, &entries, bodies).and_then(|()| Err(unknown())),
            _ => self.store.append(expected, &entries, bodies),
        }
    }

    fn body(&self, digest: &BodyDigest) -> Result<Option<Body>, StoreError> {
        self.store.body(digest)
    }

    fn bodies(&self, each: &mut dyn FnMut(BodyDigest) -> ControlFlow<()>) -> Result<(), StoreError> {
        self.store.bodies(each)
    }

    fn remove_body(&self, digest: &BodyDigest) -> Result<bool, StoreError> {
        self.store.remove_body(digest)
    }

    fn check(&self) -> Result<(), StoreError> {
        self.store.check()
    }

    fn hold(&self, name: &str) -> Result<Box<dyn Hold>, HoldError> {
        self.store.hold(name)
    }
}
