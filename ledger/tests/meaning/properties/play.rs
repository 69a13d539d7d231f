//! The play: random moves made in a world, each decision checked as it is made.

use promotion_ledger::meaning::command::{Command, Lock, Promote, Rollback, Seen, Unlock};
use promotion_ledger::meaning::decide::decide;
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::event::artifact::GateStatus;
use promotion_ledger::meaning::event::promotion::{GateCited, TagPurpose};
use promotion_ledger::meaning::facts::{Fact, Run};
use promotion_ledger::meaning::grant::{Grant, Role};
use promotion_ledger::meaning::id::{PromotionId, Sequence};
use promotion_ledger::meaning::law::Rule;
use promotion_ledger::meaning::refusal::ExitCode;
use promotion_ledger::meaning::rules::{OnIncomparable, Rules};

use super::model::Model;
use super::moves::{ACTORS, COMPONENTS, ENVIRONMENTS, GATES, Move, SOURCES};
use crate::support::*;

fn some_rules(strict: bool) -> Rules {
    let prod: &[&str] = if strict { &GATES } else { &["tests"] };
    rules(&[("dev", &[]), ("staging", &["tests"]), ("prod", prod)], if strict { OnIncomparable::Block } else { OnIncomparable::Warn })
}

/// A world, what an outsider makes of it, and the next id of a run.
pub(super) struct Play {
    pub(super) world: World,
    model: Model,
    next_run: u64,
}

impl Play {
    pub(super) fn of(world: World) -> Self {
        Self { world, model: Model::default(), next_run: 1_000_000 }
    }

    pub(super) fn begin() -> Self {
        let web = Grant { components: only([component("web")]), permissions: Role::Operator.permissions(), ..Grant::everything() };
        let mut created = founding();
        created.keys.push(NEWCOMER.first_key(vec![web]));
        let mut play = Self::of(World::founded(&created));
        play.ask(ADMIN, some_rules(false));
        play.ask(CI, register("api", "v1.0.0"));
        play
    }

    /// Decides on the whole state and on the slice that the command needs; appends what was decided, which must be lawful.
    pub(super) fn ask(&mut self, by: Actor, ask: impl Ask) {
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
        let runs: Vec<&Run> =
            self.world.state().facts().filter_map(|(_, fact)| if let Fact::Run(run) = fact { Some(run.as_ref()) } else { None }).collect();
        runs.get(number.checked_rem(runs.len())?).map(|run| (*run).clone())
    }

    pub(super) fn make(&mut self, a_move: &Move) {
        match a_move.clone() {
            Move::Register { by, component, version } => self.ask(by, register(component, version)),
            Move::Deliver { component, version, to } => self.deliver(component, version, to),
            Move::Promote { by, component, version, to, skips, flags, moved } => {
                self.promote(by, component, version, to, skips, flags, moved)
            }
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

    fn deliver(&mut self, component: &str, version: &str, to: usize) {
        self.ask(CI, register(component, version));
        for to in 0..=to {
            let Some(environment) = ENVIRONMENTS.get(to) else { return };
            for name in GATES {
                self.ask(GATE, gate(name, component, version, environment, GateStatus::Passed));
            }
            self.promote(CI, component, version, to, false, [true, false], [false, false]);
            let last = run_id(self.next_run);
            (0..5).for_each(|_| self.step(last));
        }
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
    pub(super) fn end(&self) {
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
