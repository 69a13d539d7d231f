//! The law of releases, gate results and locks.

use promotion_ledger::meaning::command::Lock;
use promotion_ledger::meaning::event::artifact::GateStatus;
use promotion_ledger::meaning::event::ledger::KeyAdded;
use promotion_ledger::meaning::grant::Grant;
use promotion_ledger::meaning::id::Sequence;
use promotion_ledger::meaning::law::Rule;

use super::{breaks, elsewhere, holds, only_as_it_is, world};
use crate::support::*;

#[test]
fn a_release_is_registered_once_where_it_is_known() {
    let world = world();
    let registered = data!(events(world.when(CI, register("api", "v2.0.0"))), ArtifactRegistered);
    only_as_it_is(
        &world,
        CI,
        &registered,
        &[
            (Rule::Known, |registered| registered.pipeline = elsewhere().0),
            (Rule::Known, |registered| registered.component = elsewhere().1),
            (Rule::ReleaseOnce, |registered| registered.version = version("v1.0.0")),
            (Rule::ReleaseOnce, |registered| {
                registered.version = version("v1.0.0");
                registered.digest = built("api", "v1.0.0");
            }),
        ],
    );
}

#[test]
fn a_gate_result_is_about_what_is_known() {
    let world = world();
    let result = gate("tests", "api", "v1.0.0", "prod", GateStatus::Failed);
    only_as_it_is(
        &world,
        GATE,
        &result,
        &[
            (Rule::Known, |result| result.pipeline = elsewhere().0),
            (Rule::Known, |result| result.component = elsewhere().1),
            (Rule::Known, |result| result.environment = elsewhere().2),
        ],
    );
}

#[test]
fn a_lock_is_of_what_is_known_and_is_lifted_by_who_may() {
    let mut world = world();
    let narrowed = Lock { component: Some(component("api")), ..lock("dev", "x") };
    let locked = data!(events(world.when(ADMIN, narrowed)), EnvironmentLocked);
    only_as_it_is(
        &world,
        ADMIN,
        &locked,
        &[
            (Rule::Known, |locked| locked.pipeline = elsewhere().0),
            (Rule::Known, |locked| locked.component = Some(elsewhere().1)),
            (Rule::Known, |locked| locked.environment = elsewhere().2),
        ],
    );
    let may_lock = permissions(&["environment.locked", "environment.unlocked"]);
    let key = NEWCOMER.added_key(&world.genesis(), vec![Grant { permissions: may_lock, ..Grant::everything() }]);
    world.given([(ADMIN, KeyAdded { key }.into()), (ADMIN, locked.into())]);
    let unlocked = data!(events(world.when(ADMIN, unlock("dev"))), EnvironmentUnlocked);
    only_as_it_is(
        &world,
        ADMIN,
        &unlocked,
        &[
            (Rule::LockOwner, |unlocked| unlocked.lock = Sequence::GENESIS),
            (Rule::LockOwner, |unlocked| unlocked.environment = environment("prod")),
            (Rule::LockOwner, |unlocked| unlocked.component = None),
        ],
    );
    holds(&world, OPS, unlocked.clone());
    breaks(&world, NEWCOMER, unlocked.clone(), Rule::LockOwner);
    world.given([(ADMIN, unlocked.clone().into())]);
    breaks(&world, ADMIN, unlocked, Rule::LockOwner);
}
