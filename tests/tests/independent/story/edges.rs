//! Ledgers at the edges: odd versions that land one after another, odd rules, times to the microsecond. Sound or not, all must agree.

use serde_json::{Value, json};

use super::people::{ANA, BEN, GUEST};
use super::{COMPONENTS, PIPELINE, Story, digest, halts, tokens};
use crate::case::Case;

/// The last time that there is, in seconds after the story's beginning.
pub(super) const LAST: i64 = 253_402_207_200 - super::BEGIN;

/// Versions that some scheme reads and another does not, or reads otherwise.
const VERSIONS: [&str; 44] = [
    "1.0.0",
    "v1.0.0",
    "V1.0.0",
    "vv1.0.0",
    "1.0",
    "1",
    "01.0.0",
    "1.0.0-rc.9",
    "1.0.0-rc.10",
    "1.0.0-rc",
    "1.0.0-RC",
    "1.0.0-1",
    "1.0.0-1a",
    "1.0.0-01",
    "1.0.0--",
    "1.0.0-99999999999999999999999",
    "1.0.0-100000000000000000000000",
    "18446744073709551615.0.0",
    "18446744073709551616.0.0",
    "0.0.0",
    "0",
    "2026.1",
    "2026_1",
    "2026-01",
    "2026.1.0",
    "v2026.1",
    "2026.1-rc1",
    "2026.1rc1",
    "2026.1_rc",
    "2026.1rc0",
    "2026.1-B",
    "2026.1-a",
    "2026.1-rc.1",
    "2026..1",
    "2026.1.",
    "2026.1-rc999999999999999999",
    "2026.1-rc1000000000000000000",
    "999999999999999999",
    "1000000000000000000",
    "r1.2",
    "r01.002",
    "r1.10",
    "R1.2",
    "r1.2.3",
];

