//! A ledger in memory with two principals, and a hand that walks promotions to their end.

use std::convert::Infallible;
use std::sync::atomic::{AtomicI64, Ordering};

use promotion_ledger::custody::clock::Clock;
use promotion_ledger::custody::ledger::{AppendError, Writer, append};
use promotion_ledger::custody::random::{Counter, uuid};
use promotion_ledger::custody::store::memory::Memory;
use promotion_ledger::custody::store::{NewEntry, Store};
use promotion_ledger::evidence::b64;
use promotion_ledger::evidence::chain::Chain;
use promotion_ledger::evidence::hash::{leaf_hash, sha256};
use promotion_ledger::evidence::keyring::{Claim, SecretKey};
use promotion_ledger::meaning::command::{Asker, Command, Lock, Promote, Register, Rollback, Seen, Unlock};
use promotion_ledger::meaning::decide::{Decision, decide};
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::event::artifact::{Evidence, GateCompleted, GateStatus};
use promotion_ledger::meaning::event::history::{Asserted, AssertedKind, Declared, HistoryImported, Lines};
use promotion_ledger::meaning::event::ledger::{KeyAddition, LedgerCreated};
use promotion_ledger::meaning::event::promotion::{
    PromotionCompleted, PromotionFailed, RegistryTagged, RollbackCompleted, RollbackFailed, SignatureStatus, StepStarted,
};
use promotion_ledger::meaning::facts::Run;
use promotion_ledger::meaning::grant::{Grant, Names, Role};
use promotion_ledger::meaning::guard;
use promotion_ledger::meaning::id::{LedgerId, PromotionId, SigningKey};
use promotion_ledger::meaning::law::LEVEL;
use promotion_ledger::meaning::names::{
    Agent, Component, Environment, GateName, KeyName, Origin, Pipeline, Principal, Reason, Repository, SourceSha, Version,
};
use promotion_ledger::meaning::refusal::{ExitCode, Refusal};
use promotion_ledger::meaning::rules::{ComponentRule, EnvironmentRule, OnIncomparable, Rules, Source};
use promotion_ledger::meaning::time::Timestamp;
use promotion_replay::Index;

pub(crate) const ENVIRONMENTS: [&str; 3] = ["dev", "staging", "prod"];

/// A clock that moves on by a second whenever it is looked at.
struct Stepping(AtomicI64);

impl Clock for Stepping {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.fetch_add(1_000_000, Ordering::Relaxed)).expect("the clock stays in this century")
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// May do everything.
    Ada,
    /// May do what CI does: no locks, no keys.
    Ci,
}

/// A ledger, and whoever may write it.
pub(crate) struct World {
    pub(crate) store: Memory,
    /// The chain with its complete state, folded from zero.
    pub(crate) chain: Chain,
    clock: Stepping,
    random: Counter,
    ada: SecretKey,
    ci: SecretKey,
}

impl World {
    /// A ledger with nothing but entry 0.
    pub(crate) fn bare(name: &str) -> Self {
        let key = |name: &str, seed| SecretKey::from_seed(KeyName::new(name).expect("a key name"), &[seed; 32]);
        let mut world = Self {
            store: Memory::new(),
            chain: Chain::begin(),
            clock: Stepping(AtomicI64::new(1_767_225_600_000_000)),
            random: Counter::new(0),
            ada: key("acme.example/ada", 1),
            ci: key("acme.example/ci", 2),
        };
        let origin = Origin::new(name).expect("an origin");
        let ledger_id = LedgerId::from_uuid(uuid(&world.random, Timestamp::EPOCH));
        let keys = vec![
            addition(&origin, &ledger_id, &world.ada, Who::Ada, Grant::everything()),
            addition(&origin, &ledger_id, &world.ci, Who::Ci, Grant { permissions: Role::Ci.permissions(), ..ours() }),
        ];
        let created = LedgerCreated { admin_threshold: 1, format: LEVEL, keys, ledger_id, origin, recovery: None };
        world.must(Who::Ada, &[created.into()]);
        world
    }

    /// A ledger with a pipeline `shop` of `dev`, `staging` and `prod` (where the gate `scan` must have passed), with the
    /// components `api` and `web`.
    pub(crate) fn new() -> Self {
        let mut world = Self::bare("acme.example");
        world.ask(Who::Ada, &Command::AdoptManifest(rules(&["scan"]))).expect("the first rules");
        world
    }

