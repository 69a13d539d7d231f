//! What stands behind the results of gates that are known by name: the policies that were asked, and a scanner's report.

use serde_json::{Value, json};

use super::super::Case;
use super::super::hand::{Hand, Key};
use super::super::run::{Run, digest, gate, with};
use super::digests::{POLICIES, Policies, listed, policies_digest};
use super::{STAGING, adopted_under, demanding, last};

pub(super) fn all() -> Vec<Case> {
    [vec![sound()], policies(), reports()].into_iter().flatten().collect()
}

/// A result of that gate for staging.
pub(super) fn result(name: &str, status: &str) -> Value {
    with(gate(1, status), "gate", json!(name))
}

/// A result of the gate that asks the policies, which says that the promotion to staging asked these.
pub(super) fn asked(policies: Policies<'_>, status: &str) -> Value {
    asked_by(&STAGING, policies, status)
}

/// The same for another promotion to staging.
pub(super) fn asked_by(run: &Run, policies: Policies<'_>, status: &str) -> Value {
    let asked = json!({"decision": digest(99), "policies": policies_digest(policies), "promotion_id": run.id()});
    with(result("policy_compliance", status), "policy", asked)
}

/// A report of nothing grave.
pub(super) fn report() -> Value {
    json!({
        "blocked": 0,
        "blocking": [],
        "counts": {"critical": 0, "high": 0, "low": 4, "medium": 3, "negligible": 2, "unknown": 1},
        "ignored": 0,
        "scanner": "trivy",
        "suppressed": 5,
    })
}

/// A finding that stops a promotion.
pub(super) fn finding() -> Value {
    json!({"fixed": "1.2.4", "id": "CVE-2026-0001", "installed": "1.2.3", "package": "libfoo", "severity": "high"})
}

/// A result out of that report.
pub(super) fn scanned(report: Value, status: &str) -> Value {
    with(result("security_scan", status), "scan", report)
}

/// Rules with policies, that take reports of trivy without anything critical or high.
pub(super) fn judging() -> Value {
    let scan = json!({"block_on": ["critical", "high"], "scanner": "trivy"});
    with(with(demanding(&json!({}), &json!({})), "policies", listed(POLICIES)), "security_scan", scan)
}

/// The same, where what has no fix may be left out.
fn lenient() -> Value {
    let scan = json!({"block_on": ["critical", "high"], "ignore_unfixed": true, "scanner": "trivy"});
    with(judging(), "security_scan", scan)
}

/// What is recorded last of a gate breaks that rule.
fn recorded(hand: &Hand, name: &str, about: &str, rule: &'static str, data: Value) -> Case {
    last(hand, name, about, rule, |hand| {
        hand.write(&Key::alice(), "gate.completed", data);
    })
}

/// What stands behind every result that is recorded, and what needs nothing behind it.
fn sound() -> Case {
    let alice = Key::alice();
    let mut hand = adopted_under(&judging());
    let grave = with(with(with(report(), "blocked", json!(2)), "blocking", json!([finding()])), "scanner", json!("grype"));
    let grave = with(with(grave, "counts", counts("critical", 2)), "ignored", json!(1));
    let nameless = json!({"severity": "unknown"});
    for data in [
        asked(POLICIES, "passed"),
        asked(POLICIES, "warning"),
        asked(&[], "failed"),
        asked(&[("shop.rego", "")], "skipped"),
        result("policy_compliance", "failed"),
        result("policy_compliance", "skipped"),
        scanned(report(), "passed"),
        scanned(report(), "warning"),
        scanned(with(grave.clone(), "blocking", json!([finding(), nameless])), "failed"),
        result("security_scan", "failed"),
        result("security_scan", "skipped"),
        with(result("tests", "passed"), "scan", grave.clone()),
        result("label_shape", "passed"),
    ] {
        hand.write(&alice, "gate.completed", data);
    }
    hand.write(&alice, "manifest.adopted", json!({"rules": lenient()}));
    hand.write(&alice, "gate.completed", scanned(with(report(), "ignored", json!(7)), "passed"));
    // Neither policies nor reports: what is asked of none is the digest of none.
    hand.write(&alice, "manifest.adopted", json!({"rules": demanding(&json!({}), &json!({}))}));
    for data in [asked(&[], "passed"), result("security_scan", "passed"), scanned(grave, "passed")] {
        hand.write(&alice, "gate.completed", data);
    }
    Case::valid("gates-founded", "Results with all behind them that the rules want, and results of which they want nothing.", &hand)
}

