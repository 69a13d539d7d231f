//! The chain: admits entries one after another, each only if it is well-formed, follows the one before, is signed by a
//! key that was live there, and is lawful. What it admits is [`Verified`]; nothing else can make one.

use std::collections::{BTreeMap, BTreeSet};

use super::b64;
use super::entry::{Content, Entry};
use super::hash::leaf_hash;
use super::keyring::{Claim, Verifier, key_id};
use super::malformed::Malformed;
use super::opened::Opened;
use crate::meaning::digest::EntryHash;
use crate::meaning::event::ledger::{KeyAddition, KeyChange};
use crate::meaning::event::{Event, Recorded};
use crate::meaning::facts::{Fact, FactKey};
use crate::meaning::id::{KeyRef, Sequence, SigningKey};
use crate::meaning::law::{LEVEL, Rule, Unlawful, lawful};
use crate::meaning::needs::{About, bring};
use crate::meaning::refusal::ExitCode;
use crate::meaning::state::State;
use crate::meaning::time::Timestamp;

/// An entry that the chain admitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    recorded: Recorded,
    hash: EntryHash,
}

impl Verified {
    /// What it says.
    pub const fn recorded(&self) -> &Recorded {
        &self.recorded
    }

    /// Its hash.
    pub const fn hash(&self) -> &EntryHash {
        &self.hash
    }

    /// Its place.
    pub const fn sequence(&self) -> Sequence {
        self.recorded.sequence
    }
}

/// What became of an entry that was not refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admitted {
    /// It is authentic and lawful.
    Verified(Box<Verified>),
    /// It is authentic, of a later level of the format, and not understood here.
    NotUnderstood {
        /// Its type.
        event_type: String,
        /// The version of its data.
        version: u32,
    },
}

/// Why an entry was not admitted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("entry {sequence}: {fault}")]
pub struct Fault {
    /// The place of the entry that was not admitted.
    pub sequence: Sequence,
    /// What is wrong with it.
    pub fault: EntryFault,
}

