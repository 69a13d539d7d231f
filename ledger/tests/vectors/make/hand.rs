//! A log written by hand: every entry is signed, and nobody asks the law. So an entry can be authentic and unlawful.

use promotion_ledger::custody::store::Body;
use promotion_ledger::evidence::b64;
use promotion_ledger::evidence::encoding::canonical;
use promotion_ledger::evidence::entry::Draft;
use promotion_ledger::evidence::hash::{body_digest, leaf_hash};
use promotion_ledger::evidence::keyring::{Claim, SecretKey};
use promotion_ledger::evidence::note::assemble;
use promotion_ledger::meaning::digest::EntryHash;
use promotion_ledger::meaning::event::{Event, EventType};
use promotion_ledger::meaning::grant::{Grant, Role};
use promotion_ledger::meaning::id::{EntryId, LedgerId, Sequence};
use promotion_ledger::meaning::names::{Agent, KeyName, Origin, Principal};
use promotion_ledger::meaning::time::Timestamp;
use serde_json::{Value, json};

/// The ledger's name.
pub(crate) const ORIGIN: &str = "acme.example/ledger";
/// The ledger's random part.
pub(crate) const LEDGER: &str = "0198f0a4-0000-7000-8000-000000000001";
/// 2026-01-15T09:00:00Z, the time of entry 0; each later entry is a minute later.
const BEGIN: i64 = 1_768_467_600_000_000;
const MINUTE: i64 = 60_000_000;

/// Somebody who can sign.
pub(crate) struct Key {
    pub(crate) secret: SecretKey,
    pub(crate) principal: &'static str,
    pub(crate) grants: Value,
    groups: &'static [&'static str],
}

impl Key {
    pub(crate) fn new(name: &str, principal: &'static str, seed: [u8; 32], grants: Value) -> Self {
        Self { secret: SecretKey::from_seed(KeyName::new(name).expect("a key name"), &seed), principal, grants, groups: &[] }
    }

    /// The same key, whose principal belongs to these groups.
    pub(crate) fn in_groups(self, groups: &'static [&'static str]) -> Self {
        Self { groups, ..self }
    }

    /// An admin.
    pub(crate) fn alice() -> Self {
        Self::new("acme.example/alice", "alice", [1; 32], json!([everything()]))
    }

    /// Another admin.
    pub(crate) fn bob() -> Self {
        Self::new("acme.example/bob", "bob", [2; 32], json!([everything()]))
    }

    /// A pipeline's own key, which promotes and records gates.
    pub(crate) fn ci() -> Self {
        Self::new("acme.example/ci", "ci:acme/shop", [3; 32], json!([permitted(Role::Ci)]))
    }

    /// The key kept offline.
    pub(crate) fn recovery() -> Self {
        Self::new("acme.example/recovery", "recovery", [4; 32], json!([]))
    }

    /// A person who operates, whose key is added later.
    pub(crate) fn dave() -> Self {
        Self::new("acme.example/dave", "dave", [5; 32], json!([permitted(Role::Operator)]))
    }

    pub(crate) fn name(&self) -> String {
        self.secret.verifier_key().name().to_string()
    }

    pub(crate) fn public(&self) -> String {
        self.secret.verifier_key().public().to_string()
    }

    fn principal(&self) -> Principal {
        Principal::new(self.principal).expect("a principal")
    }

    /// The key as entry 0 names it, with the proof for that ledger.
    pub(crate) fn first(&self) -> Value {
        let (origin, ledger) = (Origin::new(ORIGIN).expect("an origin"), LedgerId::parse(LEDGER).expect("an id"));
        let proof = Claim::of_first_key(&origin, &ledger, &self.principal()).prove(&self.secret).expect("a secret key signs");
        self.addition(&proof)
    }

    /// The key as `key.added` names it, with the proof for the ledger of that genesis.
    pub(crate) fn requested(&self, genesis: &EntryHash) -> Value {
        let origin = Origin::new(ORIGIN).expect("an origin");
        let proof = Claim::of_request(&origin, genesis, &self.principal()).prove(&self.secret).expect("a secret key signs");
        self.addition(&proof)
    }

    fn addition(&self, proof: &[u8; 64]) -> Value {
        let mut addition = json!({
            "grants": self.grants,
            "name": self.name(),
            "principal": self.principal,
            "proof": b64::encode(proof),
            "public": self.public(),
        });
        if let (false, Some(addition)) = (self.groups.is_empty(), addition.as_object_mut()) {
            addition.insert("groups".to_owned(), json!(self.groups));
        }
        addition
    }

    pub(crate) fn revocation(&self) -> Value {
        json!({"name": self.name(), "public": self.public(), "reason": "the laptop was lost"})
    }
}

/// Everything, everywhere.
pub(crate) fn everything() -> Value {
    serde_json::to_value(Grant::everything()).expect("a grant is JSON")
}

/// What a role permits, everywhere.
pub(crate) fn permitted(role: Role) -> Value {
    serde_json::to_value(Grant { permissions: role.permissions(), ..Grant::everything() }).expect("a grant is JSON")
}

/// A log as it grows.
#[derive(Clone, Default)]
pub(crate) struct Hand {
    pub(crate) notes: Vec<Vec<u8>>,
    pub(crate) bodies: Vec<Body>,
}

