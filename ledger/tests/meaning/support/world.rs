//! The world: a ledger to which real events are appended through the front door, and what is asked of its state.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicI64, Ordering};

use promotion_ledger::custody::clock::Clock;
use promotion_ledger::custody::ledger::{self, AppendError, Writer};
use promotion_ledger::custody::random::{Counter, uuid};
use promotion_ledger::custody::store::memory::Memory;
use promotion_ledger::custody::store::{Store, StoredEntry};
use promotion_ledger::evidence::chain::{Chain, EntryFault, Verified};
use promotion_ledger::meaning::decide::decide;
use promotion_ledger::meaning::digest::{Digest, EntryHash};
use promotion_ledger::meaning::event::ledger::{LedgerCreated, ManifestAdopted};
use promotion_ledger::meaning::event::{Event, Recorded};
use promotion_ledger::meaning::grant::{Grant, Role};
use promotion_ledger::meaning::id::{EntryId, Sequence};
use promotion_ledger::meaning::law::{Rule, Unlawful, lawful};
use promotion_ledger::meaning::names::{Agent, Component, TagName};
use promotion_ledger::meaning::rules::Rules;
use promotion_ledger::meaning::state::State;
use promotion_ledger::meaning::time::Timestamp;

use super::cast::{ADMIN, Actor, CI, GATE, OPS, OTHER_ADMIN, RECOVERY, ledger_id, origin, role};
use super::names::usual_rules;
use super::{Ask, Outcome};

/// A ledger and what surrounds it.
pub(crate) struct World {
    store: Memory,
    chain: Chain,
    clock: Ticking,
    random: Counter,
    /// What every tag of every component's repository points at.
    pub(crate) tags: BTreeMap<(Component, TagName), Digest>,
}

/// A clock that goes on by one second whenever something is appended.
struct Ticking(AtomicI64);

impl Ticking {
    fn starting(at: &str) -> Self {
        Self(AtomicI64::new(Timestamp::parse(at).expect("a time").as_micros()))
    }

    /// Goes back, as clocks do that ran ahead.
    fn back(&self, seconds: i64) {
        self.0.fetch_sub(seconds * 1_000_000, Ordering::Relaxed);
    }

    fn set(&self, time: Timestamp) {
        self.0.store(time.as_micros(), Ordering::Relaxed);
    }

    /// What it will say when it is asked.
    fn peek(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::Relaxed)).expect("a time in this century")
    }
}

/// The clock as it was looked at once: entries that are appended together bear one time.
struct Stopped(Timestamp);

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        self.0
    }
}

impl World {
    /// Entry 0 with the keys of the cast, entry 1 with the usual rules.
    pub(crate) fn new() -> Self {
        Self::ruled(usual_rules())
    }

    /// With these rules.
    pub(crate) fn ruled(rules: Rules) -> Self {
        let mut world = Self::founded(&founding());
        world.given([(ADMIN, ManifestAdopted { rules }.into())]);
        world
    }

    /// Where it takes that many of the two admins to change keys.
    pub(crate) fn governed_by(admin_threshold: u32) -> Self {
        let mut created = founding();
        created.keys.push(OTHER_ADMIN.first_key(role(Role::Admin)));
        let mut world = Self::founded(&LedgerCreated { admin_threshold, ..created });
        world.given([(ADMIN, ManifestAdopted { rules: usual_rules() }.into())]);
        world
    }

    /// With that entry 0 and nothing else.
    pub(crate) fn founded(created: &LedgerCreated) -> Self {
        let mut world = Self::empty();
        world.given([(ADMIN, created.clone().into())]);
        world
    }

    /// Before entry 0.
    pub(crate) fn empty() -> Self {
        Self {
            store: Memory::new(),
            chain: Chain::begin(),
            clock: Ticking::starting("2026-01-15T14:45:00.000000Z"),
            random: Counter::new(0),
            tags: BTreeMap::new(),
        }
    }

    pub(crate) fn state(&self) -> &State {
        self.chain.state()
    }

    pub(crate) fn chain(&self) -> &Chain {
        &self.chain
    }

    /// The hash of entry 0.
    pub(crate) fn genesis(&self) -> EntryHash {
        *self.chain.genesis().expect("entry 0")
    }

    /// The time that an entry bears which is appended now.
    pub(crate) fn now(&self) -> Timestamp {
        self.state().core().floor.map_or(self.clock.peek(), |floor| floor.max(self.clock.peek()))
    }

