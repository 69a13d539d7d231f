//! The runs of a story: promotions and rollbacks that are completed, fail, are aborted or taken over.

use promotion_ledger::meaning::id::Sequence;
use promotion_ledger::meaning::names::Version;
use promotion_ledger::meaning::versions::{Comparison, Scheme, compare_by};
use serde_json::{Value, json};

use super::people::{BEN, CI, Person};
use super::{COMPONENTS, PIPELINE, STAGES, Story, digest, gate};

const RIGHT: &str = "group release-managers";

/// A run of the story: a release on its way into an environment, by number.
pub(super) struct Run {
    pub(super) component: usize,
    pub(super) number: usize,
    pub(super) stage: usize,
    /// For a rollback: the release that it leaves, and which rollback it is.
    pub(super) leaves: Option<(usize, u32)>,
    pub(super) promotion: Value,
    version: String,
    /// Who asks for it, and everybody who has had it in hand.
    pub(super) by: &'static Person,
    pub(super) hands: Vec<&'static str>,
    /// Whose approval it needs and has.
    pub(super) approvers: Vec<&'static str>,
    /// What the policies answered to it, as it is cited.
    pub(super) complied: Option<Value>,
    pub(super) epoch: u32,
}

impl Story {
    /// Promotes some release to where it may go next, if there is one that may.
    pub(super) fn promote(&mut self, component: usize) {
        if !self.halts.is_empty() {
            return self.resolve(component);
        }
        let stage = self.dice.below(STAGES.len());
        let before = stage.checked_sub(1).map(|before| (component, before));
        let visited = |number: &usize| {
            let visit = before.and_then(|before| self.places.get(&before)).and_then(|place| place.visits.get(number));
            visit.map(|visit| !visit.0)
        };
        let asserted = |number: &usize| self.asserted && stage == 1 && *number == 0;
        let may = |number: &usize| before.is_none() || visited(number).unwrap_or(asserted(number));
        let holder = self.holder(component, stage);
        let taken = |number: &usize| self.takes(component, *number, stage) && self.mover(component, *number, stage).is_some();
        let others = (0..self.releases[component].len()).filter(|number| Some(*number) != holder);
        let open: Vec<usize> = others.filter(may).filter(taken).collect();
        if open.is_empty() {
            return self.register(component);
        }
        let number = *self.dice.pick(&open);
        let mut run = self.run(component, number, stage, None);
        run.by = self.mover(component, number, stage).expect("it was chosen so");
        run.hands = vec![run.by.principal];
        let (by, promotion) = (run.by, run.promotion.clone());
        let overridden = self.satisfy(&mut run);
        self.bring(run);
        if let Some(overridden) = overridden {
            self.review(&promotion, by, overridden);
        }
    }

    /// Promotes what nothing stands in the way of.
    pub(super) fn bring(&mut self, mut run: Run) {
        let forced = self.dice.once_in(5);
        let (manifest, meant) = (self.manifest, true);
        let mut request = json!({"allow_downgrade": meant, "forced": forced, "manifest": manifest, "promotion": run.promotion});
        if self.asserted {
            request["accept_asserted"] = json!(true);
        }
        if self.scheme.is_some() {
            request["allow_breaking"] = json!(true);
        }
        self.tick();
        self.ask_the_policies(&mut run);
        self.write_now(run.by, "promotion.requested", request);
        let gates = STAGES[run.stage].1.iter().filter_map(|name| self.passing(&run, name)).chain(run.complied.clone()).collect();
        self.authorize(&run);
        self.compare(&run, meant);
        let signature = self.check_signature(&run);
        self.finish(run, gates, signature);
    }

