//! What holds whatever is asked, by whom, in which order, and wherever it stops: random commands, walked half-way or to
//! the end, some by a client that does not ask first.

use std::collections::BTreeMap;
use std::convert::Infallible;

use promotion_ledger::evidence::chain::{Admitted, Chain};
use promotion_ledger::meaning::command::{Command, Lock, Promote, Rollback, Seen, Unlock};
use promotion_ledger::meaning::decide::decide;
use promotion_ledger::meaning::digest::EntryHash;
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::event::artifact::GateStatus;
use promotion_ledger::meaning::event::promotion::{GateCited, TagPurpose};
use promotion_ledger::meaning::facts::{Fact, FactKey, Run};
use promotion_ledger::meaning::grant::{Grant, Role};
use promotion_ledger::meaning::id::{Epoch, PromotionId, Sequence};
use promotion_ledger::meaning::law::Rule;
use promotion_ledger::meaning::needs::bring;
use promotion_ledger::meaning::refusal::ExitCode;
use promotion_ledger::meaning::rules::{OnIncomparable, Rules};
use promotion_ledger::meaning::state::State;
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::*;

const COMPONENTS: [&str; 2] = ["api", "web"];
const VERSIONS: [&str; 4] = ["v1.0.0", "v1.1.0-rc.1", "v1.1.0", "nightly"];
const ENVIRONMENTS: [&str; 3] = ["dev", "staging", "prod"];
const SOURCES: [&str; 3] = ["none", "dev", "staging"];
const GATES: [&str; 2] = ["tests", "security_scan"];
/// The newcomer looks after `web` alone.
const ACTORS: [Actor; 5] = [ADMIN, OPS, CI, GATE, NEWCOMER];

