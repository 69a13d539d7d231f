//! Artifact signatures: what is found of them is recorded, and where the rules insist nothing goes on without a good one.

use promotion_ledger::meaning::command::{Promote, Seen, SignatureSeen};
use promotion_ledger::meaning::event::promotion::{PromotionCompleted, SignatureStatus};
use promotion_ledger::meaning::event::signature::{SignatureChecked, SignatureFound};
use promotion_ledger::meaning::id::{Epoch, PromotionId};
use promotion_ledger::meaning::law::Rule;
use promotion_ledger::meaning::rules::Enforcement;

use crate::support::*;

const FOUND: [SignatureFound; 4] = [SignatureFound::Verified, SignatureFound::Unsigned, SignatureFound::Invalid, SignatureFound::Unknown];

/// Whose signatures count.
const KEY: &str = "the key of the build server";

/// v1.0.0 is in staging.
fn world(enforcement: Option<Enforcement>) -> World {
    let mut world = World::staffed(verified_by(prod_guarded(|prod| prod.signature = enforcement), KEY));
    world.given_arrived(&["dev", "staging"]);
    world
}

fn having_seen(found: SignatureFound) -> Promote {
    let signature = SignatureSeen { found, message: reason("what cosign said"), policy: verification(KEY).digest() };
    Promote { seen: Seen { signature: Some(signature), ..Seen::default() }, ..to_prod() }
}

/// Given: a client appended the request and every decision about it, but nothing of a signature.
fn given_unchecked(world: &mut World, ask: Promote) -> PromotionId {
    let id = ask.promotion_id;
    let mut decided = world.when(CI, ask).expect("it goes ahead").events;
    decided.retain(|event| event.event_type().as_str() != "signature.checked");
    world.given(decided.into_iter().map(|event| (CI, event)));
    id
}

fn checked(world: &World, id: PromotionId, found: SignatureFound) -> SignatureChecked {
    let promotion = world.run(id).promotion;
    SignatureChecked { epoch: Epoch::FIRST, found, message: reason("what cosign said"), policy: verification(KEY).digest(), promotion }
}

const ADVICE: &str = "sign the artifact, for example with cosign, by a key or identity that the manifest names";

// proves: FR-004, FR-005, FR-021
#[test]
fn where_it_is_enforced_only_a_good_signature_passes() {
    let world = world(Some(Enforcement::Enforce));
    let told = [
        (SignatureFound::Unsigned, "is missing: what cosign said"),
        (SignatureFound::Invalid, "does not count: what cosign said"),
        (SignatureFound::Unknown, "could not be checked: what cosign said"),
    ];
    for (found, said) in told {
        let message = format!("prod takes signed artifacts alone, and the signature of api v1.0.0 {said}");
        let refusal = assert_refused(world.when(CI, having_seen(found)), &[(6, &message)]);
        assert_eq!(hint(&refusal), ADVICE);
        assert_eq!(types(refusal.record()), ["promotion.refused"]);
    }
    let message = "prod takes signed artifacts alone, and the signature of api v1.0.0 was not looked at";
    assert_refused(world.when(CI, to_prod()), &[(6, message)]);
}

// proves: FR-004, FR-021, FR-022
#[test]
fn a_good_signature_is_recorded_with_its_policy() {
    let mut world = world(Some(Enforcement::Enforce));
    let ask = having_seen(SignatureFound::Verified);
    let id = ask.promotion_id;
    let decided = world.given_done(CI, ask);
    assert_eq!(types(&decided), ["promotion.requested", "authorization.decided", "downgrade.decided", "signature.checked"]);
    let recorded = data!(decided, SignatureChecked);
    assert_eq!((recorded.found, recorded.epoch, recorded.policy), (SignatureFound::Verified, Epoch::FIRST, verification(KEY).digest()));
    let completed = data!(world.given_walked(CI, id), PromotionCompleted);
    assert_eq!(completed.signature_status, SignatureStatus::Verified);
    agrees_by_slices(&world);
}

// proves: FR-005, FR-021, FR-022
#[test]
fn where_it_is_only_warned_of_everything_passes_that_was_looked_at() {
    for found in FOUND {
        let mut world = world(Some(Enforcement::Warn));
        let ask = having_seen(found);
        let id = ask.promotion_id;
        let decision = world.when(CI, ask.clone()).expect("a warning stops nothing");
        let good = found == SignatureFound::Verified;
        let warned: &[&str] = if good { &[] } else { &["WARNING: what cosign said"] };
        assert_eq!(decision.warnings, warned);
        world.given_done(CI, ask);
        let completed = data!(world.given_walked(CI, id), PromotionCompleted);
        assert_eq!(completed.signature_status, if good { SignatureStatus::Verified } else { SignatureStatus::Warned });
    }
    let message = "prod has signatures looked at, and the signature of api v1.0.0 was not looked at";
    assert_refused(world(Some(Enforcement::Warn)).when(CI, to_prod()), &[(6, message)]);
}

