//! Rollbacks: where to, under which tag, past what, and every reason not to.

use promotion_ledger::meaning::command::Rollback;
use promotion_ledger::meaning::event::artifact::GateStatus;
use promotion_ledger::meaning::event::promotion::{Action, Leaves, Outcome, TagPurpose};
use promotion_ledger::meaning::names::Pipeline;

use crate::support::*;

/// v1.1.0 is in dev and staging, where v1.0.0 was before.
fn world() -> World {
    let mut world = World::new();
    world.given_promoted("api", "v1.0.0", &["dev", "staging"]);
    world.given_promoted("api", "v1.1.0", &["dev", "staging"]);
    world
}

// proves: FR-017, FR-027
#[test]
fn what_is_decided_stands_in_the_record_with_its_reason() {
    let mut world = world();
    let ask = rollback("api", "v1.0.0", "staging");
    let decided = events(world.when(OPS, ask.clone()));
    assert_eq!(types(&decided), ["rollback.requested", "authorization.decided"]);
    let requested = data!(decided, RollbackRequested);
    assert_eq!((requested.reason, requested.manifest), (reason("checkout is broken"), entry(1)));
    assert_eq!(requested.leaves, Leaves { digest: built("api", "v1.1.0"), number: 1, version: version("v1.1.0") });
    let promotion = requested.promotion;
    assert_eq!((&promotion.version, &promotion.digest), (&version("v1.0.0"), &built("api", "v1.0.0")));
    assert_eq!((&promotion.from, &promotion.to), (&source("staging"), &environment("staging")));
    let authorization = data!(decided, AuthorizationDecided);
    assert_eq!((authorization.action, authorization.outcome), (Action::Rollback, Outcome::Passed));
    assert_eq!(authorization.authorized_via, reason("key acme.example/oli, grant 1"));

    world.given_done(OPS, ask.clone());
    assert_eq!(world.run(ask.promotion_id).holder, OPS.actor(), "the operator is who asked");
    let completed = data!(world.given_walked(OPS, ask.promotion_id), RollbackCompleted);
    assert!(completed.authorization_passed);
    assert_eq!(completed.authorized_via, reason("key acme.example/oli, grant 1"));
    assert_eq!(world.there("api", "staging").as_deref(), Some("v1.0.0"));
    assert_eq!(world.there("api", "dev").as_deref(), Some("v1.1.0"), "only the environment that was named");
}

// proves: FR-014, FR-015
#[test]
fn the_tag_counts_rollbacks_and_the_mutable_one_moves() {
    let mut world = world();
    let ask = rollback("api", "v1.0.0", "dev");
    let id = ask.promotion_id;
    world.given_done(CI, ask);
    let due = [(tag("v1.0.0-dev-rollback-1"), TagPurpose::Rollback), (tag("latest-dev"), TagPurpose::Latest)];
    assert_eq!(world.run(id).tags_due(), due);
    world.given_walked(CI, id);
    for name in ["v1.0.0-dev-rollback-1", "latest-dev"] {
        assert_eq!(world.resolve("api", name), Some(&built("api", "v1.0.0")), "{name}");
    }
    assert_eq!(world.resolve("api", "latest-staging"), Some(&built("api", "v1.1.0")));
}

// proves: FR-014
#[test]
fn the_number_counts_per_environment_and_version() {
    let mut world = world();
    world.given_promoted("web", "v1.0.0", &["dev"]);
    world.given_promoted("web", "v1.1.0", &["dev"]);
    assert_eq!(world.given_rolled_back("api", "v1.0.0", "dev"), 1);
    assert_eq!(world.given_rolled_back("api", "v1.1.0", "dev"), 1, "another version");
    assert_eq!(world.given_rolled_back("api", "v1.0.0", "dev"), 2);
    assert_eq!(world.given_rolled_back("api", "v1.0.0", "staging"), 1, "another environment");
    assert_eq!(world.given_rolled_back("web", "v1.0.0", "dev"), 1, "another component");
    world.given_promoted("api", "v1.1.0", &["dev"]);
    assert_eq!(world.given_rolled_back("api", "v1.0.0", "dev"), 3, "a promotion in between starts nothing anew");
}

