//! The smallest ledger there is to measure: one writer, one key, one component, and releases of it.

use std::convert::Infallible;

use promotion_ledger::custody::clock::Stopped;
use promotion_ledger::custody::ledger::{self, Writer};
use promotion_ledger::custody::random::Counter;
use promotion_ledger::custody::store::Store;
use promotion_ledger::custody::store::memory::Memory;
use promotion_ledger::evidence::b64;
use promotion_ledger::evidence::chain::Chain;
use promotion_ledger::evidence::keyring::{Claim, SecretKey, Signer as _};
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::event::artifact::ArtifactRegistered;
use promotion_ledger::meaning::event::ledger::{KeyAddition, LedgerCreated, ManifestAdopted};
use promotion_ledger::meaning::facts::{Fact, FactKey};
use promotion_ledger::meaning::grant::Grant;
use promotion_ledger::meaning::id::LedgerId;
use promotion_ledger::meaning::names::{Agent, Component, Environment, KeyName, Origin, Pipeline, Principal, Repository, Version};
use promotion_ledger::meaning::rules::{ComponentRule, EnvironmentRule, OnIncomparable, Rules};
use promotion_ledger::meaning::time::Timestamp;

/// Somebody who writes.
pub struct Scribe {
    key: SecretKey,
    actor: Principal,
    agent: Agent,
    clock: Stopped,
    random: Counter,
}

impl Scribe {
    /// With one key for everything.
    #[must_use]
    pub fn new() -> Self {
        Self {
            key: SecretKey::from_seed(KeyName::new("bench.example/ops").expect("plain names are names"), &[7; 32]),
            actor: Principal::new("ops@bench.example").expect("plain names are names"),
            agent: Agent::new("bench/0").expect("plain names are names"),
            clock: Stopped(Timestamp::parse("2026-01-15T14:45:00.123456Z").expect("plain names are names")),
            random: Counter::new(1),
        }
    }

    /// Appends over a complete state.
    pub fn append(&self, store: &dyn Store, chain: &mut Chain, events: &[Event]) {
        self.append_with(store, chain, events, |_| Ok::<_, Infallible>(None));
    }

    /// Appends over a slice.
    pub fn append_with<E: std::fmt::Display>(
        &self,
        store: &dyn Store,
        chain: &mut Chain,
        events: &[Event],
        fetch: impl FnMut(&FactKey) -> Result<Option<Fact>, E>,
    ) {
        let writer = Writer { signer: &self.key, actor: &self.actor, agent: &self.agent, clock: &self.clock, random: &self.random };
        ledger::append(store, chain, &writer, events, &[], fetch).expect("lawful events are appended");
    }

    /// A ledger with rules, and nothing registered yet.
    pub fn begin(&self, store: &dyn Store) -> Chain {
        let origin = Origin::new("bench.example/promotions").expect("plain names are names");
        let ledger_id = LedgerId::parse("0198f0a4-6f3a-7c1e-8a55-3f0a2b9d1c77").expect("plain names are names");
        let proof = Claim::of_first_key(&origin, &ledger_id, &self.actor).prove(&self.key).expect("plain names are names");
        let first = KeyAddition {
            grants: vec![Grant::everything()],
            groups: Vec::new(),
            name: self.key.key().name().clone(),
            principal: self.actor.clone(),
            proof: b64::encode(&proof),
            public: self.key.key().public(),
        };
        let created = LedgerCreated { admin_threshold: 1, format: 1, keys: vec![first], ledger_id, origin, recovery: None };
        let component = ComponentRule {
            name: Component::new("api").expect("plain names are names"),
            repository: Repository::new("registry.bench.example/api").expect("plain names are names"),
            versions: None,
        };
        let environment = EnvironmentRule::new(Environment::new("dev").expect("plain names are names"), vec![]);
        let rules =
            Rules::new(Pipeline::new("shop").expect("plain names are names"), vec![component], vec![environment], OnIncomparable::Warn)
                .expect("plain names are names");
        let mut chain = Chain::begin();
        self.append(store, &mut chain, &[created.into(), ManifestAdopted { rules }.into()]);
        chain
    }
}

/// The release of that number.
#[must_use]
pub fn registered(number: u64) -> Event {
    let mut digest = [0; 32];
    digest[..8].copy_from_slice(&number.to_be_bytes());
    ArtifactRegistered {
        breaking: Vec::new(),
        component: Component::new("api").expect("plain names are names"),
        digest: Digest::from_sha256(&digest),
        pipeline: Pipeline::new("shop").expect("plain names are names"),
        source_sha: None,
        version: Version::new(format!("v1.0.{number}")).expect("plain names are names"),
    }
    .into()
}

/// A log of that many entries, nearly all of them releases.
#[must_use]
pub fn a_log(entries: u64) -> Memory {
    let (scribe, store) = (Scribe::new(), Memory::new());
    let mut chain = scribe.begin(&store);
    for number in 2..entries {
        scribe.append(&store, &mut chain, &[registered(number)]);
    }
    store
}

impl Default for Scribe {
    fn default() -> Self {
        Self::new()
    }
}

/// The fifth entry of a store.
#[must_use]
pub fn one_entry(store: &dyn Store) -> Vec<u8> {
    let mut found = Vec::new();
    let read = store.read(5..6, &mut |entry| {
        found = entry.note;
        std::ops::ControlFlow::Break(())
    });
    read.expect("memory can be read");
    found
}
