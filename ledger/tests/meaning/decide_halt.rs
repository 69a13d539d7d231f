//! Halts: who may halt a pipeline, what that stops and what goes on, and who may say that it is resolved.

use promotion_ledger::meaning::command::{Command, Promote};
use promotion_ledger::meaning::event::halt::{PipelineHalted, PipelineResumed};
use promotion_ledger::meaning::event::promotion::{Action, Outcome as Went};
use promotion_ledger::meaning::grant::{Grant, Role};
use promotion_ledger::meaning::id::Sequence;
use promotion_ledger::meaning::law::Rule;
use promotion_ledger::meaning::rules::OnIncomparable;

use crate::support::*;

/// v1.0.0 is in staging, v1.1.0 in dev after v1.0.0.
fn world() -> World {
    let mut world = World::staffed(open_rules());
    world.given_promoted("api", "v1.0.0", &["dev", "staging"]);
    world.given_promoted("api", "v1.1.0", &["dev"]);
    world
}

fn to_staging() -> Promote {
    promote("api", "v1.1.0", "dev", "staging")
}

const ADVICE: &str = "roll prod back or mend it; when it is, promoledger resolve --env prod --reason …";

// proves: R9
#[test]
fn a_failure_in_one_environment_stops_promotions_into_every_other() {
    let mut world = world();
    let at = world.number_of_next();
    world.given_done(CI, halt("prod", "checkout fails"));
    let message = format!(
        "pipeline shop is halted by a failure of prod: \"checkout fails\", by ci:acme/shop, since 2026-01-15 14:45 UTC (entry {at})"
    );
    for by in [CI, OPS, ADMIN] {
        let refusal = world.assert_guarded(by, &to_staging(), (15, &message, ADVICE), Rule::Halt);
        assert_eq!(types(refusal.record()), ["promotion.refused"]);
    }
    world.given_done(OPS, resolve("prod", "rolled back"));
    world.assert_passes(CI, &to_staging());
}

// proves: R9
#[test]
fn a_halt_is_named_before_whatever_else_stands_in_the_way() {
    let mut world = world();
    world.given_done(OPS, lock("staging", "sale"));
    let busy = to_staging();
    world.given_done(OPS, unlock("staging"));
    world.given_done(CI, busy);
    world.given_done(OPS, lock("staging", "sale"));
    world.given_done(OPS, halt("staging", "it fails"));
    let other = promote("api", "v1.0.0", "dev", "staging");
    assert_eq!(codes(&refused(world.when(CI, other)))[..3], [15, 7, 13]);
}

// proves: R9
#[test]
fn no_glass_is_broken_over_a_halt() {
    let mut world = world();
    world.given_done(OPS, halt("staging", "it fails"));
    world.given_done(OPS, lock("staging", "sale"));
    let ask = Promote { break_glass: Some(reason("the shop is down")), ..to_staging() };
    assert_eq!(codes(&refused(world.when(ONCALL, ask))), [15], "the lock is passed, the halt is not");
}

// proves: R9
#[test]
fn rollbacks_locks_approvals_gates_and_releases_go_on() {
    let mut world = world();
    world.given_done(OPS, lock("dev", "sale"));
    world.given_done(OPS, halt("prod", "it fails"));
    world.given_done(OPS, unlock("dev"));
    world.given_done(OPS, lock("prod", "again"));
    world.given_done(CI, gate("tests", "api", "v1.1.0", "staging", promotion_ledger::meaning::event::artifact::GateStatus::Passed));
    world.given_registered("api", "v1.2.0");
    world.given_rolled_back("api", "v1.0.0", "dev");
    assert_eq!(world.there("api", "dev").as_deref(), Some("v1.0.0"));
}

// proves: R9
#[test]
fn what_is_under_way_is_finished_by_its_holder_and_resumed_by_nobody() {
    let mut world = world();
    let ask = to_staging();
    let id = ask.promotion_id;
    world.given_done(CI, ask);
    world.given_step(CI, id);
    let at = world.number_of_next();
    world.given_done(CI, halt("prod", "it fails"));
    let message =
        format!("pipeline shop is halted by a failure of prod: \"it fails\", by ci:acme/shop, since 2026-01-15 14:45 UTC (entry {at})");
    for by in [CI, OPS] {
        let refusal = assert_refused(world.when(by, Command::TakeOver(id)), &[(15, &message)]);
        assert!(refusal.record().is_empty(), "nobody was found not allowed");
        let over = data!(events(world.when(by, Command::TakeOverToAbort(id))), PromotionTakenOver);
        assert_eq!(
            world.assert_unlawful(
                by,
                promotion_ledger::meaning::event::promotion::PromotionTakenOver { to_abort: None, ..over },
                Rule::Halt
            ),
            message
        );
    }
    world.given_walked(CI, id);
    assert_eq!(world.there("api", "staging").as_deref(), Some("v1.1.0"));
}

// proves: R9
#[test]
fn a_rollback_is_gone_on_with_and_a_promotion_may_be_ended() {
    let mut world = world();
    let back = rollback("api", "v1.0.0", "dev");
    let id = back.promotion_id;
    world.given_done(CI, back);
    let ask = to_staging();
    let hanging = ask.promotion_id;
    world.given_done(CI, ask);
    world.given_done(CI, halt("prod", "it fails"));
    world.given_done(OPS, Command::TakeOver(id));
    world.given_walked(OPS, id);
    world.given_done(OPS, Command::TakeOverToAbort(hanging));
    world.given_done(OPS, abort(hanging));
}

