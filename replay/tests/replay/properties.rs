//! Over random ledgers: what an index keeps is what a fold from zero gives, and decisions over it are the same.

use promotion_ledger::custody::ledger::AppendError;
use promotion_ledger::evidence::chain::Chain;
use promotion_ledger::meaning::command::Command;
use promotion_ledger::meaning::decide::decide;
use promotion_ledger::meaning::event::artifact::GateStatus;
use promotion_ledger::meaning::event::history::AssertedKind;
use promotion_ledger::meaning::id::{PromotionId, Sequence};
use promotion_replay::{HolderRow, Index, check};
use proptest::prelude::*;
use proptest::sample::select;

use crate::past;
use crate::support::{
    ENVIRONMENTS, Who, World, asserted, component, environment, gate, lock, pipeline, promote, reason, register, rollback, rules, unlock,
};

const COMPONENTS: [&str; 2] = ["api", "web"];
const VERSIONS: [&str; 3] = ["v1.0.0", "v1.1.0", "nightly"];

type Name = &'static str;

/// Something that somebody tries; much of it is refused, and that is recorded too.
#[derive(Debug, Clone)]
enum Attempt {
    Register(Name, Name),
    Promote { component: Name, version: Name, to: Name, allow_downgrade: bool, force: bool, finish: bool },
    Rollback { component: Name, version: Name, environment: Name, finish: bool },
    Lock(Name, Option<Name>),
    Unlock(Name),
    Gate(Name, Name, Name, GateStatus),
    Adopt(bool),
    Import(Name, Name, Name, i64),
    CorrectClock,
    TakeOver(usize),
    Abort(usize),
    Step(usize),
    Complete(usize),
    Fail(usize),
}

fn attempt() -> impl Strategy<Value = Attempt> {
    let (component, version, environment) = (select(&COMPONENTS), select(&VERSIONS), select(&ENVIRONMENTS));
    let status = prop_oneof![Just(GateStatus::Passed), Just(GateStatus::Warning), Just(GateStatus::Failed)];
    prop_oneof![
        3 => (component.clone(), version.clone()).prop_map(|(component, version)| Attempt::Register(component, version)),
        8 => (component.clone(), version.clone(), environment.clone(), any::<bool>(), any::<bool>(), prop::bool::weighted(0.8)).prop_map(
            |(component, version, to, allow_downgrade, force, finish)| Attempt::Promote { component, version, to, allow_downgrade, force, finish }
        ),
        4 => (component.clone(), version.clone(), environment.clone(), prop::bool::weighted(0.8)).prop_map(
            |(component, version, environment, finish)| Attempt::Rollback { component, version, environment, finish }
        ),
        1 => (environment.clone(), prop::option::of(component.clone())).prop_map(|(environment, component)| Attempt::Lock(environment, component)),
        1 => environment.clone().prop_map(Attempt::Unlock),
        2 => (component, version, environment, status).prop_map(|(component, version, to, status)| Attempt::Gate(component, version, to, status)),
        2 => (select(&COMPONENTS), select(&VERSIONS), select(&ENVIRONMENTS), 0..30_i64).prop_map(
            |(component, version, to, day)| Attempt::Import(component, version, to, day)
        ),
        1 => any::<bool>().prop_map(Attempt::Adopt),
        1 => Just(Attempt::CorrectClock),
        1 => (0..8_usize).prop_map(Attempt::TakeOver),
        1 => (0..8_usize).prop_map(Attempt::Abort),
        2 => (0..8_usize).prop_map(Attempt::Step),
        2 => (0..8_usize).prop_map(Attempt::Complete),
        1 => (0..8_usize).prop_map(Attempt::Fail),
    ]
}

/// What is going on: the ledger, an index that follows now and then, and the runs that were ever requested.
struct Play {
    world: World,
    index: Index,
    runs: Vec<PromotionId>,
}

impl Play {
    /// Tries it, and holds the decision over the index against the one over the complete state.
    fn attempt(&mut self, who: Who, attempt: &Attempt) {
        match *attempt {
            Attempt::Register(component, version) => self.ask(who, &register(component, version)),
            Attempt::Promote { component, version, to, allow_downgrade, force, finish } => {
                let id = self.new_run();
                let mut command = promote(id, component, version, to);
                if let Command::Promote(promote) = &mut command {
                    (promote.allow_downgrade, promote.force) = (allow_downgrade, force);
                }
                self.ask(who, &command);
                self.finish(who, id, finish);
            }
            Attempt::Rollback { component, version, environment, finish } => {
                let id = self.new_run();
                self.ask(who, &rollback(id, component, version, environment));
                self.finish(who, id, finish);
            }
            Attempt::Lock(environment, component) => {
                self.ask(who, &lock(environment, component));
            }
            Attempt::Unlock(environment) => self.ask(who, &unlock(environment)),
            Attempt::Gate(component, version, to, status) => {
                self.ask(who, &Command::RecordGate(gate(component, version, to, status)));
            }
            Attempt::Adopt(gated) => self.ask(who, &Command::AdoptManifest(rules(if gated { &["scan"] } else { &[] }))),
            Attempt::Import(component, version, to, day) => {
                let lines = [AssertedKind::Promotion, AssertedKind::Removal].map(|kind| asserted(day, kind, component, version, to));
                may_be_unlawful(self.world.import(who, lines.to_vec()));
            }
            Attempt::CorrectClock => self.ask(who, &Command::CorrectClock(reason("it ran ahead"))),
            Attempt::TakeOver(run) => self.on_run(run, |play, id| play.ask(who, &Command::TakeOver(id))),
            Attempt::Abort(run) => self.on_run(run, |play, id| play.ask(who, &Command::Abort(id, reason("not needed")))),
            Attempt::Step(run) => self.on_run(run, |play, id| may_be_unlawful(play.world.step(who, &id).map(|_| ()))),
            Attempt::Complete(run) => self.on_run(run, |play, id| may_be_unlawful(play.world.complete(who, &id))),
            Attempt::Fail(run) => self.on_run(run, |play, id| may_be_unlawful(play.world.fail(who, &id))),
        }
    }