    pub(crate) fn asker(&self, who: Who) -> Asker {
        let key = self.key(who).verifier_key();
        Asker {
            key: SigningKey { name: key.name().clone(), public: key.public() },
            actor: principal(who),
            now: Timestamp::EPOCH,
            proven: None,
        }
    }

    /// Turns the writers' clock on, or back.
    pub(crate) fn turn_clock(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
    }

    fn key(&self, who: Who) -> &SecretKey {
        match who {
            Who::Ada => &self.ada,
            Who::Ci => &self.ci,
        }
    }

    /// Appends the events, if they are lawful there.
    pub(crate) fn append(&mut self, who: Who, events: &[Event]) -> Result<(), AppendError> {
        let key = match who {
            Who::Ada => &self.ada,
            Who::Ci => &self.ci,
        };
        let (actor, agent) = (principal(who), Agent::new("tests/1").expect("an agent"));
        let writer = Writer { signer: key, actor: &actor, agent: &agent, clock: &self.clock, random: &self.random };
        append(&self.store, &mut self.chain, &writer, events, &[], |_| Ok::<_, Infallible>(None)).map(|_| ())
    }

    pub(crate) fn must(&mut self, who: Who, events: &[Event]) {
        self.append(who, events).expect("lawful events");
    }

    /// Decides over the complete state, and appends what was decided or the record of the refusal.
    pub(crate) fn ask(&mut self, who: Who, command: &Command) -> Result<Decision, Refusal> {
        let answer = decide(self.chain.state(), &self.asker(who), command);
        let events = match &answer {
            Ok(decision) => decision.events.clone(),
            Err(refusal) => refusal.record().to_vec(),
        };
        self.must(who, &events);
        answer
    }

    /// Imports lines of history as one entry.
    pub(crate) fn import(&mut self, who: Who, lines: Vec<Asserted>) -> Result<(), AppendError> {
        let declares = Declared::new([component("lost/found")], [environment("elsewhere")]);
        let lines = Lines::new(lines).expect("lines");
        self.append(who, &[HistoryImported { declares, file: digest("a", "file"), lines, pipeline: pipeline() }.into()])
    }

    pub(crate) fn promotion_id(&self) -> PromotionId {
        PromotionId::from_uuid(uuid(&self.random, Timestamp::from_micros(1_767_225_600_000_000).expect("a time")))
    }

    pub(crate) fn register(&mut self, component_name: &str, version_name: &str) {
        self.ask(Who::Ci, &register(component_name, version_name)).expect("a release that can be registered");
    }

    /// Promotes into that environment, to the end.
    pub(crate) fn promote(&mut self, component_name: &str, version_name: &str, to: &str) -> PromotionId {
        let id = self.request(component_name, version_name, to);
        self.finish(Who::Ci, &id);
        id
    }

    /// Requests a promotion and leaves it under way.
    pub(crate) fn request(&mut self, component_name: &str, version_name: &str, to: &str) -> PromotionId {
        let id = self.promotion_id();
        self.ask(Who::Ci, &promote(id, component_name, version_name, to)).expect("a promotion that may go ahead");
        id
    }

    /// Rolls back, to the end.
    pub(crate) fn roll_back(&mut self, component_name: &str, version_name: &str, environment_name: &str) -> PromotionId {
        let id = self.promotion_id();
        self.ask(Who::Ci, &rollback(id, component_name, version_name, environment_name)).expect("a rollback that may go ahead");
        self.finish(Who::Ci, &id);
        id
    }

    pub(crate) fn pass_gate(&mut self, component_name: &str, version_name: &str, environment_name: &str, evidence: Option<Evidence>) {
        let gate = GateCompleted { evidence, ..gate(component_name, version_name, environment_name, GateStatus::Passed) };
        self.ask(Who::Ci, &Command::RecordGate(gate)).expect("a gate result");
    }

    pub(crate) fn run(&self, id: &PromotionId) -> Option<Run> {
        self.chain.state().run(id).cloned()
    }

    /// Writes every tag that is due and completes the run.
    pub(crate) fn finish(&mut self, who: Who, id: &PromotionId) {
        while self.step(who, id).expect("lawful steps") {}
        self.complete(who, id).expect("a lawful completion");
    }

