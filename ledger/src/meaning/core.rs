//! The core of the state, which every judgement needs: identity, keys, rules, time.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::digest::Digest;
use super::event::identity::IdentityProven;
use super::event::ledger::{KeyAddition, KeyChange, KeyRevoked};
use super::grant::{Grant, Permission, Touches};
use super::id::{LedgerId, Sequence, SigningKey};
use super::names::{Group, Origin, Pipeline, Principal, Reason};
use super::rules::Rules;
use super::shared::Shared;
use super::time::Timestamp;

/// What every judgement needs: identity, keys, rules, time.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Core {
    /// How many entries were applied.
    pub size: u64,
    /// The time of the last entry, below which the next may not fall.
    pub floor: Option<Timestamp>,
    /// The ledger's identity, once entry 0 is applied.
    pub identity: Option<Identity>,
    /// The level of the format.
    pub format: u32,
    /// How many admins it takes to change keys.
    pub admin_threshold: u32,
    /// Every key that ever was, in order of addition.
    pub keys: Shared<Vec<KeyRecord>>,
    /// Changes of keys that wait for endorsements.
    pub proposals: Vec<Proposal>,
    /// The rules in force.
    pub pipelines: Shared<BTreeMap<Pipeline, Adopted>>,
    /// What tokens said of whom, those that are over left out, in the order of the log.
    pub proven: Vec<Proven>,
}

/// What a ledger is known by, with the hash of entry 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Its name.
    pub origin: Origin,
    /// Its random part.
    pub ledger_id: LedgerId,
}

/// A key that is or was in the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRecord {
    /// The key.
    pub key: SigningKey,
    /// Whom it stands for.
    pub principal: Principal,
    /// What it may append.
    pub grants: Vec<Grant>,
    /// Groups that its principal belongs to.
    pub groups: Vec<Group>,
    /// Whether it is the recovery key.
    pub recovery: bool,
    /// Where it was added; it may sign the entries after (the first keys: entry 0 too).
    pub added: Sequence,
    /// Where it was revoked; it may sign that entry and no later one.
    pub revoked: Option<Sequence>,
}

/// A change of keys that waits for endorsements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Where it was proposed.
    pub sequence: Sequence,
    /// The change.
    pub change: KeyChange,
    /// Who stands behind it, the proposer first.
    pub endorsed_by: Vec<Principal>,
}

/// Rules and where they were adopted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adopted {
    /// The rules.
    pub rules: Rules,
    /// The place of their `manifest.adopted`.
    pub sequence: Sequence,
}

/// What a token said of somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proven {
    /// Of whom.
    pub actor: Principal,
    /// When it is over.
    pub expires: Timestamp,
    /// The groups that it gives.
    pub groups: Vec<Group>,
    /// Whose token it was.
    pub issuer: Reason,
    /// The key that vouches for it.
    pub key: SigningKey,
    /// In which pipeline it counts.
    pub pipeline: Pipeline,
    /// Where it was recorded.
    pub sequence: Sequence,
    /// SHA-256 of the token.
    pub token: Digest,
}

impl Proven {
    /// What the event says of whoever recorded it.
    pub fn new(event: &IdentityProven, key: &SigningKey, actor: &Principal, sequence: Sequence) -> Self {
        let IdentityProven { expires, groups, issuer, pipeline, token, .. } = event.clone();
        Self { actor: actor.clone(), expires, groups, issuer, key: key.clone(), pipeline, sequence, token }
    }

    /// Whether it is of that person, by that key, in that pipeline.
    pub fn is_of(&self, pipeline: &Pipeline, key: &SigningKey, actor: &Principal) -> bool {
        self.pipeline == *pipeline && self.key == *key && self.actor == *actor
    }
}

impl KeyRecord {
    /// Whether it may still append.
    pub fn is_live(&self) -> bool {
        self.revoked.is_none()
    }

    /// Whether it is one of the ledger's admins.
    pub fn is_admin(&self) -> bool {
        self.is_live() && !self.recovery && self.grants.iter().any(Grant::is_admin)
    }

    /// The first grant that allows this, by its place among the key's grants.
    pub fn grant_for(&self, permission: Permission, touches: Touches<'_>) -> Option<usize> {
        self.grants.iter().position(|grant| grant.allows(permission, touches))
    }

    /// Whether it may name that principal as actor.
    pub fn may_act_for(&self, actor: &Principal) -> bool {
        self.principal == *actor || self.grants.iter().any(|grant| grant.act_for.covers(actor))
    }
}

impl Core {
    /// The record of a key.
    pub fn key(&self, key: &SigningKey) -> Option<&KeyRecord> {
        self.keys.iter().find(|record| record.key == *key)
    }

    /// The rules in force for a pipeline.
    pub fn rules(&self, pipeline: &Pipeline) -> Option<&Rules> {
        self.pipelines.get(pipeline).map(|adopted| &adopted.rules)
    }

    /// The distinct principals that hold live admin keys.
    pub fn admins(&self) -> BTreeSet<&Principal> {
        self.keys.iter().filter(|record| record.is_admin()).map(|record| &record.principal).collect()
    }

    /// The proposal made there, if it still waits.
    pub fn proposal(&self, sequence: Sequence) -> Option<&Proposal> {
        self.proposals.iter().find(|proposal| proposal.sequence == sequence)
    }

    /// How many endorsements a proposal needs, its proposer's included.
    pub fn needed(&self) -> usize {
        usize::try_from(self.admin_threshold).unwrap_or(usize::MAX)
    }

    /// Whether the proposal takes effect once that admin stands behind it too. Only those count who are admins by now.
    pub fn would_take_effect(&self, proposal: Sequence, endorser: &Principal) -> bool {
        let Some(proposal) = self.proposal(proposal) else { return false };
        let admins = self.admins();
        let behind: BTreeSet<&Principal> =
            proposal.endorsed_by.iter().chain([endorser]).filter(|principal| admins.contains(principal)).collect();
        behind.len() >= self.needed()
    }

    /// Takes what a token said in the place of what another said of the same person. What is over is forgotten.
    pub(super) fn prove(&mut self, proven: Proven, at: Timestamp) {
        self.proven.retain(|other| at < other.expires && !other.is_of(&proven.pipeline, &proven.key, &proven.actor));
        self.proven.push(proven);
    }

    pub(super) fn add_key(&mut self, addition: &KeyAddition, at: Sequence, recovery: bool) {
        self.keys.own().push(KeyRecord {
            key: SigningKey { name: addition.name.clone(), public: addition.public },
            principal: addition.principal.clone(),
            grants: addition.grants.clone(),
            groups: addition.groups.clone(),
            recovery,
            added: at,
            revoked: None,
        });
    }

    pub(super) fn revoke_key(&mut self, revoked: &KeyRevoked, at: Sequence) {
        let same = |record: &&mut KeyRecord| record.key.name == revoked.name && record.key.public == revoked.public;
        if let Some(record) = self.keys.own().iter_mut().find(same) {
            record.revoked = Some(at);
        }
    }

    pub(super) fn change_keys(&mut self, change: &KeyChange, at: Sequence) {
        match change {
            KeyChange::Add(addition) => self.add_key(addition, at, false),
            KeyChange::Revoke(revoked) => self.revoke_key(revoked, at),
        }
    }
}
