//! A store that commits many appends at once: what a durable append costs is measured elsewhere, and not paid a million
//! times to make a ledger.

use std::cell::RefCell;
use std::ops::{ControlFlow, Range};
use std::sync::Mutex;

use promotion_ledger::custody::store::{AppendError, Body, Head, Hold, HoldError, NewEntry, Store, StoreError, StoredEntry};
use promotion_ledger::meaning::digest::{BodyDigest, EntryHash};
use promotion_ledger::meaning::id::{EntryId, Sequence};

/// How many entries are committed together.
const TOGETHER: usize = 32_768;

/// A store that keeps what is new to itself until there is enough of it. Whoever is done calls [`Gathering::flush`].
pub(super) struct Gathering<'a> {
    under: &'a dyn Store,
    fresh: Mutex<Fresh>,
}

struct Fresh {
    /// Where the store below ends.
    base: Head,
    entries: Vec<NewEntry>,
    bodies: Vec<Body>,
}

impl<'a> Gathering<'a> {
    pub(super) fn over(under: &'a dyn Store) -> Self {
        let base = under.head().unwrap_or(Head::EMPTY);
        Self { under, fresh: Mutex::new(Fresh { base, entries: Vec::new(), bodies: Vec::new() }) }
    }

    /// Commits what was gathered.
    pub(super) fn flush(&self) -> Result<(), AppendError> {
        self.fresh().commit(self.under)
    }

    fn fresh(&self) -> std::sync::MutexGuard<'_, Fresh> {
        self.fresh.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Fresh {
    fn head(&self) -> Head {
        let added = u64::try_from(self.entries.len()).unwrap_or(u64::MAX);
        self.entries.last().map_or(self.base, |last| Head { size: self.base.size + added, hash: last.hash })
    }

    fn commit(&mut self, under: &dyn Store) -> Result<(), AppendError> {
        under.append(&self.base, &self.entries, &self.bodies)?;
        self.base = self.head();
        self.entries.clear();
        self.bodies.clear();
        Ok(())
    }

    fn stored(&self, at: usize) -> Option<StoredEntry> {
        let NewEntry { id, hash, note } = self.entries.get(at)?.clone();
        let sequence = Sequence::new(self.base.size + u64::try_from(at).ok()?);
        Some(StoredEntry { sequence, id, hash, note })
    }
}

impl Store for Gathering<'_> {
    fn head(&self) -> Result<Head, StoreError> {
        Ok(self.fresh().head())
    }

    fn read(&self, range: Range<u64>, each: &mut dyn FnMut(StoredEntry) -> ControlFlow<()>) -> Result<(), StoreError> {
        let base = self.fresh().base.size;
        let stopped = RefCell::new(false);
        self.under.read(range.start..range.end.min(base), &mut |entry| {
            let flow = each(entry);
            *stopped.borrow_mut() = flow.is_break();
            flow
        })?;
        for place in range.start.max(base)..range.end {
            let entry = usize::try_from(place - base).ok().and_then(|at| self.fresh().stored(at));
            let Some(entry) = entry.filter(|_| !*stopped.borrow()) else { break };
            if each(entry).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn find(&self, id: &EntryId) -> Result<Option<StoredEntry>, StoreError> {
        let fresh = self.fresh();
        match fresh.entries.iter().position(|entry| entry.id == *id) {
            Some(at) => Ok(fresh.stored(at)),
            None => self.under.find(id),
        }
    }

    fn find_hash(&self, hash: &EntryHash) -> Result<Option<StoredEntry>, StoreError> {
        let fresh = self.fresh();
        match fresh.entries.iter().position(|entry| entry.hash == *hash) {
            Some(at) => Ok(fresh.stored(at)),
            None => self.under.find_hash(hash),
        }
    }

    fn append(&self, expected: &Head, entries: &[NewEntry], bodies: &[Body]) -> Result<(), AppendError> {
        let mut fresh = self.fresh();
        let found = fresh.head();
        if found != *expected {
            return Err(AppendError::HeadMoved { expected: *expected, found });
        }
        fresh.entries.extend_from_slice(entries);
        fresh.bodies.extend_from_slice(bodies);
        if fresh.entries.len() >= TOGETHER { fresh.commit(self.under) } else { Ok(()) }
    }

    fn body(&self, digest: &BodyDigest) -> Result<Option<Body>, StoreError> {
        match self.fresh().bodies.iter().find(|body| body.digest == *digest) {
            Some(body) => Ok(Some(body.clone())),
            None => self.under.body(digest),
        }
    }

    fn bodies(&self, each: &mut dyn FnMut(BodyDigest) -> ControlFlow<()>) -> Result<(), StoreError> {
        self.under.bodies(each)
    }

    fn remove_body(&self, digest: &BodyDigest) -> Result<bool, StoreError> {
        let mut fresh = self.fresh();
        let before = fresh.bodies.len();
        fresh.bodies.retain(|body| body.digest != *digest);
        Ok(fresh.bodies.len() < before || self.under.remove_body(digest)?)
    }

    fn check(&self) -> Result<(), StoreError> {
        self.under.check()
    }

    fn hold(&self, name: &str) -> Result<Box<dyn Hold>, HoldError> {
        self.under.hold(name)
    }
}
