//! Locks that are over by themselves: until when they stand, and what they say.

use promotion_ledger::meaning::command::Lock;
use promotion_ledger::meaning::event::environment::{EnvironmentLocked, EnvironmentUnlocked};
use promotion_ledger::meaning::grant::Grant;
use promotion_ledger::meaning::law::Rule;
use promotion_ledger::meaning::time::Timestamp;

use crate::support::*;

fn expires() -> Timestamp {
    time("2026-01-15T18:00:00.000000Z")
}

fn until(at: Timestamp) -> Lock {
    Lock { expires: Some(at), ..lock("dev", "stocktaking") }
}

/// v1.0.0 is in dev, where v0.9.0 was before; v1.1.0 is registered.
fn world() -> World {
    let mut world = World::staffed(open_rules());
    world.given_promoted("api", "v0.9.0", &["dev"]);
    world.given_promoted("api", "v1.0.0", &["dev"]);
    world.given_registered("api", "v1.1.0");
    world
}

// proves: FR-036, FR-037, FR-038
#[test]
fn a_lock_stands_until_it_is_over_and_says_until_when() {
    let mut world = world();
    let at = world.number_of_next();
    let locked = data!(world.given_done(OPS, until(expires())), EnvironmentLocked);
    assert_eq!(locked.expires, Some(expires()));
    let message =
        format!("dev is locked until 2026-01-15 18:00 UTC: \"stocktaking\", by oli@acme.example, since 2026-01-15 14:45 UTC (entry {at})");
    let ask = promote("api", "v1.1.0", "none", "dev");
    world.given_time(just_before(expires()));
    let expected = (13, message.as_str(), "its owner can unlock it: promoledger unlock --env dev --reason …");
    world.assert_guarded(CI, &ask, expected, Rule::Locks);
    assert_refused(world.when(CI, rollback("api", "v0.9.0", "dev")), &[(13, &message)]);
    world.given_time(expires());
    world.assert_passes(CI, &ask);
    world.given_carried(CI, ask);
    agrees_by_slices(&world);
}

// proves: FR-036
#[test]
fn a_rollback_waits_for_the_end_of_somebody_elses_lock() {
    let mut world = world();
    let requested = data!(events(world.when(CI, rollback("api", "v0.9.0", "dev"))), RollbackRequested);
    world.given_done(OPS, until(expires()));
    world.given_time(just_before(expires()));
    world.assert_unlawful(CI, requested.clone(), Rule::Locks);
    world.given_time(expires());
    assert_eq!(world.judge(CI, requested), Ok(()));
    assert!(world.when(CI, rollback("api", "v0.9.0", "dev")).is_ok());
}

// proves: FR-035
#[test]
fn of_several_locks_those_that_are_not_over_stand() {
    let mut world = world();
    world.given_done(OPS, until(expires()));
    let at = world.number_of_next();
    world.given_done(ONCALL, lock("dev", "audit"));
    world.given_time(expires());
    let message = format!("dev is locked: \"audit\", by otto@acme.example, since 2026-01-15 14:45 UTC (entry {at})");
    assert_refused(world.when(CI, promote("api", "v1.1.0", "none", "dev")), &[(13, &message)]);
}

// proves: FR-035
#[test]
fn a_lock_that_is_over_before_it_is_set_is_none() {
    let mut world = world();
    let now = world.now();
    let message = "the lock must be over later than now, 2026-01-15 14:45 UTC, found 2026-01-15 14:45 UTC";
    assert_refused(world.when(OPS, until(now)), &[(2, message)]);
    let Lock { component, environment, expires: _, pipeline, reason } = lock("dev", "stocktaking");
    let event = EnvironmentLocked { component, environment, expires: Some(now), pipeline, reason };
    let detail = world.assert_unlawful(OPS, event.clone(), Rule::Locks);
    assert_eq!(detail, format!("a lock must be over after it was set, at {now}, found {now}"));
    let now = world.now();
    world.given_done(OPS, until(now.plus_seconds(1)));
}

// proves: FR-035
#[test]
fn its_owner_may_lift_a_lock_that_is_over() {
    let mut world = world();
    world.given_done(OPS, until(expires()));
    world.given_time(expires());
    world.given_done(OPS, unlock("dev"));
    assert_eq!(world.state().locks(&shop(), &environment("dev")), []);
}

/// By hand, what lifts the lock of that entry.
fn lifting(lock: u64) -> EnvironmentUnlocked {
    EnvironmentUnlocked { component: None, environment: environment("dev"), lock: entry(lock), pipeline: shop(), reason: None }
}

// proves: FR-035
#[test]
fn anybody_who_may_unlock_there_lifts_a_lock_that_is_over() {
    let mut world = world();
    let keeper = Grant { permissions: permissions(&["environment.unlocked"]), ..Grant::everything() };
    world.given_done(ADMIN, NEWCOMER.added_key(&world.genesis(), vec![keeper]));
    let over = world.number_of_next();
    world.given_done(OPS, until(expires()));
    let standing = world.number_of_next();
    world.given_done(ONCALL, lock("dev", "audit"));
    world.given_time(just_before(expires()));
    let owners = format!("oli@acme.example (entry {over}), otto@acme.example (entry {standing})");
    let message = format!("no lock of dev is noor@acme.example's own: found those of {owners}");
    assert_refused(world.when(NEWCOMER, unlock("dev")), &[(12, &message)]);
    world.assert_unlawful(NEWCOMER, lifting(over), Rule::LockOwner);

    world.given_time(expires());
    world.assert_unlawful(NEWCOMER, lifting(standing), Rule::LockOwner);
    assert_eq!(codes(&refused(world.when(CI, unlock("dev")))), [12], "it takes a grant all the same");
    assert_eq!(events(world.when(NEWCOMER, unlock("dev"))), [lifting(over).into()], "the other one stands, and is another's");
    world.given_done(NEWCOMER, unlock("dev"));
    agrees_by_slices(&world);
}
