//! Authorization by environment: who may change it, by what right, and for everything that changes it alike.

use promotion_ledger::meaning::command::{Command, Promote, Unlock};
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::event::promotion::{Action, Outcome as Went};
use promotion_ledger::meaning::law::Rule;
use promotion_ledger::meaning::rules::{OnIncomparable, Rules};

use crate::support::*;

/// prod is for `releasers`, which the manifest says is oli, and for otto.
fn rules() -> Rules {
    let rules = prod_guarded(|prod| prod.authorization = authorization(&["releasers"], &["otto@acme.example"]));
    with_group(with_group(rules, "admins", &["ada@acme.example"]), "releasers", &["oli@acme.example"])
}

/// v1.0.0 is in staging; the portal's key is one of `releasers`.
fn world() -> World {
    let mut created = staffed();
    created.keys.iter_mut().filter(|key| key.principal == PORTAL.actor()).for_each(|key| key.groups = vec![group("releasers")]);
    let mut world = World::founded(&created);
    world.given_done(ADMIN, rules());
    world.given_arrived(&["dev", "staging"]);
    world
}

const NO_MEMBER: &str = "prod may be changed by members of releasers and otto@acme.example; ci:acme/shop is in no group";
const OTHER_GROUP: &str = "prod may be changed by members of releasers and otto@acme.example; ada@acme.example is in admins";
const ADVICE: &str = "an admin names operators, groups and issuers of tokens in the manifest, or the groups of a key when it is added";

// proves: FR-046, FR-047, FR-048, FR-049
#[test]
fn who_is_not_named_is_told_what_is_required_and_what_they_have() {
    let mut world = world();
    for (by, message) in [(CI, NO_MEMBER), (ADMIN, OTHER_GROUP)] {
        let refusal = world.assert_guarded(by, &to_prod(), (12, message, ADVICE), Rule::Authorization);
        assert_eq!(types(refusal.record()), ["authorization.decided", "promotion.refused"]);
        let decided = data!(refusal.record(), AuthorizationDecided);
        assert_eq!((decided.action, decided.outcome, decided.authorized_via), (Action::Promote, Went::Refused, reason(message)));
        world.given_refused(by, to_prod());
    }
    let again = Promote { force: true, ..promote("api", "v1.0.0", "dev", "staging") };
    world.assert_passes(CI, &again);
}

// proves: FR-027, FR-047, FR-048
#[test]
fn the_right_that_counted_is_recorded() {
    let rights = [
        (OPS, "key acme.example/oli, grant 1; group releasers by the manifest"),
        (SPARE, "key acme.example/oli-spare, grant 1; group releasers by the manifest"),
        (ONCALL, "key acme.example/otto, grant 1; operator otto@acme.example"),
        (PORTAL, "key acme.example/portal, grant 1; group releasers by key acme.example/portal"),
        (PORTAL.acting_for("oli@acme.example"), "key acme.example/portal, grant 1; group releasers by the manifest"),
        (PORTAL.acting_for("otto@acme.example"), "key acme.example/portal, grant 1; operator otto@acme.example"),
    ];
    for (by, via) in rights {
        let mut world = world();
        world.assert_passes(by, &to_prod());
        let ask = to_prod();
        let id = ask.promotion_id;
        let decided = data!(world.given_done(by, ask), AuthorizationDecided);
        assert_eq!((decided.outcome, decided.authorized_via), (Went::Passed, reason(via)));
        let completed = data!(world.given_walked(by, id), PromotionCompleted);
        assert_eq!((completed.authorization_passed, completed.authorized_via), (true, reason(via)));
    }
}

// proves: FR-045, FR-046
#[test]
fn a_keys_group_is_that_of_whom_it_stands_for_alone() {
    let mut world = world();
    let by = PORTAL.acting_for("ci:acme/shop");
    world.assert_guarded(by, &to_prod(), (12, NO_MEMBER, ADVICE), Rule::Authorization);
}

/// What the law says to ada, who is granted everything, of what somebody else may do.
fn unlawful_by_ada(world: &mut World, event: impl Into<Event>) {
    let detail = world.assert_unlawful(ADMIN, event, Rule::Authorization);
    assert_eq!(detail, OTHER_GROUP);
}

// proves: FR-047, FR-049
#[test]
fn rollbacks_are_for_the_same_ones() {
    let mut world = world();
    world.given_carried(OPS, to_prod());
    world.given_promoted("api", "v1.1.0", &["dev", "staging"]);
    world.given_carried(OPS, promote("api", "v1.1.0", "staging", "prod"));
    let refusal = assert_refused(world.when(ADMIN, rollback("api", "v1.0.0", "prod")), &[(12, OTHER_GROUP)]);
    assert_eq!(types(refusal.record()), ["authorization.decided", "rollback.refused"]);
    assert_eq!(hint(&refusal), ADVICE);
    let decided = events(world.when(OPS, rollback("api", "v1.0.0", "prod")));
    let via = data!(decided, AuthorizationDecided).authorized_via;
    assert_eq!(via, reason("key acme.example/oli, grant 1; group releasers by the manifest"));
    unlawful_by_ada(&mut world, data!(decided, RollbackRequested));
}

// proves: FR-047, FR-049
#[test]
fn locks_are_set_and_lifted_by_the_same_ones() {
    let mut world = world();
    let lock = lock("prod", "sale");
    let refusal = assert_refused(world.when(ADMIN, lock.clone()), &[(12, OTHER_GROUP)]);
    let decided = data!(refusal.record(), AuthorizationDecided);
    assert_eq!((decided.action, decided.outcome), (Action::Lock, Went::Refused));
    world.given_refused(ADMIN, lock.clone());
    let locked = data!(events(world.when(OPS, lock.clone())), EnvironmentLocked);
    unlawful_by_ada(&mut world, locked);
    world.given_done(OPS, lock);

    let unlock = Unlock { others: true, ..unlock("prod") };
    let refusal = assert_refused(world.when(ADMIN, unlock.clone()), &[(12, OTHER_GROUP)]);
    assert_eq!(data!(refusal.record(), AuthorizationDecided).action, Action::Unlock);
    let unlocked = data!(events(world.when(ONCALL, unlock.clone())), EnvironmentUnlocked);
    unlawful_by_ada(&mut world, unlocked);
    world.given_done(ONCALL, unlock);
}

// proves: FR-047, FR-049
#[test]
fn runs_are_taken_over_and_ended_by_the_same_ones() {
    let mut world = world();
    let ask = to_prod();
    let id = ask.promotion_id;
    world.given_done(OPS, ask);
    for command in [Command::TakeOver(id), abort(id)] {
        let refusal = assert_refused(world.when(ADMIN, command.clone()), &[(12, OTHER_GROUP)]);
        assert_eq!(hint(&refusal), ADVICE);
        let decided = events(world.when(ONCALL, command));
        unlawful_by_ada(&mut world, decided[0].clone());
    }
    world.given_done(ONCALL, Command::TakeOver(id));
    world.given_walked(ONCALL, id);
}

#[test]
fn an_environment_that_the_rules_dropped_restricts_nobody() {
    let mut world = world();
    let ask = to_prod();
    let id = ask.promotion_id;
    world.given_done(OPS, ask);
    world.given_done(OPS, lock("prod", "sale"));
    world.given_done(ADMIN, crate::support::rules(&[("dev", &[]), ("staging", &[])], OnIncomparable::Warn));
    world.given_done(ADMIN, Unlock { others: true, ..unlock("prod") });
    world.given_done(ADMIN, abort(id));
    agrees_by_slices(&world);
}