/// What somebody does. Runs are chosen among those that are under way, by number.
#[derive(Debug, Clone)]
enum Move {
    Register { by: Actor, component: &'static str, version: &'static str },
    Promote { by: Actor, component: &'static str, version: &'static str, to: usize, skips: bool, flags: [bool; 2], moved: [bool; 2] },
    Rollback { by: Actor, component: &'static str, version: &'static str, environment: &'static str, moved: bool },
    /// The holder goes on, that many steps.
    Walk { run: usize, steps: usize },
    /// The holder writes the tag that it announced, and dies before it records that.
    WriteAndDie { run: usize },
    /// The holder puts the mutable tag back, as far as that many steps.
    PutBack { run: usize, steps: usize },
    TakeOver { by: Actor, run: usize },
    Abort { by: Actor, run: usize },
    Fail { run: usize },
    Gate { by: Actor, gate: &'static str, component: &'static str, version: &'static str, environment: &'static str, status: GateStatus },
    Lock { by: Actor, environment: &'static str, component: Option<&'static str> },
    Unlock { by: Actor, environment: &'static str, component: Option<&'static str>, others: bool },
    Adopt { by: Actor, strict: bool },
    CorrectClock { by: Actor },
    /// Somebody appends a completion or a step without being asked to.
    Forge { by: Actor, run: usize, complete: bool, later: bool },
}

fn a_move() -> impl Strategy<Value = Move> {
    let (by, component, version, environment) = (|| select(&ACTORS[..]), || select(&COMPONENTS[..]), || select(&VERSIONS[..]), || {
        select(&ENVIRONMENTS[..])
    });
    let status = select(vec![GateStatus::Passed, GateStatus::Passed, GateStatus::Warning, GateStatus::Failed, GateStatus::Skipped]);
    let some_component = || prop_oneof![Just(None), component().prop_map(Some)];
    let rarely = || prop::bool::weighted(0.1);
    let run = || 0..4_usize;
    prop_oneof![
        6 => (by(), component(), version()).prop_map(|(by, component, version)| Move::Register { by, component, version }),
        12 => (by(), component(), version(), 0..3_usize, rarely(), any::<[bool; 2]>(), [rarely(), rarely()]).prop_map(
            |(by, component, version, to, skips, flags, moved)| Move::Promote { by, component, version, to, skips, flags, moved }
        ),
        6 => (by(), component(), version(), environment(), rarely()).prop_map(|(by, component, version, environment, moved)| {
            Move::Rollback { by, component, version, environment, moved }
        }),
        14 => (run(), 1..6_usize).prop_map(|(run, steps)| Move::Walk { run, steps }),
        2 => run().prop_map(|run| Move::WriteAndDie { run }),
        2 => (run(), 1..3_usize).prop_map(|(run, steps)| Move::PutBack { run, steps }),
        3 => (by(), run()).prop_map(|(by, run)| Move::TakeOver { by, run }),
        2 => (by(), run()).prop_map(|(by, run)| Move::Abort { by, run }),
        1 => run().prop_map(|run| Move::Fail { run }),
        10 => (by(), select(&GATES[..]), component(), version(), environment(), status).prop_map(
            |(by, gate, component, version, environment, status)| Move::Gate { by, gate, component, version, environment, status }
        ),
        2 => (by(), environment(), some_component()).prop_map(|(by, environment, component)| Move::Lock { by, environment, component }),
        3 => (by(), environment(), some_component(), any::<bool>()).prop_map(|(by, environment, component, others)| Move::Unlock {
            by, environment, component, others
        }),
        1 => (by(), any::<bool>()).prop_map(|(by, strict)| Move::Adopt { by, strict }),
        1 => by().prop_map(|by| Move::CorrectClock { by }),
        4 => (by(), run(), any::<bool>(), any::<bool>()).prop_map(|(by, run, complete, later)| Move::Forge { by, run, complete, later }),
    ]
}

fn some_rules(strict: bool) -> Rules {
    let prod: &[&str] = if strict { &GATES } else { &["tests"] };
    rules(&[("dev", &[]), ("staging", &["tests"]), ("prod", prod)], if strict { OnIncomparable::Block } else { OnIncomparable::Warn })
}

/// What an outsider makes of the entries: who passed which gate, what is where, who held which run.
#[derive(Default)]
struct Model {
    gates: BTreeMap<(String, String, String, String), bool>,
    demands: BTreeMap<String, Vec<String>>,
    demanded: BTreeMap<PromotionId, Vec<String>>,
    there: BTreeMap<(String, String), String>,
    /// Holders whose epoch is over.
    former: Vec<(PromotionId, Epoch, Actor)>,
}

impl Model {
    fn take(&mut self, event: &Event) {
        match event {
            Event::ManifestAdopted(event) => {
                let of = |rule: &promotion_ledger::meaning::rules::EnvironmentRule| rule.gates.iter().map(ToString::to_string).collect();
                self.demands = event.rules.environments().iter().map(|rule| (rule.name.to_string(), of(rule))).collect();
            }
            Event::GateCompleted(event) => {
                let passes = matches!(event.status, GateStatus::Passed | GateStatus::Warning);
                let names = (event.component.to_string(), event.environment.to_string(), event.gate.to_string(), event.digest.to_string());
                self.gates.insert(names, passes);
            }
            Event::PromotionRequested(event) => {
                let gates = self.demands.get(event.promotion.to.as_str()).cloned().unwrap_or_default();
                self.demanded.insert(event.promotion.promotion_id, gates);
            }
            Event::PromotionCompleted(event) => {
                let promotion = &event.promotion;
                for gate in self.demanded.get(&promotion.promotion_id).expect("a completion follows a request") {
                    let (component, to, digest) = (promotion.component.to_string(), promotion.to.to_string(), promotion.digest.to_string());
                    let passed = self.gates.get(&(component, to, gate.clone(), digest));
                    assert_eq!(passed, Some(&true), "{} is in {} without its gate {gate}", promotion.version, promotion.to);
                }
                self.arrives(promotion);
            }
            Event::RollbackCompleted(event) => self.arrives(&event.promotion),
            _ => {}
        }
    }

    fn arrives(&mut self, promotion: &promotion_ledger::meaning::event::promotion::Promotion) {
        self.there.insert((promotion.component.to_string(), promotion.to.to_string()), promotion.version.to_string());
    }
}

/// A world, what an outsider makes of it, and the next id of a run.
struct Play {
    world: World,
    model: Model,
    next_run: u64,
}

impl Play {
    fn begin() -> Self {
        let web = Grant { components: only([component("web")]), permissions: Role::Operator.permissions(), ..Grant::everything() };
        let mut created = founding();
        created.keys.push(NEWCOMER.first_key(vec![web]));
        let mut play = Self { world: World::founded(&created), model: Model::default(), next_run: 1_000_000 };
        play.ask(ADMIN, some_rules(false));
        play
    }

