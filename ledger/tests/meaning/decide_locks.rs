//! Locks: who may set them, what they stop, and who may lift them.

use promotion_ledger::meaning::command::{Lock, Unlock};
use promotion_ledger::meaning::event::promotion::{Action, Outcome};
use promotion_ledger::meaning::facts;
use promotion_ledger::meaning::grant::{Grant, Role};
use promotion_ledger::meaning::names::Pipeline;
use promotion_ledger::meaning::rules::OnIncomparable;

use crate::support::*;

/// v1.0.0 is in dev, where v0.9.0 was before; v1.1.0 is registered. The next entry is number 16.
fn world() -> World {
    let mut world = World::new();
    world.given_promoted("api", "v0.9.0", &["dev"]);
    world.given_promoted("api", "v1.0.0", &["dev"]);
    world.given_registered("api", "v1.1.0");
    world.given_registered("web", "v1.1.0");
    world
}

fn standing(world: &World) -> &[facts::Lock] {
    world.state().locks(&shop(), &environment("dev"))
}

fn narrowed(name: &str) -> Lock {
    Lock { component: Some(component(name)), ..lock("dev", "only this one") }
}

// proves: FR-035, FR-038
#[test]
fn a_lock_says_what_who_and_why() {
    let mut world = world();
    let locked = data!(events(world.when(OPS, lock("dev", "freeze for the sale"))), EnvironmentLocked);
    assert_eq!((locked.pipeline, locked.environment, locked.component), (shop(), environment("dev"), None));
    assert_eq!(locked.reason, reason("freeze for the sale"));
    let at = entry(world.state().core().size);
    world.given_done(OPS, lock("dev", "freeze for the sale"));
    let [lock] = standing(&world) else { unreachable!("one lock stands") };
    assert_eq!((&lock.owner, &lock.reason, lock.sequence), (&OPS.actor(), &reason("freeze for the sale"), at));
}

// proves: FR-036, FR-037
#[test]
fn a_locked_environment_refuses_promotions_with_reason_who_and_since_when() {
    let mut world = world();
    let at = world.state().core().size;
    world.given_done(OPS, lock("dev", "freeze for the sale"));
    let message = format!("dev is locked: \"freeze for the sale\", by oli@acme.example, since 2026-01-15 14:45 UTC (entry {at})");
    for by in [CI, OPS, ADMIN] {
        let refusal = assert_refused(world.when(by, promote("api", "v1.1.0", "none", "dev")), &[(13, &message)]);
        assert_eq!(hint(&refusal), "its owner can unlock it: promoledger unlock --env dev --reason …");
        assert_eq!(types(refusal.record()), ["promotion.refused"]);
    }
    world.given_gates("api", "v1.0.0", "staging");
    assert!(world.when(CI, promote("api", "v1.0.0", "dev", "staging")).is_ok(), "a lock is of one environment, and not of what leaves it");
}

// proves: FR-036
#[test]
fn several_locks_stand_at_once_each_with_its_owner() {
    let mut world = world();
    world.given_done(OPS, lock("dev", "sale"));
    world.given_done(ADMIN, lock("dev", "audit"));
    world.given_done(OPS, narrowed("api"));
    let ask = promote("api", "v1.1.0", "none", "dev");
    assert_eq!(codes(&refused(world.when(CI, ask.clone()))), [13, 13, 13]);
    world.given_done(OPS, unlock("dev"));
    let owners: Vec<_> = standing(&world).iter().map(|lock| lock.owner.clone()).collect();
    assert_eq!(owners, [ADMIN.actor()], "one's own are lifted, all of them");
    assert_eq!(codes(&refused(world.when(CI, ask.clone()))), [13]);
    world.given_done(ADMIN, unlock("dev"));
    assert!(world.when(CI, ask).is_ok());
}

