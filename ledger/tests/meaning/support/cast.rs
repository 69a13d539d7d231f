//! The cast: who holds which key, and what the key may do.

use promotion_ledger::evidence::b64;
use promotion_ledger::evidence::keyring::{Claim, SecretKey};
use promotion_ledger::meaning::command::Asker;
use promotion_ledger::meaning::digest::EntryHash;
use promotion_ledger::meaning::event::ledger::{KeyAddition, KeyRevoked};
use promotion_ledger::meaning::grant::{Grant, Name, Names, Permission, Role};
use promotion_ledger::meaning::id::{LedgerId, SigningKey};
use promotion_ledger::meaning::names::{KeyName, Origin, Principal};
use promotion_ledger::meaning::time::Timestamp;

use super::names::reason;

/// Somebody who signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Actor {
    /// The key's name, below `acme.example/`.
    key: &'static str,
    /// Whom the key stands for.
    principal: &'static str,
    /// On whose behalf it signs here.
    acts_for: &'static str,
    seed: u8,
}

impl Actor {
    pub(crate) const fn new(key: &'static str, principal: &'static str, seed: u8) -> Self {
        Self { key, principal, acts_for: principal, seed }
    }

    /// The same key, on behalf of somebody else.
    pub(crate) const fn acting_for(self, acts_for: &'static str) -> Self {
        Self { acts_for, ..self }
    }

    pub(crate) fn secret(self) -> SecretKey {
        SecretKey::from_seed(self.key_name(), &[self.seed; 32])
    }

    fn key_name(self) -> KeyName {
        KeyName::new(format!("acme.example/{}", self.key)).expect("a key's name")
    }

    pub(crate) fn key(self) -> SigningKey {
        SigningKey { name: self.key_name(), public: self.secret().verifier_key().public() }
    }

    pub(crate) fn actor(self) -> Principal {
        principal(self.acts_for)
    }

    pub(crate) fn asker(self, now: Timestamp) -> Asker {
        Asker { key: self.key(), actor: self.actor(), now, proven: None }
    }

    /// The key as one of the first of a ledger.
    pub(crate) fn first_key(self, grants: Vec<Grant>) -> KeyAddition {
        let principal = principal(self.principal);
        let claim = Claim::of_first_key(&origin(), &ledger_id(), &principal).prove(&self.secret()).expect("a key in memory signs");
        self.addition(grants, &claim)
    }

    /// The key as it is added to the ledger that begins with that entry.
    pub(crate) fn added_key(self, genesis: &EntryHash, grants: Vec<Grant>) -> KeyAddition {
        let principal = principal(self.principal);
        let claim = Claim::of_request(&origin(), genesis, &principal).prove(&self.secret()).expect("a key in memory signs");
        self.addition(grants, &claim)
    }

    fn addition(self, grants: Vec<Grant>, proof: &[u8; 64]) -> KeyAddition {
        let SigningKey { name, public } = self.key();
        KeyAddition { grants, groups: Vec::new(), name, principal: principal(self.principal), proof: b64::encode(proof), public }
    }

    pub(crate) fn revocation(self) -> KeyRevoked {
        let SigningKey { name, public } = self.key();
        KeyRevoked { name, public, reason: reason("left the team") }
    }
}

pub(crate) const ADMIN: Actor = Actor::new("ada", "ada@acme.example", 1);
pub(crate) const OTHER_ADMIN: Actor = Actor::new("ben", "ben@acme.example", 2);
pub(crate) const OPS: Actor = Actor::new("oli", "oli@acme.example", 3);
pub(crate) const CI: Actor = Actor::new("ci", "ci:acme/shop", 4);
pub(crate) const GATE: Actor = Actor::new("scanner", "scanner:acme", 5);
/// The key that is kept offline.
pub(crate) const RECOVERY: Actor = Actor::new("safe", "board@acme.example", 6);
/// Says yes or no, and belongs to `reviewers` by her key.
pub(crate) const RITA: Actor = Actor::new("rita", "rita@acme.example", 10);
/// Says yes or no, and belongs to no group.
pub(crate) const ROB: Actor = Actor::new("rob", "rob@acme.example", 11);
/// Another key of the same principal as [`OPS`].
pub(crate) const SPARE: Actor = Actor::new("oli-spare", "oli@acme.example", 12);
/// An operator's key that may act for everybody.
pub(crate) const PORTAL: Actor = Actor::new("portal", "portal:acme", 13);
/// An operator who may break the glass.
pub(crate) const ONCALL: Actor = Actor::new("otto", "otto@acme.example", 14);
/// Holds a key that is in no ledger yet.
pub(crate) const NEWCOMER: Actor = Actor::new("new", "noor@acme.example", 7);

pub(crate) fn principal(name: &str) -> Principal {
    Principal::new(name).expect("a principal's name")
}

pub(crate) fn origin() -> Origin {
    Origin::new("acme.example").expect("an origin")
}

pub(crate) fn ledger_id() -> LedgerId {
    LedgerId::parse("0198f0a4-6f3a-4c1e-8a55-3f0a2b9d1c77").expect("a ledger id")
}

/// What a role may do, everywhere.
pub(crate) fn role(role: Role) -> Vec<Grant> {
    vec![Grant { permissions: role.permissions(), ..Grant::everything() }]
}

/// A list of names for a grant.
pub(crate) fn only<T: Name>(names: impl IntoIterator<Item = T>) -> Names<T> {
    let mut names: Vec<T> = names.into_iter().collect();
    names.sort_by_key(ToString::to_string);
    Names::Only(names)
}

/// Only these permissions.
pub(crate) fn permissions(names: &[&str]) -> Names<Permission> {
    only(names.iter().map(|name| name.parse().expect("a permission")))
}
