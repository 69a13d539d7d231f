//! The play: random moves made in a world, each decision checked as it is made.

use promotion_ledger::meaning::command::{Asker, Command, Lock, Promote, Register, Rollback, Seen, SignatureSeen, Unlock};
use promotion_ledger::meaning::decide::decide;
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::event::artifact::{GateCompleted, GateStatus, PolicyAsked};
use promotion_ledger::meaning::event::identity::IdentityProven;
use promotion_ledger::meaning::event::overriding::Overridable;
use promotion_ledger::meaning::event::promotion::{GateCited, TagPurpose};
use promotion_ledger::meaning::event::signature::SignatureFound;
use promotion_ledger::meaning::facts::{Fact, GateDemanded, Run};
use promotion_ledger::meaning::grant::{Grant, Role};
use promotion_ledger::meaning::id::{PromotionId, Sequence};
use promotion_ledger::meaning::law::Rule;
use promotion_ledger::meaning::refusal::{Because, ExitCode};
use promotion_ledger::meaning::rules::POLICY_COMPLIANCE;

use super::guards::{Guards, make_guard_move, some_rules};
use super::model::Model;
use super::moves::{ACTORS, COMPONENTS, ENVIRONMENTS, Flags, GATES, Move, SOURCES, VERSIONS};
use super::witness::Witness;
use crate::support::*;

/// Whether the law judges that too when the promotion is requested: halts, locks, freezes, soak, approvals, who and which versions.
fn is_for_the_law(reason: &Because) -> bool {
    let word = |words: &str| reason.message.contains(words);
    matches!(reason.code, ExitCode::Halted | ExitCode::Locked | ExitCode::Frozen | ExitCode::Approval)
        || ["may be changed by", "separates duties", "takes versions of", "that break what others"].into_iter().any(word)
}

/// A world, what outsiders make of it, and the next id of a run.
pub(super) struct Play {
    pub(super) world: World,
    model: Model,
    witness: Witness,
    next_run: u64,
    /// What somebody shows who asks for something next.
    pub(super) token: Option<(Actor, IdentityProven)>,
}

impl Play {
    pub(super) fn of(world: World) -> Self {
        Self { world, model: Model::default(), witness: Witness::default(), next_run: 1_000_000, token: None }
    }

    pub(super) fn begin() -> Self {
        let web = Grant { components: only([component("web")]), permissions: Role::Operator.permissions(), ..Grant::everything() };
        let mut created = staffed();
        created.keys.push(NEWCOMER.first_key(vec![web]));
        let vouch = Grant { permissions: Role::Identity.permissions(), ..Grant::everything() };
        let vouching = [CI.actor(), ONCALL.actor()];
        created.keys.iter_mut().filter(|key| vouching.contains(&key.principal)).for_each(|key| key.grants.push(vouch.clone()));
        let mut play = Self::of(World::founded(&created));
        play.ask(ADMIN, some_rules(false, &[]));
        play.ask(CI, register("api", "v1.0.0"));
        play
    }

    /// Every release is known, one of them breaks what others rely on, and some are in dev already; then these guards stand.
    pub(super) fn guarded(guards: &[Guards]) -> Self {
        let mut play = Self::begin();
        for (component, version) in COMPONENTS.into_iter().flat_map(|component| VERSIONS.map(|version| (component, version))) {
            let breaking = if version == "v1.1.0" { vec![reason("no XML any more")] } else { Vec::new() };
            play.ask(CI, Register { breaking, ..register(component, version) });
            play.deliver(component, version, 0);
        }
        play.ask(ADMIN, some_rules(true, guards));
        play
    }

    /// Decides on the whole state and on the slice that the command needs; appends what was decided, which must be lawful.
    pub(super) fn ask(&mut self, by: Actor, ask: impl Ask) {
        let command = ask.command();
        let shown = self.token.take_if(|(owner, _)| *owner == by).map(|(_, token)| Box::new(token));
        let asker = Asker { proven: shown, ..by.asker(self.world.now()) };
        let outcome = decide(self.world.state(), &asker, &command);
        assert_eq!(decide(&sliced(self.world.state(), &command), &asker, &command), outcome, "a slice decides as the whole");
        let (events, resume) = match &outcome {
            Ok(decision) => (decision.events.as_slice(), decision.resume),
            Err(refusal) => (refusal.record(), None),
        };
        self.append(by, events);
        if let Some(run) = resume {
            self.take_over(by, run, Command::TakeOver(run));
        }
    }

    fn append(&mut self, by: Actor, events: &[Event]) {
        let appended = self.world.append(by, events).expect("what decide decides is lawful");
        assert_eq!(appended.len(), events.len());
        for entry in appended {
            self.witness.take(entry.recorded());
            let overridden = |id: &PromotionId| self.witness.overrode(id, Overridable::Gates);
            self.model.take(&entry.recorded().event, overridden);
        }
    }