    /// Takes an environment back to something that was there.
    pub(super) fn roll_back(&mut self, component: usize) {
        let stage = self.dice.below(STAGES.len());
        let Some(left) = self.holder(component, stage) else { return self.promote(component) };
        let visits = &self.places[&(component, stage)].visits;
        let targets: Vec<(usize, u32)> =
            visits.iter().filter(|(number, _)| **number != left).map(|(number, visit)| (*number, visit.1)).collect();
        if targets.is_empty() {
            return self.promote(component);
        }
        let (number, times) = *self.dice.pick(&targets);
        let run = self.run(component, number, stage, Some((left, times + 1)));
        self.show_token(run.by, stage);
        self.outwait_locks(component, stage);
        let manifest = self.manifest;
        let request =
            json!({"leaves": self.leaves(&run), "manifest": manifest, "promotion": run.promotion, "reason": "errors after the release"});
        self.write(run.by, "rollback.requested", request);
        self.authorize(&run);
        self.finish(run, Vec::new(), "not_required");
    }

    /// Somebody asked for what may not be, and was told so.
    pub(super) fn refuse(&mut self, component: usize) {
        let run = self.run(component, 0, 0, None);
        let reasons = json!([{"code": 12, "message": "in no group that is allowed"}]);
        self.write(&CI, "promotion.refused", json!({"promotion": run.promotion, "reasons": reasons}));
    }

    pub(super) fn holder(&self, component: usize, stage: usize) -> Option<usize> {
        self.places.get(&(component, stage)).and_then(|place| place.holder)
    }

    pub(super) fn run(&mut self, component: usize, number: usize, stage: usize, leaves: Option<(usize, u32)>) -> Run {
        self.runs += 1;
        let to = STAGES[stage].0;
        let from = if leaves.is_some() { to } else { stage.checked_sub(1).map_or("none", |before| STAGES[before].0) };
        let version = self.releases[component][number].clone();
        let promotion = json!({
            "component": COMPONENTS[component], "digest": digest(component, number), "from": from, "pipeline": PIPELINE,
            "promotion_id": format!("0198f0a5-0000-7000-8000-{:012x}", self.runs), "to": to, "version": version,
        });
        Run {
            component,
            number,
            stage,
            leaves,
            promotion,
            version,
            by: &CI,
            hands: vec![CI.principal],
            approvers: Vec::new(),
            complied: None,
            epoch: 1,
        }
    }

    fn leaves(&self, run: &Run) -> Value {
        let (left, times) = run.leaves.expect("a rollback leaves something");
        json!({"digest": digest(run.component, left), "number": times, "version": self.releases[run.component][left]})
    }

    /// A gate passes.
    pub(super) fn pass(&mut self, run: &Run, name: &'static str) {
        let status = if self.dice.once_in(4) { "warning" } else { "passed" };
        self.end_gate(run, name, status);
    }

    pub(super) fn end_gate(&mut self, run: &Run, name: &'static str, status: &str) {
        let entry = self.write(&CI, "gate.completed", gate(run.component, run.number, STAGES[run.stage].0, name, status));
        let cited = json!({"entry": entry, "gate": name, "status": status});
        self.results.insert((run.component, run.number, run.stage, name), (self.seconds, cited));
    }

    fn authorize(&mut self, run: &Run) {
        let action = if run.leaves.is_some() { "rollback" } else { "promote" };
        let data = json!({
            "action": action, "authorized_via": RIGHT, "component": COMPONENTS[run.component], "environment": STAGES[run.stage].0,
            "outcome": "passed", "pipeline": PIPELINE, "promotion": run.promotion,
        });
        self.write(run.by, "authorization.decided", data);
    }

    fn compare(&mut self, run: &Run, meant: bool) {
        let current = self.holder(run.component, run.stage);
        let comparison = self.comparison(run, current);
        let current = current.map(|number| self.releases[run.component][number].clone());
        let mut data = json!({"allow_downgrade": meant, "comparison": comparison, "outcome": "passed", "promotion": run.promotion});
        if let Some(current) = current {
            data["current"] = json!(current);
        }
        if let Some(scheme) = self.scheme.as_ref().filter(|_| run.component == 0) {
            data["scheme"] = scheme.clone();
        }
        self.write(run.by, "downgrade.decided", data);
    }