/// Components' schemes, environments' rules and groups as somebody may write them down; many have no shape.
const RULES: [(&str, &str); 80] = [
    ("/components/0/versions", r#"{"scheme":"semver","template":"{a}"}"#),
    ("/components/0/versions", r#"{"scheme":"pattern"}"#),
    ("/components/0/versions", r#"{"scheme":"tides"}"#),
    ("/components/0/versions", r#"{"scheme":"pattern","template":"{a}"}"#),
    ("/components/0/versions", r#"{"scheme":"pattern","template":"a"}"#),
    ("/components/0/versions", r#"{"scheme":"pattern","template":"{a}{b}"}"#),
    ("/components/0/versions", r#"{"scheme":"pattern","template":"{a}0"}"#),
    ("/components/0/versions", r#"{"scheme":"pattern","template":"0{a}"}"#),
    ("/components/0/versions", r#"{"scheme":"pattern","template":"{a}.{a}"}"#),
    ("/components/0/versions", r#"{"scheme":"pattern","template":"{a}.{b"}"#),
    ("/components/0/versions", r#"{"scheme":"pattern","template":"{a}.b}"}"#),
    ("/components/0/versions", r#"{"scheme":"pattern","template":"{{a}}"}"#),
    ("/components/0/versions", r#"{"scheme":"pattern","template":"{}"}"#),
    ("/components/0/versions", r#"{"scheme":"pattern","template":"{1a}"}"#),
    ("/components/0/versions", r#"{"scheme":"pattern","template":"{a_1}-{b}"}"#),
    ("/components/0/versions", r#"{"scheme":"pattern","template":"latest-{a}"}"#),
    ("/components/0/versions", r#"{"scheme":"pattern","template":".{a}"}"#),
    ("/components/0/versions", r#"{"scheme":"pattern","template":"{abcdefghijklmnopqrstuvwxyz012345}"}"#),
    ("/components/0/versions", r#"{"scheme":"pattern","template":"{abcdefghijklmnopqrstuvwxyz0123456}"}"#),
    ("/environments/0/versions", "{}"),
    ("/environments/0/versions", r#"{"at_least":"v1.0.0"}"#),
    ("/environments/0/versions", r#"{"at_least":"1.0.0+b"}"#),
    ("/environments/0/versions", r#"{"at_least":"1.0"}"#),
    ("/environments/0/versions", r#"{"at_least":"1.0.0-99999999999999999999999"}"#),
    ("/environments/0/versions", r#"{"below":"18446744073709551616.0.0"}"#),
    ("/environments/0/versions", r#"{"at_least":"1.0.0","below":"1.0.0"}"#),
    ("/environments/0/versions", r#"{"at_least":"1.0.0-rc.10","below":"1.0.0-rc.9"}"#),
    ("/environments/0/versions", r#"{"at_least":"1.0.0-rc.9","below":"1.0.0-rc.10"}"#),
    ("/environments/0/freezes", r#"{"windows":[]}"#),
    ("/environments/0/freezes", "{}"),
    (
        "/environments/0/freezes",
        r#"{"windows":[{"from":"2026-01-01T00:00:00.000000Z","name":"a","until":"2026-03-01T00:00:00.000000Z"},
            {"from":"2026-01-01T00:00:00.000000Z","name":"a","until":"2026-02-01T00:00:00.000000Z"}]}"#,
    ),
    ("/environments/0/freezes", r#"{"windows":[{"from":"2026-01-01T00:00:00.000000Z","name":"a","until":"2026-01-01T00:00:00.000000Z"}]}"#),
    ("/environments/0/approvals", r#"{"count":0,"groups":[],"valid_seconds":1}"#),
    ("/environments/0/approvals", r#"{"count":4294967295,"groups":[],"valid_seconds":9007199254740991}"#),
    ("/environments/0/approvals", r#"{"count":4294967296,"groups":[],"valid_seconds":1}"#),
    ("/environments/0/authorization", r#"{"groups":[],"operators":[]}"#),
    ("/environments/0/authorization", r#"{"groups":[],"operators":["a","a"]}"#),
    ("/environments/0/authorization", r#"{"groups":["nowhere"],"operators":[]}"#),
    ("/environments/0/separation_of_duties", "false"),
    ("/environments/0/signature", r#""block""#),
    ("/environments/0/soak_seconds", "0"),
    ("/environments/0/max_age", "[]"),
    ("/environments/1/max_age", r#"[{"gate":"scan","seconds":1},{"gate":"scan","seconds":1}]"#),
    ("/environments/1/max_age", r#"[{"gate":"other","seconds":1}]"#),
    ("/environments/1/max_age", r#"[{"gate":"policy_compliance","seconds":1}]"#),
    ("/environments/1/advisory", "[]"),
    ("/environments/1/advisory", r#"["smoke","scan"]"#),
    ("/environments/1/advisory", r#"["scan","scan"]"#),
    ("/environments/1/advisory", r#"["other"]"#),
    ("/environments/0/gate_timeout_seconds", "29"),
    ("/environments/0/gate_timeout_seconds", "30"),
    ("/environments/0/gate_timeout_seconds", "3600"),
    ("/environments/0/gate_timeout_seconds", "3601"),
    ("/commands", "[]"),
    ("/commands", r#"[{"arguments":["a",""],"gate":"scan","timeout_seconds":30,"variables":["A","_"],"warning_status":255}]"#),
    ("/commands", r#"[{"arguments":["",""],"gate":"scan"}]"#),
    ("/commands", r#"[{"arguments":["a","\u0000"],"gate":"scan"}]"#),
    ("/commands", r#"[{"arguments":["a"],"gate":"scan","variables":["A","A"]}]"#),
    ("/commands", r#"[{"arguments":["a"],"gate":"scan","warning_status":0}]"#),
    ("/commands", r#"[{"arguments":["a"],"gate":"label_shape"}]"#),
    ("/commands", r#"[{"arguments":["a"],"gate":"b"},{"arguments":["a"],"gate":"a"}]"#),
    ("/commands", r#"[{"arguments":["a","b"],"gate":"scan","shell":true}]"#),
    ("/policies", r#"[{"name":"_a.rego","text":"é"}]"#),
    ("/policies", r#"[{"name":"b","text":"a"},{"name":"a","text":"a"}]"#),
    ("/policies", r#"[{"name":"a/b","text":"a"}]"#),
    ("/security_scan", r#"{"block_on":["unknown","low"],"scanner":"trivy"}"#),
    ("/security_scan", r#"{"block_on":["low","unknown"],"ignore_unfixed":true,"scanner":"trivy"}"#),
    ("/verification", r#"{"annotations":[{"name":"a","value":"b"}]}"#),
    ("/verification", r#"{"identities":[{"identity":"b","issuer":"a"},{"identity":"a","issuer":"b"}],"trust_root":"a"}"#),
    ("/verification", r#"{"keys":["a"],"trust_root":"a"}"#),
    ("/verification", r#"{"keys":["é","a"]}"#),
    ("/issuers", "[]"),
    ("/issuers", r#"[{"audience":"a","issuer":"b","principal":"c"},{"audience":"a","issuer":"a","principal":"c"}]"#),
    ("/issuers", r#"[{"audience":"a","issuer":"é","keys":"a","principal":"c"},{"audience":"a","issuer":"zz","principal":"c"}]"#),
    ("/issuers", r#"[{"audience":"a","groups":[],"issuer":"b","principal":"c"}]"#),
    ("/issuers", r#"[{"audience":"a","groups":[{"claims":[],"name":"g"}],"issuer":"b","principal":"c"}]"#),
    (
        "/issuers",
        r#"[{"audience":"a","groups":[{"claims":[{"name":"a","value":"b"}],"name":"g"},{"claims":[{"name":"a","value":"b"}],"name":"g"}],
            "issuer":"b","principal":"c"}]"#,
    ),
    (
        "/issuers",
        r#"[{"audience":"a","groups":[{"claims":[{"name":"a","value":"b"},{"name":"a","value":"a"}],"name":"g"}],"issuer":"b","principal":"c"}]"#,
    ),
    ("/groups", "[]"),
    ("/groups", r#"[{"members":[],"name":"a"},{"members":["b","a"],"name":"b"}]"#),
];

/// All of them.
pub(crate) fn edges() -> Vec<Case> {
    let schemes = ["semver", "calver", "recency", "pattern"].into_iter().map(landings);
    let rules = RULES.iter().enumerate().map(|(number, (path, value))| odd_rules(number, path, value));
    schemes
        .chain(rules)
        .chain([keys_with_groups(), breaks(), locks_over(), overrides()].concat())
        .chain(halts::resumptions())
        .chain(tokens::tokens())
        .collect()
}

pub(super) fn story(name: &str) -> Story {
    let mut story = Story::of(1);
    story.case.name = format!("edge-{name}");
    story
}

impl Story {
    /// Rules with one thing changed.
    pub(super) fn adopt_with(&mut self, path: &str, value: Value) {
        let mut rules = self.rules();
        let (parent, name) = path.rsplit_once('/').expect("the table holds paths");
        rules.pointer_mut(parent).expect("the rules have it")[name] = value;
        self.manifest = self.write(&ANA, "manifest.adopted", json!({"rules": rules}));
    }
}

/// Every odd version lands where another one is.
fn landings(scheme: &str) -> Case {
    let mut story = story(&format!("landings-{scheme}"));
    let template = if scheme == "pattern" { json!({"scheme": scheme, "template": "r{major}.{build}"}) } else { json!({"scheme": scheme}) };
    story.scheme = Some(template.clone());
    story.create(1);
    story.adopt_with("/components/0/versions", template);
    for _ in 0..2 * VERSIONS.len() {
        let number = story.dice.below(VERSIONS.len());
        let known = story.releases[0].iter().position(|version| version == VERSIONS[number]);
        let number = known.unwrap_or_else(|| story.register_as(0, VERSIONS[number].to_owned()));
        if story.holder(0, 0) != Some(number) {
            let run = story.run(0, number, 0, None);
            story.bring(run);
        }
    }
    story.case
}

fn odd_rules(number: usize, path: &str, value: &str) -> Case {
    let mut story = story(&format!("rules-{number}"));
    story.create(1);
    story.adopt_with(path, serde_json::from_str(value).expect("the table holds JSON"));
    story.register_as(0, "1.0.0-rc.9".to_owned());
    let run = story.run(0, 0, 0, None);
    story.bring(run);
    story.case
}

/// A key whose groups stand in some order, some of them twice, or not at all.
fn keys_with_groups() -> Vec<Case> {
    let of = |groups: Value| {
        let mut story = story(&format!("groups-{groups}").replace(['"', '[', ']', ','], "_"));
        story.create(1);
        let genesis = promotion_ledger::evidence::hash::leaf_hash(&story.case.entries[0]).to_string();
        let mut key = GUEST.addition("promoledger key request v1", &genesis);
        key["groups"] = groups;
        story.write(&ANA, "key.added", json!({"key": key}));
        story.case
    };
    [json!([]), json!(["b", "a"]), json!(["a", "a"]), json!(["a b"]), json!("a"), json!([1])].map(of).to_vec()
}

/// A release that says of itself what it breaks: nothing, something, or what is no text.
fn breaks() -> Vec<Case> {
    let of = |(number, breaking): (usize, Value)| {
        let mut story = story(&format!("breaking-{number}"));
        story.create(1);
        story.adopt_with("/on_incomparable", json!("warn"));
        let data =
            json!({"breaking": breaking, "component": COMPONENTS[0], "digest": digest(0, 0), "pipeline": PIPELINE, "version": "v1.0.0"});
        story.write(&ANA, "artifact.registered", data);
        story.releases[0].push("v1.0.0".to_owned());
        let run = story.run(0, 0, 0, None);
        story.bring(run);
        story.case
    };
    [json!([]), json!(["the port"]), json!(["b", "a", "a"]), json!([" "]), json!("the port")].into_iter().enumerate().map(of).collect()
}

/// A lock that is unlocked just before, when, and after it is over, the last time that there is included.
fn locks_over() -> Vec<Case> {
    let of = |(begin, expires, then): (i64, i64, i64)| {
        let mut story = story(&format!("lock-{begin}-{expires}-{then}"));
        story.create(1);
        story.adopt_with("/on_incomparable", json!("warn"));
        let mut data = json!({"environment": "dev", "pipeline": PIPELINE, "reason": "for a while"});
        let mut set = data.clone();
        set["expires"] = json!(story.time(expires));
        story.seconds = begin;
        data["lock"] = json!(story.write_now(&BEN, "environment.locked", set));
        story.seconds = then;
        story.write_now(&BEN, "environment.unlocked", data);
        story.case
    };
    [(900, 1_000, 999), (900, 1_000, 1_000), (900, 1_000, 1_001), (1_000, 1_000, 1_000), (LAST - 1, LAST, LAST), (LAST - 2, LAST, LAST - 1)]
        .map(of)
        .to_vec()
}

/// Overrides of guards that may or may not stand in the way, at some time.
fn overrides() -> Vec<Case> {
    let of = |(name, rule, value, kind, at, guard): (&str, &str, Value, &str, i64, &str)| {
        let mut story = story(&format!("override-{name}"));
        story.create(1);
        story.adopt_with(rule, value);
        let version = "1.0.0";
        let line = json!({
            "actor": "old-jenkins", "component": COMPONENTS[0], "digest": digest(0, 7), "from": "none", "kind": kind,
            "time": story.time(-1_000), "to": "dev", "version": version,
        });
        let declares = json!({"components": [], "environments": []});
        let lines = json!({"declares": declares, "file": digest(0, 92), "lines": [line], "pipeline": PIPELINE});
        story.seconds = 10;
        story.write_now(&ANA, "history.imported", lines);
        for gate in ["scan", "smoke"] {
            story.write_now(&ANA, "gate.completed", super::gate(0, 0, "staging", gate, "passed"));
        }
        story.seconds = at;
        let promotion = json!({
            "component": COMPONENTS[0], "digest": digest(0, 0), "from": "dev", "pipeline": PIPELINE,
            "promotion_id": "0198f0a5-0000-7000-8000-00000000e09e", "to": "staging", "version": version,
        });
        let data = json!({"guards": [{"guard": guard, "message": "it does"}], "justification": "see above", "promotion": promotion});
        story.write_now(&BEN, "guard.overridden", data);
        story.case
    };
    let (soak, age) = ("/environments/1/soak_seconds", "/environments/1/max_age");
    let scan = |seconds: u64| json!([{"gate": "scan", "seconds": seconds}]);
    let longest = (1u64 << 53) - 1;
    vec![
        of(("soak-before", soak, json!(2_000), "promotion", 999, "soak")),
        of(("soak-when", soak, json!(2_000), "promotion", 1_000, "soak")),
        of(("soak-removed", soak, json!(2_000), "removal", 999, "soak")),
        of(("soak-for-ever", soak, json!(longest), "rollback", LAST - 1, "soak")),
        of(("soak-to-the-last", soak, json!(longest), "promotion", LAST, "soak")),
        of(("age-when", age, scan(60), "promotion", 70, "gates")),
        of(("age-behind", age, scan(60), "promotion", 71, "gates")),
        of(("age-for-ever", age, scan(longest), "promotion", LAST, "gates")),
        of(("freeze-known", "/environments/1/freezes", json!({"windows": []}), "promotion", LAST, "freeze")),
    ]
}
