//! Longer ledgers in which nothing is wrong: seeded weeks of releases, promotions, rollbacks, locks, keys and evidence.

mod runs;

use std::collections::BTreeMap;

use promotion_ledger::evidence::b64;
use promotion_ledger::evidence::hash::{body_digest, leaf_hash};
use promotion_ledger::evidence::keyring::SecretKey;
use promotion_ledger::meaning::names::KeyName;
use serde_json::{Value, json};

use crate::case::Case;
use crate::dice::Dice;
use crate::pen::{self, Open, Pen};

const ORIGIN: &str = "harbour.example/ledger";
const LEDGER: &str = "0198f0a4-0000-7000-8000-0000000000aa";
const PIPELINE: &str = "shop";
const COMPONENTS: [&str; 2] = ["api", "web/front"];
const STAGES: [(&str, &[&str]); 3] = [("dev", &[]), ("staging", &["scan", "smoke"]), ("prod", &[])];
/// 2026-03-01T08:00:00Z in seconds; each entry is some seconds later.
const BEGIN: i64 = 1_772_352_000;

/// Somebody with a key: the byte that its seed is made of, a principal, and what the key may do.
struct Person {
    seed: u8,
    principal: &'static str,
    permissions: &'static [&'static str],
}

const ANA: Person = Person { seed: 31, principal: "ana", permissions: &["*"] };
const BEN: Person = Person { seed: 32, principal: "ben", permissions: &["*"] };
const CI: Person = Person {
    seed: 33,
    principal: "ci:harbour/shop",
    permissions: &[
        "artifact.registered",
        "authorization.decided",
        "downgrade.decided",
        "gate.completed",
        "promotion.aborted",
        "promotion.completed",
        "promotion.failed",
        "promotion.requested",
        "promotion.taken_over",
        "registry.tagged",
        "rollback.completed",
        "rollback.failed",
        "rollback.requested",
        "step.started",
    ],
};
const VAULT: Person = Person { seed: 34, principal: "vault", permissions: &[] };
const GUEST: Person = Person { seed: 35, principal: "guest", permissions: &["environment.locked", "environment.unlocked"] };

impl Person {
    fn secret(&self) -> SecretKey {
        let name = format!("harbour.example/{}", self.principal.replace(':', "-"));
        SecretKey::from_seed(KeyName::new(name).expect("a key name"), &[self.seed; 32])
    }

    fn addition(&self, first: &str, third: &str) -> Value {
        let (secret, all) = (self.secret(), json!(["*"]));
        let key = secret.verifier_key();
        let proof = secret.sign(format!("{first}\n{ORIGIN}\n{third}\n{}\n{key}\n", self.principal).as_bytes());
        let grant = json!({
            "act_for": ["deputy", "porter"], "components": all, "environments": all, "gates": all,
            "permissions": self.permissions, "pipelines": all,
        });
        let grants = if self.permissions.is_empty() { json!([]) } else { json!([grant]) };
        json!({
            "grants": grants, "name": key.name().to_string(), "principal": self.principal, "proof": b64::encode(&proof),
            "public": key.public().to_string(),
        })
    }

    fn revocation(&self) -> Value {
        let secret = self.secret();
        json!({"name": secret.verifier_key().name().to_string(), "public": secret.verifier_key().public().to_string(), "reason": "left the harbour"})
    }
}

/// What is where, as far as the story must know it to go on lawfully.
#[derive(Default)]
struct Place {
    holder: Option<usize>,
    /// By release: whether it was left by a rollback, and the number of rollbacks to it.
    visits: BTreeMap<usize, (bool, u32)>,
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
    guests: bool,
    imports: i64,
    /// Whether somebody says that the first release of every component was in the first environment.
    asserted: bool,
}

/// A sound ledger of at least that many entries.
pub(crate) fn ledger(seed: u64, length: usize) -> Case {
    let case = Case { name: format!("story-{seed}"), ..Case::default() };
    let releases = vec![Vec::new(); COMPONENTS.len()];
    let mut story = Story {
        case,
        dice: Dice::new(seed),
        pen: Pen::default(),
        seconds: 0,
        manifest: 0,
        runs: 0,
        releases,
        places: BTreeMap::new(),
        guests: false,
        imports: 0,
        asserted: false,
    };
    story.begin();
    while story.case.entries.len() < length {
        story.go_on();
    }
    story.case
}

