//! The law of what is asked for and decided: promotions, rollbacks, refusals.

use promotion_ledger::meaning::command::{Lock, Promote};
use promotion_ledger::meaning::event::promotion::{Action, Outcome, Promotion, PromotionRequested};
use promotion_ledger::meaning::id::Sequence;
use promotion_ledger::meaning::law::Rule;
use promotion_ledger::meaning::refusal::ExitCode;
use promotion_ledger::meaning::versions::Comparison;

use super::{Change, asked, breaks, elsewhere, holds, only_as_it_is, under_way, world};
use crate::support::*;

// proves: FR-001
#[test]
fn a_request_is_one_step_of_what_was_registered_under_the_rules_in_force() {
    let world = world();
    let requested = data!(asked(&world), PromotionRequested);
    let changes: [Change<PromotionRequested>; 9] = [
        (Rule::Known, |requested| requested.promotion.pipeline = elsewhere().0),
        (Rule::Known, |requested| requested.promotion.component = elsewhere().1),
        (Rule::Known, |requested| requested.promotion.to = elsewhere().2),
        (Rule::Manifest, |requested| requested.manifest = Sequence::GENESIS),
        (Rule::Path, |requested| requested.promotion.from = source("none")),
        (Rule::Path, |requested| requested.promotion.to = environment("prod")),
        (Rule::Release, |requested| requested.promotion.digest = digest("elsewhere")),
        (Rule::Release, |requested| requested.promotion.version = version("v9.9.9")),
        (Rule::Already, |requested| {
            requested.promotion.version = version("v1.0.0");
            requested.promotion.digest = built("api", "v1.0.0");
        }),
    ];
    only_as_it_is(&world, CI, &requested, &changes);
}

// proves: FR-001
#[test]
fn a_request_starts_from_where_the_release_is() {
    let mut world = world();
    world.given_registered("api", "v1.2.0");
    let mut requested = data!(asked(&world), PromotionRequested);
    requested.promotion.version = version("v1.2.0");
    requested.promotion.digest = built("api", "v1.2.0");
    breaks(&world, CI, requested.clone(), Rule::Path);
    world.given_promoted("api", "v1.2.0", &["dev"]);
    holds(&world, CI, requested.clone());
    world.given_rolled_back("api", "v1.0.0", "dev");
    breaks(&world, CI, requested, Rule::Path);
}

// proves: FR-036
#[test]
fn a_locked_environment_takes_no_request() {
    let mut world = world();
    let requested = data!(asked(&world), PromotionRequested);
    world.given_done(OPS, Lock { component: Some(component("web")), ..lock("staging", "x") });
    holds(&world, CI, requested.clone());
    world.given_done(OPS, Lock { component: Some(component("api")), ..lock("staging", "x") });
    breaks(&world, CI, requested.clone(), Rule::Locks);
    breaks(&world, OPS, requested, Rule::Locks);
}

#[test]
fn one_run_at_a_time_is_under_way_and_its_id_is_its_own() {
    let mut requested = data!(asked(&world()), PromotionRequested);
    let (mut world, id) = under_way(0);
    breaks(&world, CI, requested.clone(), Rule::Alone);
    requested.promotion.to = environment("dev");
    requested.promotion.from = source("none");
    requested.forced = true;
    holds(&world, CI, requested.clone());
    requested.promotion.promotion_id = id;
    breaks(&world, CI, requested.clone(), Rule::Alone);
    world.given_done(CI, abort(id));
    breaks(&world, CI, requested, Rule::Alone);
}

#[test]
fn nothing_is_done_before_the_right_to_it_was_decided() {
    let mut world = world();
    let events = asked(&world);
    let id = data!(events, PromotionRequested).promotion.promotion_id;
    world.given([(CI, events[0].clone())]);
    let step = world.next_event(&world.run(id));
    breaks(&world, CI, step.clone(), Rule::Authorized);
    world.given([(CI, events[1].clone())]);
    breaks(&world, CI, step.clone(), Rule::Downgrade);
    world.given([(CI, events[2].clone())]);
    holds(&world, CI, step);
}

#[test]
fn the_right_is_decided_for_the_run_by_its_holder() {
    let mut world = world();
    let events = asked(&world);
    let decided = data!(events, AuthorizationDecided);
    breaks(&world, CI, decided.clone(), Rule::UnderWay);
    world.given([(CI, events[0].clone())]);
    only_as_it_is(
        &world,
        CI,
        &decided,
        &[
            (Rule::UnderWay, |decided| decided.environment = environment("prod")),
            (Rule::UnderWay, |decided| decided.component = None),
            (Rule::UnderWay, |decided| decided.pipeline = elsewhere().0),
            (Rule::UnderWay, |decided| decided.promotion.as_mut().expect("a promotion").digest = digest("elsewhere")),
            (Rule::UnderWay, |decided| decided.promotion.as_mut().expect("a promotion").promotion_id = run_id(0)),
        ],
    );
    breaks(&world, OPS, decided, Rule::Epoch);
}

/// To be allowed to lock is not to be allowed to promote.
#[test]
fn the_right_is_decided_for_what_was_asked() {
    let mut world = world();
    let events = asked(&world);
    world.given([(CI, events[0].clone())]);
    let decided = data!(events, AuthorizationDecided);
    for action in [Action::Rollback, Action::Lock, Action::Unlock, Action::TakeOver, Action::Abort] {
        let mut other = decided.clone();
        other.action = action;
        breaks(&world, CI, other, Rule::Authorized);
    }
}