    /// Decides on the whole state and on the slice that the command needs; appends what was decided, which must be lawful.
    fn ask(&mut self, by: Actor, ask: impl Ask) {
        let command = ask.command();
        let outcome = decide(self.world.state(), &by.asker(), &command);
        assert_eq!(decide(&sliced(self.world.state(), &command), &by.asker(), &command), outcome, "a slice decides as the whole");
        let (events, resume) = match &outcome {
            Ok(decision) => (decision.events.as_slice(), decision.resume),
            Err(refusal) => (refusal.record(), None),
        };
        self.append(by, events);
        if let Some(run) = resume {
            self.take_over(by, run);
        }
    }

    fn append(&mut self, by: Actor, events: &[Event]) {
        let appended = self.world.append(by, events).expect("what decide decides is lawful");
        assert_eq!(appended.len(), events.len());
        appended.iter().for_each(|entry| self.model.take(&entry.recorded().event));
    }

    fn take_over(&mut self, by: Actor, run: PromotionId) {
        let Some(Run { epoch, holder, .. }) = self.world.state().run(&run).cloned() else { return };
        let former = ACTORS.into_iter().find(|actor| actor.actor() == holder).expect("somebody of the cast");
        self.ask(by, Command::TakeOver(run));
        if self.world.run(run).epoch != epoch {
            self.model.former.push((run, epoch, former));
        }
    }

    fn run(&self, number: usize) -> Option<Run> {
        let runs: Vec<&Run> = self.world.state().facts().filter_map(|(_, fact)| if let Fact::Run(run) = fact { Some(run) } else { None }).collect();
        runs.get(number.checked_rem(runs.len())?).map(|run| (*run).clone())
    }

    fn make(&mut self, a_move: &Move) {
        match a_move.clone() {
            Move::Register { by, component, version } => self.ask(by, register(component, version)),
            Move::Promote { by, component, version, to, skips, flags, moved } => self.promote(by, component, version, to, skips, flags, moved),
            Move::Rollback { by, component, version, environment, moved } => {
                let target_tag = moved.then(|| digest("elsewhere"));
                let promotion_id = self.fresh();
                self.ask(by, Rollback { promotion_id, target_tag, ..rollback(component, version, environment) });
            }
            Move::Walk { run, steps } => {
                let Some(run) = self.run(run) else { return };
                (0..steps).for_each(|_| self.step(run.promotion.promotion_id));
            }
            Move::WriteAndDie { run } => {
                let Some(run) = self.run(run) else { return };
                if let Event::RegistryTagged(tagged) = self.world.next_event(&run) {
                    self.world.tags.insert((tagged.promotion.component, tagged.tag), tagged.digest);
                }
            }
            Move::PutBack { run, steps } => (0..steps).for_each(|_| self.put_back(run)),
            Move::TakeOver { by, run } => {
                let Some(run) = self.run(run) else { return };
                self.take_over(by, run.promotion.promotion_id);
            }
            Move::Abort { by, run } => {
                let Some(run) = self.run(run) else { return };
                self.ask(by, abort(run.promotion.promotion_id));
            }
            Move::Fail { run } => {
                let Some(run) = self.run(run) else { return };
                self.append(self.holder(&run), &[walk::failed(&run, ExitCode::Unavailable)]);
            }
            Move::Gate { by, gate: name, component, version, environment, status } => {
                self.ask(by, gate(name, component, version, environment, status));
            }
            Move::Lock { by, environment, component: only } => {
                self.ask(by, Lock { component: only.map(component), ..lock(environment, "some reason") });
            }
            Move::Unlock { by, environment, component: only, others } => {
                self.ask(by, Unlock { component: only.map(component), others, ..unlock(environment) });
            }
            Move::Adopt { by, strict } => self.ask(by, some_rules(strict)),
            Move::CorrectClock { by } => {
                self.world.turn_back(3);
                self.ask(by, Command::CorrectClock(reason("it ran ahead")));
            }
            Move::Forge { by, run, complete, later } => self.forge(by, run, complete, later),
        }
        self.former_holders_are_out();
    }

    #[expect(clippy::too_many_arguments, reason = "they are the fields of one move")]
    fn promote(&mut self, by: Actor, component: &str, version: &str, to: usize, skips: bool, flags: [bool; 2], moved: [bool; 2]) {
        let from = if skips { SOURCES.iter().rev().nth(to) } else { SOURCES.get(to) };
        let (Some(from), Some(to)) = (from, ENVIRONMENTS.get(to)) else { return };
        let [source_tag, target_tag] = moved.map(|moved| moved.then(|| digest("elsewhere")));
        let [allow_downgrade, force] = flags;
        let (promotion_id, seen) = (self.fresh(), Seen { source_tag, target_tag });
        self.ask(by, Promote { promotion_id, allow_downgrade, force, seen, ..promote(component, version, from, to) });
    }

