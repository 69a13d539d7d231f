//! The order of checks: with everything wrong at once, every reason is told, in the order of the design.

use promotion_ledger::meaning::command::{Promote, Register, Seen, SignatureSeen};
use promotion_ledger::meaning::event::signature::SignatureFound;
use promotion_ledger::meaning::rules::{Enforcement, OnIncomparable};
use promotion_ledger::meaning::versions::Range;

use crate::support::*;

/// Everything is wrong with v1.0.0 going to prod, where v2.0.0 is and v3.0.0 is on its way.
fn world() -> World {
    let open = rules(&[("dev", &[]), ("staging", &[]), ("prod", &["tests"])], OnIncomparable::Warn);
    let mut world = World::staffed(open.clone());
    world.given_done(CI, Register { breaking: vec![reason("no XML any more")], ..register("api", "v1.0.0") });
    for (from, to) in [("none", "dev"), ("dev", "staging")] {
        world.given_carried(CI, Promote { allow_breaking: true, ..promote("api", "v1.0.0", from, to) });
    }
    world.given_promoted("api", "v2.0.0", &["dev", "staging", "prod"]);
    world.given_promoted("api", "v3.0.0", &["dev", "staging"]);
    world.given_requested("api", "v3.0.0", "prod");
    world.given_done(OPS, lock("prod", "stocktaking"));
    let guarded = guarding(&open, "prod", |prod| {
        prod.freezes = freezes(&[("2026-01-01T00:00:00.000000Z", "2026-02-01T00:00:00.000000Z", "sale")], None);
        prod.soak_seconds = Some(86_400);
        prod.authorization = authorization(&["releasers"], &[]);
        prod.separation_of_duties = separated();
        prod.versions = Some(Range::parse("^2").expect("a range"));
        prod.approvals = approvals(2, &[]);
        prod.signature = Some(Enforcement::Enforce);
    });
    world.given_done(ADMIN, guarded);
    world
}

fn hostile() -> Promote {
    let signature = Some(SignatureSeen { found: SignatureFound::Unsigned, message: reason("there is none"), policy: digest("policy") });
    Promote {
        seen: Seen { source_tag: Some(digest("elsewhere")), target_tag: Some(digest("elsewhere")), signature, ..Seen::default() },
        ..to_prod()
    }
}

// proves: FR-007, FR-048
#[test]
fn every_reason_is_told_in_the_order_of_checks() {
    let mut world = world();
    let refusal = refused(world.when(CI, hostile()));
    let beginnings = [
        (7, "a promotion of api to v3.0.0 is under way in prod"),
        (13, "prod is locked: \"stocktaking\""),
        (17, "prod is frozen until 2026-02-01 00:00 UTC: sale"),
        (17, "api v1.0.0 must have been in staging for 1 day"),
        (12, "prod may be changed by members of releasers; ci:acme/shop is in no group"),
        (12, "ci:acme/shop brought this digest of api to staging"),
        (4, "tag v1.0.0-staging must point at"),
        (10, "tag v1.0.0-prod exists on another digest"),
        (14, "api v1.0.0 is older than v2.0.0, which is in prod"),
        (14, "api v1.0.0 was registered at entry 2 with changes that break what others rely on"),
        (9, "prod takes versions of api at least 2.0.0 and below 3.0.0-0, found v1.0.0"),
        (16, "prod needs 2 approvals, and none was asked for"),
        (6, "prod takes signed artifacts alone, and the signature of api v1.0.0 is missing: there is none"),
        (8, "gate tests must have passed for this digest and environment, found no result"),
    ];
    assert_eq!(codes(&refusal), beginnings.map(|(code, _)| code));
    for (reason, (_, beginning)) in refusal.reasons().iter().zip(beginnings) {
        assert!(reason.message.starts_with(beginning), "{}", reason.message);
        assert!(reason.hint.is_some(), "each comes with advice: {}", reason.message);
    }
    let recorded = data!(refusal.record(), PromotionRefused);
    assert_eq!(recorded.reasons.iter().map(|told| told.code.number()).collect::<Vec<_>>(), codes(&refusal));
    assert_eq!(types(refusal.record()), ["authorization.decided", "promotion.refused"]);
    let before: Vec<_> = world.state().facts().map(|(key, fact)| (key.clone(), fact.clone())).collect();
    world.given_refused(CI, hostile());
    assert_eq!(world.state().facts().map(|(key, fact)| (key.clone(), fact.clone())).collect::<Vec<_>>(), before);
}

// proves: FR-007
#[test]
fn broken_glass_leaves_what_it_does_not_pass_in_the_same_order() {
    let world = world();
    let refusal = refused(world.when(ONCALL, Promote { break_glass: Some(reason("the shop is down")), ..hostile() }));
    assert_eq!(codes(&refusal), [7, 12, 4, 10, 14, 14, 9, 6]);
}
