//! The shapes of what rules say of gates and of signatures, and of what results of gates hold.

use serde_json::{Value, json};

use super::super::Case;
use super::super::hand::{Hand, Key};
use super::super::run::{GATE, digest, with, without};
use super::digests::{POLICIES, listed, verification};
use super::shapes::misshapen;
use super::standing::{asked, finding, report, scanned};
use super::{STAGING, adopted, demanding};

pub(super) fn all() -> Vec<Case> {
    [vec![everything(), longest()], environments(), commands(), policies(), scans(), verifications(), asks(), reports()]
        .into_iter()
        .flatten()
        .collect()
}

/// Rules with these fields beside the usual ones.
fn saying(fields: &Value) -> Value {
    let fields = fields.as_object().into_iter().flatten();
    fields.fold(demanding(&json!({}), &json!({})), |rules, (field, value)| with(rules, field, value.clone()))
}

/// Rules that break the shape, each with its name.
fn rules_that(table: Vec<(&str, &str, Value)>) -> Vec<Case> {
    let hand = adopted(&json!({}), &json!({}));
    let case =
        |(name, about, fields): (&str, &str, Value)| misshapen(&hand, name, about, "manifest.adopted", &json!({"rules": saying(&fields)}));
    table.into_iter().map(case).collect()
}

/// A command that could be.
fn command() -> Value {
    json!({"arguments": ["/usr/bin/check", ""], "gate": GATE})
}

/// Everything that rules can say of gates, at every bound.
fn everything() -> Case {
    let commands = json!([
        {
            "arguments": ["exit 0"], "gate": "a", "shell": true, "timeout_seconds": 30, "variables": ["A", "B_1", "_"], "warning_status": 1,
        },
        {"arguments": ["check", "", "a\nb"], "gate": "b", "timeout_seconds": 3600, "warning_status": 255},
        {"arguments": ["scan"], "gate": "security_scan"},
    ]);
    let every = json!(["critical", "high", "medium", "low", "negligible", "unknown"]);
    let rules = [
        json!({
            "commands": commands,
            "policies": listed(POLICIES),
            "security_scan": {"block_on": every, "ignore_unfixed": true, "scanner": "grype"},
            "verification": verification(),
        }),
        json!({"security_scan": {"block_on": ["unknown"], "scanner": "trivy"}, "verification": {"keys": ["a", "b"]}}),
        json!({"verification": {
            "annotations": [{"name": "a", "value": "b"}, {"name": "b", "value": "a"}],
            "identities": [{"identity": "a", "issuer": "a"}, {"identity": "a", "issuer": "b"}, {"identity": "b", "issuer": "a"}],
            "trust_root": "a",
        }}),
    ];
    let staging = json!({"advisory": ["b", "a"], "gate_timeout_seconds": 3600, "gates": ["a", "policy_compliance", "b"]});
    let mut hand = adopted(&json!({"gate_timeout_seconds": 30}), &staging);
    for fields in rules {
        hand.write(&Key::alice(), "manifest.adopted", json!({"rules": saying(&fields)}));
    }
    Case::valid("rules-of-gates", "Rules that say everything of gates and signatures that rules can say.", &hand)
}

/// A policy and an argument of the most bytes that each may have.
fn longest() -> Case {
    let policy = json!([{"name": "p".repeat(100), "text": "é".repeat(30_000)}]);
    let mut hand = adopted(&json!({}), &json!({}));
    hand.write(&Key::alice(), "manifest.adopted", json!({"rules": saying(&json!({"policies": policy}))}));
    let longest = json!([with(with(command(), "arguments", json!(["a".repeat(4096)])), "variables", json!(["V".repeat(128)]))]);
    hand.write(&Key::alice(), "manifest.adopted", json!({"rules": saying(&json!({"commands": longest}))}));
    Case::valid("rules-of-longest-texts", "Rules with texts of the most bytes that each may have.", &hand)
}

/// What an environment says of its gates.
fn environments() -> Vec<Case> {
    let hand = adopted(&json!({}), &json!({}));
    let gates = || json!({"gates": [GATE, "policy_compliance"]});
    let table = [
        ("advisory-empty", "A list of advice that is empty.", with(gates(), "advisory", json!([]))),
        ("advisory-twice", "A gate that is advice twice.", with(gates(), "advisory", json!([GATE, GATE]))),
        ("advisory-of-no-gate", "A gate that is advice and not demanded.", with(gates(), "advisory", json!(["tests"]))),
        ("advisory-of-the-policies", "Policies that are advice.", with(gates(), "advisory", json!(["policy_compliance"]))),
        (
            "max-age-of-the-policies",
            "An age of what the policies said.",
            with(gates(), "max_age", json!([{"gate": "policy_compliance", "seconds": 60}])),
        ),
        ("gate-timeout-too-short", "Gates that may take 29 seconds.", with(gates(), "gate_timeout_seconds", json!(29))),
        ("gate-timeout-too-long", "Gates that may take 3,601 seconds.", with(gates(), "gate_timeout_seconds", json!(3601))),
    ];
    let case = |(name, about, fields): (&str, &str, Value)| {
        misshapen(&hand, name, about, "manifest.adopted", &json!({"rules": demanding(&json!({}), &fields)}))
    };
    table.into_iter().map(case).collect()
}