// proves: R9
#[test]
fn several_failures_stand_at_once_and_all_must_be_resolved() {
    let mut world = world();
    world.given_done(CI, halt("prod", "checkout"));
    world.given_done(CI, halt_of("api", "prod", "login"));
    world.given_done(OPS, halt("dev", "build"));
    assert_eq!(codes(&refused(world.when(CI, to_staging()))), [15, 15, 15]);
    world.given_done(OPS, resolve_of("api", "prod", "mended"));
    assert_eq!(codes(&refused(world.when(CI, to_staging()))), [15, 15]);
    let resumed = world.given_done(OPS, resolve("prod", "rolled back"));
    assert_eq!(types(&resumed), ["pipeline.resumed"]);
    assert_nothing(world.when(OPS, resolve("prod", "again")));
    world.given_done(OPS, resolve("dev", "it builds"));
    world.assert_passes(CI, &to_staging());
}

// proves: FR-046, FR-047, FR-048, FR-049
#[test]
fn whoever_may_change_the_environment_says_that_it_is_resolved() {
    let rules = prod_guarded(|prod| prod.authorization = authorization(&["releasers"], &[]));
    let mut world = World::staffed(with_group(rules, "releasers", &["oli@acme.example"]));
    world.given_done(CI, halt("prod", "it fails"));
    let message = "prod may be changed by members of releasers; ada@acme.example is in no group";
    let refusal = assert_refused(world.when(ADMIN, resolve("prod", "mended")), &[(12, message)]);
    let decided = data!(refusal.record(), AuthorizationDecided);
    assert_eq!((decided.action, decided.outcome), (Action::Resolve, Went::Refused));
    let resumed = data!(events(world.when(OPS, resolve("prod", "mended"))), PipelineResumed);
    assert_eq!(world.assert_unlawful(ADMIN, resumed, Rule::Authorization), message);
    world.given_done(OPS, resolve("prod", "mended"));
}

// proves: FR-049
#[test]
fn a_key_without_the_grant_neither_halts_nor_resolves() {
    let mut world = world();
    let refusal = refused(world.when(GATE, halt("prod", "it fails")));
    assert_eq!(codes(&refusal), [12]);
    assert_eq!(data!(refusal.record(), AuthorizationDecided).action, Action::Halt);
    world.given_done(CI, halt("prod", "it fails"));
    assert_eq!(codes(&refused(world.when(CI, resolve("prod", "mended")))), [12], "CI tells failures, and people resolve them");
    let narrowed = Grant { environments: only([environment("dev")]), permissions: Role::Operator.permissions(), ..Grant::everything() };
    let key = NEWCOMER.added_key(&world.genesis(), vec![narrowed]);
    world.given_done(ADMIN, key);
    assert_eq!(codes(&refused(world.when(NEWCOMER, resolve("prod", "mended")))), [12]);
}

#[test]
fn what_is_not_there_neither_fails_nor_is_resolved() {
    let mut world = world();
    assert_refused(world.when(CI, halt("qa", "it fails")), &[(3, "pipeline shop has no environment qa")]);
    assert_refused(world.when(CI, halt_of("db", "prod", "it fails")), &[(3, "pipeline shop has no component db")]);
    assert_refused(world.when(OPS, resolve("qa", "mended")), &[(3, "pipeline shop has no environment qa")]);
    assert_nothing(world.when(OPS, resolve("prod", "mended")));
    let unknown = PipelineHalted { component: None, environment: environment("qa"), pipeline: shop(), reason: reason("it fails") };
    world.assert_unlawful(CI, unknown, Rule::Known);
}

#[test]
fn the_law_wants_a_halt_that_stands_and_agrees() {
    let mut world = world();
    let halt_at = Sequence::new(world.number_of_next());
    world.given_done(CI, halt_of("api", "prod", "it fails"));
    let right = PipelineResumed {
        component: Some(component("api")),
        environment: environment("prod"),
        halt: halt_at,
        pipeline: shop(),
        reason: reason("mended"),
    };
    let wrong = [
        PipelineResumed { component: None, ..right.clone() },
        PipelineResumed { environment: environment("dev"), ..right.clone() },
        PipelineResumed { halt: Sequence::GENESIS, ..right.clone() },
    ];
    for event in wrong {
        world.assert_unlawful(OPS, event, Rule::Halt);
    }
    world.given([(OPS, right.clone().into())]);
    world.assert_unlawful(OPS, right, Rule::Halt);
}

#[test]
fn a_failure_in_an_environment_that_was_dropped_since_is_resolved() {
    let mut world = world();
    world.given_done(CI, halt("prod", "it fails"));
    world.given_done(ADMIN, rules(&[("dev", &[]), ("staging", &[])], OnIncomparable::Warn));
    assert_eq!(codes(&refused(world.when(CI, to_staging()))), [15], "it is not forgotten with its environment");
    world.given_done(OPS, resolve("prod", "it is gone"));
    world.assert_passes(CI, &to_staging());
}
