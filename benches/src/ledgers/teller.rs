//! The ledger so far, its clock, and the one way to append to it.

use std::cell::Cell;
use std::convert::Infallible;

use fastrand::Rng;
use promotion_ledger::custody::clock::Clock;
use promotion_ledger::custody::ledger::{self, Writer};
use promotion_ledger::custody::random::{Counter, uuid};
use promotion_ledger::custody::store::{Body, Store};
use promotion_ledger::evidence::chain::Chain;
use promotion_ledger::meaning::command::Command;
use promotion_ledger::meaning::decide::{Decision, decide};
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::id::PromotionId;
use promotion_ledger::meaning::names::{Agent, Reason};
use promotion_ledger::meaning::refusal::Refusal;
use promotion_ledger::meaning::state::State;
use promotion_ledger::meaning::time::Timestamp;

use super::cast::Person;
use super::plan::{GenerateError, Plan};

/// When every story begins: 2019-01-07T08:00:00Z, a Monday. A million entries take it on by four and a half years.
const BEGINNING: i64 = 1_546_848_000_000_000;

/// The seconds that pass between two appends, at most.
const GAP: i64 = 500;

/// The ledger so far, and what it takes to append to it.
pub(super) struct Teller<'a> {
    store: &'a dyn Store,
    chain: Chain,
    clock: Turning,
    random: Counter,
    agent: Agent,
    limit: u64,
}

/// A clock that is turned on by hand.
struct Turning(Cell<i64>);

impl Clock for Turning {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.get()).expect("the story stays in this century")
    }
}

impl<'a> Teller<'a> {
    pub(super) fn new(store: &'a dyn Store, plan: Plan) -> Self {
        // Seeds next to each other must not give the same identifiers one step apart.
        let random = Counter::new(plan.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let agent = Agent::new("generator/1").expect("a name and a number");
        Self { store, chain: Chain::begin(), clock: Turning(Cell::new(BEGINNING)), random, agent, limit: plan.entries }
    }

    pub(super) fn chain(&self) -> &Chain {
        &self.chain
    }

    pub(super) fn state(&self) -> &State {
        self.chain.state()
    }

    pub(super) fn into_chain(self) -> Chain {
        self.chain
    }

    /// Whether there are as many entries as there were to be.
    pub(super) fn is_done(&self) -> bool {
        self.chain.size() >= self.limit
    }

    /// Lets some time pass.
    pub(super) fn wait(&self, rng: &mut Rng) {
        self.turn(rng.i64(1..GAP));
    }

    /// Turns the clock on, or back.
    pub(super) fn turn(&self, seconds: i64) {
        self.clock.0.set(self.clock.0.get() + seconds * 1_000_000);
    }

    pub(super) fn promotion_id(&self) -> PromotionId {
        PromotionId::from_uuid(uuid(&self.random, self.clock.now()))
    }

    pub(super) fn uuid(&self) -> uuid::Uuid {
        uuid(&self.random, self.clock.now())
    }

    /// Appends the events, or as many of them as there is room for: whatever comes first is lawful without the rest.
    pub(super) fn append(&mut self, by: &Person, events: &[Event], bodies: &[Body]) -> Result<(), GenerateError> {
        let room = usize::try_from(self.limit - self.chain.size()).unwrap_or(usize::MAX);
        let events = events.get(..room).unwrap_or(events);
        if events.is_empty() {
            return Ok(());
        }
        let writer = Writer { signer: &by.key, actor: &by.principal, agent: &self.agent, clock: &self.clock, random: &self.random };
        let appended = ledger::append(self.store, &mut self.chain, &writer, events, bodies, |_| Ok::<_, Infallible>(None));
        appended.map(|_| ()).map_err(|error| GenerateError::Append { size: self.chain.size(), error: Box::new(error) })
    }

    /// Decides, and appends what was decided or the record of the refusal.
    pub(super) fn ask(&mut self, by: &Person, command: &Command) -> Result<Result<Decision, Refusal>, GenerateError> {
        self.ask_with(by, command, &[])
    }

    pub(super) fn ask_with(&mut self, by: &Person, command: &Command, bodies: &[Body]) -> Result<Result<Decision, Refusal>, GenerateError> {
        let answer = decide(self.chain.state(), &by.asker(), command);
        match &answer {
            Ok(decision) => self.append(by, &decision.events, bodies)?,
            Err(refusal) => self.append(by, refusal.record(), &[])?,
        }
        Ok(answer)
    }

    /// Decides what must always be possible.
    pub(super) fn must(&mut self, by: &Person, command: &Command) -> Result<(), GenerateError> {
        match self.ask(by, command)? {
            Ok(_) => Ok(()),
            Err(refusal) => Err(GenerateError::Refused { size: self.chain.size(), refusal: Box::new(refusal) }),
        }
    }

    pub(super) fn remove_body(&self, digest: &promotion_ledger::meaning::digest::BodyDigest) {
        // What is not there any more is not missed: the entry says that it was removed.
        let _ = self.store.remove_body(digest);
    }
}

pub(super) fn reason(text: &str) -> Reason {
    Reason::new(text).expect("reasons here are short sentences")
}
