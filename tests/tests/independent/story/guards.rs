//! The guards of a story: rules that demand something, and what is done about it before a promotion, or over it.

use promotion_ledger::meaning::rules::Rules;
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
    /// Which group alone approves there: the crew, or those whom tokens put among the pilots.
    approvers: Option<&'static str>,
    /// Whether only pilots change it.
    pilots: bool,
    /// What is asked of signatures in the second environment.
    pub(super) signature: Option<&'static str>,
    /// When the first environment thaws.
    thaws: i64,
    /// Whether the last environment asks the policies, and of which text they are.
    policies: Option<&'static str>,
    /// Whether `smoke` is advice.
    advice: bool,
    /// By what signatures are verified.
    verification: Value,
}

/// A lock that stands until its time is over.
pub(super) struct Lock {
    stage: usize,
    component: Option<usize>,
    until: i64,
}

/// The gate that asks the policies.
const POLICIES: &str = "policy_compliance";
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

/// Whose signatures may count.
fn verifications() -> [Value; 2] {
    let identity = json!({"identity": "https://ci.harbour.example/*", "issuer": "https://ci.harbour.example"});
    [
        json!({"annotations": [{"name": "branch", "value": "é"}], "keys": ["a key\n", "another\n"]}),
        json!({"identities": [identity], "keys": ["a key\n"], "trust_root": "{}"}),
    ]
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
            approvers: *dice.pick(&[None, Some("crew"), Some("pilots")]),
            pilots: dice.once_in(2),
            signature: *dice.pick(&[None, Some("warn"), Some("enforce")]),
            thaws: if dice.once_in(2) { now + 1_500 } else { 0 },
            policies: *dice.pick(&[None, Some("package harbour\n"), Some("package harbour\n\ndefault ebb := \"é\"\n")]),
            advice: dice.once_in(2),
            verification: dice.pick(&verifications()).clone(),
        };
    }

    /// Puts the demands into rules.
    pub(super) fn guard_rules(&mut self, rules: &mut Value) {
        let demands = &self.demands;
        rules["verification"] = demands.verification.clone();
        rules["security_scan"] = json!({"block_on": ["critical", "high"], "scanner": "grype"});
        rules["commands"] = json!([{"arguments": ["make smoke"], "gate": "smoke", "shell": true, "variables": ["CI", "TIDE"]}]);
        if let Some(text) = demands.policies {
            rules["policies"] = json!([{"name": "harbour.rego", "text": text}, {"name": "tide.rego", "text": "package tide\n"}]);
            rules["environments"][2]["gates"] = json!([POLICIES]);
        }
        if demands.advice {
            rules["environments"][1]["advisory"] = json!(["smoke"]);
        }
        rules["groups"] = json!([{"members": ["ben", CI.principal], "name": "crew"}, {"members": [], "name": "nobody"}]);
        rules["issuers"] = super::tokens::issuers();
        rules["components"][0]["versions"] = self.scheme.clone().unwrap_or_default();
        let stages = &mut rules["environments"];
        let mut windows = vec![json!({"from": self.time(-9_000), "name": "the last quarter", "until": self.time(-100)})];
        if demands.thaws > 0 {
            windows.push(json!({"from": self.time(0), "name": "the quarter closes", "until": self.time(demands.thaws)}));
        }
        stages[0]["freezes"] = json!({"known_until": self.time(9_000_000), "windows": windows});
        stages[1]["authorization"] = json!({"groups": ["crew"], "operators": ["ben"]});
        if demands.pilots {
            stages[2]["authorization"] = json!({"groups": ["pilots"], "operators": ["nobody"]});
        }
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
            let groups: Vec<&str> = demands.approvers.into_iter().collect();
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
        [&CI, &BEN, &ANA].into_iter().find(|person| !self.moved(component, number, stage, person))
    }

    /// Whether they brought that release where it comes from, and duties are separated.
    fn moved(&self, component: usize, number: usize, stage: usize, person: &Person) -> bool {
        let before = stage.checked_sub(1).filter(|_| stage == 2 && self.demands.duties);
        let place = before.and_then(|before| self.places.get(&(component, before)));
        place.and_then(|place| place.movers.get(&number)).is_some_and(|movers| movers.contains(&person.principal))
    }

    /// Somebody who may go on with the run.
    pub(super) fn successor(&self, run: &Run) -> &'static Person {
        let free = |person: &&&Person| {
            let own = run.approvers.contains(&person.principal) || self.moved(run.component, run.number, run.stage, person);
            run.leaves.is_some() || run.hands.contains(&person.principal) || !own
        };
        [&BEN, &ANA, &CI].iter().find(free).copied().unwrap_or(run.by)
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

    /// Does what the guards demand, or goes over those that stand in the way; then it gives where that is recorded.
    pub(super) fn satisfy(&mut self, run: &mut Run) -> Option<u64> {
        self.show_token(run.by, run.stage);
        if self.scheme.is_some() && self.dice.once_in(3) {
            return self.go_over(run);
        }
        self.outwait_locks(run.component, run.stage);
        let thawed = if run.stage == 0 { self.demands.thaws } else { 0 };
        self.seconds = self.seconds.max(thawed).max(self.soaked_at(run));
        for name in STAGES[run.stage].1 {
            match self.dice.below(4) {
                0 if self.is_advice(name) => {}
                1 if self.is_advice(name) => self.end_gate(run, name, "failed"),
                _ => self.pass(run, name),
            }
        }
        if run.stage == 2 && self.demands.approvals > 0 {
            self.approve(run);
        }
        None
    }

    /// When what is promoted has been long enough where it comes from.
    fn soaked_at(&self, run: &Run) -> i64 {
        let since = || self.places.get(&(run.component, run.stage.checked_sub(1)?))?.arrivals.get(&run.number).copied();
        let soak = self.demands.soak * i64::try_from(run.stage).expect("few");
        if soak > 0 { since().map_or(0, |since| since + soak) } else { 0 }
    }

    fn approve(&mut self, run: &mut Run) {
        let place = json!({
            "component": COMPONENTS[run.component], "digest": run.promotion["digest"], "environment": STAGES[run.stage].0, "pipeline": PIPELINE,
        });
        let group = self.demands.approvers;
        let of = |request: u64| {
            let mut answer = place.clone();
            answer["request"] = json!(request);
            if let Some(group) = group {
                answer["group"] = json!(group);
            }
            answer
        };
        let others: Vec<&'static Person> = [&ANA, &BEN, &CI].into_iter().filter(|person| person.principal != run.by.principal).collect();
        if self.dice.once_in(3) {
            let mut no = of(self.ask_for_approval(run));
            self.show_token(others[0], run.stage);
            if self.dice.once_in(2) {
                self.write(others[0], "approval.granted", no.clone());
            }
            no["reason"] = json!("not on a Friday");
            self.write(others[0], "approval.rejected", no);
        }
        let request = self.ask_for_approval(run);
        for approver in others.into_iter().take(self.demands.approvals) {
            let mut yes = of(request);
            if self.dice.once_in(2) {
                yes["note"] = json!("looks good");
            }
            self.show_token(approver, run.stage);
            self.write(approver, "approval.granted", yes);
            run.approvers.push(approver.principal);
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

    /// Overrides every guard that stands in the way, and gives where that is recorded.
    fn go_over(&mut self, run: &mut Run) -> Option<u64> {
        // Nobody has granted what is asked for anew, and what is nearly too old is too old.
        if run.stage == 2 && self.demands.approvals > 0 {
            self.ask_for_approval(run);
        }
        self.seconds += if STAGES[run.stage].1.iter().any(|name| self.passing_in(run, name, 1_000).is_none()) { 1_000 } else { 0 };
        self.tick();
        let now = self.seconds;
        self.ask_the_policies(run);
        let gates = STAGES[run.stage].1.iter().all(|name| self.is_advice(name) || self.passing(run, name).is_some());
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
            return None;
        }
        let data = json!({"guards": broken, "justification": "the harbour is on fire", "promotion": run.promotion});
        Some(self.write_now(run.by, "guard.overridden", data))
    }

    /// Mostly somebody else looks at what was overridden.
    pub(super) fn review(&mut self, promotion: &Value, by: &Person, overridden: u64) {
        if !self.dice.once_in(4) {
            let finding = if self.dice.once_in(3) { "unjustified" } else { "justified" };
            let data = json!({"finding": finding, "note": "seen in the weekly round", "override": overridden, "promotion": promotion});
            let other = if by.principal == ANA.principal { &BEN } else { &ANA };
            self.write(other, "override.reviewed", data);
        }
    }

    /// The result of a gate that passes now.
    pub(super) fn passing(&self, run: &Run, name: &'static str) -> Option<Value> {
        self.passing_in(run, name, 0)
    }

    fn passing_in(&self, run: &Run, name: &'static str, seconds: i64) -> Option<Value> {
        let (at, cited) = self.results.get(&(run.component, run.number, run.stage, name))?;
        let fresh = self.scheme.is_none() || name != "scan" || at + MAX_AGE >= self.seconds + seconds;
        let passes = fresh && cited["status"] != "failed";
        (passes || self.is_advice(name)).then(|| cited.clone())
    }

    fn is_advice(&self, name: &str) -> bool {
        self.demands.advice && name == "smoke"
    }

    /// Asks the policies once, if the environment does. Now and then another promotion asks them, too.
    pub(super) fn ask_the_policies(&mut self, run: &mut Run) {
        if run.stage != 2 || self.demands.policies.is_none() || run.complied.is_some() {
            return;
        }
        let mut data = super::gate(run.component, run.number, STAGES[run.stage].0, POLICIES, "passed");
        let (id, policies) = (run.promotion["promotion_id"].clone(), self.in_force().policies_digest());
        data["policy"] = json!({"decision": super::digest(8, 8), "policies": policies, "promotion_id": id});
        let entry = self.write_now(&CI, "gate.completed", data.clone());
        if self.dice.once_in(3) {
            self.runs += 1;
            data["policy"]["promotion_id"] = json!(format!("0198f0a5-0000-7000-8000-{:012x}", self.runs));
            data["status"] = json!("failed");
            self.write_now(&CI, "gate.completed", data);
        }
        run.complied = Some(json!({"entry": entry, "gate": POLICIES, "status": "passed"}));
    }

    /// A report of a scanner, which nobody demands, and which is judged all the same.
    pub(super) fn report(&mut self, component: usize, number: usize) {
        let counts = json!({"critical": 0, "high": 0, "low": 3, "medium": 1, "negligible": 0, "unknown": self.dice.below(2)});
        let scan =
            json!({"blocked": 0, "blocking": [], "counts": counts, "ignored": 0, "scanner": "grype", "suppressed": self.dice.below(2)});
        let mut data = super::gate(component, number, "staging", "security_scan", "warning");
        data["scan"] = scan;
        self.write(&CI, "gate.completed", data);
        let finding = json!({"fixed": "1.2.4, 1.3.0", "id": "CVE-2026-0001", "package": "zlib", "severity": "critical"});
        let mut data = super::gate(component, number, "staging", "security_scan", "failed");
        data["scan"] = json!({
            "blocked": 1, "blocking": [finding], "ignored": 2, "scanner": "trivy", "suppressed": 0,
            "counts": {"critical": 1, "high": 0, "low": 0, "medium": 0, "negligible": 0, "unknown": 0},
        });
        self.write(&CI, "gate.completed", data);
    }

    /// The rules in force, as the first verifier has them: the second must come to the same digests.
    fn in_force(&self) -> Rules {
        serde_json::from_value(self.in_force.clone()).expect("a story's rules are rules")
    }

    /// Looks for a signature, where one is demanded; gives the status that follows.
    pub(super) fn check_signature(&mut self, run: &Run) -> &'static str {
        let Some(demanded) = self.demands.signature.filter(|_| run.stage == 1) else { return "not_required" };
        let found = if demanded == "warn" { *self.dice.pick(&["verified", "unsigned", "invalid", "unknown"]) } else { "verified" };
        let verified_by = self.in_force().verification().expect("a story's rules say whose signatures count").digest();
        let policy = if found == "verified" { verified_by.to_string() } else { super::digest(9, 9) };
        let data = json!({
            "epoch": run.epoch, "found": found, "message": "by the harbour's key", "policy": policy, "promotion": run.promotion,
        });
        self.write(run.by, "signature.checked", data);
        if found == "verified" { "verified" } else { "warned" }
    }
}