fn commands() -> Vec<Case> {
    let of = |commands: Value| json!({"commands": commands});
    let one = |field: &str, value: Value| of(json!([with(command(), field, value)]));
    let other = || with(command(), "gate", json!("costs"));
    rules_that(vec![
        ("commands-empty", "A list of commands that is empty.", of(json!([]))),
        ("commands-unsorted", "Commands out of order.", of(json!([command(), other()]))),
        ("command-twice", "Two commands of one gate.", of(json!([command(), command()]))),
        ("command-of-the-policies", "A command for the gate that asks the policies.", one("gate", json!("policy_compliance"))),
        ("command-of-the-label", "A command for the gate that looks at the label.", one("gate", json!("label_shape"))),
        ("command-of-nothing", "A command without a program.", one("arguments", json!([]))),
        ("command-program-empty", "A command whose program is the empty text.", one("arguments", json!(["", "a"]))),
        ("command-argument-zero", "An argument with a zero byte.", one("arguments", json!(["a", "b\0"]))),
        ("command-argument-too-long", "An argument of 4,097 bytes.", one("arguments", json!(["a", "b".repeat(4097)]))),
        ("command-shell-arguments", "A shell's command with an argument.", one("shell", json!(true))),
        ("command-shell-false", "A command that is said to need no shell.", one("shell", json!(false))),
        ("command-timeout-too-short", "A command that may take 29 seconds.", one("timeout_seconds", json!(29))),
        ("command-timeout-too-long", "A command that may take 3,601 seconds.", one("timeout_seconds", json!(3601))),
        ("command-variables-empty", "A list of variables that is empty.", one("variables", json!([]))),
        ("command-variables-unsorted", "Variables out of order.", one("variables", json!(["B", "A"]))),
        ("command-variable-twice", "A variable twice.", one("variables", json!(["A", "A"]))),
        ("command-variable-begins", "A variable that begins with a digit.", one("variables", json!(["1A"]))),
        ("command-variable-hyphen", "A variable with a hyphen.", one("variables", json!(["A-B"]))),
        ("command-variable-too-long", "A variable of 129 bytes.", one("variables", json!(["A".repeat(129)]))),
        ("command-warning-zero", "A status that means passed, and a warning.", one("warning_status", json!(0))),
        ("command-warning-too-high", "A status that no program ends with.", one("warning_status", json!(256))),
        ("command-unknown-field", "A command with a field that commands do not have.", one("user", json!("root"))),
    ])
}

fn policies() -> Vec<Case> {
    let of = |policies: Value| json!({"policies": policies});
    let one = |name: &str, text: &str| of(json!([{"name": name, "text": text}]));
    rules_that(vec![
        ("policies-empty", "A list of policies that is empty.", of(json!([]))),
        ("policies-unsorted", "Policies out of order.", of(listed(&[("b", "x"), ("a", "x")]))),
        ("policy-twice", "Two policies of one name.", of(listed(&[("a", "x"), ("a", "y")]))),
        ("policy-name-begins", "A policy whose name begins with a dot.", one(".rego", "x")),
        ("policy-name-slash", "A policy with a path for its name.", one("policies/shop.rego", "x")),
        ("policy-name-too-long", "A policy whose name has 101 bytes.", one(&"p".repeat(101), "x")),
        ("policy-text-empty", "A policy that says nothing.", one("a", "")),
        ("policy-text-too-long", "A policy of 60,001 bytes.", one("a", &"x".repeat(60_001))),
        ("policy-text-missing", "A policy without a text.", of(json!([{"name": "a"}]))),
    ])
}

fn scans() -> Vec<Case> {
    let scan = |block_on: Value| json!({"security_scan": {"block_on": block_on, "scanner": "trivy"}});
    let changed =
        |field: &str, value: Value| json!({"security_scan": with(json!({"block_on": ["high"], "scanner": "trivy"}), field, value)});
    rules_that(vec![
        ("scan-of-nothing", "Reports in which nothing stops a promotion.", scan(json!([]))),
        ("scan-unsorted", "Severities that are not the gravest first.", scan(json!(["high", "critical"]))),
        ("scan-severity-twice", "A severity twice.", scan(json!(["high", "high"]))),
        ("scan-severity", "A severity that there is not.", scan(json!(["moderate"]))),
        ("scan-severity-upper-case", "A severity in upper case.", scan(json!(["HIGH"]))),
        ("scan-scanner", "A scanner that there is not.", changed("scanner", json!("clair"))),
        ("scan-ignore-false", "Rules that say that nothing is left out.", changed("ignore_unfixed", json!(false))),
    ])
}