// proves: life.downgrade-guard
#[test]
fn the_downgrade_guards_arithmetic_is_done_again() {
    let mut world = world();
    let events = asked(&world);
    let decided = data!(events, DowngradeDecided);
    breaks(&world, CI, decided.clone(), Rule::UnderWay);
    world.given([(CI, events[0].clone())]);
    only_as_it_is(
        &world,
        CI,
        &decided,
        &[
            (Rule::Downgrade, |decided| decided.comparison = Comparison::Equal),
            (Rule::Downgrade, |decided| decided.current = None),
            (Rule::Downgrade, |decided| decided.current = Some(version("v0.9.0"))),
            (Rule::Downgrade, |decided| decided.outcome = Outcome::Refused),
            (Rule::UnderWay, |decided| decided.promotion.digest = digest("elsewhere")),
        ],
    );
    breaks(&world, OPS, decided, Rule::Epoch);
}

// proves: life.downgrade-guard
#[test]
fn an_older_version_does_not_pass_by_saying_so() {
    let mut world = world();
    world.given_promoted("api", "v0.9.0", &["dev"]);
    world.given_promoted("api", "v1.1.0", &["staging"]);
    world.given_gates("api", "v0.9.0", "staging");
    let ask = Promote { allow_downgrade: true, ..promote("api", "v0.9.0", "dev", "staging") };
    let events = world.when(CI, ask).expect("a downgrade that is meant").events;
    let mut requested = data!(events, PromotionRequested);
    requested.allow_downgrade = false;
    let mut decided = data!(events, DowngradeDecided);
    world.given([(CI, requested.into()), (CI, events[1].clone())]);
    decided.allow_downgrade = false;
    breaks(&world, CI, decided.clone(), Rule::Downgrade);
    decided.comparison = Comparison::Newer;
    breaks(&world, CI, decided.clone(), Rule::Downgrade);
    // What the request did not allow, the decision about it cannot.
    decided.comparison = Comparison::Older;
    decided.allow_downgrade = true;
    breaks(&world, CI, decided, Rule::Downgrade);
}

// proves: FR-013, FR-014
#[test]
fn a_rollback_goes_to_what_was_there_and_is_numbered() {
    let mut world = world();
    world.given_registered("api", "v1.2.0");
    world.given_promoted("api", "v1.1.0", &["staging"]);
    let requested = data!(events(world.when(CI, rollback("api", "v1.0.0", "staging"))), RollbackRequested);
    only_as_it_is(
        &world,
        CI,
        &requested,
        &[
            (Rule::Path, |requested| requested.promotion.from = source("dev")),
            (Rule::Path, |requested| requested.promotion.from = source("none")),
            (Rule::Known, |requested| requested.promotion.to = elsewhere().2),
            (Rule::Manifest, |requested| requested.manifest = Sequence::GENESIS),
            (Rule::RollbackTarget, |requested| requested.leaves.number = 2),
            (Rule::RollbackTarget, |requested| requested.leaves.number = 0),
            (Rule::RollbackTarget, |requested| requested.leaves.version = version("v1.0.0")),
            (Rule::RollbackTarget, |requested| requested.leaves.digest = digest("elsewhere")),
            (Rule::RollbackTarget, |requested| requested.promotion.digest = digest("elsewhere")),
            (Rule::RollbackTarget, |requested| requested.promotion.version = version("v1.2.0")),
            (Rule::RollbackTarget, |requested| move_to(&mut requested.promotion, "v1.1.0")),
        ],
    );
    world.given_done(ADMIN, lock("staging", "x"));
    breaks(&world, CI, requested.clone(), Rule::Locks);
    holds(&world, ADMIN, requested.clone());
    world.given_done(ADMIN, unlock("staging"));
    world.given_done(CI, rollback("api", "v1.0.0", "staging"));
    breaks(&world, CI, requested, Rule::Alone);
}

fn move_to(promotion: &mut Promotion, name: &str) {
    promotion.version = version(name);
    promotion.digest = built("api", name);
}

#[test]
fn a_rollback_of_an_environment_that_nothing_reached_has_no_target() {
    let world = world();
    let mut requested = data!(events(world.when(CI, rollback("api", "v1.0.0", "dev"))), RollbackRequested);
    holds(&world, CI, requested.clone());
    requested.promotion.to = environment("prod");
    requested.promotion.from = source("prod");
    breaks(&world, CI, requested, Rule::RollbackTarget);
}

#[test]
fn a_refusal_names_its_reasons() {
    let mut world = world();
    world.given_done(ADMIN, lock("staging", "x"));
    world.given_promoted("api", "v1.2.0", &["dev"]);
    world.given_done(ADMIN, lock("dev", "x"));
    let promotion = data!(refused(world.when(CI, promote("api", "v1.1.0", "dev", "staging"))).record(), PromotionRefused);
    only_as_it_is(
        &world,
        CI,
        &promotion,
        &[
            (Rule::Reasons, |refused| refused.reasons.clear()),
            (Rule::Reasons, |refused| refused.reasons[0].code = ExitCode::Done),
            (Rule::Reasons, |refused| refused.reasons[0].code = ExitCode::Unlawful),
        ],
    );
    let rollback = data!(refused(world.when(CI, rollback("api", "v1.0.0", "dev"))).record(), RollbackRefused);
    only_as_it_is(
        &world,
        CI,
        &rollback,
        &[
            (Rule::Reasons, |refused| refused.reasons.clear()),
            (Rule::Reasons, |refused| refused.reasons[0].code = ExitCode::Done),
            (Rule::Reasons, |refused| refused.reasons[0].code = ExitCode::Tampered),
        ],
    );
}