    fn fresh(&mut self) -> PromotionId {
        self.next_run += 1;
        run_id(self.next_run)
    }

    fn holder(&self, run: &Run) -> Actor {
        ACTORS.into_iter().find(|actor| actor.actor() == run.holder).expect("somebody of the cast")
    }

    /// The holder goes on, unless a gate fails by now: then the law stops it.
    fn step(&mut self, id: PromotionId) {
        let Some(run) = self.world.state().run(&id).cloned() else { return };
        let by = self.holder(&run);
        let event = self.world.next_event(&run);
        match self.world.judge(by, event.clone()) {
            Ok(()) => {
                if let Event::RegistryTagged(tagged) = &event {
                    self.world.tags.insert((tagged.promotion.component.clone(), tagged.tag.clone()), tagged.digest.clone());
                }
                self.append(by, &[event]);
            }
            Err(unlawful) => assert_eq!(unlawful.rule, Rule::Gates, "only a gate stops the holder: {unlawful}"),
        }
    }

    fn put_back(&mut self, run: usize) {
        let Some(run) = self.run(run) else { return };
        let Some((tag, before)) = run.to_put_back() else { return };
        let announced = run.tag(&tag).and_then(|state| state.pending.as_ref());
        let announced = announced.is_some_and(|pending| pending.epoch == run.epoch && pending.digest == before);
        let mut event = if announced {
            walk::tagged(&run, tag.clone(), TagPurpose::Latest)
        } else {
            self.world.started(&run, tag.clone(), TagPurpose::Latest)
        };
        match &mut event {
            Event::StepStarted(step) => step.digest = before.clone(),
            Event::RegistryTagged(tagged) => tagged.digest = before.clone(),
            _ => {}
        }
        if announced {
            self.world.tags.insert((run.promotion.component.clone(), tag), before.clone());
        }
        let by = self.holder(&run);
        match self.world.judge(by, event.clone()) {
            Ok(()) => self.append(by, &[event]),
            // What goes back to the digest that lands is a step like any other.
            Err(unlawful) => assert!(before == run.promotion.digest && unlawful.rule == Rule::Gates, "{unlawful}"),
        }
    }

    /// A client that does not ask: what the law lets through is as good as asked for.
    fn forge(&mut self, by: Actor, run: usize, complete: bool, later: bool) {
        let Some(mut run) = self.run(run) else { return };
        if later {
            run.epoch = run.epoch.next();
        }
        let mut event = match run.tags_due().pop() {
            Some((tag, purpose)) if !complete => self.world.started(&run, tag, purpose),
            _ => walk::completed(self.world.state(), &run),
        };
        if let Event::PromotionCompleted(completed) = &mut event
            && completed.gates.is_empty()
        {
            let cite = |gate: &_| GateCited { entry: Sequence::GENESIS, gate: Clone::clone(gate), status: GateStatus::Passed };
            completed.gates = run.gates.iter().map(cite).collect();
        }
        if self.world.judge(by, event.clone()).is_ok() {
            self.append(by, &[event]);
        }
    }

    fn former_holders_are_out(&self) {
        for (id, epoch, former) in &self.model.former {
            let Some(now) = self.world.state().run(id) else { continue };
            let then = Run { epoch: *epoch, ..now.clone() };
            let (tag, purpose) = then.tags_due().remove(0);
            let late = [
                self.world.started(&then, tag.clone(), purpose),
                walk::tagged(&then, tag, purpose),
                walk::completed(self.world.state(), &then),
                walk::failed(&then, ExitCode::Unavailable),
            ];
            for event in late {
                assert_eq!(self.world.judge(*former, event).map_err(|unlawful| unlawful.rule), Err(Rule::Epoch));
            }
        }
    }

