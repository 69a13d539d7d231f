//! The cast: who holds which key, and what it may do, as grants for the ledger and as plain words for the model.

use std::collections::BTreeSet;

use promotion_ledger::evidence::b64;
use promotion_ledger::evidence::keyring::{Claim, SecretKey};
use promotion_ledger::meaning::digest::EntryHash;
use promotion_ledger::meaning::event::ledger::{KeyAddition, KeyRevoked};
use promotion_ledger::meaning::grant::{Grant, Names, Role};
use promotion_ledger::meaning::id::{LedgerId, SigningKey};
use promotion_ledger::meaning::names::{Component, Environment, Group, KeyName, Origin, Principal, Reason};

/// Somebody who signs, by number in [`CAST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Who(pub(crate) usize);

/// One key, whom it stands for, on whose behalf it acts, and what it may do.
#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) name: &'static str,
    pub(crate) principal: &'static str,
    pub(crate) actor: &'static str,
    pub(crate) role: Role,
    pub(crate) environment: Option<&'static str>,
    pub(crate) component: Option<&'static str>,
    /// The groups that the key brings its principal into.
    pub(crate) groups: &'static [&'static str],
    /// Whether the key is one of the first.
    pub(crate) first: bool,
}

const fn person(name: &'static str, principal: &'static str, role: Role) -> Person {
    Person { name, principal, actor: principal, role, environment: None, component: None, groups: &[], first: true }
}

/// Two admins, an operator and his robot, CI, a scanner, two whose grants are narrow, one who comes later, and two who only
/// answer. The robot's key is in a group, and acts for somebody else: that makes nobody a member. The last is the operator's second
/// key, with which he answers on another's behalf.
pub(crate) const CAST: [Person; 12] = [
    person("ada", "ada@acme.example", Role::Admin),
    person("ben", "ben@acme.example", Role::Admin),
    Person { groups: &["releasers"], ..person("oli", "oli@acme.example", Role::Operator) },
    person("ci", "ci:acme/shop", Role::Ci),
    person("scanner", "scanner:acme", Role::Gate),
    Person { environment: Some("dev"), ..person("dora", "dora@acme.example", Role::Operator) },
    Person { component: Some("web"), ..person("wim", "wim@acme.example", Role::Ci) },
    Person { actor: "oli@acme.example", groups: &["releasers"], ..person("robot", "robot:acme", Role::Operator) },
    Person { first: false, groups: &["releasers", "approvers"], ..person("noor", "noor@acme.example", Role::Operator) },
    Person { groups: &["approvers"], ..person("ava", "ava@acme.example", Role::Approver) },
    person("max", "max@acme.example", Role::Approver),
    Person { actor: "max@acme.example", ..person("deputy", "oli@acme.example", Role::Approver) },
];

pub(crate) const ADA: Who = Who(0);
pub(crate) const BEN: Who = Who(1);
pub(crate) const OLI: Who = Who(2);
pub(crate) const CI: Who = Who(3);
pub(crate) const SCANNER: Who = Who(4);
pub(crate) const ROBOT: Who = Who(7);
pub(crate) const NOOR: Who = Who(8);
pub(crate) const AVA: Who = Who(9);
pub(crate) const MAX: Who = Who(10);
pub(crate) const DEPUTY: Who = Who(11);

/// Principals, each once.
pub(crate) type Persons = BTreeSet<&'static str>;

impl Who {
    pub(crate) fn everybody() -> impl Iterator<Item = Self> {
        (0..CAST.len()).map(Self)
    }

    pub(crate) fn person(self) -> &'static Person {
        &CAST[self.0]
    }

    pub(crate) fn secret(self) -> SecretKey {
        SecretKey::from_seed(self.key_name(), &[u8::try_from(self.0).expect("a small cast") + 1; 32])
    }

    pub(crate) fn key_name(self) -> KeyName {
        KeyName::new(format!("acme.example/{}", self.person().name)).expect("a key's name")
    }

    pub(crate) fn key(self) -> SigningKey {
        SigningKey { name: self.key_name(), public: self.secret().verifier_key().public() }
    }

    pub(crate) fn actor(self) -> Principal {
        principal(self.person().actor)
    }

    /// Those who stand behind whatever this key signs: the actor, and the principal of the key.
    pub(crate) fn persons(self) -> Persons {
        [self.person().actor, self.person().principal].into()
    }

    fn grants(self) -> Vec<Grant> {
        let Person { principal: own, actor, role, environment, component, .. } = self.person();
        let act_for = if actor == own { Names::Only(Vec::new()) } else { Names::Only(vec![principal(actor)]) };
        let environments = environment.map_or(Names::Any, |name| Names::Only(vec![Environment::new(name).expect("an environment")]));
        let components = component.map_or(Names::Any, |name| Names::Only(vec![Component::new(name).expect("a component")]));
        vec![Grant { act_for, components, environments, permissions: role.permissions(), ..Grant::everything() }]
    }

    /// The key as one of the first of the ledger.
    pub(crate) fn first_key(self) -> KeyAddition {
        let own = principal(self.person().principal);
        let proof = Claim::of_first_key(&origin(), &ledger_id(), &own).prove(&self.secret()).expect("a key in memory signs");
        self.addition(&proof)
    }

    /// The key as it is added to the ledger that begins with that entry.
    pub(crate) fn added_key(self, genesis: &EntryHash) -> KeyAddition {
        let own = principal(self.person().principal);
        let proof = Claim::of_request(&origin(), genesis, &own).prove(&self.secret()).expect("a key in memory signs");
        self.addition(&proof)
    }

    fn addition(self, proof: &[u8; 64]) -> KeyAddition {
        let SigningKey { name, public } = self.key();
        KeyAddition {
            grants: self.grants(),
            groups: self.person().groups.iter().map(|group| Group::new(*group).expect("a group")).collect(),
            name,
            principal: principal(self.person().principal),
            proof: b64::encode(proof),
            public,
        }
    }

    pub(crate) fn revocation(self) -> KeyRevoked {
        let SigningKey { name, public } = self.key();
        KeyRevoked { name, public, reason: Reason::new("left the team").expect("a reason") }
    }
}

fn principal(name: &str) -> Principal {
    Principal::new(name).expect("a principal's name")
}

pub(crate) fn origin() -> Origin {
    Origin::new("acme.example").expect("an origin")
}

pub(crate) fn ledger_id() -> LedgerId {
    LedgerId::parse("0198f0a4-6f3a-4c1e-8a55-3f0a2b9d1c77").expect("a ledger id")
}
