//! What changes about gates that are run, policies, scanners' reports and signatures.

use super::{COMPONENTS, between, prod, text};

/// A manifest whose environment prod demands the gates `tests` and `security_scan`, with more keys of `promotion`.
fn common(keys: &str) -> String {
    text(COMPONENTS, "[dev, {name: prod, gates: [tests, security_scan]}]", &format!("    {keys}\n"))
}

fn change(old: &str, new: &str) -> Vec<String> {
    between(&common(old), &common(new))
}

fn signed(old: &str, new: &str) -> Vec<String> {
    let with = |keys: &str| format!("artifacts: {{registry: r.example/a{keys}}}");
    between(&with(old), &with(new))
}

// proves: FR-006
#[test]
fn advice_and_limits_are_told() {
    assert_eq!(prod(", gates: [tests]", ", gates: [{name: tests, advisory: true}]"), ["loosens: prod now takes gate tests as advice"]);
    assert_eq!(
        prod(", gates: [{name: tests, advisory: true}]", ", gates: [tests]"),
        ["prod now requires gate tests (it took it as advice)"]
    );
    assert_eq!(
        prod("", ", gates: [{name: tests, advisory: true, max_age: 1d}]"),
        ["prod now requires gate tests, as advice, with a result of at most 1 day"]
    );
    assert_eq!(
        prod("", ", gate_timeout_seconds: 900"),
        ["a gate of prod may now take 15 minutes (it might take as long as gates may by default)"]
    );
    assert_eq!(
        prod(", gate_timeout_seconds: 60", ", gate_timeout_seconds: 90"),
        ["a gate of prod may now take 90 seconds (it might take 1 minute)"]
    );
}

// proves: FR-006 FR-012a
#[test]
fn whatever_changes_about_a_command_loosens_but_its_limit() {
    let tests = |command: &str| format!("gate_commands: {{tests: {command}}}");
    let change = |old: &str, new: &str| change(&tests(old), &tests(new));
    assert_eq!(change("make test", "make check"), ["loosens: gate tests now runs `make check` (it ran `make test`)"]);
    assert_eq!(change("make test", "{command: [make, test]}"), [""; 0]);
    assert_eq!(
        change("make test", "{shell: make test}"),
        ["loosens: gate tests now runs `make test`, read by a shell (it ran `make test`)"]
    );
    assert_eq!(
        change("make", "{command: make, variables: [B, A]}"),
        ["loosens: gate tests is now given A, B (it was given no variables of its own)"]
    );
    assert_eq!(
        change("make", "{command: make, warning_status: 2}"),
        ["loosens: gate tests now passes with a warning with exit status 2 (it failed)"]
    );
    assert_eq!(
        change("{command: make, warning_status: 2}", "{command: make, warning_status: 3}"),
        ["loosens: gate tests now passes with a warning with exit status 3 (it did so with 2)"]
    );
    assert_eq!(
        change("{command: make, warning_status: 2}", "make"),
        ["gate tests now fails with exit status 2 (it passed with a warning)"]
    );
    assert_eq!(
        change("make", "{command: make, timeout_seconds: 600}"),
        ["gate tests may now take 10 minutes (it might take as long as its environment says)"]
    );
}

// proves: FR-006
#[test]
fn commands_that_come_and_go_are_told() {
    let none = text(COMPONENTS, "[dev, {name: prod, gates: [tests]}]", "");
    let some = text(COMPONENTS, "[dev, {name: prod, gates: [tests]}]", "    gate_commands: {tests: make test}\n");
    assert_eq!(between(&none, &some), ["loosens: gate tests now runs `make test`"]);
    assert_eq!(between(&some, &none), ["gate tests is no longer run, its results are recorded (it ran `make test`)"]);
    let free = text(COMPONENTS, "[dev, prod]", "");
    assert_eq!(between(&free, &some), ["gate tests now runs `make test`", "prod now requires gate tests"]);
}

