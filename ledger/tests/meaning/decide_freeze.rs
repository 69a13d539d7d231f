//! Freezes: times in which nothing is promoted, to the microsecond, and what goes on in them all the same.

use promotion_ledger::meaning::law::Rule;

use crate::support::*;

const FROM: &str = "2026-01-20T00:00:00.000000Z";
const UNTIL: &str = "2026-01-21T06:00:00.000000Z";

/// v1.0.0 is in staging, and prod is frozen in these windows.
fn world(windows: &[(&str, &str, &str)], known_until: Option<&str>) -> World {
    let mut world = World::ruled(prod_guarded(|prod| prod.freezes = freezes(windows, known_until)));
    world.given_arrived(&["dev", "staging"]);
    world
}

// proves: derived
#[test]
fn a_frozen_environment_takes_no_promotion_and_says_when_it_does() {
    let mut world = world(&[(FROM, UNTIL, "stocktaking")], None);
    world.given_time(time("2026-01-20T12:00:00.000000Z"));
    let expected = (17, "prod is frozen until 2026-01-21 06:00 UTC: stocktaking", "promote after 2026-01-21 06:00 UTC");
    let refusal = world.assert_guarded(CI, &to_prod(), expected, Rule::Freeze);
    assert_eq!(types(refusal.record()), ["promotion.refused"]);
    world.given_refused(CI, to_prod());
    world.assert_guarded(ADMIN, &to_prod(), expected, Rule::Freeze);
}

#[test]
fn a_freeze_begins_with_its_first_microsecond_and_is_over_at_its_end() {
    let mut world = world(&[(FROM, UNTIL, "stocktaking")], None);
    let expected = (17, "prod is frozen until 2026-01-21 06:00 UTC: stocktaking", "promote after 2026-01-21 06:00 UTC");
    world.given_time(just_before(time(FROM)));
    world.assert_passes(CI, &to_prod());
    for frozen in [time(FROM), just_before(time(UNTIL))] {
        world.given_time(frozen);
        world.assert_guarded(CI, &to_prod(), expected, Rule::Freeze);
    }
    world.given_time(time(UNTIL));
    world.assert_passes(CI, &to_prod());
    assert_eq!(events(world.when(CI, to_prod())).len(), 3);
}

#[test]
fn of_several_freezes_the_one_that_is_over_last_is_named() {
    let windows = [
        ("2026-01-20T00:00:00.000000Z", "2026-01-25T00:00:00.000000Z", "sale"),
        ("2026-01-21T00:00:00.000000Z", "2026-01-22T00:00:00.000000Z", "audit"),
    ];
    let mut world = world(&windows, None);
    world.given_time(time("2026-01-21T12:00:00.000000Z"));
    let expected = (17, "prod is frozen until 2026-01-25 00:00 UTC: sale", "promote after 2026-01-25 00:00 UTC");
    world.assert_guarded(CI, &to_prod(), expected, Rule::Freeze);
}

/// What cannot be evaluated refuses.
#[test]
fn nothing_is_promoted_at_times_that_the_calendar_does_not_reach() {
    let known_until = "2026-02-01T00:00:00.000000Z";
    let mut world = world(&[(FROM, UNTIL, "stocktaking")], Some(known_until));
    world.given_time(just_before(time(known_until)));
    world.assert_passes(CI, &to_prod());
    world.given_time(time(known_until));
    let message = "the freezes of prod are written out until 2026-02-01 00:00 UTC only, and it is later than that";
    let advice = "have an admin adopt the manifest again, which writes them out further";
    world.assert_guarded(CI, &to_prod(), (17, message, advice), Rule::Freeze);
}

#[test]
fn a_freeze_is_of_its_environment_alone_and_keeps_no_rollback() {
    let mut world = world(&[(FROM, UNTIL, "stocktaking")], None);
    world.given_arrived(&["prod"]);
    world.given_promoted("api", "v1.1.0", &["dev", "staging", "prod"]);
    world.given_time(time(FROM));
    world.given_promoted("api", "v1.2.0", &["dev", "staging"]);
    world.given_rolled_back("api", "v1.0.0", "prod");
    assert_eq!(world.there("api", "prod").as_deref(), Some("v1.0.0"));
}

#[test]
fn what_was_asked_for_before_the_freeze_is_finished_in_it() {
    let mut world = world(&[(FROM, UNTIL, "stocktaking")], None);
    world.given_time(just_before(time(FROM)));
    let ask = to_prod();
    let id = ask.promotion_id;
    world.given_done(CI, ask);
    assert!(world.now() >= time(FROM));
    world.given_walked(CI, id);
    assert_eq!(world.there("api", "prod").as_deref(), Some("v1.0.0"));
    agrees_from_zero(&world);
    agrees_by_slices(&world);
}
