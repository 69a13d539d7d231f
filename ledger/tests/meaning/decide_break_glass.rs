//! Break-glass: which guards somebody's word passes, which it never does, and what stands in the record.

use promotion_ledger::meaning::command::{Promote, Seen, SignatureSeen};
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::event::artifact::GateStatus;
use promotion_ledger::meaning::event::overriding::Overridable;
use promotion_ledger::meaning::event::signature::SignatureFound;
use promotion_ledger::meaning::law::Rule;
use promotion_ledger::meaning::rules::{Enforcement, EnvironmentRule, OnIncomparable, Rules};
use promotion_ledger::meaning::versions::Range;

use crate::support::*;

fn demanding(change: impl FnOnce(&mut EnvironmentRule)) -> Rules {
    guarding(&rules(&[("dev", &[]), ("prod", &["tests", "security_scan"])], OnIncomparable::Warn), "prod", change)
}

/// Everything stands in the way of v1.0.0 going to prod that somebody's word passes.
fn world() -> World {
    let mut world = World::staffed(demanding(|prod| {
        prod.freezes = freezes(&[("2026-01-01T00:00:00.000000Z", "2026-02-01T00:00:00.000000Z", "sale")], None);
        prod.soak_seconds = Some(86_400);
        prod.approvals = approvals(1, &["reviewers"]);
    }));
    world.given_arrived(&["dev"]);
    world.given_done(OPS, lock("prod", "stocktaking"));
    world.given_done(ADMIN, lock("prod", "audit"));
    world
}

fn to_prod() -> Promote {
    promote("api", "v1.0.0", "dev", "prod")
}

fn broken() -> Promote {
    Promote { break_glass: Some(reason("the shop is down")), ..to_prod() }
}

const LOCKS: &str = "prod is locked: \"stocktaking\", by oli@acme.example, since 2026-01-15 14:45 UTC (entry 11); \
                     prod is locked: \"audit\", by ada@acme.example, since 2026-01-15 14:45 UTC (entry 12)";
const FREEZE: &str = "prod is frozen until 2026-02-01 00:00 UTC: sale";
const SOAK: &str = "api v1.0.0 must have been in dev for 1 day before it goes to prod: it came there 2026-01-15 14:45 UTC";
const APPROVALS: &str = "prod needs 1 approval of reviewers, and none was asked for";
const GATES: &str = "gate tests must have passed for this digest and environment, found no result; \
                     gate security_scan must have passed for this digest and environment, found no result";

