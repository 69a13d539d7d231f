//! The front door: the one way to append. It checks, signs, stores, reads back, and only then takes in what was stored.

use std::ops::ControlFlow;

use super::clock::Clock;
use super::random::{Random, uuid};
use super::store::{self, Body, Head, NewEntry, Store, StoreError};
use crate::evidence::chain::{Admitted, Chain, EntryFault, Failed, Fault, Verified};
use crate::evidence::entry::{Draft, WriteError};
use crate::evidence::keyring::Signer;
use crate::evidence::trial::Trial;
use crate::meaning::digest::EntryHash;
use crate::meaning::event::Event;
use crate::meaning::facts::{Fact, FactKey};
use crate::meaning::id::{EntryId, Sequence};
use crate::meaning::names::{Agent, Principal};
use crate::meaning::refusal::ExitCode;
use crate::meaning::time::Timestamp;

/// Who writes, and with what.
pub struct Writer<'a> {
    /// Signs.
    pub signer: &'a dyn Signer,
    /// On whose behalf.
    pub actor: &'a Principal,
    /// The program.
    pub agent: &'a Agent,
    /// Tells the time.
    pub clock: &'a dyn Clock,
    /// Makes identifiers.
    pub random: &'a dyn Random,
}

/// Why nothing was appended.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// Somebody else appended first: decide again.
    #[error("the log grew to {found} entries meanwhile: decide again")]
    HeadMoved {
        /// How many entries there are now.
        found: u64,
    },
    /// The events may not stand where they were to stand.
    #[error("not appended: {0}")]
    Refused(Fault),
    /// An entry cannot be written.
    #[error("not appended: {0}")]
    Write(#[from] WriteError),
    /// What was stored is not what was to be stored.
    #[error("the store at {place} does not hold what it was given: run `promoledger verify` before anything else")]
    NotStored {
        /// Which entry.
        place: Sequence,
    },
    /// The store did not take the batch.
    #[error(transparent)]
    Append(store::AppendError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A fact could not be fetched.
    #[error("not appended: {0}")]
    Fetch(String),
}

impl AppendError {
    /// The exit code that it stands for.
    pub const fn exit_code(&self) -> ExitCode {
        match self {
            Self::HeadMoved { .. } => ExitCode::Busy,
            // A key that was revoked between the decision and the append: as if it had been decided then.
            Self::Refused(Fault { fault: EntryFault::RevokedKey { .. }, .. }) => ExitCode::NotAuthorized,
            Self::Refused(_) => ExitCode::Failure,
            Self::Write(_) => ExitCode::Usage,
            Self::NotStored { .. } => ExitCode::Tampered,
            Self::Append(error) => error.exit_code(),
            Self::Store(error) => error.exit_code(),
            Self::Fetch(_) => ExitCode::Unavailable,
        }
    }
}

/// Appends the events together or not at all, only if the log still ends where the chain ends. The chain then stands
/// after them; on an error it stands where it stood.
pub fn append<E: std::fmt::Display>(
    store: &dyn Store,
    chain: &mut Chain,
    writer: &Writer<'_>,
    events: &[Event],
    bodies: &[Body],
    mut fetch: impl FnMut(&FactKey) -> Result<Option<Fact>, E>,
) -> Result<Vec<Verified>, AppendError> {
    let expected = Head { size: chain.size(), hash: *chain.head() };
    let mut trial = Trial::of(chain);
    let mut entries = Vec::with_capacity(events.len());
    let mut verified = Vec::with_capacity(events.len());
    for event in events {
        let draft = draft(trial.chain(), writer, event);
        let bytes = draft.sign(writer.signer)?;
        let admitted = trial.admit_with(&bytes, &mut fetch).map_err(|failed| match failed {
            Failed::Fault(fault) => AppendError::Refused(*fault),
            Failed::Fetch(error) => AppendError::Fetch(error.to_string()),
        })?;
        if let Admitted::Verified(entry) = admitted {
            entries.push(NewEntry { id: draft.id, hash: *entry.hash(), note: bytes });
            verified.push(*entry);
        }
    }
    commit(store, &expected, &entries, bodies)?;
    read_back(store, &expected, &entries)?;
    trial.keep();
    Ok(verified)
}

/// The time of an entry is the writer's, but never before the entry before it; a correction lowers that floor.
fn draft(chain: &Chain, writer: &Writer<'_>, event: &Event) -> Draft {
    let now = writer.clock.now();
    let floor = chain.state().core().floor.unwrap_or(Timestamp::EPOCH);
    let time = if matches!(event, Event::ClockCorrected(_)) { now } else { now.max(floor) };
    Draft {
        sequence: Sequence::new(chain.size()),
        prev: *chain.head(),
        id: EntryId::from_uuid(uuid(writer.random, now)),
        time,
        actor: writer.actor.clone(),
        agent: writer.agent.clone(),
        event: event.clone(),
    }
}

fn commit(store: &dyn Store, expected: &Head, entries: &[NewEntry], bodies: &[Body]) -> Result<(), AppendError> {
    match store.append(expected, entries, bodies) {
        Ok(()) => Ok(()),
        Err(store::AppendError::HeadMoved { found, .. }) => Err(AppendError::HeadMoved { found: found.size }),
        Err(store::AppendError::OutcomeUnknown { .. }) if is_there(store, entries) => Ok(()),
        Err(error) => Err(AppendError::Append(error)),
    }
}

/// After an outcome that is not known: whether the batch is there. It was written whole or not at all. A store that
/// cannot say leaves the outcome unknown.
fn is_there(store: &dyn Store, entries: &[NewEntry]) -> bool {
    let Some(last) = entries.last() else { return true };
    store.find(&last.id).is_ok_and(|found| found.is_some_and(|found| found.hash == last.hash))
}

/// A bit that flipped on the way is found while the writer is still there to hear of it.
fn read_back(store: &dyn Store, expected: &Head, entries: &[NewEntry]) -> Result<(), AppendError> {
    let mut wanted = entries.iter();
    let mut place = expected.size;
    let mut wrong = None;
    let end = expected.size + u64::try_from(entries.len()).unwrap_or(u64::MAX);
    let read = store.read(expected.size..end, &mut |found| match wanted.next() {
        Some(entry) if entry.note == found.note && entry.hash == found.hash && found.sequence.get() == place => {
            place += 1;
            ControlFlow::Continue(())
        }
        _ => {
            wrong = Some(found.sequence);
            ControlFlow::Break(())
        }
    });
    // The batch was taken: an error that said otherwise would have it appended twice.
    read.map_err(|cause| AppendError::Append(store::AppendError::OutcomeUnknown { cause }))?;
    match wrong {
        Some(place) => Err(AppendError::NotStored { place }),
        None if place < end => Err(AppendError::NotStored { place: Sequence::new(place) }),
        None => Ok(()),
    }
}

/// The hash of entry 0, by which a ledger is known.
pub fn genesis(store: &dyn Store) -> Result<Option<EntryHash>, StoreError> {
    let mut found = None;
    store.read(0..1, &mut |entry| {
        found = Some(crate::evidence::hash::leaf_hash(&entry.note));
        ControlFlow::Break(())
    })?;
    Ok(found)
}
