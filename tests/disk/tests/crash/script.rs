//! What is written: a ledger that comes out the same, byte for byte, every time, in steps of which each is one append.

use std::convert::Infallible;
use std::ops::{ControlFlow, Range};

use fastrand::Rng;
use promotion_ledger::custody::audit::{self, Pins, Report};
use promotion_ledger::custody::clock::Stopped;
use promotion_ledger::custody::ledger::{self, AppendError, Writer};
use promotion_ledger::custody::log::Live;
use promotion_ledger::custody::random::Counter;
use promotion_ledger::custody::store::memory::Memory;
use promotion_ledger::custody::store::{Body, Store};
use promotion_ledger::evidence::b64;
use promotion_ledger::evidence::chain::Chain;
use promotion_ledger::evidence::hash::body_digest;
use promotion_ledger::evidence::keyring::{Claim, SecretKey};
use promotion_ledger::meaning::digest::{BodyDigest, Digest};
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::event::artifact::{ArtifactRegistered, Evidence, GateCompleted, GateStatus};
use promotion_ledger::meaning::event::ledger::{KeyAddition, LedgerCreated, ManifestAdopted};
use promotion_ledger::meaning::grant::Grant;
use promotion_ledger::meaning::id::LedgerId;
use promotion_ledger::meaning::names::{
    Agent, Component, Environment, GateName, KeyName, MediaType, Origin, Pipeline, Principal, Repository, Version,
};
use promotion_ledger::meaning::refusal::ExitCode;
use promotion_ledger::meaning::rules::{ComponentRule, EnvironmentRule, OnIncomparable, Rules};
use promotion_ledger::meaning::time::Timestamp;

/// What is appended together.
struct Step {
    events: Vec<Event>,
    bodies: Vec<Body>,
}

/// Steps, and the ledger that they make when nothing disturbs them.
pub(crate) struct Script {
    key: SecretKey,
    actor: Principal,
    agent: Agent,
    now: Timestamp,
    steps: Vec<Step>,
    /// The chain before each step, and after the last.
    chains: Vec<Chain>,
    notes: Vec<Vec<u8>>,
}

impl Script {
    /// So many steps: entries alone, several together, and with bodies of up to `largest` bytes.
    pub(crate) fn new(length: usize, largest: usize) -> Self {
        Self::of(length, |script, number| script.step(number, largest))
    }

    /// So many steps: after the first, one small entry each.
    pub(crate) fn of_single_entries(length: usize) -> Self {
        Self::of_events((1..length).map(|number| vec![registered(number, 0)]).collect())
    }

    /// The first step, and then one for each of these.
    pub(crate) fn of_events(events: Vec<Vec<Event>>) -> Self {
        Self::of(events.len() + 1, |script, number| match number.checked_sub(1) {
            Some(later) => Step { events: events[later].clone(), bodies: vec![] },
            None => script.step(0, 0),
        })
    }

    fn of(length: usize, step: impl Fn(&Self, usize) -> Step) -> Self {
        let mut script = Self {
            key: SecretKey::from_seed(KeyName::new("crash.example/ops").expect("a key's name"), &[7; 32]),
            actor: Principal::new("ops@crash.example").expect("a principal"),
            agent: Agent::new("crash/0").expect("an agent"),
            now: Timestamp::parse("2026-01-15T14:45:00.123456Z").expect("a time"),
            steps: Vec::new(),
            chains: vec![Chain::begin()],
            notes: Vec::new(),
        };
        script.steps = (0..length).map(|number| step(&script, number)).collect();
        let store = Memory::new();
        for number in 0..length {
            let after = script.appended(&store, number).expect("a step that is lawful where it stands");
            script.chains.push(after);
        }
        script.notes = notes(&store).expect("a store in memory");
        script
    }

    /// How many steps there are.
    pub(crate) fn len(&self) -> usize {
        self.steps.len()
    }

    /// Appends a step where it stands in the script.
    pub(crate) fn append(&self, store: &dyn Store, step: usize) -> Result<(), AppendError> {
        self.appended(store, step).map(|_| ())
    }

    /// Appends those steps.
    pub(crate) fn go_on(&self, store: &dyn Store, mut steps: Range<usize>) -> Result<(), String> {
        steps.try_for_each(|step| self.append(store, step).map_err(|error| format!("step {step} cannot follow: {error}")))
    }

    fn appended(&self, store: &dyn Store, step: usize) -> Result<Chain, AppendError> {
        let mut chain = self.chains[step].clone();
        let (clock, random) = (Stopped(self.now), Counter::new(1000 * step as u64));
        let writer = Writer { signer: &self.key, actor: &self.actor, agent: &self.agent, clock: &clock, random: &random };
        let Step { events, bodies } = &self.steps[step];
        ledger::append(store, &mut chain, &writer, events, bodies, |_| Ok::<_, Infallible>(None))?;
        Ok(chain)
    }

    /// How many steps a store holds, each of them whole and all of them sound, or what is wrong with it.
    pub(crate) fn held(&self, store: &dyn Store) -> Result<usize, String> {
        let found = notes(store).map_err(|error| error.to_string())?;
        if !self.notes.starts_with(&found) {
            return Err(format!("its {} entries are not how the log began", found.len()));
        }
        let Some(steps) = self.chains.iter().position(|chain| chain.size() == found.len() as u64) else {
            return Err(format!("with {} entries it ends within a batch", found.len()));
        };
        self.check_bodies(store, steps)?;
        let report = self.audited(store);
        let is_sound = report.exit_code() == ExitCode::Done && report.sound == found.len() as u64;
        if steps == 0 || is_sound { Ok(steps) } else { Err(format!("it does not verify: {:?}", report.findings)) }
    }