/// What is wrong with an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryFault {
    /// It does not have the form of an entry.
    #[error("malformed at {0}")]
    Malformed(#[from] Malformed),
    /// It says that it stands elsewhere.
    #[error("expected sequence {expected}, found {found}")]
    Sequence {
        /// Where it stands.
        expected: Sequence,
        /// Where it says that it stands.
        found: Sequence,
    },
    /// It does not follow the entry before.
    #[error("expected previous hash {expected}, found {found}")]
    Previous {
        /// The hash of the entry before, as it stands.
        expected: EntryHash,
        /// The hash that it names.
        found: EntryHash,
    },
    /// No key of the ledger has that name and id.
    #[error("expected a signature by a key of this ledger, found one by {0}")]
    UnknownKey(KeyRef),
    /// The key was not live there.
    #[error("expected a signature by a key that is live here, found one by {key}, revoked at entry {revoked}")]
    RevokedKey {
        /// The key.
        key: KeyRef,
        /// Where it was revoked.
        revoked: Sequence,
    },
    /// The signature is not the key's signature of this text.
    #[error("expected a signature of this text by {0}, found another")]
    Signature(KeyRef),
    /// It is authentic, and may not stand where it stands.
    #[error("unlawful: {0}")]
    Unlawful(#[from] Unlawful),
}

impl EntryFault {
    /// The exit code of a verification that ends with it.
    pub const fn exit_code(&self) -> ExitCode {
        match self {
            Self::Unlawful(_) => ExitCode::Unlawful,
            _ => ExitCode::Tampered,
        }
    }
}

/// The chain up to some entry.
#[derive(Debug, Clone)]
pub struct Chain {
    state: State,
    head: EntryHash,
    genesis: Option<EntryHash>,
    verifiers: BTreeMap<KeyRef, (SigningKey, Verifier)>,
    /// Whether every entry so far was understood; the law cannot be judged after one that was not.
    understood: bool,
}

impl Chain {
    /// The chain before entry 0, with a complete state.
    pub fn begin() -> Self {
        Self::resume(State::genesis(), EntryHash::NONE, None, true)
    }

    /// The chain up to an entry that was verified before: the state after it, its hash, the hash of entry 0, and whether
    /// every entry so far was understood.
    pub fn resume(state: State, head: EntryHash, genesis: Option<EntryHash>, understood: bool) -> Self {
        Self { state, head, genesis, verifiers: BTreeMap::new(), understood }
    }

    /// A chain that goes on from here over a slice of the state. It takes the verifiers along: they are only kept at hand,
    /// and are made again where they are missing.
    pub(super) fn branch(&mut self) -> Self {
        let verifiers = std::mem::take(&mut self.verifiers);
        Self { verifiers, ..Self::resume(State::slice(self.state.core().clone()), self.head, self.genesis, self.understood) }
    }

    /// Goes on with what a branch of this chain came to.
    pub(super) fn go_on_with(&mut self, branch: Self) {
        let Self { state, head, genesis, verifiers, understood } = branch;
        self.state.go_on_with(state);
        (self.head, self.genesis, self.verifiers, self.understood) = (head, genesis, verifiers, understood);
    }

    /// The state after the last entry.
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// The state, to bring facts to it or to take changes from it.
    pub const fn state_mut(&mut self) -> &mut State {
        &mut self.state
    }

    /// The hash of the last entry.
    pub const fn head(&self) -> &EntryHash {
        &self.head
    }

    /// The hash of entry 0.
    pub const fn genesis(&self) -> Option<&EntryHash> {
        self.genesis.as_ref()
    }

    /// How many entries were admitted.
    pub fn size(&self) -> u64 {
        self.state.core().size
    }

    /// Admits the next entry of a chain whose state is complete.
    pub fn admit(&mut self, bytes: &[u8]) -> Result<Admitted, Fault> {
        match self.admit_with(bytes, |_| Ok::<_, std::convert::Infallible>(None)) {
            Ok(admitted) => Ok(admitted),
            Err(Failed::Fault(fault)) => Err(*fault),
            Err(Failed::Fetch(never)) => match never {},
        }
    }

    /// Admits the next entry, fetching the facts that judging it needs.
    pub fn admit_with<E>(&mut self, bytes: &[u8], fetch: impl FnMut(&FactKey) -> Result<Option<Fact>, E>) -> Result<Admitted, Failed<E>> {
        self.admit_opened(Opened::of(bytes.to_vec()), fetch)
    }

    /// Admits the next entry, which was taken apart before, or found malformed.
    pub fn admit_opened<E>(
        &mut self,
        opened: Result<Opened, Malformed>,
        fetch: impl FnMut(&FactKey) -> Result<Option<Fact>, E>,
    ) -> Result<Admitted, Failed<E>> {
        let sequence = Sequence::new(self.size());
        let faulty = |fault: EntryFault| Failed::Fault(Box::new(Fault { sequence, fault }));
        let entry = opened.map_err(|fault| faulty(fault.into()))?;
        self.follows(&entry, sequence).map_err(faulty)?;
        let key = self.authentic(&entry).map_err(faulty)?;
        let hash = entry.hash;
        let event = match entry.content {
            Content::Event(event) => event,
            Content::Unknown { event_type, version } if self.state.core().format > LEVEL => {
                self.pass_over(entry.sequence, entry.time, hash);
                return Ok(Admitted::NotUnderstood { event_type, version });
            }
            Content::Unknown { event_type, version } => return Err(faulty(unknown_type(&event_type, version))),
            Content::Misshapen { event_type, detail } => {
                let detail = format!("the data must have the fields of {event_type}, found otherwise: {detail}");
                return Err(faulty(Unlawful::new(Rule::Shape, detail).into()));
            }
        };
        let Opened { id, time, actor, agent, .. } = entry;
        let recorded = Recorded { sequence, id, time, actor, key, agent, event };
        if !self.state.is_complete() {
            bring(&About::event(&recorded.event), &mut self.state, fetch).map_err(Failed::Fetch)?;
        }
        self.judge(&recorded).map_err(|unlawful| faulty(unlawful.into()))?;
        self.state.apply(&recorded);
        self.advance(hash);
        Ok(Admitted::Verified(Box::new(Verified { recorded, hash })))
    }

    /// Admits an entry that was found unlawful, so that what stands behind it can still be checked for authenticity. The
    /// law is not asked from here on: it cannot be judged over what it forbids.
    pub fn tolerate(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.understood = false;
        match self.admit(bytes) {
            Ok(_) => Ok(()),
            Err(Fault { fault: EntryFault::Unlawful(_), sequence }) => {
                let entry = Entry::parse(bytes).map_err(|fault| Fault { sequence, fault: fault.into() })?;
                self.pass_over(entry.sequence(), entry.time(), leaf_hash(bytes));
                Ok(())
            }
            Err(fault) => Err(fault),
        }
    }

    fn follows(&self, entry: &Opened, sequence: Sequence) -> Result<(), EntryFault> {
        if entry.sequence != sequence {
            return Err(EntryFault::Sequence { expected: sequence, found: entry.sequence });
        }
        if entry.prev != self.head {
            return Err(EntryFault::Previous { expected: self.head, found: entry.prev });
        }
        Ok(())
    }

    /// The key that signed it, when it was live there and did sign it.
    fn authentic(&mut self, entry: &Opened) -> Result<SigningKey, EntryFault> {
        let reference = &entry.key;
        if !self.verifiers.contains_key(reference) {
            let found = self.find_key(reference, &entry.content).ok_or_else(|| EntryFault::UnknownKey(reference.clone()))?;
            let verifier = Verifier::new(&found.public).map_err(|_| EntryFault::UnknownKey(reference.clone()))?;
            self.verifiers.insert(reference.clone(), (found, verifier));
        }
        let Some((key, verifier)) = self.verifiers.get(reference) else {
            return Err(EntryFault::UnknownKey(reference.clone()));
        };
        if let Some(revoked) = self.state.core().key(key).and_then(|record| record.revoked) {
            return Err(EntryFault::RevokedKey { key: reference.clone(), revoked });
        }
        if !entry.is_signed_by(verifier) {
            return Err(EntryFault::Signature(reference.clone()));
        }
        Ok(key.clone())
    }

    /// The key of that name and id; entry 0 brings its own.
    fn find_key(&self, reference: &KeyRef, content: &Content) -> Option<SigningKey> {
        let first = match content {
            Content::Event(Event::LedgerCreated(created)) if self.size() == 0 => created.keys.as_slice(),
            _ => &[],
        };
        let first = first.iter().map(|key| SigningKey { name: key.name.clone(), public: key.public });
        let known = self.state.core().keys.iter().map(|record| record.key.clone());
        known.chain(first).find(|key| key.name == reference.name && key_id(&key.name, &key.public) == reference.id)
    }

    fn judge(&self, recorded: &Recorded) -> Result<(), Unlawful> {
        if !self.understood {
            return Ok(());
        }
        lawful(&self.state, recorded)?;
        self.proven(recorded)
    }

    /// Whether every key that the event brings in is one that may be trusted, and its holder proved to hold it.
    fn proven(&self, recorded: &Recorded) -> Result<(), Unlawful> {
        match &recorded.event {
            Event::LedgerCreated(created) => {
                let claim = |key: &KeyAddition| holds(&Claim::of_first_key(&created.origin, &created.ledger_id, &key.principal), key);
                let all: Vec<&KeyAddition> = created.keys.iter().chain(&created.recovery).collect();
                all.iter().try_for_each(|key| self.key_proven(key, claim(key)))?;
                distinct(&all)
            }
            Event::KeyAdded(added) => self.requested(&added.key),
            Event::KeyProposed(proposed) => match &proposed.change {
                KeyChange::Add(key) => self.requested(key),
                KeyChange::Revoke(_) => Ok(()),
            },
            // What a proposal asks for may have been taken since it was made.
            Event::KeyEndorsed(endorsed) => match self.state.core().proposal(endorsed.proposal).map(|proposal| &proposal.change) {
                Some(KeyChange::Add(key)) => self.requested(key),
                Some(KeyChange::Revoke(_)) | None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn requested(&self, key: &KeyAddition) -> Result<(), Unlawful> {
        let identity = self.state.core().identity.as_ref();
        let (Some(identity), Some(genesis)) = (identity, &self.genesis) else {
            return Err(Unlawful::new(Rule::Proof, "a key cannot be added before the ledger is created"));
        };
        let claim = Claim::of_request(&identity.origin, genesis, &key.principal);
        self.key_proven(key, holds(&claim, key))
    }

    fn key_proven(&self, key: &KeyAddition, proven: bool) -> Result<(), Unlawful> {
        if let Err(unacceptable) = Verifier::new(&key.public) {
            return Err(Unlawful::new(Rule::Proof, unacceptable.to_string()));
        }
        let id = key_id(&key.name, &key.public);
        let taken =
            self.state.core().keys.iter().any(|record| record.key.name == key.name && key_id(&record.key.name, &record.key.public) == id);
        if taken {
            return Err(Unlawful::new(Rule::KeyReuse, format!("the name and id {}+{id} belong to another key", key.name)));
        }
        if proven {
            return Ok(());
        }
        let detail =
            format!("the holder of key {} must have signed the request that binds it to this ledger and to {}", key.name, key.principal);
        Err(Unlawful::new(Rule::Proof, detail))
    }

    fn pass_over(&mut self, sequence: Sequence, time: Timestamp, hash: EntryHash) {
        self.understood = false;
        self.state.pass_over(sequence, time);
        self.advance(hash);
    }

    fn advance(&mut self, hash: EntryHash) {
        self.head = hash;
        self.genesis.get_or_insert(hash);
    }
}

/// Why an entry was not admitted, when facts had to be fetched.
#[derive(Debug)]
pub enum Failed<E> {
    /// There is a fault in the entry.
    Fault(Box<Fault>),
    /// A fact could not be fetched.
    Fetch(E),
}

/// No two keys share a name and an id, or a signature line would name both.
fn distinct(keys: &[&KeyAddition]) -> Result<(), Unlawful> {
    let mut references = BTreeSet::new();
    for key in keys {
        let reference = KeyRef { name: key.name.clone(), id: key_id(&key.name, &key.public) };
        if !references.insert(reference.clone()) {
            return Err(Unlawful::new(Rule::KeyReuse, format!("the name and id {reference} stand for two of the first keys")));
        }
    }
    Ok(())
}

fn holds(claim: &Claim<'_>, key: &KeyAddition) -> bool {
    b64::decode::<64>(key.proof.as_bytes()).is_some_and(|proof| claim.is_proven(&key.name, &key.public, &proof))
}

fn unknown_type(event_type: &str, version: u32) -> EntryFault {
    let detail = format!("level {LEVEL} of the format must know the type, found {event_type} version {version}");
    Unlawful::new(Rule::Type, detail).into()
}