    /// Given: it is just that time.
    pub(crate) fn given_time(&self, now: Timestamp) {
        self.clock.set(now);
    }

    /// Turns the clock back.
    pub(crate) fn turn_back(&self, seconds: i64) {
        self.clock.back(seconds);
    }

    /// Given: these events were appended, each in its turn.
    pub(crate) fn given(&mut self, events: impl IntoIterator<Item = (Actor, Event)>) {
        for (by, event) in events {
            self.append(by, &[event]).expect("given events are lawful");
        }
    }

    /// Given: this was asked for, decided and appended. What was appended is returned.
    pub(crate) fn given_done(&mut self, by: Actor, ask: impl Ask) -> Vec<Event> {
        let decision = self.when(by, ask).expect("what is given goes ahead");
        self.append(by, &decision.events).expect("what is decided is lawful");
        decision.events
    }

    /// Given: this was asked for and refused, and the refusal was appended.
    pub(crate) fn given_refused(&mut self, by: Actor, ask: impl Ask) {
        let refusal = self.when(by, ask).expect_err("what is given is refused");
        self.append(by, refusal.record()).expect("a refusal is lawful");
    }

    /// When: somebody asks.
    pub(crate) fn when(&self, by: Actor, ask: impl Ask) -> Outcome {
        decide(self.state(), &by.asker(self.now()), &ask.command())
    }

    /// Appends through the front door.
    pub(crate) fn append(&mut self, by: Actor, events: &[Event]) -> Result<Vec<Verified>, AppendError> {
        let secret = by.secret();
        let (actor, agent) = (by.actor(), agent());
        let clock = Stopped(self.clock.peek());
        let writer = Writer { signer: &secret, actor: &actor, agent: &agent, clock: &clock, random: &self.random };
        let appended = ledger::append(&self.store, &mut self.chain, &writer, events, &[], |_| Ok::<_, Infallible>(None))?;
        self.clock.back(-1);
        Ok(appended)
    }

    /// When: somebody appends without asking; what the law says to it.
    pub(crate) fn append_unasked(&mut self, by: Actor, event: Event) -> Result<(), Unlawful> {
        match self.append(by, &[event]) {
            Ok(_) => Ok(()),
            Err(AppendError::Refused(fault)) => match fault.fault {
                EntryFault::Unlawful(unlawful) => Err(unlawful),
                other => Err(Unlawful::new(Rule::LiveKey, other.to_string())),
            },
            Err(other) => unreachable!("a store in memory takes every entry: {other}"),
        }
    }

    /// The event as it would stand next, made by hand.
    pub(crate) fn next(&self, by: Actor, event: impl Into<Event>) -> Recorded {
        let now = self.now();
        Recorded {
            sequence: Sequence::new(self.chain.size()),
            id: EntryId::from_uuid(uuid(&self.random, now)),
            time: now,
            actor: by.actor(),
            key: by.key(),
            agent: agent(),
            event: event.into(),
        }
    }

    /// When: somebody means to append; what the law says to it, without appending.
    pub(crate) fn judge(&self, by: Actor, event: impl Into<Event>) -> Result<(), Unlawful> {
        lawful(self.state(), &self.next(by, event))
    }

    /// Everything that was appended, as it is stored.
    pub(crate) fn stored(&self) -> Vec<Vec<u8>> {
        let mut notes = Vec::new();
        let each = &mut |entry: StoredEntry| {
            notes.push(entry.note);
            ControlFlow::Continue(())
        };
        self.store.read(0..u64::MAX, each).expect("a store in memory can be read");
        notes
    }
}

/// Entry 0 as most tests have it: one admin is enough, and there is a recovery key.
pub(crate) fn founding() -> LedgerCreated {
    LedgerCreated {
        admin_threshold: 1,
        format: 1,
        keys: vec![
            ADMIN.first_key(role(Role::Admin)),
            OPS.first_key(role(Role::Operator)),
            CI.first_key(role(Role::Ci)),
            GATE.first_key(role(Role::Gate)),
        ],
        ledger_id: ledger_id(),
        origin: origin(),
        recovery: Some(RECOVERY.first_key(vec![Grant::everything()])),
    }
}

fn agent() -> Agent {
    Agent::new("promoledger/0.1.0").expect("an agent's name")
}