    /// What an auditor says.
    pub(crate) fn audited(&self, store: &dyn Store) -> Report {
        audit::verify(&Live(store), &Pins::default(), self.now)
    }

    fn check_bodies(&self, store: &dyn Store, steps: usize) -> Result<(), String> {
        let expected: Vec<&Body> = self.steps[..steps].iter().flat_map(|step| &step.bodies).collect();
        let mut found: Vec<BodyDigest> = Vec::new();
        let listed = store.bodies(&mut |digest| {
            found.push(digest);
            ControlFlow::Continue(())
        });
        listed.map_err(|error| error.to_string())?;
        if found.len() != expected.len() {
            return Err(format!("it has {} bodies, and its entries name {}", found.len(), expected.len()));
        }
        for body in expected {
            if store.body(&body.digest).map_err(|error| error.to_string())?.as_ref() != Some(body) {
                return Err(format!("body {} is missing, or another", body.digest));
            }
        }
        Ok(())
    }

    fn step(&self, number: usize, largest: usize) -> Step {
        match number {
            0 => Step { events: self.beginning(), bodies: vec![] },
            _ if number.is_multiple_of(4) => {
                let body = body(number, largest);
                Step { events: vec![registered(number, 0), passed(number, &body)], bodies: vec![body] }
            }
            _ if number.is_multiple_of(2) => Step { events: (0..5).map(|part| registered(number, part)).collect(), bodies: vec![] },
            _ => Step { events: vec![registered(number, 0)], bodies: vec![] },
        }
    }

    fn beginning(&self) -> Vec<Event> {
        let origin = Origin::new("crash.example/promotions").expect("an origin");
        let ledger_id = LedgerId::parse("0198f0a4-6f3a-7c1e-8a55-3f0a2b9d1c77").expect("an id");
        let proof = Claim::of_first_key(&origin, &ledger_id, &self.actor).prove(&self.key).expect("a key in memory signs");
        let first = KeyAddition {
            grants: vec![Grant::everything()],
            groups: Vec::new(),
            name: self.key.verifier_key().name().clone(),
            principal: self.actor.clone(),
            proof: b64::encode(&proof),
            public: self.key.verifier_key().public(),
        };
        let created = LedgerCreated { admin_threshold: 1, format: 1, keys: vec![first], ledger_id, origin, recovery: None };
        let repository = Repository::new("registry.crash.example/api").expect("a repository");
        let components = vec![ComponentRule { name: component(), repository, versions: None }];
        let environments = vec![EnvironmentRule::new(environment(), vec![gate()])];
        let rules = Rules::new(pipeline(), components, environments, OnIncomparable::Warn).expect("rules");
        vec![created.into(), ManifestAdopted { rules }.into()]
    }
}

/// The notes of a store, in order.
fn notes(store: &dyn Store) -> Result<Vec<Vec<u8>>, promotion_ledger::custody::store::StoreError> {
    let mut notes = Vec::new();
    store.read(0..u64::MAX, &mut |entry| {
        notes.push(entry.note);
        ControlFlow::Continue(())
    })?;
    Ok(notes)
}

fn registered(step: usize, part: usize) -> Event {
    ArtifactRegistered {
        breaking: Vec::new(),
        component: component(),
        digest: digest(step, part),
        pipeline: pipeline(),
        source_sha: None,
        version: Version::new(format!("v1.{step}.{part}")).expect("a version"),
    }
    .into()
}

fn passed(step: usize, body: &Body) -> Event {
    let media_type = MediaType::new("application/octet-stream").expect("a media type");
    GateCompleted {
        component: component(),
        digest: digest(step, 0),
        duration_ms: None,
        environment: environment(),
        evidence: Some(Evidence { digest: body.digest, media_type, size: body.bytes.len() as u64 }),
        gate: gate(),
        message: None,
        pipeline: pipeline(),
        policy: None,
        scan: None,
        status: GateStatus::Passed,
    }
    .into()
}

/// A body that no other resembles, so that a page of it in the wrong place is noticed.
fn body(step: usize, largest: usize) -> Body {
    let mut rng = Rng::with_seed(step as u64);
    let mut bytes = vec![0; rng.usize(1..=largest)];
    rng.fill(&mut bytes);
    let salt = [step as u8; 16];
    Body { digest: body_digest(&salt, &bytes), salt, bytes }
}

fn digest(step: usize, part: usize) -> Digest {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&(step as u64).to_be_bytes());
    bytes[8..16].copy_from_slice(&(part as u64).to_be_bytes());
    Digest::from_sha256(&bytes)
}

/// The pipeline that steps are about.
pub(crate) fn pipeline() -> Pipeline {
    Pipeline::new("shop").expect("a pipeline")
}

/// Its component.
pub(crate) fn component() -> Component {
    Component::new("api").expect("a component")
}

/// Its environment.
pub(crate) fn environment() -> Environment {
    Environment::new("dev").expect("an environment")
}

fn gate() -> GateName {
    GateName::new("scan").expect("a gate")
}