// proves: FR-014
#[test]
fn a_rollback_that_failed_does_not_count() {
    let mut world = world();
    let ask = rollback("api", "v1.0.0", "dev");
    world.given_done(CI, ask.clone());
    world.given_done(CI, abort(ask.promotion_id));
    assert_eq!(world.given_rolled_back("api", "v1.0.0", "dev"), 1);
}

// proves: FR-013
#[test]
fn a_version_that_was_never_there_is_no_target() {
    let mut world = world();
    assert_refused(
        world.when(CI, rollback("api", "v1.1.0", "prod")),
        &[(11, "api was never promoted to prod: there is nothing to roll back")],
    );
    world.given_promoted("api", "v1.2.0", &["dev"]);
    let refusal = assert_refused(world.when(CI, rollback("api", "v1.2.0", "staging")), &[(11, "api v1.2.0 was never promoted to staging")]);
    assert_eq!(types(refusal.record()), ["rollback.refused"]);
    world.given_refused(CI, rollback("api", "v1.2.0", "staging"));
    let refusal = assert_refused(world.when(CI, rollback("api", "v9.9.9", "staging")), &[(11, "api v9.9.9 was never promoted to staging")]);
    assert_eq!(refusal.record(), [], "nothing that the record could name");
    let id = world.given_requested("api", "v1.2.0", "staging");
    world.given_done(CI, abort(id));
    let refusal = assert_refused(world.when(CI, rollback("api", "v1.2.0", "staging")), &[(11, "api v1.2.0 was never promoted to staging")]);
    assert_eq!(codes(&refusal), [11], "a promotion that did not complete brought it nowhere");
}

// proves: FR-013
#[test]
fn any_version_that_was_there_is_a_target_newer_ones_too() {
    let mut world = world();
    world.given_promoted("api", "v1.2.0", &["dev"]);
    for target in ["v1.0.0", "v1.2.0", "v1.1.0"] {
        world.given_rolled_back("api", target, "dev");
        assert_eq!(world.there("api", "dev").as_deref(), Some(target));
    }
}

#[test]
fn what_is_there_already_is_done() {
    assert_nothing(world().when(CI, rollback("api", "v1.1.0", "staging")));
}

#[test]
fn no_gate_and_no_guard_keeps_a_rollback() {
    let mut world = world();
    world.given([(GATE, gate("tests", "api", "v1.0.0", "staging", GateStatus::Failed).into())]);
    world.given_rolled_back("api", "v1.0.0", "staging");
    assert_eq!(world.there("api", "staging").as_deref(), Some("v1.0.0"));
}

#[test]
fn the_same_rollback_is_gone_on_with() {
    let mut world = world();
    let ask = rollback("api", "v1.0.0", "dev");
    world.given_done(CI, ask.clone());
    let decision = world.when(OPS, rollback("api", "v1.0.0", "dev")).expect("it can be gone on with");
    assert_eq!((decision.resume, decision.events), (Some(ask.promotion_id), Vec::new()));
}

#[test]
fn a_rollback_ends_what_hangs_and_names_the_tags_that_it_left() {
    let mut world = world();
    world.given_promoted("api", "v1.2.0", &["dev"]);
    let hanging = world.given_requested("api", "v1.2.0", "staging");
    for _ in 0..3 {
        world.given_step(CI, hanging);
    }
    let ask = rollback("api", "v1.0.0", "staging");
    let decided = events(world.when(OPS, ask.clone()));
    assert_eq!(types(&decided), ["promotion.aborted", "rollback.requested", "authorization.decided"]);
    let aborted = data!(decided, PromotionAborted);
    assert_eq!(aborted.promotion.promotion_id, hanging);
    assert_eq!(aborted.reason, reason(&format!("a rollback of staging to v1.0.0 takes its place: {}", ask.promotion_id)));
    let left: Vec<&str> = aborted.tags_left.iter().map(|left| left.tag.as_str()).collect();
    assert_eq!(left, ["v1.2.0-staging", "latest-staging"]);
    assert_eq!(data!(decided, RollbackRequested).leaves.version, version("v1.1.0"), "what is there, not what was on its way");

    world.given_done(OPS, ask.clone());
    world.given_walked(OPS, ask.promotion_id);
    assert_eq!(world.there("api", "staging").as_deref(), Some("v1.0.0"));
    assert_eq!(world.resolve("api", "latest-staging"), Some(&built("api", "v1.0.0")));
}

