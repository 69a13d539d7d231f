//! What an override is used for: the promotion that follows it at once, by whoever gave it, and nothing else.

use promotion_ledger::meaning::command::{Promote, Rollback};
use promotion_ledger::meaning::event::artifact::GateStatus;
use promotion_ledger::meaning::event::ledger::LedgerCreated;
use promotion_ledger::meaning::event::overriding::Overridable;
use promotion_ledger::meaning::event::promotion::PromotionRequested;
use promotion_ledger::meaning::grant::Grant;
use promotion_ledger::meaning::law::Rule;
use promotion_ledger::meaning::rules::OnIncomparable;

use crate::support::*;

/// v1.0.0 is in dev, and two guards that somebody's word passes stand in its way to prod.
fn world() -> World {
    let mut world = World::staffed(rules(&[("dev", &[]), ("prod", &["tests"])], OnIncomparable::Warn));
    world.given_arrived(&["dev"]);
    world.given_done(OPS, lock("prod", "stocktaking"));
    world
}

const BOTH: [Overridable; 2] = [Overridable::Lock, Overridable::Gates];

fn to_prod() -> Promote {
    promote("api", "v1.0.0", "dev", "prod")
}

fn broken() -> Promote {
    Promote { break_glass: Some(reason("the shop is down")), ..to_prod() }
}

#[test]
fn an_override_is_of_its_own_promotion_and_passes_no_other() {
    let mut world = world();
    let ask = to_prod();
    let event = override_of(&world, &ask, &BOTH);
    world.given([(ONCALL, event.clone().into())]);
    world.assert_unlawful(ONCALL, event, Rule::Alone);
    let request = unasked(&world, &ask);
    let other = PromotionRequested { promotion: unasked(&world, &to_prod()).promotion, ..request.clone() };
    world.assert_unlawful(ONCALL, other, Rule::Locks);
    assert_eq!(world.judge(ONCALL, request), Ok(()));
}

#[test]
fn an_override_of_one_release_passes_no_other() {
    let mut world = world();
    world.given_promoted("api", "v1.1.0", &["dev"]);
    let ask = to_prod();
    let mut newer = unasked(&world, &promote("api", "v1.1.0", "dev", "prod"));
    newer.promotion.promotion_id = ask.promotion_id;
    let event = override_of(&world, &ask, &BOTH);
    world.given([(ONCALL, event.into())]);
    world.assert_unlawful(ONCALL, newer, Rule::Override);
    let request = unasked(&world, &ask);
    assert_eq!(world.judge(ONCALL, request), Ok(()));
}

// proves: FR-048, FR-049
#[test]
fn an_override_is_used_at_once_or_never() {
    let mut world = world();
    let ask = to_prod();
    let event = override_of(&world, &ask, &BOTH);
    let at = world.number_of_next();
    world.given([(ONCALL, event.into())]);
    let request = unasked(&world, &ask);
    assert_eq!(world.judge(ONCALL, request.clone()), Ok(()));
    world.given([(GATE, gate("tests", "api", "v1.1.0", "prod", GateStatus::Passed).into())]);
    let detail = world.assert_unlawful(ONCALL, request, Rule::Override);
    let expected = format!("an override is used by the entry right after it or never: expected {}, found {}", at + 1, at + 2);
    assert_eq!(detail, expected);
}

// proves: FR-045, FR-048
#[test]
fn an_override_is_used_by_whoever_gave_it_and_with_their_key() {
    let glass = |by: Actor| {
        let mut world = World::founded(&all_may_override());
        world.given_done(ADMIN, open_rules());
        world.given_arrived(&["dev", "staging"]);
        world.given_done(ADMIN, lock("prod", "stocktaking"));
        let ask = crate::support::to_prod();
        let event = override_of(&world, &ask, &[Overridable::Lock]);
        world.given([(by, event.into())]);
        let request = unasked(&world, &ask);
        assert_eq!(world.judge(by, request.clone()), Ok(()));
        (world, request)
    };
    let (mut world, request) = glass(OPS);
    let detail = world.assert_unlawful(SPARE, request.clone(), Rule::Override);
    assert_eq!(detail, "an override is used by its own key: expected acme.example/oli, found acme.example/oli-spare");
    world.assert_unlawful(PORTAL.acting_for("oli@acme.example"), request, Rule::Override);

    let (mut world, request) = glass(PORTAL.acting_for("oli@acme.example"));
    let detail = world.assert_unlawful(PORTAL.acting_for("otto@acme.example"), request, Rule::Override);
    assert_eq!(detail, "an override is used by whoever gave it: expected oli@acme.example, found otto@acme.example");
}

/// Everybody whom guards are about, with keys that may do everything.
fn all_may_override() -> LedgerCreated {
    let mut created = staffed();
    for grant in created.keys.iter_mut().flat_map(|key| &mut key.grants) {
        *grant = Grant { act_for: grant.act_for.clone(), ..Grant::everything() };
    }
    created
}

/// A rollback needs no word, and takes none.
#[test]
fn no_rollback_begins_under_the_id_of_an_override() {
    let mut world = world();
    let ask = to_prod();
    let event = override_of(&world, &ask, &BOTH);
    world.given_promoted("api", "v1.1.0", &["dev"]);
    let back = Rollback { promotion_id: ask.promotion_id, ..rollback("api", "v1.0.0", "dev") };
    let requested = data!(events(world.when(ONCALL, back.clone())), RollbackRequested);
    let at = world.number_of_next();
    world.given([(ONCALL, event.into())]);
    let message = format!("promotion {} began before: expected an id that was never used", ask.promotion_id);
    assert_refused(world.when(ONCALL, back), &[(2, &message)]);
    let detail = world.assert_unlawful(ONCALL, requested, Rule::Override);
    assert_eq!(detail, format!("a rollback overrides nothing, found an override under its id at entry {at}"));
}

/// A client that does not ask left an override behind: whoever asks with its id is told, and does not run into the law.
#[test]
fn an_id_that_an_override_took_is_taken() {
    let mut world = world();
    let ask = broken();
    let event = override_of(&world, &ask, &BOTH);
    world.given([(ONCALL, event.into())]);
    let message = format!("promotion {} began before: expected an id that was never used", ask.promotion_id);
    assert_refused(world.when(ONCALL, ask.clone()), &[(2, &message)]);
    assert_refused(world.when(ONCALL, Promote { break_glass: None, ..ask }), &[(2, &message)]);
}
