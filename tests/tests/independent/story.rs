//! Longer ledgers in which nothing is wrong: seeded weeks of releases, promotions, rollbacks, locks, keys and evidence.

mod edges;
mod guards;
mod halts;
mod people;
mod runs;
mod tokens;

pub(crate) use edges::edges;

use std::collections::BTreeMap;

use promotion_ledger::evidence::b64;
use promotion_ledger::evidence::hash::{body_digest, leaf_hash};
use serde_json::{Value, json};

use crate::case::Case;
use crate::dice::Dice;
use crate::pen::{self, Open, Pen};
use people::{ANA, BEN, CI, GUEST, Person, VAULT};

const ORIGIN: &str = "harbour.example/ledger";
const LEDGER: &str = "0198f0a4-0000-7000-8000-0000000000aa";
const PIPELINE: &str = "shop";
const COMPONENTS: [&str; 2] = ["api", "web/front"];
const STAGES: [(&str, &[&str]); 3] = [("dev", &[]), ("staging", &["scan", "smoke"]), ("prod", &[])];
/// 2026-03-01T08:00:00Z in seconds; each entry is some seconds later.
const BEGIN: i64 = 1_772_352_000;

/// What is where, as far as the story must know it to go on lawfully.
#[derive(Default)]
struct Place {
    holder: Option<usize>,
    /// By release: whether it was left by a rollback, and the number of rollbacks to it.
    visits: BTreeMap<usize, (bool, u32)>,
    /// By release: when it came here last, and who ever brought it.
    arrivals: BTreeMap<usize, i64>,
    movers: BTreeMap<usize, Vec<&'static str>>,
}

/// A ledger as it is told.
struct Story {
    case: Case,
    dice: Dice,
    pen: Pen,
    seconds: i64,
    manifest: u64,
    runs: u64,
    /// Every release of a component: its version, by its number.
    releases: Vec<Vec<String>>,
    places: BTreeMap<(usize, usize), Place>,
    /// By component, release, stage and gate: when it passed last, as it is cited.
    results: BTreeMap<(usize, usize, usize, &'static str), (i64, Value)>,
    /// The scheme of the first component, in a story with guards.
    scheme: Option<Value>,
    demands: guards::Demands,
    /// The rules in force.
    in_force: Value,
    locks: Vec<guards::Lock>,
    /// What says of each failure that it is resolved.
    halts: Vec<Value>,
    /// By principal: until when their token is good.
    tokens: BTreeMap<&'static str, i64>,
    guests: bool,
    imports: i64,
    /// Whether somebody says that the first release of every component was in the first environment.
    asserted: bool,
}

/// A sound ledger of at least that many entries; those of odd seeds have guards.
pub(crate) fn ledger(seed: u64, length: usize) -> Case {
    let mut story = Story::of(seed);
    if seed % 2 == 1 {
        story.scheme = Some(guards::scheme(&mut story.dice));
    }
    story.begin();
    while story.case.entries.len() < length {
        story.go_on();
    }
    story.case
}

impl Story {
    /// Nothing told yet.
    fn of(seed: u64) -> Self {
        Self {
            case: Case { name: format!("story-{seed}"), ..Case::default() },
            dice: Dice::new(seed),
            pen: Pen::default(),
            seconds: 0,
            manifest: 0,
            runs: 0,
            releases: vec![Vec::new(); COMPONENTS.len()],
            places: BTreeMap::new(),
            results: BTreeMap::new(),
            scheme: None,
            demands: guards::Demands::default(),
            in_force: Value::Null,
            locks: Vec::new(),
            halts: Vec::new(),
            tokens: BTreeMap::new(),
            guests: false,
            imports: 0,
            asserted: false,
        }
    }

    fn write(&mut self, person: &Person, event_type: &str, data: Value) -> u64 {
        self.tick();
        self.write_now(person, event_type, data)
    }

    fn tick(&mut self) {
        self.seconds += 1 + i64::try_from(self.dice.below(300)).expect("a few minutes");
    }