// proves: FR-036
#[test]
fn a_lock_can_be_narrowed_to_a_component() {
    let mut world = world();
    let at = world.state().core().size;
    world.given_done(OPS, narrowed("api"));
    let message = format!("api in dev is locked: \"only this one\", by oli@acme.example, since 2026-01-15 14:45 UTC (entry {at})");
    assert_refused(world.when(CI, promote("api", "v1.1.0", "none", "dev")), &[(13, &message)]);
    assert!(world.when(CI, promote("web", "v1.1.0", "none", "dev")).is_ok());
    assert_nothing(world.when(OPS, Unlock { component: Some(component("web")), ..unlock("dev") }));
    world.given_done(OPS, Unlock { component: Some(component("api")), ..unlock("dev") });
    assert!(world.when(CI, promote("api", "v1.1.0", "none", "dev")).is_ok());
}

#[test]
fn the_owner_may_roll_back_under_the_lock_and_nobody_else() {
    let mut world = world();
    let at = world.state().core().size;
    world.given_done(OPS, lock("dev", "sale"));
    assert!(world.when(OPS, rollback("api", "v0.9.0", "dev")).is_ok());
    let message = format!("dev is locked: \"sale\", by oli@acme.example, since 2026-01-15 14:45 UTC (entry {at})");
    for by in [CI, ADMIN] {
        let refusal = assert_refused(world.when(by, rollback("api", "v0.9.0", "dev")), &[(13, &message)]);
        assert_eq!(types(refusal.record()), ["rollback.refused"]);
    }
    world.given_done(ADMIN, lock("dev", "audit"));
    assert_eq!(codes(&refused(world.when(OPS, rollback("api", "v0.9.0", "dev")))), [13], "one's own lock does not open another's");
}

// proves: FR-035, FR-038
#[test]
fn an_unlock_names_the_lock_that_it_lifts() {
    let mut world = world();
    let at = entry(world.state().core().size);
    world.given_done(OPS, lock("dev", "sale"));
    let unlocked = events(world.when(OPS, Unlock { reason: Some(reason("sale is over")), ..unlock("dev") }));
    assert_eq!(types(&unlocked), ["environment.unlocked"]);
    let unlocked = data!(unlocked, EnvironmentUnlocked);
    assert_eq!((unlocked.lock, unlocked.reason), (at, Some(reason("sale is over"))));
    world.given_done(OPS, unlock("dev"));
    assert_nothing(world.when(OPS, unlock("dev")));
}

#[test]
fn others_locks_are_lifted_only_when_that_is_said() {
    let mut world = world();
    let at = world.state().core().size;
    world.given_done(ADMIN, lock("dev", "audit"));
    let message = format!("no lock of dev is oli@acme.example's own: found those of ada@acme.example (entry {at})");
    let refusal = assert_refused(world.when(OPS, unlock("dev")), &[(12, &message)]);
    assert_eq!(hint(&refusal), "to lift others' locks too, where you are granted to: promoledger unlock … --others");
    world.given_done(OPS, Unlock { others: true, ..unlock("dev") });
    assert_eq!(standing(&world), []);
}

// proves: FR-049
#[test]
fn others_locks_are_lifted_only_by_who_is_granted_to() {
    let mut created = founding();
    let locks = permissions(&["environment.locked", "environment.unlocked"]);
    created.keys.push(NEWCOMER.first_key(vec![Grant { permissions: locks, ..Grant::everything() }]));
    let mut world = World::founded(&created);
    world.given_done(ADMIN, usual_rules());
    world.given_done(OPS, lock("dev", "sale"));
    world.given_done(NEWCOMER, lock("dev", "mine"));
    let message =
        "noor@acme.example may not lift others' locks in dev: key acme.example/new holds no grant for environment.unlocked.others";
    let refusal = assert_refused(world.when(NEWCOMER, Unlock { others: true, ..unlock("dev") }), &[(12, message)]);
    assert_eq!(hint(&refusal), "ask the owner of the lock, or an operator");
    let decided = data!(refusal.record(), AuthorizationDecided);
    assert_eq!((decided.action, decided.outcome, decided.promotion), (Action::Unlock, Outcome::Refused, None));
    world.given_refused(NEWCOMER, Unlock { others: true, ..unlock("dev") });
    world.given_done(NEWCOMER, unlock("dev"));
    assert_eq!(standing(&world).len(), 1, "one's own can be lifted, and others' stand");
}

