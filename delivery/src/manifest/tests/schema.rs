//! The published schema against the reader: what the one refuses, the other refuses.

use std::sync::LazyLock;

use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::parse;
use crate::manifest::schema;

static SCHEMA: LazyLock<Validator> = LazyLock::new(|| jsonschema::validator_for(&schema()).unwrap());

/// Faults that no JSON Schema can say: where to, and what is put there.
const UNSAID: &[(&str, &str)] = &[
    ("/artifacts/registry", r#""https://r.example""#),
    ("/artifacts/promotion/components/api", r#""../api""#),
    ("/artifacts/promotion/components/api", r#""shop/web""#),
    ("/artifacts/promotion/components/old/versions/template", r#""release-{n""#),
    ("/artifacts/promotion/groups/managers", r#"["x", "x"]"#),
    ("/artifacts/promotion/issuers/0/issuer", r#""http://ci.example""#),
    ("/artifacts/promotion/issuers/0/principal", r#""ci:everybody""#),
    ("/artifacts/promotion/issuers/0/keys", r#""release.pub""#),
    ("/artifacts/promotion/policies/0", r#""policies/none.rego""#),
    ("/artifacts/promotion/policies/0", r#""policies/fault.rego""#),
    ("/artifacts/promotion/policies/0", r#""other/warn.rego""#),
    ("/artifacts/promotion/security_scan/block_on_severity", r#"["HIGH", "high"]"#),
    ("/artifacts/promotion/gate_commands", r#"{"test": "make test"}"#),
    ("/artifacts/promotion/gate_commands/tests", r#""make test > log""#),
    ("/artifacts/promotion/gate_commands/cost/command/0", r#""""#),
    ("/artifacts/promotion/gate_commands/cost/variables/0", r#""TO_ENV""#),
    ("/artifacts/promotion/environments/1/gates", r#"["tests", "cost", "smoke"]"#),
    ("/artifacts/promotion/environments/1/gates/4", r#"{"name": "policy_compliance", "advisory": true}"#),
    ("/artifacts/verification", r#"{}"#),
    ("/artifacts/verification/keys/0", r#""trusted_root.json""#),
    ("/artifacts/verification/identities", r#"[]"#),
    ("/artifacts/verification/identities/0/issuer", r#""*""#),
    ("/artifacts/verification/trust_root", r#""release.pub""#),
    ("/artifacts/verification/annotations/env", r#"" ""#),
    ("/artifacts/promotion/environments/0", r#""prod""#),
    ("/artifacts/promotion/environments/0", r#"{"name": "dev", "soak": "1h"}"#),
    ("/artifacts/promotion/environments/1/gates", r#"["a", {"name": "a"}]"#),
    ("/artifacts/promotion/environments/1/approvals/count", "2.0"),
    ("/artifacts/promotion/environments/1/versions", r#""*""#),
    ("/artifacts/promotion/environments/1/freezes/0/zone", r#""Mars/Olympus""#),
    ("/artifacts/promotion/environments/1/freezes/0/until", r#""2020-01-01""#),
    ("/artifacts/promotion/environments/1/freezes/1/weekly/from", r#""16:00""#),
    ("/artifacts/promotion/environments/1/freezes/2/rule", r#""FREQ=HOURLY""#),
    ("/artifacts/promotion/environments/1/freezes/2/name", r#""year end""#),
];

fn full() -> Value {
    json!({"other": [1, null], "artifacts": {"registry": "r.example", "verification": {
        "keys": ["release.pub"],
        "identities": [{"identity": "https://ci.example/shop@*", "issuer": "https://issuer.example"}],
        "trust_root": "trusted_root.json",
        "annotations": {"env": "prod"},
    }, "promotion": {
        "pipeline": "shop",
        "groups": {"managers": ["ana@acme.example", "bob@acme.example"]},
        "issuers": [{
            "issuer": "https://ci.example",
            "audience": "ledger",
            "principal": "ci:{repository}",
            "keys": "ci.jwks.json",
            "groups": [{"group": "managers", "claims": {"repository": "acme/shop", "environment": "production"}}],
        }],
        "components": {
            "api": "shop/api",
            "web": {"repository": "shop/web", "versions": "calver"},
            "job": {"repository": "shop/job", "versions": {"scheme": "recency"}},
            "old": {"repository": "shop/old", "versions": {"scheme": "pattern", "template": "release-{n}"}},
        },
        "policies": ["policies/shop.rego", "policies/warn.rego"],
        "security_scan": {"block_on_severity": ["critical", "HIGH"], "ignore_unfixed": true, "scanner_format": "grype"},
        "gate_commands": {
            "tests": "make test",
            "cost": {"command": ["./cost", "--max", "100"], "timeout_seconds": 600, "variables": ["AWS_REGION"], "warning_status": 2},
            "smoke": {"shell": "curl -fsS https://x.example | grep ok"},
        },
        "gate_timeout_seconds": 300,
        "environments": ["dev", {
            "name": "prod",
            "gates": ["tests", {"name": "security_scan", "max_age": "7d"}, {"name": "cost", "advisory": true}, "smoke", "policy_compliance"],
            "gate_timeout_seconds": 900,
            "authorization": {"allowed_groups": ["managers"], "allowed_operators": ["ci:acme/shop"], "separation_of_duties": true},
            "approvals": {"count": 2, "groups": ["managers"], "valid_for": "3d"},
            "soak": "24h",
            "versions": "^2",
            "signature": "enforce",
            "freezes": [
                {"name": "year end", "from": "2026-12-20", "until": "2027-01-04", "zone": "Europe/Berlin", "open": ["2026-12-24"]},
                {"name": "weekend", "weekly": {"from": "fri 16:00", "until": "mon 08:00"}, "zone": "UTC"},
                {"name": "patch day", "rule": "FREQ=MONTHLY;BYDAY=2TU", "start": "2026-12-08T00:00", "duration": "PT24H", "zone": "UTC"},
            ],
        }],
        "on_incomparable": "block",
    }}})
}

/// Every place of the section, the mappings and lists themselves too.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(key, value)| places(value, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), found))
        }
        Value::Array(items) => items.iter().enumerate().for_each(|(place, value)| places(value, &format!("{at}/{place}"), found)),
        _ => {}
    }
}

fn reads(manifest: &Value) -> bool {
    parse(manifest.to_string().as_bytes()).is_ok()
}

/// What may be done to a manifest at one place.
#[derive(Debug, Clone)]
enum Edit {
    Put(Value),
    Remove,
    Add(&'static str, Value),
    Repeat,
}

fn value() -> impl Strategy<Value = Value> {
    let words = prop::sample::select(vec![
        "",
        "dev",
        "Prod",
        "none",
        "rollback-1",
        "a b",
        "a",
        "7d",
        "0d",
        "24h",
        "7",
        "^2",
        "warn",
        "off",
        "enforce",
        "block",
        "calver",
        "pattern",
        "semver",
        "shop/x",
        "r.example/x",
        "2026-12-20",
        "2027-02-01T10:00",
        "fri 16:00",
        "16:00",
        "UTC",
        "PT8H",
        "FREQ=DAILY",
        "tests",
        "make 'a",
        "policies/shop.rego",
        "policies/warn.rego",
        "release.pub",
        "trusted_root.json",
        "High",
        "trivy",
        "AWS_REGION",
        "A-B",
        "*",
        "ci:x\"",
        "é",
    ]);
    let leaf = prop_oneof![
        4 => words.prop_map(Value::from),
        1 => prop::sample::select(vec![0_u32, 1, 2, 29, 30, 100, 101, 255, 256, 300, 3600, 3601]).prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => "[ -~]{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            (key(), inner).prop_map(|(key, value)| json!({key: value})),
        ]
    })
}

fn key() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "name",
        "gates",
        "max_age",
        "enabled",
        "policy_compliance",
        "soak",
        "versions",
        "signature",
        "groups",
        "count",
        "valid_for",
        "advisory",
        "policies",
        "security_scan",
        "gate_commands",
        "gate_timeout_seconds",
        "block_on_severity",
        "ignore_unfixed",
        "scanner_format",
        "command",
        "shell",
        "timeout_seconds",
        "variables",
        "warning_status",
        "verification",
        "keys",
        "identities",
        "identity",
        "issuer",
        "trust_root",
        "annotations",
        "label_shape",
        "end",
        "duration",
        "open",
        "days",
        "weekly",
        "rule",
        "zone",
        "template",
        "scheme",
        "repository",
        "pipeline",
        "odd",
        "Odd key",
    ])
}

fn edits() -> impl Strategy<Value = Vec<(prop::sample::Index, Edit)>> {
    let edit = prop_oneof![
        3 => value().prop_map(Edit::Put),
        2 => Just(Edit::Remove),
        2 => (key(), value()).prop_map(|(key, value)| Edit::Add(key, value)),
        1 => Just(Edit::Repeat),
    ];
    prop::collection::vec((any::<prop::sample::Index>(), edit), 0..4)
}

fn edited(edits: &[(prop::sample::Index, Edit)]) -> Value {
    let mut manifest = full();
    for (index, edit) in edits {
        let mut all = Vec::new();
        places(&manifest["artifacts"], "/artifacts", &mut all);
        let place = index.get(&all).clone();
        apply(&mut manifest, &place, edit);
    }
    manifest
}

fn apply(manifest: &mut Value, place: &str, edit: &Edit) {
    match (edit, manifest.pointer_mut(place)) {
        (Edit::Put(value), Some(target)) => *target = value.clone(),
        (Edit::Add(key, value), Some(Value::Object(fields))) => drop(fields.insert((*key).to_owned(), value.clone())),
        (Edit::Repeat, Some(Value::Array(items))) => items.extend(items.first().cloned()),
        (Edit::Remove, Some(_)) => {
            let (parent, last) = place.rsplit_once('/').unwrap();
            match manifest.pointer_mut(parent) {
                Some(Value::Object(fields)) => drop(fields.remove(&last.replace("~1", "/").replace("~0", "~"))),
                Some(Value::Array(items)) => drop(items.remove(last.parse().unwrap())),
                _ => {}
            }
        }
        _ => {}
    }
}

#[test]
fn the_schema_and_the_reader_take_a_full_manifest_and_the_shortest() {
    for manifest in [full(), json!({"artifacts": {"registry": "r.example/a"}})] {
        assert!(reads(&manifest), "{manifest}");
        let errors: Vec<String> = SCHEMA.iter_errors(&manifest).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

#[test]
fn only_what_no_schema_can_say_passes_the_schema_alone() {
    for (place, text) in UNSAID {
        let mut manifest = full();
        *manifest.pointer_mut(place).expect(place) = serde_json::from_str(text).unwrap();
        assert!(!reads(&manifest), "{place}: {text}");
        assert!(SCHEMA.is_valid(&manifest), "{place}: {text}");
    }
}

/// Faults of shape: both refuse them.
#[test]
fn faults_of_shape_are_refused_by_both() {
    let prod = "/artifacts/promotion/environments/1";
    let table = [
        ("", "soak", json!(24)),
        ("", "soak", json!("24")),
        ("", "soak", json!("0h")),
        ("", "signature", json!(false)),
        ("", "odd", json!(1)),
        ("", "policy_compliance", json!(false)),
        ("", "name", json!("rollback-2")),
        ("", "gates", json!([{"name": "policy_compliance", "enabled": false}])),
        ("", "gates", json!([{"max_age": "7d"}])),
        ("", "authorization", json!({})),
        ("/authorization", "allowed_groups", json!([])),
        ("/authorization", "separation_of_duties", json!("true")),
        ("/approvals", "count", json!(0)),
        ("/approvals", "count", json!(101)),
        ("/approvals", "count", json!("2")),
        ("/approvals", "groups", json!(["a b"])),
        ("", "approvals", json!({"groups": ["a"]})),
        ("/freezes/1", "from", json!("2026-12-20")),
        ("/freezes/2", "end", json!("2026-12-09")),
        ("/freezes/0", "zone", json!(null)),
    ];
    for (below, key, value) in table {
        refused_by_both(&format!("{prod}{below}"), key, &value);
    }
}

/// The same of what stands beside the environments.
#[test]
fn faults_of_checks_are_refused_by_both() {
    let cost = "/gate_commands/cost";
    let table = [
        ("", "policies", json!("policies/shop.rego")),
        ("", "gate_timeout_seconds", json!(29)),
        ("", "gate_timeout_seconds", json!(3601)),
        ("", "gate_timeout_seconds", json!("300s")),
        ("/environments/1", "gate_timeout_seconds", json!(10)),
        ("/environments/1", "gates", json!([{"name": "tests", "advisory": "yes"}])),
        ("/security_scan", "block_on_severity", json!([])),
        ("/security_scan", "block_on_severity", json!(["grave"])),
        ("/security_scan", "ignore_unfixed", json!("true")),
        ("/security_scan", "scanner_format", json!("snyk")),
        ("/gate_commands", "policy_compliance", json!("true")),
        ("/gate_commands", "label_shape", json!("true")),
        ("/gate_commands", "Tests", json!("true")),
        ("/gate_commands", "tests", json!("")),
        ("/gate_commands", "tests", json!(["make", "test"])),
        ("/gate_commands", "tests", json!({})),
        (cost, "shell", json!("true")),
        (cost, "command", json!([])),
        (cost, "command", json!(["a", 1])),
        (cost, "timeout_seconds", json!(0)),
        (cost, "variables", json!(["A-B"])),
        (cost, "warning_status", json!(0)),
        (cost, "warning_status", json!(256)),
    ];
    for (below, key, value) in table {
        refused_by_both(&format!("/artifacts/promotion{below}"), key, &value);
    }
    for (key, value) in [
        ("keys", json!("release.pub")),
        ("keys", json!([""])),
        ("identities", json!([{"identity": "a"}])),
        ("annotations", json!(["env"])),
        ("annotations", json!({"env": true})),
        ("trust_root", json!(null)),
    ] {
        refused_by_both("/artifacts/verification", key, &value);
    }
}

#[track_caller]
fn refused_by_both(place: &str, key: &str, value: &Value) {
    let mut manifest = full();
    manifest.pointer_mut(place).unwrap()[key] = value.clone();
    assert!(!reads(&manifest), "{place}/{key}: {value}");
    assert!(!SCHEMA.is_valid(&manifest), "{place}/{key}: {value}");
}

proptest! {
    #[test]
    fn what_the_schema_refuses_the_reader_refuses(edits in edits()) {
        let manifest = edited(&edits);
        if let Some(error) = SCHEMA.iter_errors(&manifest).next() {
            prop_assert!(!reads(&manifest), "{error} at {}\n{manifest}", error.instance_path());
        }
    }
}