    fn new_run(&mut self) -> PromotionId {
        let id = self.world.promotion_id();
        self.runs.push(id);
        id
    }

    fn on_run(&mut self, run: usize, act: impl FnOnce(&mut Self, PromotionId)) {
        let chosen = run.checked_rem(self.runs.len()).and_then(|at| self.runs.get(at).copied());
        if let Some(id) = chosen {
            act(self, id);
        }
    }

    /// A picture of the log's end decides as the complete state does; and what is decided is lawful.
    fn ask(&mut self, who: Who, command: &Command) {
        let followed = self.index.follow(&self.world.store);
        followed.expect("an honest log");
        let slice = self.index.state(&command.about()).expect("a readable index");
        let over_the_index = decide(&slice, &self.world.asker(who), command);
        assert_eq!(over_the_index, self.world.ask(who, command), "{command:?}");
    }

    fn finish(&mut self, who: Who, id: PromotionId, finish: bool) {
        if finish && self.world.run(&id).is_some() {
            self.world.finish(who, &id);
        }
    }
}

fn may_be_unlawful(appended: Result<(), AppendError>) {
    assert!(matches!(appended, Ok(()) | Err(AppendError::Refused(_))), "{appended:?}");
}

/// The index's places are those of the complete state.
fn same_places(play: &Play) {
    let state = play.world.chain.state();
    for row in play.index.status(&Default::default(), play.index.now()).expect("a readable index") {
        let place = state.place(&row.spot.pipeline, &row.spot.component, &row.spot.environment);
        let holder = row
            .holder
            .as_ref()
            .and_then(HolderRow::recorded)
            .cloned()
            .map(|tenure| (tenure.digest, tenure.promotion_id, tenure.from_sequence, tenure.version));
        assert_eq!(holder, place.holder.map(|holder| (holder.digest, holder.promotion_id, holder.since, holder.version)));
        let run = row.under_way.map(|row| row.promotion);
        assert_eq!(run.as_ref(), place.run.and_then(|id| state.run(&id)).map(|run| &run.promotion));
    }
}

/// Whatever entry is asked about, the index says what a fold of the log up to there says.
fn same_past(play: &Play) {
    let mut chain = Chain::begin();
    for note in play.world.notes() {
        chain.admit(&note).expect("an honest log");
        let last = Sequence::new(chain.size() - 1);
        let horizon = play.index.at_entry(last).expect("the log reaches there");
        past::same(&play.index, horizon, chain.state());
    }
}

/// The walk over tenures, done by hand over what visits say.
fn same_targets(play: &Play) {
    let (state, pipeline) = (play.world.chain.state(), pipeline());
    for (component, environment) in COMPONENTS.iter().flat_map(|one| ENVIRONMENTS.map(|other| (component(one), environment(other)))) {
        let current = state.place(&pipeline, &component, &environment).holder.map(|holder| holder.version);
        let versions = VERSIONS.map(|name| name.parse().expect("a version"));
        let visits =
            versions.iter().filter_map(|version| state.visit(&pipeline, &component, &environment, version).map(|visit| (visit, version)));
        let open = visits.filter(|(visit, version)| visit.left_by_rollback.is_none() && current.as_ref() != Some(*version));
        let expected = open.max_by_key(|(visit, _)| visit.entered).map(|(_, version)| version.clone());
        assert_eq!(play.index.rollback_target(&pipeline, &component, &environment).expect("a readable index"), expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    // proves: derived
    // proves: FR-013
    #[test]
    fn an_index_is_what_a_fold_from_zero_gives(attempts in prop::collection::vec((prop::bool::weighted(0.7), attempt()), 1..40)) {
        let mut play = Play { world: World::new(), index: Index::in_memory().unwrap(), runs: Vec::new() };
        for (admin, attempt) in &attempts {
            play.attempt(if *admin { Who::Ada } else { Who::Ci }, attempt);
        }
        play.index.follow(&play.world.store).unwrap();
        check(&play.index, &play.world.store).unwrap();
        for (key, fact) in play.world.chain.state().facts() {
            let found = play.index.fact(key).unwrap();
            prop_assert_eq!(found.as_ref(), Some(fact), "{}", key);
        }
        same_places(&play);
        same_targets(&play);
        same_past(&play);
    }
}