    /// Writes the next tag that is due, if there is one.
    pub(crate) fn step(&mut self, who: Who, id: &PromotionId) -> Result<bool, AppendError> {
        let Some(run) = self.run(id) else { return Ok(false) };
        let Some((tag, purpose)) = run.next_tag() else { return Ok(false) };
        let Run { promotion, epoch, .. } = run;
        let digest = promotion.digest.clone();
        let previous = None;
        let started = StepStarted { digest: digest.clone(), epoch, previous, promotion: promotion.clone(), purpose, tag: tag.clone() };
        self.append(who, &[started.into()])?;
        let repository = repository(&promotion.component);
        self.append(who, &[RegistryTagged { digest, epoch, promotion, purpose, repository, tag }.into()])?;
        Ok(true)
    }

    pub(crate) fn complete(&mut self, who: Who, id: &PromotionId) -> Result<(), AppendError> {
        let Some(Run { promotion, epoch, authorized_via, gates, leaves, requested_at, .. }) = self.run(id) else { return Ok(()) };
        let authorized_via = authorized_via.unwrap_or_else(|| reason("nothing"));
        let authorization_passed = true;
        let event: Event = match leaves {
            Some(leaves) => RollbackCompleted { authorization_passed, authorized_via, epoch, leaves, promotion }.into(),
            None => {
                let gates = guard::cited(self.chain.state(), &promotion, &gates, requested_at);
                let signature_status = SignatureStatus::NotRequired;
                PromotionCompleted { authorization_passed, authorized_via, epoch, gates, promotion, signature_status }.into()
            }
        };
        self.append(who, &[event])
    }

    pub(crate) fn fail(&mut self, who: Who, id: &PromotionId) -> Result<(), AppendError> {
        let Some(run) = self.run(id) else { return Ok(()) };
        let (tags_left, code, message) = (run.tags_left(), ExitCode::Unavailable, reason("the registry did not answer"));
        let Run { promotion, epoch, leaves, .. } = run;
        let event: Event = match leaves {
            Some(_) => RollbackFailed { code, epoch, message, promotion, tags_left }.into(),
            None => PromotionFailed { code, epoch, message, promotion, tags_left }.into(),
        };
        self.append(who, &[event])
    }

    /// The entries as stored.
    pub(crate) fn notes(&self) -> Vec<Vec<u8>> {
        let mut notes = Vec::new();
        self.store
            .read(0..u64::MAX, &mut |entry| {
                notes.push(entry.note);
                std::ops::ControlFlow::Continue(())
            })
            .expect("memory can be read");
        notes
    }
}

/// An index that has followed the ledger to its end.
pub(crate) fn index_of(world: &World) -> Index {
    let mut index = Index::in_memory().expect("an index in memory");
    index.follow(&world.store).expect("an honest log");
    index
}

/// A store that holds these bytes as entries, whatever they are.
pub(crate) fn store_of(notes: &[Vec<u8>]) -> Memory {
    let store = Memory::new();
    let random = Counter::new(1_000_000);
    for note in notes {
        let id = promotion_ledger::meaning::id::EntryId::from_uuid(uuid(&random, Timestamp::EPOCH));
        let entry = NewEntry { id, hash: leaf_hash(note), note: note.clone() };
        store.append(&store.head().expect("a head"), &[entry], &[]).expect("memory takes everything");
    }
    store
}

fn addition(origin: &Origin, ledger: &LedgerId, key: &SecretKey, who: Who, grant: Grant) -> KeyAddition {
    let principal = principal(who);
    let proof = Claim::of_first_key(origin, ledger, &principal).prove(key).expect("a key in memory signs");
    let key = key.verifier_key();
    KeyAddition {
        grants: vec![grant],
        groups: Vec::new(),
        name: key.name().clone(),
        principal,
        proof: b64::encode(&proof),
        public: key.public(),
    }
}

fn ours() -> Grant {
    Grant { act_for: Names::Only(vec![]), ..Grant::everything() }
}

pub(crate) fn principal(who: Who) -> Principal {
    let name = match who {
        Who::Ada => "ada@acme.example",
        Who::Ci => "ci:acme/shop",
    };
    Principal::new(name).expect("a principal")
}

