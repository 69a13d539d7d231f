//! The people of a story, their keys, and how a key comes and goes.

use promotion_ledger::evidence::b64;
use promotion_ledger::evidence::hash::leaf_hash;
use promotion_ledger::evidence::keyring::SecretKey;
use promotion_ledger::meaning::names::KeyName;
use serde_json::{Value, json};

use super::{ORIGIN, Story};
use crate::pen::Pen;

/// Somebody with a key: the byte that its seed is made of, a principal, and what the key may do.
pub(super) struct Person {
    seed: u8,
    pub(super) principal: &'static str,
    permissions: &'static [&'static str],
}

pub(super) const ANA: Person = Person { seed: 31, principal: "ana", permissions: &["*"] };
pub(super) const BEN: Person = Person { seed: 32, principal: "ben", permissions: &["*"] };
pub(super) const CI: Person = Person {
    seed: 33,
    principal: "ci:harbour/shop",
    permissions: &[
        "approval.granted",
        "approval.rejected",
        "approval.requested",
        "artifact.registered",
        "authorization.decided",
        "downgrade.decided",
        "gate.completed",
        "guard.overridden",
        "identity.proven",
        "pipeline.halted",
        "promotion.aborted",
        "promotion.completed",
        "promotion.failed",
        "promotion.requested",
        "promotion.taken_over",
        "registry.tagged",
        "rollback.completed",
        "rollback.failed",
        "rollback.requested",
        "signature.checked",
        "step.started",
    ],
};
pub(super) const VAULT: Person = Person { seed: 34, principal: "vault", permissions: &[] };
pub(super) const GUEST: Person =
    Person { seed: 35, principal: "guest", permissions: &["environment.locked", "environment.unlocked", "identity.proven"] };

impl Person {
    pub(super) fn secret(&self) -> SecretKey {
        let name = format!("harbour.example/{}", self.principal.replace(':', "-"));
        SecretKey::from_seed(KeyName::new(name).expect("a key name"), &[self.seed; 32])
    }

    pub(super) fn addition(&self, first: &str, third: &str) -> Value {
        let (secret, all) = (self.secret(), json!(["*"]));
        let key = secret.verifier_key();
        let proof = secret.sign(format!("{first}\n{ORIGIN}\n{third}\n{}\n{key}\n", self.principal).as_bytes());
        let grant = json!({
            "act_for": ["deputy", "porter"], "components": all, "environments": all, "gates": all,
            "permissions": self.permissions, "pipelines": all,
        });
        let grants = if self.permissions.is_empty() { json!([]) } else { json!([grant]) };
        let mut addition = json!({
            "grants": grants, "name": key.name().to_string(), "principal": self.principal, "proof": b64::encode(&proof),
            "public": key.public().to_string(),
        });
        // Ana and the guest belong by their keys, the others by the rules.
        if ["ana", "guest"].contains(&self.principal) {
            addition["groups"] = json!(["crew"]);
        }
        addition
    }

    pub(super) fn revocation(&self) -> Value {
        let secret = self.secret();
        json!({"name": secret.verifier_key().name().to_string(), "public": secret.verifier_key().public().to_string(), "reason": "left the harbour"})
    }
}

impl Story {
    /// The guest's key comes, by proposal and endorsement where one admin is not enough, and goes.
    pub(super) fn change_keys(&mut self) {
        let threshold = Pen::open(&self.case.entries[0]).expect("entry 0 is sound").value["data"]["admin_threshold"].clone();
        let genesis = leaf_hash(&self.case.entries[0]).to_string();
        if self.guests || self.case.entries.iter().any(|entry| entry.windows(5).any(|window| window == b"guest")) {
            if std::mem::take(&mut self.guests) {
                match threshold == json!(1) {
                    true => drop(self.write(&BEN, "key.revoked", GUEST.revocation())),
                    false => self.propose(json!({"revoke": GUEST.revocation()})),
                }
            }
            return;
        }
        let addition = GUEST.addition("promoledger key request v1", &genesis);
        match threshold == json!(1) {
            true => drop(self.write(&ANA, "key.added", json!({"key": addition}))),
            false => self.propose(json!({"add": addition})),
        }
        self.guests = true;
    }

    fn propose(&mut self, change: Value) {
        let proposal = self.write(&ANA, "key.proposed", json!({"change": change}));
        self.write(&BEN, "key.endorsed", json!({"proposal": proposal}));
    }
}