// proves: FR-005
#[test]
fn where_nobody_asks_nothing_is_said_of_signatures() {
    let mut world = world(None);
    let ask = having_seen(SignatureFound::Invalid);
    let id = ask.promotion_id;
    assert_eq!(events(world.when(CI, ask.clone())).len(), 3);
    world.given_done(CI, ask);
    let unasked = checked(&world, id, SignatureFound::Verified);
    world.assert_unlawful(CI, unasked, Rule::Signature);
    let completed = data!(world.given_walked(CI, id), PromotionCompleted);
    assert_eq!(completed.signature_status, SignatureStatus::NotRequired);
}

// proves: FR-004
#[test]
fn no_tag_is_written_before_the_signature_was_found_good() {
    let mut world = world(Some(Enforcement::Enforce));
    let id = given_unchecked(&mut world, having_seen(SignatureFound::Verified));
    let step = world.next_event(&world.run(id));
    world.assert_unlawful(CI, step.clone(), Rule::Signature);
    for found in [SignatureFound::Unsigned, SignatureFound::Invalid, SignatureFound::Unknown] {
        let event = checked(&world, id, found);
        world.given([(CI, event.into())]);
        world.assert_unlawful(CI, step.clone(), Rule::Signature);
    }
    let event = checked(&world, id, SignatureFound::Verified);
    world.given([(CI, event.into())]);
    world.given_walked(CI, id);
}

// proves: FR-005
#[test]
fn where_it_is_only_warned_of_it_was_looked_at_all_the_same() {
    let mut world = world(Some(Enforcement::Warn));
    let id = given_unchecked(&mut world, having_seen(SignatureFound::Unsigned));
    let step = world.next_event(&world.run(id));
    world.assert_unlawful(CI, step, Rule::Signature);
    let event = checked(&world, id, SignatureFound::Unknown);
    world.given([(CI, event.into())]);
    world.given_walked(CI, id);
}

// proves: FR-022
#[test]
fn the_newest_look_counts_and_the_completion_says_so() {
    let mut world = world(Some(Enforcement::Enforce));
    let ask = having_seen(SignatureFound::Verified);
    let id = ask.promotion_id;
    world.given_done(CI, ask);
    (0..4).for_each(|_| {
        world.given_step(CI, id);
    });
    let completed = data!([world.next_event(&world.run(id))], PromotionCompleted);
    for status in [SignatureStatus::NotRequired, SignatureStatus::Warned] {
        let said = PromotionCompleted { signature_status: status, ..completed.clone() };
        world.assert_unlawful(CI, said, Rule::Signature);
    }
    let event = checked(&world, id, SignatureFound::Invalid);
    world.given([(CI, event.into())]);
    world.assert_unlawful(CI, completed, Rule::Signature);
}

#[test]
fn it_is_the_holder_who_looks() {
    let mut world = world(Some(Enforcement::Enforce));
    let id = given_unchecked(&mut world, having_seen(SignatureFound::Verified));
    let event = checked(&world, id, SignatureFound::Verified);
    world.assert_unlawful(OPS, event.clone(), Rule::Epoch);
    let later = SignatureChecked { epoch: Epoch::FIRST.next(), ..event.clone() };
    world.assert_unlawful(CI, later, Rule::Epoch);
    let mut other = event;
    other.promotion.digest = digest("elsewhere");
    world.assert_unlawful(CI, other, Rule::UnderWay);
}

// proves: FR-004
#[test]
fn a_signature_is_good_by_what_the_rules_say_and_by_nothing_else() {
    let mut world = world(Some(Enforcement::Warn));
    let id = given_unchecked(&mut world, having_seen(SignatureFound::Verified));
    let event = checked(&world, id, SignatureFound::Verified);
    let other = SignatureChecked { policy: verification("somebody's own key").digest(), ..event.clone() };
    let detail = world.assert_unlawful(CI, other.clone(), Rule::Signature);
    let (expected, found) = (verification(KEY).digest(), &other.policy);
    assert_eq!(detail, format!("a signature must be verified by what the rules say, {expected}, found {found}"));
    // A run keeps what it was requested under.
    world.given_done(ADMIN, verified_by(prod_guarded(|prod| prod.signature = Some(Enforcement::Warn)), "somebody's own key"));
    world.assert_unlawful(CI, other.clone(), Rule::Signature);
    // What does not verify needs no rule to say so.
    world.given([(CI, SignatureChecked { found: SignatureFound::Unknown, ..other }.into()), (CI, event.into())]);
    let completed = data!(world.given_walked(CI, id), PromotionCompleted);
    assert_eq!(completed.signature_status, SignatureStatus::Verified);
    agrees_by_slices(&world);
}

// proves: FR-004
#[test]
fn where_the_rules_do_not_say_whose_signatures_count_none_is_good() {
    let mut world = World::staffed(prod_guarded(|prod| prod.signature = Some(Enforcement::Warn)));
    world.given_arrived(&["dev", "staging"]);
    let id = given_unchecked(&mut world, having_seen(SignatureFound::Unknown));
    let event = checked(&world, id, SignatureFound::Verified);
    let detail = world.assert_unlawful(CI, event.clone(), Rule::Signature);
    assert!(detail.contains("rules that say whose signatures count"), "{detail}");
    world.given([(CI, SignatureChecked { found: SignatureFound::Unsigned, ..event }.into())]);
    let completed = data!(world.given_walked(CI, id), PromotionCompleted);
    assert_eq!(completed.signature_status, SignatureStatus::Warned);
}
