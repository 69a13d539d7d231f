//! A store in memory, for tests and simulators: clones share one content, and nothing outlives the last of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::{Bound, ControlFlow, Range};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{AppendError, Body, Head, Hold, HoldError, NewEntry, Store, StoreError, StoredEntry};
use crate::meaning::digest::{BodyDigest, EntryHash};
use crate::meaning::id::{EntryId, Sequence};

/// A store in memory. A clone is another handle to the same content.
#[derive(Debug, Clone, Default)]
pub struct Memory(Arc<Mutex<Content>>);

#[derive(Debug, Default)]
struct Content {
    entries: Vec<StoredEntry>,
    by_id: HashMap<EntryId, usize>,
    by_hash: HashMap<EntryHash, usize>,
    bodies: BTreeMap<BodyDigest, Body>,
    held: BTreeSet<String>,
}

impl Memory {
    /// A store with nothing in it.
    pub fn new() -> Self {
        Self::default()
    }

    /// A panic elsewhere leaves nothing half done: every change below is made after everything that can fail.
    fn content(&self) -> MutexGuard<'_, Content> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Content {
    fn head(&self) -> Head {
        self.entries.last().map_or(Head::EMPTY, |last| Head { size: last.sequence.get() + 1, hash: last.hash })
    }

    fn at(&self, place: u64) -> Option<StoredEntry> {
        self.entries.get(usize::try_from(place).ok()?).cloned()
    }

    fn refuse_taken(&self, entries: &[NewEntry]) -> Result<(), AppendError> {
        let mut ids = BTreeSet::new();
        let mut hashes = BTreeSet::new();
        for entry in entries {
            if self.by_id.contains_key(&entry.id) || !ids.insert(entry.id) {
                return Err(AppendError::IdTaken { id: entry.id });
            }
            if self.by_hash.contains_key(&entry.hash) || !hashes.insert(entry.hash) {
                return Err(AppendError::HashTaken { hash: entry.hash });
            }
        }
        Ok(())
    }

    fn push(&mut self, entry: &NewEntry) {
        let place = self.entries.len();
        self.by_id.insert(entry.id, place);
        self.by_hash.insert(entry.hash, place);
        let sequence = Sequence::new(self.head().size);
        self.entries.push(StoredEntry { sequence, id: entry.id, hash: entry.hash, note: entry.note.clone() });
    }
}

impl Store for Memory {
    fn head(&self) -> Result<Head, StoreError> {
        Ok(self.content().head())
    }

    fn read(&self, range: Range<u64>, each: &mut dyn FnMut(StoredEntry) -> ControlFlow<()>) -> Result<(), StoreError> {
        for place in range {
            let Some(entry) = self.content().at(place) else { break };
            if each(entry).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn find(&self, id: &EntryId) -> Result<Option<StoredEntry>, StoreError> {
        let content = self.content();
        Ok(content.by_id.get(id).and_then(|place| content.entries.get(*place)).cloned())
    }

    fn find_hash(&self, hash: &EntryHash) -> Result<Option<StoredEntry>, StoreError> {
        let content = self.content();
        Ok(content.by_hash.get(hash).and_then(|place| content.entries.get(*place)).cloned())
    }

    fn append(&self, expected: &Head, entries: &[NewEntry], bodies: &[Body]) -> Result<(), AppendError> {
        let mut content = self.content();
        let found = content.head();
        if found != *expected {
            return Err(AppendError::HeadMoved { expected: *expected, found });
        }
        content.refuse_taken(entries)?;
        for entry in entries {
            content.push(entry);
        }
        for body in bodies {
            content.bodies.entry(body.digest).or_insert_with(|| body.clone());
        }
        Ok(())
    }

    fn body(&self, digest: &BodyDigest) -> Result<Option<Body>, StoreError> {
        Ok(self.content().bodies.get(digest).cloned())
    }

    fn bodies(&self, each: &mut dyn FnMut(BodyDigest) -> ControlFlow<()>) -> Result<(), StoreError> {
        let mut after = Bound::Unbounded;
        loop {
            let next = self.content().bodies.range((after, Bound::Unbounded)).next().map(|(digest, _)| *digest);
            let Some(digest) = next else { return Ok(()) };
            if each(digest).is_break() {
                return Ok(());
            }
            after = Bound::Excluded(digest);
        }
    }

    fn remove_body(&self, digest: &BodyDigest) -> Result<bool, StoreError> {
        Ok(self.content().bodies.remove(digest).is_some())
    }

    fn check(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn hold(&self, name: &str) -> Result<Box<dyn Hold>, HoldError> {
        if !self.content().held.insert(name.to_owned()) {
            return Err(HoldError::Held { name: name.to_owned(), by: Some(format!("process {}", std::process::id())) });
        }
        Ok(Box::new(HeldRun { store: self.clone(), name: name.to_owned() }))
    }
}

#[derive(Debug)]
struct HeldRun {
    store: Memory,
    name: String,
}

impl Hold for HeldRun {
    fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for HeldRun {
    fn drop(&mut self) {
        self.store.content().held.remove(&self.name);
    }
}