    /// The model, a replay from zero, and an index that only ever sees slices agree with the state.
    fn end(&self) {
        for component in COMPONENTS {
            for environment in ENVIRONMENTS {
                let expected = self.model.there.get(&(component.to_owned(), environment.to_owned()));
                assert_eq!(self.world.there(component, environment).as_ref(), expected);
            }
        }
        agrees_from_zero(&self.world);
        agrees_by_slices(&self.world);
    }
}

/// The slice of the state that deciding the command needs, and no more.
fn sliced(whole: &State, command: &Command) -> State {
    let mut slice = State::slice(whole.core().clone());
    let facts = index(whole);
    bring(&command.about(), &mut slice, |key| Ok::<_, Infallible>(facts.get(key).cloned())).expect("facts in memory");
    slice
}

fn index(state: &State) -> BTreeMap<FactKey, Fact> {
    state.facts().map(|(key, fact)| (key.clone(), fact.clone())).collect()
}

fn agrees_from_zero(world: &World) {
    let mut chain = Chain::begin();
    for note in world.stored() {
        assert!(matches!(chain.admit(&note), Ok(Admitted::Verified(_))));
    }
    assert_eq!(chain.state(), world.state());
    assert_eq!(chain.head(), world.chain().head());
}

fn agrees_by_slices(world: &World) {
    let (mut core, mut facts) = (State::genesis().core().clone(), BTreeMap::new());
    let (mut head, mut genesis) = (EntryHash::NONE, None);
    for note in world.stored() {
        let mut chain = Chain::resume(State::slice(core), head, genesis);
        let admitted = chain.admit_with(&note, |key| Ok::<_, Infallible>(facts.get(key).cloned()));
        assert!(matches!(admitted, Ok(Admitted::Verified(_))), "{admitted:?}");
        for (key, fact) in chain.state_mut().take_changes() {
            match fact {
                Some(fact) => facts.insert(key, fact),
                None => facts.remove(&key),
            };
        }
        (core, head, genesis) = (chain.state().core().clone(), *chain.head(), chain.genesis().copied());
    }
    assert_eq!(&core, world.state().core());
    assert_eq!(facts, index(world.state()));
}

/// What somebody does to keys, where it takes two admins.
#[derive(Debug, Clone)]
enum KeyMove {
    Add { by: Actor, key: Actor, admin: bool },
    Revoke { by: Actor, key: Actor },
    Endorse { by: Actor, proposal: usize },
}

const SPARE: Actor = Actor::new("ada-spare", "ada@acme.example", 8);
const KEYS: [Actor; 6] = [ADMIN, OTHER_ADMIN, SPARE, NEWCOMER, CI, RECOVERY];

fn a_key_move() -> impl Strategy<Value = KeyMove> {
    let key = || select(&KEYS[..]);
    let by = || prop_oneof![8 => select(&KEYS[..4]), 1 => select(&KEYS[4..])];
    prop_oneof![
        2 => (by(), key(), any::<bool>()).prop_map(|(by, key, admin)| KeyMove::Add { by, key, admin }),
        2 => (by(), key()).prop_map(|(by, key)| KeyMove::Revoke { by, key }),
        4 => (by(), 0..4_usize).prop_map(|(by, proposal)| KeyMove::Endorse { by, proposal }),
    ]
}

fn make_key_move(play: &mut Play, a_move: &KeyMove) {
    match *a_move {
        KeyMove::Add { by, key, admin } => {
            let grants = role(if admin { Role::Admin } else { Role::Ci });
            let key = key.added_key(&play.world.genesis(), grants);
            play.ask(by, key);
        }
        KeyMove::Revoke { by, key } => play.ask(by, key.revocation()),
        KeyMove::Endorse { by, proposal } => {
            let open: Vec<Sequence> = play.world.state().core().proposals.iter().map(|proposal| proposal.sequence).collect();
            let Some(at) = proposal.checked_rem(open.len()) else { return };
            play.ask(by, Command::Endorse(open.get(at).copied().unwrap_or(Sequence::GENESIS)));
        }
    }
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(96))]

    /// Every decided event is lawful and applies; a replay from zero equals the state; an epoch that is over is over; and
    /// nothing is ever complete without its gates.
    #[test]
    fn whatever_is_asked_the_ledger_stays_lawful(moves in prop::collection::vec(a_move(), 1..60)) {
        let mut play = Play::begin();
        for a_move in &moves {
            play.make(a_move);
        }
        play.end();
    }

    /// Whatever admins do to each other's keys, enough of them remain, and what is decided is lawful.
    #[test]
    fn enough_admins_always_remain(moves in prop::collection::vec(a_key_move(), 1..30)) {
        let mut play = Play { world: World::governed_by(2), model: Model::default(), next_run: 0 };
        for a_move in &moves {
            make_key_move(&mut play, a_move);
            prop_assert!(play.world.state().core().admins().len() >= 2);
        }
        agrees_from_zero(&play.world);
        agrees_by_slices(&play.world);
    }
}
