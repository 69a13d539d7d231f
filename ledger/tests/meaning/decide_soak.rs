//! Soak: how long a release must have been in the environment before, counted anew whenever it comes back.

use promotion_ledger::meaning::command::{Import, NumberedLine, Promote};
use promotion_ledger::meaning::decide::decide;
use promotion_ledger::meaning::event::history::{Asserted, AssertedKind};
use promotion_ledger::meaning::law::Rule;
use promotion_ledger::meaning::rules::Rules;
use promotion_ledger::meaning::time::Timestamp;

use crate::support::*;

fn soaking() -> Rules {
    prod_guarded(|prod| prod.soak_seconds = Some(3600))
}

/// v1.0.0 is in staging.
fn world() -> World {
    let mut world = World::ruled(soaking());
    world.given_arrived(&["dev", "staging"]);
    world
}

/// When v1.0.0 came into staging last.
fn arrived(world: &World) -> Timestamp {
    world.state().visit(&shop(), &component("api"), &environment("staging"), &version("v1.0.0")).expect("it was there").since
}

const REFUSED: (u8, &str, &str) = (
    17,
    "api v1.0.0 must have been in staging for 1 hour before it goes to prod: it came there 2026-01-15 14:45 UTC",
    "promote after 2026-01-15 15:45 UTC",
);

// proves: derived
#[test]
fn a_release_waits_where_it_is_until_the_last_microsecond_is_over() {
    let mut world = world();
    let refusal = world.assert_guarded(CI, &to_prod(), REFUSED, Rule::Soak);
    assert_eq!(types(refusal.record()), ["promotion.refused"]);
    let due = arrived(&world).plus_seconds(3600);
    world.given_time(just_before(due));
    world.assert_guarded(CI, &to_prod(), REFUSED, Rule::Soak);
    world.given_time(due);
    world.assert_passes(CI, &to_prod());
    assert_eq!(events(world.when(CI, to_prod())).len(), 3);
}

#[test]
fn a_release_that_comes_again_waits_again() {
    let mut world = world();
    let first = arrived(&world);
    world.given_time(first.plus_seconds(3600));
    world.given_carried(CI, Promote { force: true, ..promote("api", "v1.0.0", "dev", "staging") });
    assert_eq!(codes(&refused(world.when(CI, to_prod()))), [17]);
    let again = arrived(&world);
    assert!(again > first);
    world.given_promoted("api", "v1.1.0", &["dev", "staging"]);
    world.given_time(again.plus_seconds(3600));
    world.assert_passes(CI, &to_prod());
    world.given_rolled_back("api", "v1.0.0", "staging");
    let request = unasked(&world, &to_prod());
    world.assert_unlawful(CI, request, Rule::Soak);
    world.given_time(arrived(&world).plus_seconds(3600));
    world.assert_passes(CI, &to_prod());
}

#[test]
fn nothing_soaks_before_the_first_environment() {
    let mut world = World::ruled(guarding(&open_rules(), "dev", |dev| dev.soak_seconds = Some(3600)));
    world.given_registered("api", "v1.0.0");
    world.assert_passes(CI, &promote("api", "v1.0.0", "none", "dev"));
}

#[test]
fn a_release_that_imported_history_brought_soaks_from_the_time_that_is_asserted() {
    let mut world = World::ruled(soaking());
    world.given_registered("api", "v1.0.0");
    let line = Asserted {
        actor: principal("jenkins"),
        component: component("api"),
        digest: Some(built("api", "v1.0.0")),
        from: source("dev"),
        kind: AssertedKind::Promotion,
        note: None,
        time: time("2026-01-15T14:40:00.000000Z"),
        to: environment("staging"),
        version: version("v1.0.0"),
    };
    let lines = vec![NumberedLine { number: 1, line }];
    world.given_done(ADMIN, Import { pipeline: shop(), file: digest("history"), lines, declare: false, now: world.now() });
    let accepting = Promote { accept_asserted: true, ..to_prod() };
    let expected = (
        17,
        "api v1.0.0 must have been in staging for 1 hour before it goes to prod: it came there 2026-01-15 14:40 UTC",
        "promote after 2026-01-15 15:40 UTC",
    );
    let due = time("2026-01-15T15:40:00.000000Z");
    world.given_time(just_before(due));
    world.assert_guarded(CI, &accepting, expected, Rule::Soak);
    world.given_time(due);
    world.assert_passes(CI, &accepting);
    let refusal = refused(world.when(CI, to_prod()));
    assert_eq!(codes(&refusal), [11], "what is not accepted is not there, and does not soak");
}

/// A slice of the state holds what judging a source takes that no rule knows.
#[test]
fn an_environment_that_nobody_knows_is_no_source_and_no_crash() {
    let mut world = World::ruled(prod_guarded(|prod| {
        prod.soak_seconds = Some(3600);
        prod.separation_of_duties = separated();
    }));
    world.given_arrived(&["dev", "staging"]);
    let ask = promote("api", "v1.0.0", "qa", "prod").command();
    let slice = sliced(world.state(), &ask);
    let outcome = decide(&slice, &CI.asker(world.now()), &ask);
    assert_refused(outcome, &[(9, "prod is entered from staging, not from qa")]);
}
