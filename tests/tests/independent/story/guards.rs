//! The guards of a story: rules that demand something, and what is done about it before a promotion, or over it.

use serde_json::{Value, json};

use super::people::{ANA, BEN, CI, Person};
use super::runs::Run;
use super::{COMPONENTS, PIPELINE, STAGES, Story};
use crate::dice::Dice;

/// What the rules in force demand, as far as the story must know it. Without guards nothing is demanded.
#[derive(Default)]
pub(super) struct Demands {
    soak: i64,
    duties: bool,
    range: bool,
    /// How many approvals the last environment takes; 0 for none.
    approvals: usize,
    /// What is asked of signatures in the second environment.
    pub(super) signature: Option<&'static str>,
    /// When the first environment thaws.
    thaws: i64,
}

/// A lock that stands until its time is over.
pub(super) struct Lock {
    stage: usize,
    component: Option<usize>,
    until: i64,
}

/// How old a result of `scan` may be.
const MAX_AGE: i64 = 7_200;
/// For how long a request for approvals is good.
const VALID: i64 = 86_400;

/// The scheme of the first component's versions; the second has the usual one.
pub(super) fn scheme(dice: &mut Dice) -> Value {
    let schemes = [
        json!({"scheme": "semver"}),
        json!({"scheme": "calver"}),
        json!({"scheme": "pattern", "template": "r{major}.{build}"}),
        json!({"scheme": "recency"}),
    ];
    dice.pick(&schemes).clone()
}

/// The version of the release of that number, in a scheme that is not semver.
pub(super) fn version(scheme: &Value, number: usize) -> String {
    match scheme["scheme"].as_str() {
        Some("calver") => format!("2026.{}{}", number / 2, if number.is_multiple_of(2) { "-rc1" } else { "" }),
        Some("pattern") => format!("r1.{number:03}"),
        _ => format!("build_{:03}", number * 7 % 1000),
    }
}

impl Story {
    /// Draws what the rules demand from here on.
    pub(super) fn demand(&mut self) {
        let (dice, now) = (&mut self.dice, self.seconds);
        self.demands = Demands {
            soak: if dice.once_in(2) { 3_600 } else { 0 },
            duties: dice.once_in(2),
            range: dice.once_in(3),
            approvals: dice.below(3),
            signature: *dice.pick(&[None, Some("warn"), Some("enforce")]),
            thaws: if dice.once_in(2) { now + 1_500 } else { 0 },
        };
    }

    /// Puts the demands into rules.
    pub(super) fn guard_rules(&mut self, rules: &mut Value) {
        let demands = &self.demands;
        rules["groups"] = json!([{"members": ["ben", CI.principal], "name": "crew"}, {"members": [], "name": "nobody"}]);
        rules["components"][0]["versions"] = self.scheme.clone().unwrap_or_default();
        let stages = &mut rules["environments"];
        let mut windows = vec![json!({"from": self.time(-9_000), "name": "the last quarter", "until": self.time(-100)})];
        if demands.thaws > 0 {
            windows.push(json!({"from": self.time(0), "name": "the quarter closes", "until": self.time(demands.thaws)}));
        }
        stages[0]["freezes"] = json!({"known_until": self.time(9_000_000), "windows": windows});
        stages[1]["authorization"] = json!({"groups": ["crew"], "operators": ["ben"]});
        stages[1]["max_age"] = json!([{"gate": "scan", "seconds": MAX_AGE}]);
        if let Some(signature) = demands.signature {
            stages[1]["signature"] = json!(signature);
        }
        if demands.soak > 0 {
            stages[1]["soak_seconds"] = json!(demands.soak);
            stages[2]["soak_seconds"] = json!(2 * demands.soak);
        }
        if demands.duties {
            stages[2]["separation_of_duties"] = json!(true);
        }
        if demands.range {
            stages[2]["versions"] = json!({"at_least": "1.1.0", "below": "2.0.0-0"});
        }
        if demands.approvals > 0 {
            let groups = if self.dice.once_in(2) { json!(["crew"]) } else { json!([]) };
            stages[2]["approvals"] = json!({"count": demands.approvals, "groups": groups, "valid_seconds": VALID});
        }
    }

    /// Whether that environment takes the version at all.
    pub(super) fn takes(&self, component: usize, number: usize, stage: usize) -> bool {
        let semantic = self.scheme_of(component).is_none() && number % 4 != 3;
        stage != 2 || !self.demands.range || semantic && number > 0
    }

