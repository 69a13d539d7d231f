//! What policies say, and what becomes of it.

use super::{Policies, input, verdict};
use crate::policy::{LONGEST_REASON, MOST_REASONS};

/// The worked example of the book: what it shows is what it does.
const EXAMPLE: &str = include_str!("../../../../fixtures/policies/shop.rego");

// proves: FR-006, FR-010
#[test]
fn without_policies_everything_is_allowed() {
    let verdict = Policies::compile(&[]).expect("no policies are policies").judge(&input()).expect("nothing can fail");
    assert!(verdict.allowed && verdict.denials.is_empty() && verdict.warnings.is_empty());
}

// proves: FR-006
#[test]
fn a_denial_stops_and_a_warning_does_not() {
    let said =
        verdict(r#"deny contains "b" if true  deny contains {"msg": "a", "code": "X1"} if true  deny contains "c" if false"#, &input());
    assert!(!said.allowed);
    assert_eq!(said.denials, ["X1: a", "b"]);
    let said = verdict(r#"warn contains {"msg": "look"} if input.request.to == "prod""#, &input());
    assert!(said.allowed);
    assert_eq!(said.warnings, ["look"]);
}

// proves: FR-006
#[test]
fn a_rule_can_be_about_one_environment() {
    let rule = r#"deny contains msg if {
        input.request.to == "prod"
        not "release-managers" in input.request.groups
        msg := sprintf("%s may not promote to %s", [input.request.actor, input.request.to])
    }"#;
    let mut request = input();
    assert_eq!(verdict(rule, &request).denials, ["ci:acme/shop may not promote to prod"]);
    request.request.to = "staging".to_owned();
    assert!(verdict(rule, &request).allowed);
    request.request.to = "prod".to_owned();
    request.request.groups.insert("release-managers".to_owned());
    assert!(verdict(rule, &request).allowed);
}

// proves: FR-006
#[test]
fn what_allow_does_not_allow_is_denied() {
    let rule = r#"allow if input.request.actor == "ci:acme/shop""#;
    let mut request = input();
    assert!(verdict(rule, &request).allowed);
    request.request.actor = "mallory".to_owned();
    assert_eq!(verdict(rule, &request).denials, ["`allow` is not true"]);
    assert!(!verdict("allow := false", &request).allowed);
    assert!(!verdict("default allow := false", &request).allowed);
    let both = verdict("allow := true\ndeny contains \"no\" if true", &request);
    assert_eq!(both.denials, ["no"]);
}

// proves: FR-006
#[test]
fn the_example_of_the_book_does_what_it_says() {
    let said = |change: &dyn Fn(&mut super::Input)| {
        let mut request = input();
        change(&mut request);
        Policies::compile(&[("shop.rego", EXAMPLE)]).expect("the example compiles").judge(&request).expect("the example answers")
    };
    let good = said(&|_| {});
    assert!(good.allowed, "{good:?}");
    let unannotated = said(&|request| request.artifact.annotations.clear());
    assert_eq!(unannotated.denials, ["REVISION: the image does not say which commit it was built from"]);
    let untested = said(&|request| request.ledger.gates.clear());
    assert_eq!(untested.denials, ["TESTS: gate tests has not passed for this digest"]);
    let unvisited = said(&|request| request.ledger.visits.clear());
    assert_eq!(unvisited.denials, ["STAGING: this digest was never in staging"]);
    let older = said(&|request| request.artifact.version = "v1.4.0".to_owned());
    assert!(older.allowed);
    assert_eq!(older.warnings, ["v1.4.0 is older than v1.4.1"]);
}

// proves: FR-006
#[test]
fn several_files_are_one_set_of_policies() {
    let library = ("lib.rego", "package acme.names\nis_release(version) if regex.match(`^v\\d+\\.\\d+\\.\\d+$`, version)\n");
    let rules = "package promoledger\nimport data.acme.names\n\
        deny contains \"not a release\" if not names.is_release(input.artifact.version)\n";
    let policies = Policies::compile(&[
        library,
        ("a.rego", rules),
        ("b.rego", "package promoledger\ndeny contains \"b\" if input.request.to == \"dev\""),
    ])
    .expect("the policies compile");
    let mut request = input();
    assert!(policies.judge(&request).expect("they answer").allowed);
    request.request.to = "dev".to_owned();
    request.artifact.version = "nightly".to_owned();
    assert_eq!(policies.judge(&request).expect("they answer").denials, ["b", "not a release"]);
}

// proves: FR-011
#[test]
fn reasons_are_few_short_and_sorted() {
    let said = verdict(r#"deny contains sprintf("%d", [n]) if some n in numbers.range(1, 500)"#, &input());
    assert_eq!(said.denials.len(), MOST_REASONS + 1);
    assert_eq!(said.denials.last().map(String::as_str), Some("… and 400 more"));
    assert!(said.denials[..MOST_REASONS].is_sorted());
    let mut request = input();
    request.request.reason = Some("ü".repeat(10_000));
    let said = verdict("deny contains input.request.reason if true\nwarn contains \" \" if true", &request);
    assert_eq!(said.denials[0].chars().count(), LONGEST_REASON + 1);
    assert_eq!(said.warnings, ["no reason is given"]);
}