/// The counts of a report of nothing grave, but for one.
fn counts(severity: &str, count: u64) -> Value {
    let counts = json!({"critical": 0, "high": 0, "low": 4, "medium": 3, "negligible": 2, "unknown": 1});
    with(counts, severity, json!(count))
}

fn policies() -> Vec<Case> {
    let hand = adopted_under(&judging());
    let none = adopted_under(&demanding(&json!({}), &json!({})));
    let mut changed = hand.clone();
    let other = with(judging(), "policies", listed(&[("shop.rego", "package promoledger\n")]));
    changed.write(&Key::alice(), "manifest.adopted", json!({"rules": other}));
    let behind = |name: &str, status: &str| with(asked(POLICIES, status), "gate", json!(name));
    let case = |hand: &Hand, name: &str, about: &str, data: Value| recorded(hand, &format!("policy-{name}"), about, "policy", data);
    vec![
        case(
            &hand,
            "missing",
            "The gate of the policies passed, and says of none that it was asked.",
            result("policy_compliance", "passed"),
        ),
        case(
            &hand,
            "missing-to-warn",
            "The gate of the policies warns, and says of none that it was asked.",
            result("policy_compliance", "warning"),
        ),
        case(
            &none,
            "missing-of-none",
            "The gate of the policies passed where there are none, and does not say so.",
            result("policy_compliance", "passed"),
        ),
        case(&hand, "of-another-gate", "Another gate says which policies were asked.", behind("tests", "passed")),
        case(
            &hand,
            "of-another-gate-that-failed",
            "Another gate, which failed, says which policies were asked.",
            behind("tests", "failed"),
        ),
        case(&hand, "of-others", "Other policies were asked.", asked(&[("shop.rego", "package promoledger\n")], "passed")),
        case(&hand, "of-some", "One of two policies was not asked.", asked(POLICIES.get(1..).unwrap_or_default(), "passed")),
        case(&hand, "of-none", "No policies were asked where there are some.", asked(&[], "passed")),
        case(&hand, "of-others-to-warn", "Other policies were asked, and warn.", asked(&[("a", "")], "warning")),
        case(&none, "of-some-where-none-are", "Policies were asked where there are none.", asked(POLICIES, "passed")),
        case(&changed, "of-before", "Policies were asked that are no longer in force.", asked(POLICIES, "passed")),
    ]
}

fn reports() -> Vec<Case> {
    let hand = adopted_under(&judging());
    let case = |name: &str, about: &str, data: Value| recorded(&hand, &format!("scan-{name}"), about, "scan", data);
    let passed = |field: &str, value: Value| scanned(with(report(), field, value), "passed");
    vec![
        case("missing", "A scan passed without a report.", result("security_scan", "passed")),
        case("missing-to-warn", "A scan warns without a report.", result("security_scan", "warning")),
        case("of-another-scanner", "A scan passed on the report of another scanner.", passed("scanner", json!("grype"))),
        case("grave", "A scan passed on a report with something critical.", passed("counts", counts("critical", 1))),
        case("grave-next", "A scan passed on a report with something high.", passed("counts", counts("high", 1))),
        case("blocked", "A scan passed on a report that stops a promotion.", passed("blocked", json!(1))),
        case("blocking", "A scan passed on a report that names what stops a promotion.", passed("blocking", json!([finding()]))),
        case(
            "ignored",
            "A scan passed on a report that leaves out what has no fix, which the rules do not say.",
            passed("ignored", json!(1)),
        ),
        case(
            "grave-to-warn",
            "A scan warns on a report with something critical.",
            scanned(with(report(), "counts", counts("critical", 1)), "warning"),
        ),
    ]
}