// proves: FR-048, FR-049
#[test]
fn who_may_not_lock_is_told_so_and_that_is_recorded() {
    let mut world = world();
    let message = "ci:acme/shop is not allowed to do this in dev: key acme.example/ci holds no grant for environment.locked";
    let refusal = assert_refused(world.when(CI, lock("dev", "sale")), &[(12, message)]);
    assert_eq!(types(refusal.record()), ["authorization.decided"]);
    assert_eq!(data!(refusal.record(), AuthorizationDecided).action, Action::Lock);
    world.given_refused(CI, lock("dev", "sale"));
    assert_eq!(standing(&world), []);
}

#[test]
fn names_that_are_not_known_are_told_with_those_that_are() {
    let world = world();
    let blog = Pipeline::new("blog").expect("a name");
    assert_refused(
        world.when(OPS, Lock { pipeline: blog.clone(), ..lock("dev", "x") }),
        &[(2, "there is no pipeline blog in this ledger")],
    );
    assert_refused(world.when(OPS, Unlock { pipeline: blog, ..unlock("dev") }), &[(2, "there is no pipeline blog in this ledger")]);
    assert_refused(world.when(OPS, lock("qa", "x")), &[(3, "pipeline shop has no environment qa")]);
    assert_refused(world.when(OPS, unlock("qa")), &[(3, "pipeline shop has no environment qa")]);
    let mail = Lock { component: Some(component("mail")), ..lock("dev", "x") };
    assert_refused(world.when(OPS, mail), &[(3, "pipeline shop has no component mail")]);
}

#[test]
fn an_environment_that_the_rules_dropped_can_still_be_unlocked() {
    let mut world = world();
    world.given_done(OPS, lock("dev", "sale"));
    world.given_done(ADMIN, rules(&[("staging", &[]), ("prod", &[])], OnIncomparable::Warn));
    world.given_done(OPS, unlock("dev"));
    assert_eq!(standing(&world), []);
}

/// The key of somebody who looks after one component only.
fn keeper_of_web() -> World {
    let mut created = founding();
    let web = Grant { components: only([component("web")]), permissions: Role::Operator.permissions(), ..Grant::everything() };
    created.keys.push(NEWCOMER.first_key(vec![web]));
    let mut world = World::founded(&created);
    world.given_done(ADMIN, usual_rules());
    world
}

#[test]
fn a_key_of_one_component_locks_that_component() {
    let mut world = keeper_of_web();
    world.given_done(NEWCOMER, Lock { component: Some(component("web")), ..lock("dev", "x") });
    assert_eq!(codes(&refused(world.when(NEWCOMER, narrowed("api")))), [12]);
}

/// Such a lock stops every component, so a grant for one component does not cover all that it touches.
#[test]
fn a_key_of_one_component_does_not_lock_the_whole_environment() {
    let world = keeper_of_web();
    assert_eq!(codes(&refused(world.when(NEWCOMER, lock("dev", "x")))), [12]);
    let locked = data!(events(world.when(ADMIN, lock("dev", "x"))), EnvironmentLocked);
    assert!(world.judge(NEWCOMER, locked).is_err(), "nor does the law let it");
}

#[test]
fn a_key_of_one_component_is_told_that_it_may_not_lift_the_lock_of_another() {
    let mut world = keeper_of_web();
    world.given_done(OPS, narrowed("api"));
    let refusal = refused(world.when(NEWCOMER, Unlock { others: true, ..unlock("dev") }));
    assert_eq!(codes(&refusal), [12], "what is decided must be lawful, and lifting this lock is not");
}
