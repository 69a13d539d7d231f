//! The downgrade guard: which version may replace which, and what it takes.

use promotion_ledger::meaning::command::Promote;
use promotion_ledger::meaning::event::promotion::Outcome;
use promotion_ledger::meaning::rules::{OnIncomparable, Rules};
use promotion_ledger::meaning::versions::Comparison;

use crate::support::*;

fn no_gates(on_incomparable: OnIncomparable) -> Rules {
    rules(&[("dev", &[]), ("prod", &[])], on_incomparable)
}

/// `current` is in every environment; `candidate` is in dev too, so that it can go to prod.
fn world(current: &str, candidate: &str, on_incomparable: OnIncomparable) -> World {
    let mut world = World::ruled(no_gates(on_incomparable));
    world.given_promoted("api", candidate, &["dev"]);
    world.given_promoted("api", current, &["dev", "prod"]);
    world
}

fn ask(candidate: &str, to: &str, allow_downgrade: bool) -> Promote {
    let from = if to == "dev" { "none" } else { "dev" };
    Promote { allow_downgrade, ..promote("api", candidate, from, to) }
}

// proves: life.downgrade-guard, wf.promote.downgrade-gate
#[test]
fn an_older_version_needs_the_word_of_the_caller() {
    for to in ["dev", "prod"] {
        let mut world = world("v1.4.1", "v1.3.9", OnIncomparable::Warn);
        let outcome = world.when(CI, ask("v1.3.9", to, false));
        let refusal = assert_refused(outcome, &[(14, &format!("api v1.3.9 is older than v1.4.1, which is in {to}"))]);
        let expected =
            "if a downgrade is meant, say so with --allow-downgrade; to return to a version that was there, use `promoledger rollback`";
        assert_eq!(hint(&refusal), expected);
        assert_eq!(types(refusal.record()), ["downgrade.decided", "promotion.refused"]);
        let decided = data!(refusal.record(), DowngradeDecided);
        assert_eq!((decided.comparison, decided.outcome), (Comparison::Older, Outcome::Refused));

        let decision = world.when(CI, ask("v1.3.9", to, true)).expect("the flag is the caller's word");
        assert_eq!(decision.warnings, [format!("downgrade: api v1.3.9 is older than v1.4.1, which is in {to}")]);
        let decided = data!(decision.events, DowngradeDecided);
        assert_eq!((decided.comparison, decided.outcome, decided.allow_downgrade), (Comparison::Older, Outcome::Passed, true));
        assert!(data!(decision.events, PromotionRequested).allow_downgrade);
        world.given_done(CI, ask("v1.3.9", to, true));
    }
}

// proves: cli.promote.preflight.allow-downgrade, life.downgrade-guard
#[test]
fn no_rules_let_a_downgrade_into_the_last_environment_without_the_flag() {
    for on_incomparable in [OnIncomparable::Warn, OnIncomparable::Block] {
        let world = world("v2.0.0", "v1.0.0", on_incomparable);
        let forced = Promote { force: true, ..ask("v1.0.0", "prod", false) };
        assert_refused(world.when(ADMIN, forced), &[(14, "api v1.0.0 is older than v2.0.0, which is in prod")]);
    }
}

// proves: life.downgrade-guard
#[test]
fn precedence_is_that_of_semantic_versioning_and_the_prerelease_comes_first() {
    let passes = [
        ("v1.4.0", "v1.4.1"),
        ("v1.9.9", "v1.10.0"),
        ("v1.4.0-rc.2", "v1.4.0"),
        ("v1.4.0-rc.2", "v1.4.0-rc.10"),
        ("v1.3.9", "v1.4.0-rc.1"),
        ("1.4.0", "v1.4.0"),
    ];
    for (current, candidate) in passes {
        let world = world(current, candidate, OnIncomparable::Block);
        let decided = data!(events(world.when(CI, ask(candidate, "prod", false))), DowngradeDecided);
        assert_eq!(decided.outcome, Outcome::Passed, "{candidate} over {current}");
    }
    for (current, candidate) in [("v1.4.0", "v1.4.0-rc.2"), ("v1.4.0-rc.10", "v1.4.0-rc.2"), ("v1.10.0", "v1.9.9")] {
        let world = world(current, candidate, OnIncomparable::Warn);
        let refusal = refused(world.when(CI, ask(candidate, "prod", false)));
        assert_eq!(codes(&refusal), [14], "{candidate} over {current}");
    }
}

// proves: life.downgrade-guard
#[test]
fn an_equal_version_passes() {
    let world = world("v1.4.0", "1.4.0", OnIncomparable::Block);
    let decided = data!(events(world.when(CI, ask("1.4.0", "prod", false))), DowngradeDecided);
    assert_eq!((decided.comparison, decided.current), (Comparison::Equal, Some(version("v1.4.0"))));
}

// proves: life.downgrade-guard
#[test]
fn an_empty_environment_takes_any_version() {
    let mut world = World::ruled(no_gates(OnIncomparable::Block));
    for candidate in ["v0.0.1", "nightly"] {
        world.given_registered("api", candidate);
        let decided = data!(events(world.when(CI, ask(candidate, "dev", false))), DowngradeDecided);
        assert_eq!((decided.comparison, decided.current), (Comparison::Empty, None));
    }
}

// proves: life.downgrade-guard
#[test]
fn versions_that_cannot_be_compared_pass_with_a_warning_that_names_both() {
    for (current, candidate) in [("v1.0.0", "nightly-7"), ("nightly-7", "v1.0.0"), ("1.4", "1.5")] {
        let world = world(current, candidate, OnIncomparable::Warn);
        let decision = world.when(CI, ask(candidate, "prod", false)).expect("a warning stops nothing");
        let expected = format!("api {candidate} cannot be compared with {current}, which is in prod: at least one is no semantic version");
        assert_eq!(decision.warnings, [expected]);
        assert_eq!(data!(decision.events, DowngradeDecided).comparison, Comparison::Incomparable);
    }
}

// proves: life.downgrade-guard
#[test]
fn versions_that_cannot_be_compared_are_blocked_where_the_manifest_says_so() {
    let world = world("v1.0.0", "nightly-7", OnIncomparable::Block);
    let message = "api nightly-7 cannot be compared with v1.0.0, which is in prod, and the manifest blocks that";
    let refusal = assert_refused(world.when(CI, ask("nightly-7", "prod", false)), &[(14, message)]);
    assert_eq!(hint(&refusal), "if it is meant, say so with --allow-downgrade");
    let decision = world.when(CI, ask("nightly-7", "prod", true)).expect("the flag is the caller's word");
    assert_eq!(decision.warnings.len(), 1);
}
