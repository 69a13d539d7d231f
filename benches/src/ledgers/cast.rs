//! Who writes: admins, operators, one CI system and one scanner for each pipeline, each with a key that may be rotated.

use promotion_ledger::evidence::b64;
use promotion_ledger::evidence::hash::sha256;
use promotion_ledger::evidence::keyring::{Claim, SecretKey};
use promotion_ledger::meaning::command::Asker;
use promotion_ledger::meaning::digest::EntryHash;
use promotion_ledger::meaning::event::ledger::KeyAddition;
use promotion_ledger::meaning::grant::{Grant, Names, Role};
use promotion_ledger::meaning::id::{LedgerId, SigningKey};
use promotion_ledger::meaning::names::{KeyName, Origin, Pipeline, Principal};
use promotion_ledger::meaning::time::Timestamp;

/// Somebody who writes, with the key of the day.
pub(super) struct Person {
    pub(super) principal: Principal,
    pub(super) key: SecretKey,
    grants: Vec<Grant>,
    /// The name without the number that each new key gets.
    stem: String,
    generation: u32,
}

impl Person {
    fn new(seed: u64, stem: &str, principal: &str, grant: Grant) -> Self {
        let principal = Principal::new(principal).expect("principals of this cast are plain ASCII");
        Self { principal, key: make_key(seed, stem, 0), grants: vec![grant], stem: stem.to_owned(), generation: 0 }
    }

    /// The key that follows the one of today, of the same name with the next number.
    pub(super) fn next_key(&self, seed: u64) -> SecretKey {
        make_key(seed, &self.stem, self.generation + 1)
    }

    /// Signs with the next key from now on. The old one is returned.
    pub(super) fn rotate(&mut self, seed: u64) -> SecretKey {
        let next = self.next_key(seed);
        self.generation += 1;
        std::mem::replace(&mut self.key, next)
    }

    pub(super) fn asker(&self) -> Asker {
        let key = self.key.verifier_key();
        Asker {
            key: SigningKey { name: key.name().clone(), public: key.public() },
            actor: self.principal.clone(),
            now: Timestamp::EPOCH,
            proven: None,
        }
    }

    fn first_key(&self, origin: &Origin, ledger: &LedgerId) -> KeyAddition {
        self.addition(&self.key, &Claim::of_first_key(origin, ledger, &self.principal))
    }

    /// The request that a later key be added.
    pub(super) fn request(&self, key: &SecretKey, origin: &Origin, genesis: &EntryHash) -> KeyAddition {
        self.addition(key, &Claim::of_request(origin, genesis, &self.principal))
    }

    fn addition(&self, key: &SecretKey, claim: &Claim<'_>) -> KeyAddition {
        let proof = claim.prove(key).expect("a key in memory signs");
        let (name, public) = (key.verifier_key().name().clone(), key.verifier_key().public());
        KeyAddition {
            grants: self.grants.clone(),
            groups: Vec::new(),
            name,
            principal: self.principal.clone(),
            proof: b64::encode(&proof),
            public,
        }
    }
}

/// Everybody.
pub(super) struct Cast {
    pub(super) seed: u64,
    /// At least two: it takes two to change keys.
    pub(super) admins: Vec<Person>,
    pub(super) recovery: Person,
    pub(super) operators: Vec<Person>,
    /// One for each pipeline, in their order.
    pub(super) ci: Vec<Person>,
    pub(super) scanners: Vec<Person>,
}

const ADMINS: [&str; 2] = ["ada", "grace"];
const OPERATORS: [&str; 4] = ["kim", "lee", "noor", "sam"];

impl Cast {
    pub(super) fn new<'a>(seed: u64, pipelines: impl Iterator<Item = &'a Pipeline> + Clone) -> Self {
        let role = |role: Role| Grant { permissions: role.permissions(), ..Grant::everything() };
        let human = |name: &&str, grant: Grant| Person::new(seed, &format!("acme.example/{name}"), &format!("{name}@acme.example"), grant);
        let only = |pipeline: &Pipeline, of: Role| Grant { pipelines: Names::Only(vec![pipeline.clone()]), ..role(of) };
        let machine = |kind: &str, pipeline: &Pipeline, of: Role| {
            Person::new(seed, &format!("acme.example/{kind}-{pipeline}"), &format!("{kind}:acme/{pipeline}"), only(pipeline, of))
        };
        Self {
            seed,
            admins: ADMINS.iter().map(|name| human(name, Grant::everything())).collect(),
            recovery: human(&"recovery", Grant::everything()),
            operators: OPERATORS.iter().map(|name| human(name, role(Role::Operator))).collect(),
            ci: pipelines.clone().map(|pipeline| machine("ci", pipeline, Role::Ci)).collect(),
            scanners: pipelines.map(|pipeline| machine("scanner", pipeline, Role::Gate)).collect(),
        }
    }

    /// The keys of entry 0, without the recovery key.
    pub(super) fn first_keys(&self, origin: &Origin, ledger: &LedgerId) -> Vec<KeyAddition> {
        let all = self.admins.iter().chain(&self.operators).chain(&self.ci).chain(&self.scanners);
        all.map(|person| person.first_key(origin, ledger)).collect()
    }

    pub(super) fn recovery_key(&self, origin: &Origin, ledger: &LedgerId) -> KeyAddition {
        self.recovery.first_key(origin, ledger)
    }

    /// Those whose keys are rotated: everybody but the keeper of the recovery key.
    pub(super) fn rotating(&mut self, at: usize) -> &mut Person {
        let all: Vec<&mut Person> =
            self.admins.iter_mut().chain(&mut self.operators).chain(&mut self.ci).chain(&mut self.scanners).collect();
        let count = all.len();
        all.into_iter().nth(at % count).expect("a remainder is smaller than its divisor")
    }
}

fn make_key(seed: u64, stem: &str, generation: u32) -> SecretKey {
    let name = KeyName::new(format!("{stem}-{}", generation + 1)).expect("names of this cast are plain ASCII");
    SecretKey::from_seed(name, &sha256(format!("{seed} {stem} {generation}").as_bytes()))
}
