//! The age of gate results: how old one may be when a promotion is requested, to the microsecond.

use promotion_ledger::meaning::event::artifact::GateStatus;
use promotion_ledger::meaning::law::Rule;
use promotion_ledger::meaning::rules::{MaxAge, OnIncomparable};
use promotion_ledger::meaning::time::Timestamp;

use crate::support::*;

/// v1.0.0 is in dev; into prod it takes `tests` of the last hour and `security_scan` of any age.
fn world() -> World {
    let rules = rules(&[("dev", &[]), ("prod", &["tests", "security_scan"])], OnIncomparable::Warn);
    let mut world = World::ruled(guarding(&rules, "prod", |prod| prod.max_age = vec![MaxAge { gate: gate_name("tests"), seconds: 3600 }]));
    world.given_arrived(&["dev"]);
    world.given_time(examined());
    world.given_gates("api", "v1.0.0", "prod");
    world.given_time(examined().plus_seconds(60));
    world
}

fn examined() -> Timestamp {
    time("2026-01-16T08:00:00.000000Z")
}

fn over() -> Timestamp {
    Timestamp::from_micros(examined().plus_seconds(3600).as_micros() + 1).expect("a time after 1970")
}

// proves: FR-006, derived
#[test]
fn a_result_counts_until_it_is_as_old_as_it_may_be() {
    let mut world = world();
    let ask = promote("api", "v1.0.0", "dev", "prod");
    let at = world.number_of_next() - 2;
    world.given_time(examined().plus_seconds(3600));
    assert_eq!(events(world.when(CI, ask.clone())).len(), 3);
    world.given_time(over());
    let message = format!(
        "gate tests must have passed for this digest and environment at most 1 hour before, found a result of \
         2026-01-16 08:00 UTC (entry {at})"
    );
    assert_refused(world.when(CI, ask.clone()), &[(8, &message)]);
    world.given([(GATE, gate("tests", "api", "v1.0.0", "prod", GateStatus::Passed).into())]);
    assert!(world.when(CI, ask).is_ok());
}

// proves: FR-006, derived
#[test]
fn what_was_too_old_when_it_was_requested_backs_no_step() {
    let mut world = world();
    let ask = promote("api", "v1.0.0", "dev", "prod");
    let decided = events(world.when(CI, ask.clone()));
    world.given_time(over());
    world.given(decided.into_iter().map(|event| (CI, event)));
    let step = world.next_event(&world.run(ask.promotion_id));
    let detail = world.assert_unlawful(CI, step.clone(), Rule::Gates);
    assert!(detail.starts_with("gate tests must have passed for this digest and environment at most 1 hour before"), "{detail}");
    world.given([(GATE, gate("tests", "api", "v1.0.0", "prod", GateStatus::Passed).into())]);
    world.given_walked(CI, ask.promotion_id);
}

// proves: FR-006
#[test]
fn a_result_that_ages_on_the_way_still_counts() {
    let mut world = world();
    let ask = promote("api", "v1.0.0", "dev", "prod");
    let id = ask.promotion_id;
    world.given_time(examined().plus_seconds(3600));
    world.given_done(CI, ask);
    world.given_time(examined().plus_seconds(7200));
    world.given_walked(CI, id);
    assert_eq!(world.there("api", "prod").as_deref(), Some("v1.0.0"));
    agrees_by_slices(&world);
}