    fn write_now(&mut self, person: &Person, event_type: &str, data: Value) -> u64 {
        let place = self.case.entries.len();
        let before = self.case.entries.last().map_or([0; 32], |entry| *leaf_hash(entry).as_bytes());
        let value = json!({
            "actor": person.principal, "agent": "story/1", "data": data, "id": format!("0198f0a4-6f3a-7c1e-8a55-{place:012x}"),
            "prev": b64::encode(&before), "seq": place, "time": self.time(self.seconds), "type": event_type, "v": 1,
        });
        let note = self.pen.close(&Open { value, signer: pen::reference(&person.secret()) });
        self.case.entries.push(note.expect("a story's keys are known"));
        place as u64
    }

    fn time(&self, seconds: i64) -> String {
        let time = promotion_ledger::meaning::time::Timestamp::from_micros((BEGIN + seconds) * 1_000_000);
        time.expect("a time").to_string()
    }

    fn begin(&mut self) {
        let threshold = 1 + self.dice.below(2);
        self.create(threshold);
        self.adopt();
        (0..COMPONENTS.len()).for_each(|component| self.register(component));
        if self.dice.once_in(2) {
            self.assert_first_releases();
        }
    }

    fn create(&mut self, threshold: usize) {
        let first = |person: &Person| person.addition("promoledger first key v1", LEDGER);
        let mut data = json!({
            "admin_threshold": threshold, "format": 1, "keys": [first(&ANA), first(&BEN), first(&CI)], "ledger_id": LEDGER,
            "origin": ORIGIN,
        });
        if self.dice.once_in(2) {
            data["recovery"] = first(&VAULT);
        }
        self.write(&ANA, "ledger.created", data);
    }

    fn go_on(&mut self) {
        let component = self.dice.below(COMPONENTS.len());
        match self.dice.below(27) {
            0..=2 => self.register(component),
            3..=13 => self.promote(component),
            14..=17 => self.roll_back(component),
            18 if self.scheme.is_some() && self.dice.once_in(2) => self.lock_for_a_while(),
            18 => self.lock(),
            19 => self.change_keys(),
            20 => self.adopt(),
            21 => self.correct_the_clock(),
            22 => self.import(component),
            23 => self.refuse(component),
            24 => self.halt(),
            _ => self.give_evidence(component),
        }
    }

    fn adopt(&mut self) {
        let mut rules = self.rules();
        if self.scheme.is_some() {
            self.demand();
            self.guard_rules(&mut rules);
        }
        self.in_force.clone_from(&rules);
        self.manifest = self.write(&ANA, "manifest.adopted", json!({"rules": rules}));
    }

    /// Rules without guards.
    fn rules(&mut self) -> Value {
        let repository = |name: &&str| json!({"name": name, "repository": format!("registry.harbour.example/{name}")});
        let stage = |(name, gates): &(&str, &[&str])| json!({"gates": gates, "name": name});
        json!({
            "components": COMPONENTS.iter().map(repository).collect::<Vec<_>>(),
            "environments": STAGES.iter().map(stage).collect::<Vec<_>>(),
            "on_incomparable": if self.dice.once_in(2) { "warn" } else { "block" },
            "pipeline": PIPELINE,
        })
    }

    fn register(&mut self, component: usize) {
        let number = self.releases[component].len();
        let version = match (self.scheme_of(component), number % 4) {
            (Some(scheme), _) => guards::version(scheme, number),
            (None, 3) => format!("build_{number}"),
            (None, 2) => format!("1.{number}.0-rc.{number}"),
            _ => format!("v1.{number}.0"),
        };
        self.register_as(component, version);
    }

    /// Registers a version, and gives the number of its release.
    fn register_as(&mut self, component: usize, version: String) -> usize {
        let number = self.releases[component].len();
        self.releases[component].push(version.clone());
        let digest = digest(component, number);
        let mut data = json!({"component": COMPONENTS[component], "digest": digest, "pipeline": PIPELINE, "source_sha": "0123abc", "version": version});
        if self.scheme.is_some() && self.dice.once_in(3) {
            data["breaking"] = json!(["the old port is closed"]);
        }
        self.write(&CI, "artifact.registered", data);
        number
    }