    fn take_over(&mut self, by: Actor, run: PromotionId, command: Command) {
        let Some(Run { epoch, holder, .. }) = self.world.state().run(&run).cloned() else { return };
        let former = ACTORS.into_iter().find(|actor| actor.actor() == holder).expect("somebody of the cast");
        self.ask(by, command);
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
            Move::Register { by, component, version, breaking } => {
                let breaking = if breaking { vec![reason("no XML any more")] } else { Vec::new() };
                self.ask(by, Register { breaking, ..register(component, version) });
            }
            Move::Deliver { component, version, to } => self.deliver(component, version, to),
            Move::Promote { by, component, version, to, skips, flags, moved, signature, policies } => {
                let sources = if skips { SOURCES.iter().rev().nth(to) } else { SOURCES.get(to) };
                let (Some(from), Some(to)) = (sources, ENVIRONMENTS.get(to)) else { return };
                let [source_tag, target_tag] = moved.map(|moved| moved.then(|| digest("elsewhere")));
                let seen = Seen { source_tag, target_tag, ..self.seen((component, version, to), signature, policies) };
                self.promote(by, Promote { seen, ..promote(component, version, from, to) }, flags);
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
            Move::TakeOver { by, run, to_abort } => {
                let Some(id) = self.run(run).map(|run| run.promotion.promotion_id) else { return };
                self.take_over(by, id, if to_abort { Command::TakeOverToAbort(id) } else { Command::TakeOver(id) });
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
            Move::Lock { by, environment, component: only, seconds } => {
                let expires = seconds.map(|seconds| self.world.now().plus_seconds(seconds));
                self.ask(by, Lock { component: only.map(component), expires, ..lock(environment, "some reason") });
            }
            Move::Unlock { by, environment, component: only, others } => {
                self.ask(by, Unlock { component: only.map(component), others, ..unlock(environment) });
            }
            Move::Adopt { by, strict, guards } => self.ask(by, some_rules(strict, &guards)),
            Move::Guard(a_move) => make_guard_move(self, &a_move),
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
            let Some(from) = SOURCES.get(to) else { return };
            let seen = self.seen((component, version, environment), Some(SignatureFound::Verified), GateStatus::Passed);
            let flags = Flags { allow_downgrade: true, allow_breaking: true, force: false, glass: false };
            // Somebody else goes on where duties are separated.
            let by = if to == 1 { OPS } else { CI };
            self.promote(by, Promote { seen, ..promote(component, version, from, environment) }, flags);
            let last = run_id(self.next_run);
            (0..5).for_each(|_| self.step(last));
        }
    }

    /// What is seen by the rules in force: that of the signature, and that said by the policies, if the environment asks them.
    fn seen(&self, (component, version, to): (&str, &str, &str), signature: Option<SignatureFound>, policies: GateStatus) -> Seen {
        let rules = self.world.state().core().rules(&shop()).expect("rules in force");
        let by = rules.verification().expect("rules that say whose signatures count").digest();
        let signature = signature.map(|found| SignatureSeen { found, message: reason("what cosign said"), policy: by });
        let asks = rules.environment(&environment(to)).expect("an environment of the path").gates.contains(&gate_name(POLICY_COMPLIANCE));
        // The id of the promotion that asks is known when it does.
        let promotion_id = run_id(0);
        let policy = Some(Box::new(PolicyAsked { decision: digest("the question"), policies: rules.policies_digest(), promotion_id }));
        let said = GateCompleted { policy, ..gate(POLICY_COMPLIANCE, component, version, to, policies) };
        Seen { gates: asks.then_some(said).into_iter().collect(), signature, ..Seen::default() }
    }

    fn promote(&mut self, by: Actor, ask: Promote, flags: Flags) {
        let Flags { allow_downgrade, allow_breaking, force, glass } = flags;
        let break_glass = glass.then(|| reason("the shop is down"));
        let mut ask = Promote { promotion_id: self.fresh(), allow_downgrade, allow_breaking, force, break_glass, ..ask };
        ask.seen.gates.iter_mut().filter_map(|gate| gate.policy.as_mut()).for_each(|asked| asked.promotion_id = ask.promotion_id);
        let outcome = self.world.when(by, ask.clone());
        if let Err(refusal) = outcome
            && refusal.reasons().iter().any(is_for_the_law)
        {
            let request = unasked(&self.world, &ask);
            assert!(self.world.judge(by, request).is_err(), "what was refused is unlawful all the same: {refusal}");
        }
        self.ask(by, ask);
    }

    fn fresh(&mut self) -> PromotionId {
        self.next_run += 1;
        run_id(self.next_run)
    }

    fn holder(&self, run: &Run) -> Actor {
        ACTORS.into_iter().find(|actor| actor.actor() == run.holder).expect("somebody of the cast")
    }

    /// The holder goes on, unless a gate fails by now, or the run is only there to be ended: then the law stops it.
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
            Err(unlawful) if run.unwinding => assert!([Rule::Tags, Rule::Epoch].contains(&unlawful.rule), "{unlawful}"),
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
            let cite =
                |demanded: &GateDemanded| GateCited { entry: Sequence::GENESIS, gate: demanded.gate.clone(), status: GateStatus::Passed };
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