    /// Somebody who may bring that release into that environment: not one who brought it where it comes from.
    pub(super) fn mover(&self, component: usize, number: usize, stage: usize) -> Option<&'static Person> {
        let before = stage.checked_sub(1).filter(|_| stage == 2 && self.demands.duties);
        let place = before.and_then(|before| self.places.get(&(component, before)));
        let moved = place.and_then(|place| place.movers.get(&number)).cloned().unwrap_or_default();
        [&CI, &BEN, &ANA].into_iter().find(|person| !moved.contains(&person.principal))
    }

    /// Locks something for some time.
    pub(super) fn lock_for_a_while(&mut self) {
        let (stage, component) = (self.dice.below(STAGES.len()), if self.dice.once_in(2) { Some(0) } else { None });
        let until = self.seconds + 1_000;
        let mut data = json!({
            "environment": STAGES[stage].0, "expires": self.time(until), "pipeline": PIPELINE, "reason": "until the call is over",
        });
        if let Some(component) = component {
            data["component"] = json!(COMPONENTS[component]);
        }
        self.write(&BEN, "environment.locked", data);
        self.locks.push(Lock { stage, component, until });
    }

    fn locked_until(&self, component: usize, stage: usize) -> i64 {
        let here = self.locks.iter().filter(|lock| lock.stage == stage && lock.component.is_none_or(|one| one == component));
        here.map(|lock| lock.until).max().unwrap_or(0)
    }

    /// Nothing happens until the locks there are over.
    pub(super) fn outwait_locks(&mut self, component: usize, stage: usize) {
        self.seconds = self.seconds.max(self.locked_until(component, stage));
    }

    /// Does what the guards demand, or goes over those that stand in the way.
    pub(super) fn satisfy(&mut self, run: &Run) {
        if self.scheme.is_some() && self.dice.once_in(3) {
            return self.go_over(run);
        }
        self.outwait_locks(run.component, run.stage);
        let thawed = if run.stage == 0 { self.demands.thaws } else { 0 };
        self.seconds = self.seconds.max(thawed).max(self.soaked_at(run));
        STAGES[run.stage].1.iter().for_each(|name| self.pass(run, name));
        if run.stage == 2 && self.demands.approvals > 0 {
            self.approve(run);
        }
    }

    /// When what is promoted has been long enough where it comes from.
    fn soaked_at(&self, run: &Run) -> i64 {
        let since = || self.places.get(&(run.component, run.stage.checked_sub(1)?))?.arrivals.get(&run.number).copied();
        let soak = self.demands.soak * i64::try_from(run.stage).expect("few");
        if soak > 0 { since().map_or(0, |since| since + soak) } else { 0 }
    }

    fn approve(&mut self, run: &Run) {
        let of = |request: u64| json!({"component": COMPONENTS[run.component], "digest": run.promotion["digest"], "environment": STAGES[run.stage].0, "pipeline": PIPELINE, "request": request});
        let others: Vec<&Person> = [&ANA, &BEN, &CI].into_iter().filter(|person| person.principal != run.by.principal).collect();
        if self.dice.once_in(3) {
            let mut no = of(self.ask_for_approval(run));
            no["reason"] = json!("not on a Friday");
            self.write(others[0], "approval.rejected", no);
        }
        let request = self.ask_for_approval(run);
        for approver in others.into_iter().take(self.demands.approvals) {
            let mut yes = of(request);
            if self.dice.once_in(2) {
                yes["note"] = json!("looks good");
            }
            self.write(approver, "approval.granted", yes);
        }
    }

    fn ask_for_approval(&mut self, run: &Run) -> u64 {
        let promotion = &run.promotion;
        let data = json!({
            "component": promotion["component"], "digest": promotion["digest"], "environment": promotion["to"],
            "expires": self.time(self.seconds + VALID), "from": promotion["from"], "manifest": self.manifest, "pipeline": PIPELINE,
            "reason": "release of the week", "version": promotion["version"],
        });
        self.write(run.by, "approval.requested", data)
    }

    /// Overrides every guard that stands in the way, and mostly somebody looks at that later.
    fn go_over(&mut self, run: &Run) {
        // Nobody has granted what is asked for anew, and what is nearly too old is too old.
        if run.stage == 2 && self.demands.approvals > 0 {
            self.ask_for_approval(run);
        }
        self.seconds += if STAGES[run.stage].1.iter().any(|name| self.passing_in(run, name, 1_000).is_none()) { 1_000 } else { 0 };
        self.tick();
        let now = self.seconds;
        let gates = STAGES[run.stage].1.iter().all(|name| self.passing(run, name).is_some());
        let guards = [
            ("lock", now < self.locked_until(run.component, run.stage)),
            ("freeze", run.stage == 0 && now < self.demands.thaws),
            ("soak", now < self.soaked_at(run)),
            ("approvals", run.stage == 2 && self.demands.approvals > 0),
            ("gates", !gates),
        ];
        let broken: Vec<Value> =
            guards.iter().filter(|guard| guard.1).map(|guard| json!({"guard": guard.0, "message": "it does"})).collect();
        if broken.is_empty() {
            return;
        }
        let data = json!({"guards": broken, "justification": "the harbour is on fire", "promotion": run.promotion});
        let sequence = self.write_now(&BEN, "guard.overridden", data);
        if !self.dice.once_in(4) {
            let finding = if self.dice.once_in(3) { "unjustified" } else { "justified" };
            let data = json!({"finding": finding, "note": "seen in the weekly round", "override": sequence, "promotion": run.promotion});
            self.write(&ANA, "override.reviewed", data);
        }
    }

    /// The result of a gate that passes now.
    pub(super) fn passing(&self, run: &Run, name: &'static str) -> Option<Value> {
        self.passing_in(run, name, 0)
    }

    fn passing_in(&self, run: &Run, name: &'static str, seconds: i64) -> Option<Value> {
        let (at, cited) = self.results.get(&(run.component, run.number, run.stage, name))?;
        let fresh = self.scheme.is_none() || name != "scan" || at + MAX_AGE >= self.seconds + seconds;
        fresh.then(|| cited.clone())
    }

    /// Looks for a signature, where one is demanded; gives the status that follows.
    pub(super) fn check_signature(&mut self, run: &Run) -> &'static str {
        let Some(demanded) = self.demands.signature.filter(|_| run.stage == 1) else { return "not_required" };
        let found = if demanded == "warn" { *self.dice.pick(&["verified", "unsigned", "invalid", "unknown"]) } else { "verified" };
        let data = json!({
            "epoch": run.epoch, "found": found, "message": "by the harbour's key", "policy": super::digest(9, 9), "promotion": run.promotion,
        });
        self.write(run.by, "signature.checked", data);
        if found == "verified" { "verified" } else { "warned" }
    }
}