    /// How the run's version compares with that of another release, as the first verifier has it: the second must come to the same.
    fn comparison(&self, run: &Run, current: Option<usize>) -> Comparison {
        let version = |number: usize| Version::new(self.releases[run.component][number].as_str()).expect("a story's versions are versions");
        let at = |number: usize| Some(Sequence::new(number as u64));
        let scheme = self.scheme.clone().filter(|_| run.component == 0);
        let scheme = scheme.map_or(Scheme::Semver, |scheme| serde_json::from_value(scheme).expect("a story's schemes are schemes"));
        compare_by(&scheme, &version(run.number), current.map(version).as_ref(), (at(run.number), current.and_then(at)))
    }

    /// The tags, and one of the ways in which a run ends.
    fn finish(&mut self, mut run: Run, gates: Vec<Value>, signature: &str) {
        let kind = if run.leaves.is_some() { "rollback" } else { "promotion" };
        if self.dice.once_in(9) {
            let data =
                json!({"code": 5, "epoch": 1, "message": "the registry did not answer", "promotion": run.promotion, "tags_left": []});
            self.write(run.by, &format!("{kind}.failed"), data);
            return;
        }
        let own = match run.leaves {
            Some((_, times)) => format!("{}-{}-rollback-{times}", run.version, STAGES[run.stage].0),
            None => format!("{}-{}", run.version, STAGES[run.stage].0),
        };
        self.tag(run.by, &run, &own, if run.leaves.is_some() { "rollback" } else { "immutable" });
        if self.dice.once_in(8) {
            if self.dice.once_in(2) {
                run.epoch = 2;
                let data = json!({"epoch": 2, "from_holder": run.by.principal, "promotion": run.promotion, "to_abort": true});
                self.show_token(&BEN, run.stage);
                self.write(&BEN, "promotion.taken_over", data);
            }
            let left = json!([{"digest": run.promotion["digest"], "tag": own}]);
            self.show_token(&BEN, run.stage);
            let data = json!({"epoch": run.epoch, "promotion": run.promotion, "reason": "asked to stop", "tags_left": left});
            self.write(&BEN, "promotion.aborted", data);
            return;
        }
        let mut by = run.by;
        if self.dice.once_in(6) {
            by = self.successor(&run);
            self.show_token(by, run.stage);
            run.epoch = 2;
            let data = json!({"epoch": 2, "from_holder": run.by.principal, "promotion": run.promotion});
            self.write(by, "promotion.taken_over", data);
            run.hands.push(by.principal);
        }
        self.tag(by, &run, &format!("latest-{}", STAGES[run.stage].0), "latest");
        self.complete(by, &run, kind, gates, signature);
    }

    fn tag(&mut self, by: &Person, run: &Run, tag: &str, purpose: &str) {
        let repository = format!("registry.harbour.example/{}", COMPONENTS[run.component]);
        let mut data = json!({
            "digest": run.promotion["digest"], "epoch": run.epoch, "promotion": run.promotion, "purpose": purpose, "tag": tag,
        });
        let mut start = data.clone();
        if let Some(before) = self.holder(run.component, run.stage).filter(|_| purpose == "latest") {
            start["previous"] = json!(digest(run.component, before));
        }
        self.write(by, "step.started", start);
        data["repository"] = json!(repository);
        self.write(by, "registry.tagged", data);
    }

    fn complete(&mut self, by: &Person, run: &Run, kind: &str, gates: Vec<Value>, signature: &str) {
        let mut data = json!({"authorization_passed": true, "authorized_via": RIGHT, "epoch": run.epoch, "promotion": run.promotion});
        match run.leaves {
            Some(_) => data["leaves"] = self.leaves(run),
            None => {
                data["gates"] = json!(gates);
                data["signature_status"] = json!(signature);
            }
        }
        self.write(by, &format!("{kind}.completed"), data);
        let place = self.places.entry((run.component, run.stage)).or_default();
        if let Some(visit) = run.leaves.and_then(|(left, _)| place.visits.get_mut(&left)) {
            visit.0 = true;
        }
        let visit = place.visits.entry(run.number).or_default();
        *visit = (false, visit.1 + u32::from(run.leaves.is_some()));
        place.holder = Some(run.number);
        place.arrivals.insert(run.number, self.seconds);
        place.movers.entry(run.number).or_default().extend(&run.hands);
    }
}
