//! Reviews: somebody else looks at what was overridden, once.

use promotion_ledger::meaning::command::{Promote, Review};
use promotion_ledger::meaning::event::overriding::{Finding, OverrideReviewed};
use promotion_ledger::meaning::id::PromotionId;
use promotion_ledger::meaning::law::Rule;

use crate::support::*;

/// v1.0.0 goes from dev to staging although a lock stands, on the word of whoever asks. Where that was recorded is returned.
fn world(by: Actor) -> (World, PromotionId, u64) {
    let mut created = staffed();
    created.keys.iter_mut().filter(|key| key.principal == PORTAL.actor()).for_each(|key| {
        key.grants.iter_mut().for_each(|grant| grant.permissions = promotion_ledger::meaning::grant::Names::Any);
    });
    let mut world = World::founded(&created);
    world.given_done(ADMIN, open_rules());
    world.given_arrived(&["dev"]);
    world.given_done(OPS, lock("staging", "stocktaking"));
    let at = world.number_of_next();
    let ask = Promote { break_glass: Some(reason("the shop is down")), ..promote("api", "v1.0.0", "dev", "staging") };
    let id = world.given_carried(by, ask);
    (world, id, at)
}

fn by_hand(world: &World, id: PromotionId) -> OverrideReviewed {
    let found = world.state().overriding(&id).expect("an override");
    OverrideReviewed {
        finding: Finding::Justified,
        note: reason("the shop was down"),
        overriding: found.sequence,
        promotion: found.promotion.clone(),
    }
}

fn assert_own(world: &mut World, by: Actor, id: PromotionId, message: &str) {
    let refusal = assert_refused(world.when(by, review(id)), &[(12, message)]);
    assert_eq!(hint(&refusal), "have somebody else review it");
    let event = by_hand(world, id);
    assert_eq!(world.assert_unlawful(by, event, Rule::Review), message);
}

// proves: derived
#[test]
fn somebody_else_says_what_came_of_it() {
    let (mut world, id, at) = world(ONCALL);
    let unjustified = Review { finding: Finding::Unjustified, note: reason("nothing was down"), ..review(id) };
    let reviewed = data!(events(world.when(RITA, unjustified)), OverrideReviewed);
    assert_eq!((reviewed.finding, reviewed.overriding), (Finding::Unjustified, entry(at)));
    assert_eq!(data!(events(world.when(RITA, review(id))), OverrideReviewed), by_hand(&world, id));
    assert_eq!(world.state().overriding(&id).expect("an override").reviewed, None);
    let at = world.number_of_next();
    world.given_done(RITA, review(id));
    assert_eq!(world.state().overriding(&id).expect("an override").reviewed, Some(entry(at)));
    agrees_by_slices(&world);
}

// proves: FR-050
#[test]
fn nobody_reviews_their_own() {
    let (mut world, id, at) = world(ONCALL);
    let message = format!("otto@acme.example overrode guards at entry {at}, and nobody reviews their own");
    assert_own(&mut world, ONCALL, id, &message);
    assert_own(&mut world, PORTAL.acting_for("otto@acme.example"), id, &message);
}

// proves: FR-050
#[test]
fn nobody_reviews_what_their_key_overrode_in_another_name() {
    let (mut world, id, at) = world(PORTAL.acting_for("oli@acme.example"));
    for by in [OPS, SPARE] {
        assert_own(&mut world, by, id, &format!("oli@acme.example overrode guards at entry {at}, and nobody reviews their own"));
    }
    for by in [PORTAL, PORTAL.acting_for("zoe@acme.example")] {
        assert_own(&mut world, by, id, &format!("portal:acme overrode guards at entry {at}, and nobody reviews their own"));
    }
    world.given_done(ONCALL, review(id));
}

#[test]
fn it_is_reviewed_once() {
    let (mut world, id, at) = world(ONCALL);
    let event = by_hand(&world, id);
    let reviewed = world.number_of_next();
    world.given_done(RITA, review(id));
    let message = format!("the override of entry {at} was reviewed at entry {reviewed}");
    for by in [RITA, ROB] {
        assert_refused(world.when(by, review(id)), &[(9, &message)]);
        assert_eq!(world.assert_unlawful(by, event.clone(), Rule::Review), message);
    }
}

#[test]
fn a_review_is_of_an_override_that_is_there() {
    let (mut world, id, at) = world(ONCALL);
    let other = run_id(0);
    let refusal = assert_refused(world.when(RITA, review(other)), &[(3, &format!("promotion {other} overrode no guard"))]);
    assert_eq!(hint(&refusal), "`promoledger status` names the promotions whose overrides wait for a review");
    type Change = fn(&mut OverrideReviewed);
    let changes: [Change; 3] = [
        |review| review.overriding = entry(0),
        |review| review.promotion.promotion_id = run_id(0),
        |review| review.promotion.digest = digest("elsewhere"),
    ];
    for change in changes {
        let mut changed = by_hand(&world, id);
        change(&mut changed);
        world.assert_unlawful(RITA, changed, Rule::Review);
    }
    assert_eq!(world.judge(RITA, by_hand(&world, id)), Ok(()), "entry {at}");
}

// proves: FR-049
#[test]
fn it_takes_a_grant() {
    let (mut world, id, _) = world(ONCALL);
    let message = "ci:acme/shop is not allowed to do this with api in staging: key acme.example/ci holds no grant for override.reviewed";
    assert_refused(world.when(CI, review(id)), &[(12, message)]);
    let event = by_hand(&world, id);
    world.assert_unlawful(CI, event, Rule::Grant);
}
