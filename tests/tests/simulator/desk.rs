//! The store as a process sees it: every call may wait, fail, or be the last.

use std::ops::{ControlFlow, Range};
use std::path::PathBuf;
use std::sync::Arc;

use promotion_ledger::custody::store::{AppendError, Body, Head, Hold, HoldError, NewEntry, Store, StoreError, StoredEntry};
use promotion_ledger::meaning::digest::{BodyDigest, EntryHash};
use promotion_ledger::meaning::id::EntryId;

use crate::process::{Fault, Line};
use crate::world::Planted;

/// One process's handle to the store.
pub(crate) struct Desk<'a> {
    pub(crate) line: &'a Arc<Line>,
    pub(crate) store: &'a dyn Store,
}

fn out_of_order() -> StoreError {
    StoreError::Unavailable { path: PathBuf::from("the store"), detail: "it is out of order for a moment".to_owned() }
}

impl Desk<'_> {
    fn enter(&self, call: &str, may_wait: bool) -> Result<(), StoreError> {
        self.line.point(call, may_wait);
        self.line.fault(call, &[Fault::Before]).map_or(Ok(()), |_| Err(out_of_order()))
    }

    /// The store took it; whether the process hears of it is another matter.
    fn committed(&self, expected: &Head, entries: &[NewEntry]) {
        self.line.world().committed(self.line.process, expected.size, entries);
        self.line.point("hearing of the append", true);
    }
}

impl Store for Desk<'_> {
    fn head(&self) -> Result<Head, StoreError> {
        self.enter("head", true)?;
        let head = self.store.head()?;
        self.line.world().looked(self.line.process);
        Ok(head)
    }

    /// An index reads while it holds its own file: who waits here would make others wait.
    fn read(&self, range: Range<u64>, each: &mut dyn FnMut(StoredEntry) -> ControlFlow<()>) -> Result<(), StoreError> {
        self.enter("read", false)?;
        self.store.read(range, each)
    }

    fn find(&self, id: &EntryId) -> Result<Option<StoredEntry>, StoreError> {
        self.enter("find", true)?;
        self.store.find(id)
    }

    fn find_hash(&self, hash: &EntryHash) -> Result<Option<StoredEntry>, StoreError> {
        self.enter("find by hash", true)?;
        self.store.find_hash(hash)
    }

    fn append(&self, expected: &Head, entries: &[NewEntry], bodies: &[Body]) -> Result<(), AppendError> {
        self.line.point("append", true);
        if self.line.world().planted == Some(Planted::LostEntry) && self.line.chance().is_multiple_of(16) {
            self.committed(expected, entries);
            return Ok(());
        }
        match self.line.fault("append", &[Fault::Before, Fault::After, Fault::Wrong]) {
            Some(Fault::Before) => Err(AppendError::Store(out_of_order())),
            Some(Fault::Wrong) => {
                self.line.world().life(self.line.process).faulted = true;
                Err(AppendError::OutcomeUnknown { cause: out_of_order() })
            }
            Some(Fault::After) => {
                self.store.append(expected, entries, bodies)?;
                self.committed(expected, entries);
                Err(AppendError::OutcomeUnknown { cause: out_of_order() })
            }
            None => {
                let appended = self.store.append(expected, entries, bodies);
                if let Err(AppendError::HeadMoved { .. }) = &appended {
                    self.line.world().cover("the head moved");
                }
                appended?;
                self.committed(expected, entries);
                Ok(())
            }
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

    /// Without a fence everybody gets the run: as if the lock had been lost with its machine, and epochs were all there is.
    fn hold(&self, name: &str) -> Result<Box<dyn Hold>, HoldError> {
        self.enter("hold", true)?;
        if !self.line.world().fenced {
            return Ok(Box::new(Unfenced(name.to_owned())));
        }
        let held = self.store.hold(name);
        if let Err(HoldError::Held { .. }) = &held {
            self.line.world().life(self.line.process).turned_away = true;
        }
        held
    }
}

#[derive(Debug)]
struct Unfenced(String);

impl Hold for Unfenced {
    fn name(&self) -> &str {
        &self.0
    }
}