    /// The scheme of a component, if it is not the usual one.
    fn scheme_of(&self, component: usize) -> Option<&Value> {
        self.scheme.as_ref().filter(|scheme| component == 0 && scheme["scheme"] != "semver")
    }

    fn lock(&mut self) {
        let owner: &'static Person = if self.guests { &GUEST } else { &BEN };
        let stage = self.dice.below(STAGES.len());
        let mut data = json!({"environment": STAGES[stage].0, "pipeline": PIPELINE, "reason": "the quarter closes"});
        if self.dice.once_in(2) {
            data["component"] = json!(COMPONENTS[0]);
        }
        self.show_token(owner, stage);
        let lock = self.write(owner, "environment.locked", data.clone());
        data["lock"] = json!(lock);
        let by: &'static Person = if self.dice.once_in(3) { &ANA } else { owner };
        self.show_token(by, stage);
        self.write(by, "environment.unlocked", data);
    }

    fn correct_the_clock(&mut self) {
        self.seconds -= 600;
        self.write(&ANA, "clock.corrected", json!({"reason": "the runner's clock was ahead"}));
    }

    /// The first releases are said to have been in the first environment, before anything was recorded.
    fn assert_first_releases(&mut self) {
        let line = |component: usize| {
            json!({
                "actor": "old-jenkins", "component": COMPONENTS[component], "digest": digest(component, 0), "from": "none",
                "kind": "promotion", "time": self.time(-80_000), "to": STAGES[0].0, "version": self.releases[component][0],
            })
        };
        let lines: Vec<Value> = (0..COMPONENTS.len()).map(line).collect();
        let declares = json!({"components": [], "environments": []});
        let data = json!({"declares": declares, "file": digest(0, 92), "lines": lines, "pipeline": PIPELINE});
        self.write(&ANA, "history.imported", data);
        self.asserted = true;
    }

    /// What somebody says was there before the ledger was.
    fn import(&mut self, component: usize) {
        self.imports += 1;
        let line = |story: &Self, number: i64, kind: &str| {
            json!({
                "actor": "old-jenkins", "component": COMPONENTS[component], "digest": digest(component, 90), "from": "none", "kind": kind,
                "note": "from the wiki", "time": story.time(-90_000 + 60 * story.imports + number), "to": "legacy", "version": format!("v0.{number}.0"),
            })
        };
        let lines = [line(self, 1, "promotion"), line(self, 2, "rollback"), line(self, 3, "removal")];
        let data = json!({
            "declares": {"components": [], "environments": ["legacy"]}, "file": digest(component, 91), "lines": lines, "pipeline": PIPELINE,
        });
        self.write(&ANA, "history.imported", data);
    }

    fn give_evidence(&mut self, component: usize) {
        if self.scheme.is_some() {
            self.report(component, 0);
        }
        let (salt, bytes) = ([self.dice.byte(); 16], format!("{{\"found\":{}}}", self.dice.below(9)));
        let (digest, size) = (body_digest(&salt, bytes.as_bytes()).to_string(), bytes.len());
        let number = self.releases[component].len() - 1;
        let mut data = gate(component, number, "staging", "scan", "passed");
        data["evidence"] = json!({"digest": digest, "media_type": "application/json", "size": size});
        let entry = self.write(&CI, "gate.completed", data);
        let cited = json!({"entry": entry, "gate": "scan", "status": "passed"});
        self.results.insert((component, number, 1, "scan"), (self.seconds, cited));
        if self.dice.once_in(4) {
            self.write(&ANA, "body.removed", json!({"digest": digest, "reason": "it held a name"}));
        } else {
            self.case.bodies.insert(digest, [&salt[..], bytes.as_bytes()].concat());
        }
    }
}

fn gate(component: usize, number: usize, environment: &str, gate: &str, status: &str) -> Value {
    json!({
        "component": COMPONENTS[component], "digest": digest(component, number), "environment": environment, "gate": gate,
        "pipeline": PIPELINE, "status": status,
    })
}

/// The digest of a component's release of that number.
fn digest(component: usize, number: usize) -> String {
    format!("sha256:{:0>64}", format!("{component}d{number}"))
}