fn expected() -> [(Overridable, &'static str); 5] {
    [
        (Overridable::Lock, LOCKS),
        (Overridable::Freeze, FREEZE),
        (Overridable::Soak, SOAK),
        (Overridable::Approvals, APPROVALS),
        (Overridable::Gates, GATES),
    ]
}

// proves: derived
#[test]
fn one_word_passes_locks_freezes_soak_approvals_and_gates_and_names_them() {
    let mut world = world();
    assert_eq!(codes(&refused(world.when(ONCALL, to_prod()))), [13, 13, 17, 17, 16, 8, 8]);
    let ask = broken();
    let decision = world.when(ONCALL, ask.clone()).expect("the glass is broken");
    let told: Vec<String> = expected().iter().map(|(guard, message)| format!("{guard} overridden: {message}")).collect();
    assert_eq!(decision.warnings, told);
    assert_eq!(types(&decision.events), ["guard.overridden", "promotion.requested", "authorization.decided", "downgrade.decided"]);
    let overridden = data!(decision.events, GuardOverridden);
    assert_eq!(overridden.justification, reason("the shop is down"));
    let guards: Vec<_> = overridden.guards.iter().map(|overridden| (overridden.guard, overridden.message.as_str())).collect();
    assert_eq!(guards, expected());
    assert_eq!(overridden.promotion, data!(decision.events, PromotionRequested).promotion);

    world.given_done(ONCALL, ask.clone());
    let completed = data!(world.given_walked(ONCALL, ask.promotion_id), PromotionCompleted);
    assert_eq!(completed.gates, [], "no gate backs it");
    assert_eq!(world.there("api", "prod").as_deref(), Some("v1.0.0"));
    agrees_from_zero(&world);
    agrees_by_slices(&world);
}

// proves: FR-048, FR-049
#[test]
fn it_takes_a_grant_of_its_own() {
    let mut world = world();
    let message = "oli@acme.example is not allowed to do this with api in prod: key acme.example/oli holds no grant for guard.overridden";
    let refusal = assert_refused(world.when(OPS, broken()), &[(12, message)]);
    assert_eq!(types(refusal.record()), ["authorization.decided", "promotion.refused"]);
    let overridden = data!(world.when(ONCALL, broken()).expect("he may").events, GuardOverridden);
    world.assert_unlawful(OPS, overridden, Rule::Grant);
}

#[test]
fn where_nothing_stands_in_the_way_nothing_is_overridden() {
    let mut world = World::staffed(open_rules());
    world.given_arrived(&["dev", "staging"]);
    let ask = Promote { break_glass: Some(reason("the shop is down")), ..crate::support::to_prod() };
    assert_eq!(types(&events(world.when(ONCALL, ask))), ["promotion.requested", "authorization.decided", "downgrade.decided"]);
}

/// Then: the glass may be broken, and that guard alone stands in the way all the same, as it does without.
fn assert_stands(world: &World, ask: &Promote, by: Actor, code: u8) {
    let glass = Promote { break_glass: Some(reason("the shop is down")), ..ask.clone() };
    let refusal = refused(world.when(by, glass));
    assert_eq!(codes(&refusal), [code], "{refusal}");
    assert!(!types(refusal.record()).contains(&"guard.overridden"), "nothing was passed");
}

/// prod with that guard, and v1.0.0 in dev.
fn only(change: impl FnOnce(&mut EnvironmentRule)) -> World {
    let mut world = World::staffed(guarding(&rules(&[("dev", &[]), ("prod", &[])], OnIncomparable::Block), "prod", change));
    world.given_arrived(&["dev"]);
    world.given_done(OPS, lock("prod", "stocktaking"));
    world
}

// proves: FR-050, FR-004
#[test]
fn no_word_passes_any_other_guard() {
    let world = only(|prod| prod.authorization = authorization(&[], &["oli@acme.example"]));
    assert_stands(&world, &to_prod(), ONCALL, 12);
    let world = only(|prod| prod.versions = Some(Range::parse("^2").expect("a range")));
    assert_stands(&world, &to_prod(), ONCALL, 9);
    let mut world = only(|prod| prod.separation_of_duties = separated());
    world.given_carried(ONCALL, Promote { force: true, ..promote("api", "v1.0.0", "none", "dev") });
    assert_stands(&world, &to_prod(), ONCALL, 12);

    let world = only(|prod| prod.signature = Some(Enforcement::Enforce));
    assert_stands(&world, &to_prod(), ONCALL, 6);
    let signature = SignatureSeen { found: SignatureFound::Invalid, message: reason("moved from elsewhere"), policy: digest("policy") };
    let unsigned = Promote { seen: Seen { signature: Some(signature), ..Seen::default() }, ..to_prod() };
    assert_stands(&world, &unsigned, ONCALL, 6);
    let taken: Option<Digest> = Some(digest("elsewhere"));
    let conflict = Promote { seen: Seen { target_tag: taken, ..Seen::default() }, ..to_prod() };
    assert_stands(&only(|_| {}), &conflict, ONCALL, 10);
    assert_stands(&only(|_| {}), &Promote { from: source("none"), ..to_prod() }, ONCALL, 9);
}

#[test]
fn no_word_passes_the_guards_of_versions() {
    let mut world = only(|_| {});
    world.given_done(OPS, unlock("prod"));
    let mut breaking = register("api", "v2.0.0");
    breaking.breaking = vec![reason("no XML any more")];
    world.given_done(CI, breaking);
    world.given_carried(CI, Promote { allow_breaking: true, ..promote("api", "v2.0.0", "none", "dev") });
    world.given_done(OPS, lock("prod", "stocktaking"));
    assert_stands(&world, &promote("api", "v2.0.0", "dev", "prod"), ONCALL, 14);
    world.given_done(OPS, unlock("prod"));
    world.given_carried(CI, Promote { allow_breaking: true, ..promote("api", "v2.0.0", "dev", "prod") });
    world.given_done(OPS, lock("prod", "stocktaking"));
    assert_stands(&world, &to_prod(), ONCALL, 14);
}

const ALL: [Overridable; 5] = [Overridable::Lock, Overridable::Freeze, Overridable::Soak, Overridable::Approvals, Overridable::Gates];

#[test]
fn an_override_names_just_what_stands_in_the_way_in_order() {
    let mut world = world();
    let ask = to_prod();
    let whole = override_of(&world, &ask, &ALL);
    assert_eq!(world.judge(ONCALL, whole), Ok(()));
    let mut others: Vec<Vec<Overridable>> =
        (0..ALL.len()).map(|left_out| ALL.into_iter().filter(|guard| *guard != ALL[left_out]).collect()).collect();
    others.push(Vec::new());
    others.push(ALL.into_iter().rev().collect());
    others.push(ALL.into_iter().chain([Overridable::Gates]).collect());
    for named in others {
        let event = override_of(&world, &ask, &named);
        let detail = world.assert_unlawful(ONCALL, event, Rule::Override);
        let expected = "an override must name just the guards that stand in the way: expected lock, freeze, soak, approvals, gates, found ";
        assert!(detail.starts_with(expected), "{detail}");
    }
    world.given_gates("api", "v1.0.0", "prod");
    world.given_time(time("2026-03-01T00:00:00.000000Z"));
    let event = override_of(&world, &ask, &ALL);
    let detail = world.assert_unlawful(ONCALL, event, Rule::Override);
    assert!(detail.ends_with("expected lock, approvals, found lock, freeze, soak, approvals, gates"), "{detail}");
}

#[test]
fn what_the_word_did_not_pass_still_stops_the_run() {
    let mut world = world();
    world.given_gates("api", "v1.0.0", "prod");
    let ask = broken();
    let decided = world.when(ONCALL, ask.clone()).expect("the glass is broken").events;
    let guards: Vec<_> = data!(decided, GuardOverridden).guards.iter().map(|overridden| overridden.guard).collect();
    assert_eq!(guards, ALL[..4]);
    world.given_done(ONCALL, ask.clone());
    world.given([(GATE, gate("tests", "api", "v1.0.0", "prod", GateStatus::Failed).into())]);
    let step = world.next_event(&world.run(ask.promotion_id));
    world.assert_unlawful(ONCALL, step, Rule::Gates);
}

/// An override may name what no promotion could: an index that sees slices alone must be able to judge it.
#[test]
fn an_override_of_something_strange_is_judged_from_a_slice_too() {
    let mut world = world();
    let mut event = override_of(&world, &to_prod(), &[Overridable::Lock, Overridable::Freeze, Overridable::Approvals, Overridable::Gates]);
    event.promotion.digest = digest("elsewhere");
    event.promotion.from = source("qa");
    world.given([(ONCALL, Event::from(event))]);
    agrees_by_slices(&world);
}