impl Hand {
    /// A ledger with these first keys, one admin enough to change keys.
    pub(crate) fn with(keys: &[&Key]) -> Self {
        let mut hand = Self::default();
        hand.created(1, keys, None);
        hand
    }

    /// Entry 0, signed by the first of the keys.
    pub(crate) fn created(&mut self, threshold: u32, keys: &[&Key], recovery: Option<&Key>) {
        let mut data = json!({
            "admin_threshold": threshold,
            "format": 1,
            "keys": keys.iter().map(|key| key.first()).collect::<Vec<_>>(),
            "ledger_id": LEDGER,
            "origin": ORIGIN,
        });
        if let (Some(recovery), Some(data)) = (recovery, data.as_object_mut()) {
            data.insert("recovery".to_owned(), recovery.first());
        }
        self.write(keys.first().expect("a first key"), "ledger.created", data);
    }

    /// The place of the next entry.
    pub(crate) fn next(&self) -> u64 {
        self.notes.len() as u64
    }

    /// The hash of the last entry.
    pub(crate) fn head(&self) -> EntryHash {
        self.notes.last().map_or(EntryHash::NONE, |note| leaf_hash(note))
    }

    /// The hash of entry 0.
    pub(crate) fn genesis(&self) -> EntryHash {
        self.notes.first().map_or(EntryHash::NONE, |note| leaf_hash(note))
    }

    /// Appends an event, and gives its place.
    pub(crate) fn write(&mut self, key: &Key, event_type: &str, data: Value) -> u64 {
        self.write_with(key, event_type, data, |_| {})
    }

    /// Appends an event in somebody else's name, and gives its place.
    pub(crate) fn write_as(&mut self, key: &Key, actor: &str, event_type: &str, data: Value) -> u64 {
        self.write_with(key, event_type, data, |draft| draft.actor = Principal::new(actor).expect("a principal"))
    }

    /// Appends an event at some time, and gives its place.
    pub(crate) fn write_at(&mut self, key: &Key, time: Timestamp, event_type: &str, data: Value) -> u64 {
        self.write_with(key, event_type, data, |draft| draft.time = time)
    }

    /// Appends an event with something changed about its entry, and gives its place.
    pub(crate) fn write_with(&mut self, key: &Key, event_type: &str, data: Value, change: impl FnOnce(&mut Draft)) -> u64 {
        let known = EventType::parse(event_type).expect("a type of format level 1");
        let event = Event::deserialize(known, data).unwrap_or_else(|error| unreachable!("{event_type}: {error}"));
        let mut draft = Draft {
            sequence: Sequence::new(self.next()),
            prev: self.head(),
            id: self.id(),
            time: self.time(),
            actor: key.principal(),
            agent: Agent::new("by-hand/1").expect("an agent"),
            event,
        };
        change(&mut draft);
        self.push(draft.sign(&key.secret).expect("a draft that can be written"))
    }

    /// Appends an entry of any type with any data, and gives its place.
    pub(crate) fn write_raw(&mut self, key: &Key, event_type: &str, version: u32, data: &Value) -> u64 {
        let envelope = self.envelope(key, event_type, version, data);
        self.write_line(key, &canonical(&envelope).expect("a canonical value"))
    }

    /// The envelope of the next entry, to be changed at will.
    pub(crate) fn envelope(&self, key: &Key, event_type: &str, version: u32, data: &Value) -> Value {
        json!({
            "actor": key.principal,
            "agent": "by-hand/1",
            "data": data,
            "id": self.id(),
            "prev": b64::encode(self.head().as_bytes()),
            "seq": self.next(),
            "time": self.time(),
            "type": event_type,
            "v": version,
        })
    }

    /// Appends any line, properly signed.
    pub(crate) fn write_line(&mut self, key: &Key, line: &[u8]) -> u64 {
        self.push(sign(key, &[line, b"\n"].concat()))
    }

    /// Appends any bytes.
    pub(crate) fn push(&mut self, note: Vec<u8>) -> u64 {
        self.notes.push(note);
        self.next() - 1
    }

    /// Keeps a body, and gives the evidence that names it.
    pub(crate) fn keep(&mut self, bytes: &[u8]) -> Value {
        let salt = [u8::try_from(self.bodies.len()).expect("few bodies"); 16];
        let digest = body_digest(&salt, bytes);
        self.bodies.push(Body { digest, salt, bytes: bytes.to_vec() });
        json!({"digest": digest, "media_type": "application/json", "size": bytes.len()})
    }

    pub(crate) fn id(&self) -> EntryId {
        EntryId::parse(&format!("0198f0a4-6f3a-7c1e-8a55-{:012x}", self.next())).expect("an id")
    }

    pub(crate) fn time(&self) -> Timestamp {
        moment(self.next(), 0)
    }
}

/// The time of the entry of that place, and so many microseconds.
pub(crate) fn moment(place: u64, micros: i64) -> Timestamp {
    Timestamp::from_micros(BEGIN + MINUTE * i64::try_from(place).expect("a small log") + micros).expect("a time")
}

/// A note over any text, which ends in a line feed or does not.
pub(crate) fn sign(key: &Key, text: &[u8]) -> Vec<u8> {
    assemble(text, key.secret.verifier_key().reference(), &key.secret.sign(text))
}