#[test]
fn policies_that_come_go_and_change_are_told() {
    let policies = |files: &str| format!("policies: [{files}]");
    let change = |old: &str, new: &str| change(&policies(old), &policies(new));
    assert_eq!(change("policies/shop.rego", ""), ["loosens: policy shop.rego is gone"]);
    assert_eq!(change("policies/shop.rego", "other/shop.rego"), ["loosens: policy shop.rego changed"]);
    assert_eq!(change("", "policies/shop.rego"), ["policy shop.rego was added"]);
    assert_eq!(
        change("policies/shop.rego", "policies/shop.rego, policies/warn.rego"),
        ["loosens: policy warn.rego was added, and may change what the others say"]
    );
}

// proves: FR-054
#[test]
fn what_stops_a_scan_is_told_both_ways() {
    let scan = |keys: &str| format!("security_scan: {{{keys}}}");
    let change = |old: &str, new: &str| change(&scan(old), &scan(new));
    assert_eq!(
        change("block_on_severity: [critical, high]", "block_on_severity: [low, critical]"),
        ["loosens: findings of HIGH no longer stop a promotion", "findings of LOW now stop a promotion"]
    );
    assert_eq!(change("", "ignore_unfixed: true"), ["loosens: findings without a fix no longer count"]);
    assert_eq!(change("ignore_unfixed: true", ""), ["findings without a fix now count"]);
    assert_eq!(change("", "scanner_format: grype"), ["loosens: reports of Grype now count (those of Trivy did)"]);
    assert_eq!(
        super::between(&common("security_scan: {}"), &common("")),
        ["loosens: results of gate security_scan are no longer held against a scanner's report"]
    );
    assert_eq!(
        super::between(&common(""), &common("security_scan: {ignore_unfixed: true}")),
        ["gate security_scan now needs a report of Trivy, and findings of CRITICAL, HIGH stop it, those without a fix left out"]
    );
}

// proves: FR-018 FR-019
#[test]
fn whose_signatures_count_is_told_both_ways() {
    let keys = |keys: &str| format!(", verification: {{{keys}}}");
    let change = |old: &str, new: &str| signed(&keys(old), &keys(new));
    let [gained] = change("keys: [release.pub]", "keys: [release.pub, stranger.pub]").try_into().unwrap();
    assert!(gained.starts_with("loosens: signatures of the key sha256:") && gained.ends_with(" now count"), "{gained}");
    let [lost] = change("keys: [release.pub, stranger.pub]", "keys: [release.pub]").try_into().unwrap();
    assert_eq!(lost, gained.replace("loosens: ", "").replace("now count", "no longer count"));
    let keyless = |who: &str, root: &str| format!("identities: [{{identity: {who}, issuer: b}}], trust_root: {root}");
    assert_eq!(
        change(&keyless("a", "trusted_root.json"), &keyless("c", "trusted_root.json")),
        ["loosens: signatures of c (issuer b) now count", "signatures of a (issuer b) no longer count"]
    );
    assert_eq!(
        change(&keyless("a", "trusted_root.json"), &keyless("a", "stranger_root.json")),
        ["loosens: the trust root changed: certificates of other authorities may be believed"]
    );
    let said = |annotations: &str| format!("{}, annotations: {{{annotations}}}", keyless("a", "trusted_root.json"));
    assert_eq!(change(&said(""), &said("env: prod")), ["a signature must now say env=prod"]);
    assert_eq!(change(&said("env: prod"), &said("")), ["loosens: a signature need no longer say env=prod"]);
    assert_eq!(change(&said("env: prod"), &said("env: dev")), ["loosens: a signature need no longer say env=prod, and must say env=dev"]);
    let [came] = signed("", &keys(&said("env: prod"))).try_into().unwrap();
    assert_eq!(came, "signatures of a (issuer b) now count, if they say env=prod");
    assert_eq!(signed(&keys(&said("")), ""), ["nobody's signatures count any more (those of a (issuer b) did)"]);
}