fn verifications() -> Vec<Case> {
    let of = |fields: Value| json!({"verification": fields});
    let changed = |field: &str, value: Value| of(with(verification(), field, value));
    let identity = |identity: &str, issuer: &str| json!({"identity": identity, "issuer": issuer});
    let annotation = |name: &str, value: &str| json!({"name": name, "value": value});
    rules_that(vec![
        ("verification-of-nobody", "Signatures of nobody.", of(json!({}))),
        ("verification-of-annotations", "Signatures that say something, of nobody.", of(json!({"annotations": [annotation("a", "b")]}))),
        ("verification-root-alone", "A trust root for nobody.", of(json!({"trust_root": "a"}))),
        ("verification-root-missing", "Identities without a trust root.", of(without(verification(), "trust_root"))),
        ("verification-root-needless", "A trust root, and no identities.", of(without(verification(), "identities"))),
        (
            "verification-annotations-unsorted",
            "Annotations out of order.",
            changed("annotations", json!([annotation("b", "a"), annotation("a", "b")])),
        ),
        (
            "verification-annotation-twice",
            "Two values of one annotation.",
            changed("annotations", json!([annotation("a", "a"), annotation("a", "b")])),
        ),
        ("verification-identities-empty", "A list of identities that is empty.", changed("identities", json!([]))),
        (
            "verification-identities-unsorted",
            "Identities out of order.",
            changed("identities", json!([identity("b", "a"), identity("a", "b")])),
        ),
        (
            "verification-issuers-unsorted",
            "Issuers of one identity out of order.",
            changed("identities", json!([identity("a", "b"), identity("a", "a")])),
        ),
        ("verification-identity-twice", "An identity twice.", changed("identities", json!([identity("a", "a"), identity("a", "a")]))),
        ("verification-keys-empty", "A list of keys that is empty.", changed("keys", json!([]))),
        ("verification-keys-unsorted", "Keys out of order.", changed("keys", json!(["b", "a"]))),
        ("verification-key-twice", "A key twice.", changed("keys", json!(["a", "a"]))),
        ("verification-key-empty", "A key of no bytes.", changed("keys", json!([""]))),
    ])
}

/// A result whose data has not the shape.
fn result_that(table: Vec<(&str, &str, Value)>) -> Vec<Case> {
    let hand: Hand = adopted(&json!({}), &json!({}));
    table.into_iter().map(|(name, about, data)| misshapen(&hand, name, about, "gate.completed", &data)).collect()
}

/// Which policies were asked.
fn asks() -> Vec<Case> {
    let asking = |policy: Value| with(asked(&[], "passed"), "policy", policy);
    let whole = || json!({"decision": digest(1), "policies": digest(1), "promotion_id": STAGING.id()});
    result_that(vec![
        ("asked-nothing", "Policies that were asked no question.", asking(without(whole(), "decision"))),
        ("asked-nobody", "A question that was asked of no policies.", asking(without(whole(), "policies"))),
        ("asked-as-text", "Policies as text.", asking(with(whole(), "policies", json!("shop.rego")))),
        ("asked-by-nobody", "Policies that no promotion asked.", asking(without(whole(), "promotion_id"))),
        ("asked-by-a-name", "Policies that a promotion asked whose id is none.", asking(with(whole(), "promotion_id", json!("v1.0.0")))),
        ("asked-unknown-field", "Policies that were asked with a field more.", asking(with(whole(), "version", json!("v1.0.0")))),
    ])
}

/// What a report comes to.
fn reports() -> Vec<Case> {
    let changed = |field: &str, value: Value| scanned(with(report(), field, value), "failed");
    let counts = |count: Value| with(json!({"critical": 0, "high": 0, "low": 0, "medium": 0, "negligible": 0}), "unknown", count);
    result_that(vec![
        (
            "report-blocked-missing",
            "A report that does not say how much stops a promotion.",
            scanned(without(report(), "blocked"), "failed"),
        ),
        ("report-count-missing", "A report that does not count one severity.", changed("counts", without(counts(json!(0)), "unknown"))),
        ("report-count-negative", "A report with less than none of something.", changed("counts", counts(json!(-1)))),
        ("report-count-more", "A report that counts what is no severity.", changed("counts", with(counts(json!(0)), "moderate", json!(0)))),
        ("report-scanner", "A report of a scanner that there is not.", changed("scanner", json!("clair"))),
        (
            "report-severity",
            "A finding of a severity that there is not.",
            changed("blocking", json!([with(finding(), "severity", json!("High"))])),
        ),
        ("report-severity-missing", "A finding without a severity.", changed("blocking", json!([without(finding(), "severity")]))),
        (
            "report-package-blank",
            "A finding in a package without a name.",
            changed("blocking", json!([with(finding(), "package", json!(""))])),
        ),
        ("report-unknown-field", "A report with a field that reports do not have.", changed("date", json!("2026-01-15"))),
    ])
}
