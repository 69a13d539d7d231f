//! Following the log: every new entry is verified against what was verified before, then taken in.
//!
//! Entries are taken in batches of one transaction each, so a run that is cut short goes on where the last batch ended.
//! Each batch begins where the file says that it ends by now: another process may have gone further meanwhile.

use std::ops::ControlFlow;
use std::path::Path;

use promotion_ledger::custody::ledger;
use promotion_ledger::custody::store::{Head, Store};
use promotion_ledger::evidence::chain::{Admitted, Chain, Failed, Verified};
use promotion_ledger::evidence::entry::Entry;
use promotion_ledger::evidence::hash::leaf_hash;
use promotion_ledger::meaning::digest::EntryHash;
use promotion_ledger::meaning::id::Sequence;
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};

use super::columns::{self, integer};
use super::error::{FollowError, IndexError};
use super::picture::Index;
use super::position::Position;
use super::{connect, facts, layout, write};
use crate::models;

/// How many entries one transaction takes in: enough that commits do not count, few enough that memory stays small.
const BATCH: u64 = 4096;

/// How many changes are taken in before facts are let go: an import has hundreds of lines an entry, and each its own facts.
const HELD: usize = 10_000;

/// What following came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Followed {
    /// How many entries are known that were not before; after a rebuild, all of them.
    pub new: u64,
}

impl Index {
    /// Follows the log to its end. What is verified before an entry that is at fault stays known.
    ///
    /// An index of another ledger is thrown away and made again. When there is nothing new, nothing is written.
    pub fn follow(&mut self, store: &dyn Store) -> Result<Followed, FollowError> {
        if store.head()? == self.head() {
            return Ok(Followed { new: 0 });
        }
        let before = self.head().size;
        self.renew()?;
        let end = store.head()?;
        let rebuilt = self.leave_another_ledger(store)?;
        self.check_extended(store)?;
        self.go_to(store, end.size)?;
        self.check_end(&end)?;
        let known = if rebuilt { 0 } else { before };
        Ok(Followed { new: self.head().size.saturating_sub(known) })
    }

    /// Takes in what was appended over [`Index::chain`] and read back: it was verified then, and is not verified again.
    /// When another process took it in meanwhile, or more, the log is followed.
    pub fn take_in(&mut self, store: &dyn Store, chain: Chain, entries: &[Verified]) -> Result<(), FollowError> {
        if self.took_in(chain, entries)? {
            connect::fold_long_log(&self.connection, &self.place);
            return Ok(self.renew()?);
        }
        self.follow(store).map(|_| ())
    }

    fn took_in(&mut self, chain: Chain, entries: &[Verified]) -> Result<bool, IndexError> {
        let began = self.head();
        if entries.first().is_none_or(|first| first.sequence().get() != began.size) {
            return Ok(false);
        }
        self.let_go()?;
        let place = self.place.as_path();
        let fault = |error: rusqlite::Error| IndexError::of(place, &error);
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(fault)?;
        let position = Position::load(&transaction).map_err(fault)?;
        if position.head != began {
            return Ok(false);
        }
        let mut batch = Batch { connection: &transaction, place, chain, position, held: 0 };
        entries.iter().try_for_each(|entry| batch.write(entry)).map_err(fault)?;
        batch.finish().map_err(fault)?;
        transaction.commit().map_err(fault)?;
        Ok(true)
    }

    /// Follows the log to that size, and keeps what was verified when an entry before it is at fault.
    pub(crate) fn go_to(&mut self, store: &dyn Store, size: u64) -> Result<(), FollowError> {
        let mut gone = Ok(true);
        while let Ok(true) = gone {
            gone = self.take_batch(store, size);
        }
        self.renew()?;
        gone.map(|_| ())
    }

    /// Takes in the next batch before `end`, and says whether there was one.
    fn take_batch(&mut self, store: &dyn Store, end: u64) -> Result<bool, FollowError> {
        if self.head().size >= end {
            return Ok(false);
        }
        self.let_go()?;
        let place = self.place.as_path();
        let fault = |error: rusqlite::Error| IndexError::of(place, &error);
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(fault)?;
        let position = Position::load(&transaction).map_err(fault)?;
        let from = position.head.size;
        let mut batch = Batch { connection: &transaction, place, chain: position.chain(), position, held: 0 };
        let stopped = batch.read(store, from, end.min(from.saturating_add(BATCH)));
        if let Err(FollowError::Index(error)) = stopped {
            return Err(error.into());
        }
        let position = batch.finish().map_err(fault)?;
        transaction.commit().map_err(fault)?;
        connect::fold_long_log(&self.connection, place);
        let moved = position.head.size > from;
        self.position = position;
        stopped.map(|()| moved)
    }

    /// Begins anew when the store holds another ledger than the one that this index was made from.
    fn leave_another_ledger(&mut self, store: &dyn Store) -> Result<bool, FollowError> {
        let (Some(expected), Some(found)) = (self.genesis(), ledger::genesis(store)?) else { return Ok(false) };
        if expected == found {
            return Ok(false);
        }
        self.let_go()?;
        layout::make_again(&mut self.connection).map_err(|error| self.fault(&error))?;
        self.renew()?;
        Ok(true)
    }