#[test]
fn a_rollback_ends_another_rollback_that_hangs() {
    let mut world = world();
    world.given_promoted("api", "v1.2.0", &["dev"]);
    world.given_done(CI, rollback("api", "v1.1.0", "dev"));
    let decided = events(world.when(CI, rollback("api", "v1.0.0", "dev")));
    assert_eq!(types(&decided), ["promotion.aborted", "rollback.requested", "authorization.decided"]);
    world.given_rolled_back("api", "v1.0.0", "dev");
    assert_eq!(world.there("api", "dev").as_deref(), Some("v1.0.0"));
}

#[test]
fn to_go_back_to_what_is_there_while_a_promotion_hangs_is_to_abort_it() {
    let mut world = world();
    world.given_promoted("api", "v1.2.0", &["dev"]);
    let hanging = world.given_requested("api", "v1.2.0", "staging");
    let outcome = world.when(OPS, rollback("api", "v1.1.0", "staging"));
    let refusal = assert_refused(outcome, &[(7, "api v1.1.0 is in staging already, and a promotion is under way there")]);
    assert_eq!(hint(&refusal), format!("end it, which puts the tags back: promoledger abort {hanging} --reason …"));
}

#[test]
fn a_tag_that_somebody_made_by_hand_is_never_moved() {
    let world = world();
    let expected = built("api", "v1.0.0");
    let seen = |content: &str| Rollback { target_tag: Some(digest(content)), ..rollback("api", "v1.0.0", "dev") };
    let message = format!("tag v1.0.0-dev-rollback-1 exists on another digest: expected {expected}, found {}", digest("elsewhere"));
    let refusal = assert_refused(world.when(CI, seen("elsewhere")), &[(10, &message)]);
    assert_eq!(hint(&refusal), "somebody made this tag by hand; find out who before rolling back");
    assert_eq!(types(refusal.record()), ["rollback.refused"]);
    assert!(world.when(CI, seen("api v1.0.0")).is_ok(), "an attempt before made it");
}

// proves: FR-048, FR-049
#[test]
fn a_principal_without_the_grants_is_told_what_is_missing() {
    let mut world = world();
    let message = "scanner:acme is not allowed to do this with api in dev: key acme.example/scanner holds no grant for \
                   rollback.requested, authorization.decided, step.started, registry.tagged, rollback.completed";
    let refusal = assert_refused(world.when(GATE, rollback("api", "v1.0.0", "dev")), &[(12, message)]);
    assert_eq!(types(refusal.record()), ["authorization.decided", "rollback.refused"]);
    assert_eq!(data!(refusal.record(), AuthorizationDecided).action, Action::Rollback);
    world.given_refused(GATE, rollback("api", "v1.0.0", "dev"));
}

#[test]
fn names_that_are_not_known_are_told_with_those_that_are() {
    let world = world();
    let elsewhere = Rollback { pipeline: Pipeline::new("blog").expect("a name"), ..rollback("api", "v1.0.0", "dev") };
    assert_refused(world.when(CI, elsewhere), &[(2, "there is no pipeline blog in this ledger")]);
    assert_refused(world.when(CI, rollback("mail", "v1", "dev")), &[(3, "pipeline shop has no component mail")]);
    assert_refused(world.when(CI, rollback("api", "v1.0.0", "qa")), &[(3, "pipeline shop has no environment qa")]);
}

// proves: FR-007
#[test]
fn every_reason_is_told_in_the_order_of_checks() {
    let mut world = world();
    world.given_promoted("api", "v1.2.0", &["dev"]);
    world.given_requested("api", "v1.2.0", "staging");
    world.given_done(ADMIN, lock("staging", "audit"));
    world.given_done(OPS, lock("staging", "sale"));
    let ask = Rollback { target_tag: Some(digest("elsewhere")), ..rollback("api", "v1.1.0", "staging") };
    let refusal = refused(world.when(GATE, ask));
    assert_eq!(codes(&refusal), [7, 13, 13, 12, 10]);
    let recorded = data!(refusal.record(), RollbackRefused);
    assert_eq!(recorded.reasons.iter().map(|reason| reason.code.number()).collect::<Vec<_>>(), codes(&refusal));
}
