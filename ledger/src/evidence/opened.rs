//! An entry taken apart ahead of its turn: all that can be found out about it without knowing what stands before it.
//!
//! Taking entries apart and checking their signatures is nearly all of the work of verifying a log, and needs no order:
//! threads may do it ahead, while the chain judges in order what they found. Nothing here says that an entry is sound.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::entry::{Content, Entry};
use super::hash::leaf_hash;
use super::keyring::tables::{Pending, Tables, settle};
use super::keyring::{Shelf, Verifier, key_id};
use super::malformed::Malformed;
use crate::meaning::core::Core;
use crate::meaning::digest::EntryHash;
use crate::meaning::id::{EntryId, KeyRef, PublicKey, Sequence};
use crate::meaning::names::{Agent, Principal};
use crate::meaning::time::Timestamp;

/// An entry taken apart, with its bytes and its hash.
#[derive(Debug, Clone)]
pub struct Opened {
    note: Vec<u8>,
    pub(super) hash: EntryHash,
    pub(super) sequence: Sequence,
    pub(super) prev: EntryHash,
    pub(super) id: EntryId,
    pub(super) time: Timestamp,
    pub(super) actor: Principal,
    pub(super) agent: Agent,
    pub(super) key: KeyRef,
    pub(super) content: Content,
    /// How many bytes of the note were signed: it begins with them.
    signed: usize,
    signature: [u8; 64],
    signed_by: Option<PublicKey>,
}

impl Opened {
    /// Takes an entry apart, refusing whatever this format would not write.
    pub fn of(note: Vec<u8>) -> Result<Self, Malformed> {
        let entry = Entry::parse(&note)?;
        let (sequence, prev, id, time) = (entry.sequence(), *entry.prev(), entry.id(), entry.time());
        let (actor, agent, key) = (entry.actor().clone(), entry.agent().clone(), entry.key().clone());
        let (content, hash) = (entry.content(), leaf_hash(&note));
        let (signed, signature) = (entry.signed().len(), *entry.signature());
        Ok(Self { note, hash, sequence, prev, id, time, actor, agent, key, content, signed, signature, signed_by: None })
    }

    /// The entry's hash.
    pub const fn hash(&self) -> &EntryHash {
        &self.hash
    }

    /// The writer's idempotency key.
    pub const fn id(&self) -> EntryId {
        self.id
    }

    /// Whether its signature is that key's. Asked of the plain check, unless it was found good ahead.
    pub(super) fn is_signed_by(&self, verifier: &Verifier) -> bool {
        self.signed_by == Some(verifier.public()) || verifier.verify(self.text(), &self.signature)
    }

    fn begin(&self, tables: &Tables) -> Option<Pending> {
        tables.begin(self.text(), &self.signature)
    }

    fn text(&self) -> &[u8] {
        self.note.get(..self.signed).unwrap_or_default()
    }
}

/// The keys by which signatures are checked ahead. Which of them was live where is for the chain to say.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    known: Arc<BTreeMap<KeyRef, Verifier>>,
    counted: usize,
}

impl Keys {
    /// Takes in the keys that were added since.
    pub fn keep_up(&mut self, core: &Core) {
        let fresh = core.keys.get(self.counted..).unwrap_or_default();
        if fresh.is_empty() {
            return;
        }
        let known = Arc::make_mut(&mut self.known);
        for record in fresh {
            if let Ok(verifier) = Verifier::new(&record.key.public) {
                let id = key_id(&record.key.name, &record.key.public);
                known.entry(KeyRef { name: record.key.name.clone(), id }).or_insert(verifier);
            }
        }
        self.counted = core.keys.len();
    }
}

/// Checks the signatures of these entries ahead, by tables where the shelf has some for the key. What is found good is noted in
/// the entry; of the rest nothing is said, and the chain asks the plain check: no verdict of tables alone condemns.
pub fn check_ahead(entries: &mut [&mut Opened], keys: &Keys, shelf: &Shelf) {
    let mut by_key: BTreeMap<KeyRef, Vec<usize>> = BTreeMap::new();
    for (at, entry) in entries.iter().enumerate() {
        by_key.entry(entry.key.clone()).or_default().push(at);
    }
    let mut begun = Vec::new();
    for (reference, places) in by_key {
        let Some(verifier) = keys.known.get(&reference) else { continue };
        let count = u32::try_from(places.len()).unwrap_or(u32::MAX);
        let tables = shelf.tables(verifier, count);
        for at in places {
            let Some(entry) = entries.get_mut(at) else { continue };
            match &tables {
                Some(tables) => begun.extend(entry.begin(tables).map(|pending| (at, verifier.public(), pending))),
                None if entry.is_signed_by(verifier) => entry.signed_by = Some(verifier.public()),
                None => {}
            }
        }
    }
    let pending: Vec<Pending> = begun.iter().map(|(_, _, pending)| pending.clone()).collect();
    for ((at, public, _), good) in begun.iter().zip(settle(&pending)) {
        if let Some(entry) = entries.get_mut(*at).filter(|_| good) {
            entry.signed_by = Some(*public);
        }
    }
}