    /// Checks that the log still holds the last entry that was verified, and so, by the chain, all before it.
    pub(crate) fn check_extended(&self, store: &dyn Store) -> Result<(), FollowError> {
        let Head { size, hash } = self.head();
        let Some(last) = size.checked_sub(1) else { return Ok(()) };
        let mut found = None;
        store.read(last..size, &mut |entry| {
            found = Some(leaf_hash(&entry.note));
            ControlFlow::Break(())
        })?;
        if found == Some(hash) { Ok(()) } else { Err(self.first_difference(store)?) }
    }

    /// Names the first entry that is not what it was when it was verified.
    fn first_difference(&self, store: &dyn Store) -> Result<FollowError, FollowError> {
        let mut next = 0;
        let mut other: Result<Option<EntryHash>, IndexError> = Ok(None);
        store.read(0..self.head().size, &mut |entry| {
            let found = leaf_hash(&entry.note);
            match self.verified_hash(next) {
                Ok(expected) if expected == Some(found) => {
                    next += 1;
                    return ControlFlow::Continue(());
                }
                Ok(_) => other = Ok(Some(found)),
                Err(error) => other = Err(error),
            }
            ControlFlow::Break(())
        })?;
        let found = other?;
        let expected = self.verified_hash(next)?.unwrap_or(self.head().hash);
        Ok(FollowError::Diverged { sequence: Sequence::new(next), expected, found })
    }

    fn verified_hash(&self, place: u64) -> Result<Option<EntryHash>, IndexError> {
        self.ask(|connection| {
            let mut query = connection.prepare_cached("SELECT hash FROM entry WHERE sequence = ?")?;
            query.query_row([integer(place)], |row| columns::hash(row, "hash")).optional()
        })
    }

    /// Checks that the store ends where its entries end: a head that names another hash lets nobody append.
    fn check_end(&self, end: &Head) -> Result<(), FollowError> {
        let Head { size, hash } = self.head();
        if size > end.size || (size == end.size && hash == end.hash) {
            return Ok(());
        }
        let last = Sequence::new(end.size.saturating_sub(1));
        if size < end.size {
            return Err(FollowError::Diverged { sequence: last, expected: end.hash, found: None });
        }
        Err(FollowError::Diverged { sequence: last, expected: hash, found: Some(end.hash) })
    }
}

/// Entries that are being taken in, in one transaction.
struct Batch<'a> {
    connection: &'a Connection,
    place: &'a Path,
    chain: Chain,
    position: Position,
    /// How many changes were taken in since the facts were last let go.
    held: usize,
}

impl Batch<'_> {
    fn read(&mut self, store: &dyn Store, from: u64, to: u64) -> Result<(), FollowError> {
        let mut stopped = Ok(());
        store.read(from..to, &mut |entry| {
            stopped = self.take(&entry.note);
            if stopped.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        stopped
    }

    fn take(&mut self, note: &[u8]) -> Result<(), FollowError> {
        let connection = self.connection;
        let fault = |error: rusqlite::Error| FollowError::Index(IndexError::of(self.place, &error));
        let admitted = self.chain.admit_with(note, |key| facts::fetch(connection, key)).map_err(|failed| match failed {
            Failed::Fault(found) => FollowError::Fault(*found),
            Failed::Fetch(error) => fault(error),
        })?;
        match admitted {
            Admitted::Verified(entry) => {
                self.write(&entry).map_err(fault)?;
                if self.held > HELD {
                    self.held = 0;
                    put_facts(connection, &mut self.chain).map_err(fault)?;
                    self.chain.state_mut().forget();
                }
                Ok(())
            }
            Admitted::NotUnderstood { .. } => {
                self.position.understood = false;
                let Ok(entry) = Entry::parse(note) else { return Ok(()) };
                write::record(connection, &models::passed_over(&entry, *self.chain.head())).map_err(fault)
            }
        }
    }

    fn write(&mut self, entry: &Verified) -> rusqlite::Result<()> {
        let changes = models::changes(entry);
        self.held += changes.len();
        changes.iter().try_for_each(|change| write::write(self.connection, change))
    }

    /// Writes the facts that changed, and how far the index is now.
    fn finish(self) -> rusqlite::Result<Position> {
        let Self { connection, mut chain, mut position, .. } = self;
        put_facts(connection, &mut chain)?;
        position.head = Head { size: chain.size(), hash: *chain.head() };
        position.genesis = chain.genesis().copied();
        position.core = chain.state().core().clone();
        position.save(connection)?;
        Ok(position)
    }
}

/// Writes the facts that changed since they were last written.
fn put_facts(connection: &Connection, chain: &mut Chain) -> rusqlite::Result<()> {
    chain.state_mut().take_changes().into_iter().try_for_each(|(key, fact)| facts::put(connection, &key, fact.as_ref()))
}