impl Story {
    fn write(&mut self, person: &Person, event_type: &str, data: Value) -> u64 {
        self.seconds += 1 + i64::try_from(self.dice.below(300)).expect("a few minutes");
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
        let first = |person: &Person| person.addition("promoledger first key v1", LEDGER);
        let mut data = json!({
            "admin_threshold": 1 + self.dice.below(2), "format": 1, "keys": [first(&ANA), first(&BEN), first(&CI)], "ledger_id": LEDGER,
            "origin": ORIGIN,
        });
        if self.dice.once_in(2) {
            data["recovery"] = first(&VAULT);
        }
        self.write(&ANA, "ledger.created", data);
        self.adopt();
        (0..COMPONENTS.len()).for_each(|component| self.register(component));
        if self.dice.once_in(2) {
            self.assert_first_releases();
        }
    }

    fn go_on(&mut self) {
        let component = self.dice.below(COMPONENTS.len());
        match self.dice.below(25) {
            0..=2 => self.register(component),
            3..=13 => self.promote(component),
            14..=17 => self.roll_back(component),
            18 => self.lock(),
            19 => self.change_keys(),
            20 => self.adopt(),
            21 => self.correct_the_clock(),
            22 => self.import(component),
            23 => self.refuse(component),
            _ => self.give_evidence(component),
        }
    }

    fn adopt(&mut self) {
        let repository = |name: &&str| json!({"name": name, "repository": format!("registry.harbour.example/{name}")});
        let stage = |(name, gates): &(&str, &[&str])| json!({"gates": gates, "name": name});
        let rules = json!({
            "components": COMPONENTS.iter().map(repository).collect::<Vec<_>>(),
            "environments": STAGES.iter().map(stage).collect::<Vec<_>>(),
            "on_incomparable": if self.dice.once_in(2) { "warn" } else { "block" },
            "pipeline": PIPELINE,
        });
        self.manifest = self.write(&ANA, "manifest.adopted", json!({"rules": rules}));
    }

    fn register(&mut self, component: usize) {
        let number = self.releases[component].len();
        let version = match number % 4 {
            3 => format!("build_{number}"),
            2 => format!("1.{number}.0-rc.{number}"),
            _ => format!("v1.{number}.0"),
        };
        self.releases[component].push(version.clone());
        let digest = digest(component, number);
        let data = json!({"component": COMPONENTS[component], "digest": digest, "pipeline": PIPELINE, "source_sha": "0123abc", "version": version});
        self.write(&CI, "artifact.registered", data);
    }

    fn lock(&mut self) {
        let owner = if self.guests { &GUEST } else { &BEN };
        let environment = self.dice.pick(&STAGES).0;
        let mut data = json!({"environment": environment, "pipeline": PIPELINE, "reason": "the quarter closes"});
        if self.dice.once_in(2) {
            data["component"] = json!(COMPONENTS[0]);
        }
        let lock = self.write(owner, "environment.locked", data.clone());
        data["lock"] = json!(lock);
        let by = if self.dice.once_in(3) { &ANA } else { owner };
        self.write(by, "environment.unlocked", data);
    }

    /// The guest's key comes, by proposal and endorsement where one admin is not enough, and goes.
    fn change_keys(&mut self) {
        let threshold = Pen::open(&self.case.entries[0]).expect("entry 0 is sound").value["data"]["admin_threshold"].clone();
        let genesis = leaf_hash(&self.case.entries[0]).to_string();
        if self.guests || self.case.entries.iter().any(|entry| entry.windows(5).any(|window| window == b"guest")) {
            if std::mem::take(&mut self.guests) {
                match threshold == json!(1) {
                    true => drop(self.write(&BEN, "key.revoked", GUEST.revocation())),
                    false => self.propose(json!({"revoke": GUEST.revocation()})),
                }
            }
            return;
        }
        let addition = GUEST.addition("promoledger key request v1", &genesis);
        match threshold == json!(1) {
            true => drop(self.write(&ANA, "key.added", json!({"key": addition}))),
            false => self.propose(json!({"add": addition})),
        }
        self.guests = true;
    }

    fn propose(&mut self, change: Value) {
        let proposal = self.write(&ANA, "key.proposed", json!({"change": change}));
        self.write(&BEN, "key.endorsed", json!({"proposal": proposal}));
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
        let (salt, bytes) = ([self.dice.byte(); 16], format!("{{\"found\":{}}}", self.dice.below(9)));
        let (digest, size) = (body_digest(&salt, bytes.as_bytes()).to_string(), bytes.len());
        let number = self.releases[component].len() - 1;
        let mut data = gate(component, number, "staging", "scan", "passed");
        data["evidence"] = json!({"digest": digest, "media_type": "application/json", "size": size});
        self.write(&CI, "gate.completed", data);
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