/// The rules of `shop`, with those gates before `prod`.
pub(crate) fn rules(gates: &[&str]) -> Rules {
    let components = ["api", "web"].map(component);
    let components = components.into_iter().map(|name| ComponentRule { repository: repository(&name), name, versions: None }).collect();
    let gates: Vec<GateName> = gates.iter().map(|gate| GateName::new(*gate).expect("a gate")).collect();
    let gates_of = |name: &str| if name == "prod" { gates.clone() } else { Vec::new() };
    let environments = ENVIRONMENTS.map(|name| EnvironmentRule::new(environment(name), gates_of(name)));
    Rules::new(pipeline(), components, environments.to_vec(), OnIncomparable::Warn).expect("rules")
}

pub(crate) fn register(component_name: &str, version_name: &str) -> Command {
    Command::Register(Register {
        pipeline: pipeline(),
        component: component(component_name),
        version: version(version_name),
        digest: digest(component_name, version_name),
        source_sha: Some(sha()),
        breaking: Vec::new(),
    })
}

pub(crate) fn promote(promotion_id: PromotionId, component_name: &str, version_name: &str, to: &str) -> Command {
    let at = ENVIRONMENTS.iter().position(|name| *name == to).and_then(|at| at.checked_sub(1));
    let from = at.and_then(|at| ENVIRONMENTS.get(at)).map_or(Source::Nowhere, |name| Source::From(environment(name)));
    Command::Promote(Promote {
        promotion_id,
        pipeline: pipeline(),
        component: component(component_name),
        version: version(version_name),
        from,
        to: environment(to),
        accept_asserted: false,
        allow_breaking: false,
        allow_downgrade: false,
        break_glass: None,
        force: false,
        reason: None,
        seen: Seen::default(),
    })
}

pub(crate) fn rollback(promotion_id: PromotionId, component_name: &str, version_name: &str, environment_name: &str) -> Command {
    Command::Rollback(Rollback {
        promotion_id,
        pipeline: pipeline(),
        component: component(component_name),
        version: version(version_name),
        environment: environment(environment_name),
        accept_asserted: false,
        reason: reason("errors since the last release"),
        target_tag: None,
    })
}

pub(crate) fn lock(environment_name: &str, component_name: Option<&str>) -> Command {
    let component = component_name.map(component);
    Command::Lock(Lock {
        pipeline: pipeline(),
        environment: environment(environment_name),
        component,
        expires: None,
        reason: reason("stocktaking"),
    })
}

pub(crate) fn unlock(environment_name: &str) -> Command {
    let environment = environment(environment_name);
    Command::Unlock(Unlock { pipeline: pipeline(), environment, component: None, others: true, reason: None })
}

pub(crate) fn gate(component_name: &str, version_name: &str, environment_name: &str, status: GateStatus) -> GateCompleted {
    GateCompleted {
        component: component(component_name),
        digest: digest(component_name, version_name),
        duration_ms: None,
        environment: environment(environment_name),
        evidence: None,
        gate: GateName::new("scan").expect("a gate"),
        message: None,
        pipeline: pipeline(),
        policy: None,
        scan: None,
        status,
    }
}

/// A line of history: so many days after the beginning of 2025, a year before the world's clock begins.
pub(crate) fn asserted(day: i64, kind: AssertedKind, component_name: &str, version_name: &str, to: &str) -> Asserted {
    Asserted {
        actor: Principal::new("op-001").expect("a principal"),
        component: component(component_name),
        digest: Some(digest(component_name, version_name)),
        from: Source::Nowhere,
        kind,
        note: None,
        time: Timestamp::from_micros(1_735_689_600_000_000 + day * 86_400_000_000).expect("a time"),
        to: environment(to),
        version: version(version_name),
    }
}

pub(crate) fn pipeline() -> Pipeline {
    Pipeline::new("shop").expect("a pipeline")
}

pub(crate) fn component(name: &str) -> Component {
    Component::new(name).expect("a component")
}

pub(crate) fn environment(name: &str) -> Environment {
    Environment::new(name).expect("an environment")
}

pub(crate) fn version(name: &str) -> Version {
    Version::new(name).expect("a version")
}

pub(crate) fn reason(text: &str) -> Reason {
    Reason::new(text).expect("a reason")
}

pub(crate) fn sha() -> SourceSha {
    SourceSha::new("0123456789abcdef").expect("a commit")
}

fn repository(component: &Component) -> Repository {
    Repository::new(format!("registry.acme.example/{component}")).expect("a repository")
}

pub(crate) fn digest(component_name: &str, version_name: &str) -> Digest {
    Digest::from_sha256(&sha256(format!("{component_name} {version_name}").as_bytes()))
}
