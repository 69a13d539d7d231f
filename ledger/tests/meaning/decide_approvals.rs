//! Approvals: how they are asked for, when enough are there, and what makes them void.

use promotion_ledger::meaning::command::{Promote, Register};
use promotion_ledger::meaning::event::approval::ApprovalRequested;
use promotion_ledger::meaning::grant::{Grant, Names, Role};
use promotion_ledger::meaning::id::Sequence;
use promotion_ledger::meaning::law::Rule;

use crate::support::*;

/// v1.0.0 is in staging; so many have to stand behind it going to prod.
fn world(count: u32) -> World {
    let mut world = World::staffed(prod_guarded(|prod| prod.approvals = approvals(count, &[])));
    world.given_arrived(&["dev", "staging"]);
    world
}

/// Given: OPS ran into it, so that approvals are asked for. The request's entry is returned.
fn given_asked(world: &mut World) -> u64 {
    let at = world.number_of_next();
    world.given_refused(OPS, to_prod());
    assert_eq!(world.number_of_next(), at + 2);
    at
}

fn asked_for(request: u64) -> String {
    format!("prod needs 1 approval: the request of entry {request} has none yet")
}

/// Then: the decision refuses with 16 and those words first, and the law in those words.
fn assert_missing(world: &mut World, by: Actor, ask: &Promote, message: &str) {
    let refusal = refused(world.when(by, ask.clone()));
    assert_eq!(codes(&refusal), [16]);
    let told = refusal.to_string();
    let (told, _) = told.split_once("; they are asked for with entry").unwrap_or((&told, ""));
    assert_eq!(told, message);
    let request = unasked(world, ask);
    assert_eq!(world.assert_unlawful(by, request, Rule::Approvals), message);
}

// proves: derived
#[test]
fn who_needs_approvals_is_told_and_they_are_asked_for() {
    let mut world = world(2);
    let at = world.number_of_next();
    let now = world.now();
    let ask = Promote { reason: Some(reason("release train 12")), ..to_prod() };
    let message = format!("prod needs 2 approvals, and none was asked for; they are asked for with entry {at}");
    let refusal = assert_refused(world.when(OPS, ask.clone()), &[(16, &message)]);
    let until = now.plus_seconds(3600);
    assert_eq!(hint(&refusal), format!("have others run `promoledger approve seq:{at}` before {}; then promote again", until.to_minute()));
    assert_eq!(types(refusal.record()), ["approval.requested", "promotion.refused"]);
    let expected = ApprovalRequested {
        component: component("api"),
        digest: built("api", "v1.0.0"),
        environment: environment("prod"),
        expires: until,
        from: source("staging"),
        manifest: entry(1),
        pipeline: shop(),
        reason: Some(reason("release train 12")),
        version: version("v1.0.0"),
    };
    assert_eq!(data!(refusal.record(), ApprovalRequested), expected);
    world.given_refused(OPS, ask);
    let standing = world.state().approvals(&shop(), &component("api"), &environment("prod"), &built("api", "v1.0.0"));
    assert_eq!(standing.expect("they are asked for").request, entry(at));
}

#[test]
fn they_are_asked_for_once_and_counted() {
    let mut world = world(2);
    let request = given_asked(&mut world);
    let until = time("2026-01-15T15:45:00.000000Z").to_minute();
    let advice = format!("have others run `promoledger approve seq:{request}` before {until}; then promote again");
    for (approver, have) in [(RITA, "none yet"), (ROB, "rita@acme.example")] {
        let message = format!("prod needs 2 approvals: the request of entry {request} has {have}");
        let refusal = world.assert_guarded(OPS, &to_prod(), (16, &message, &advice), Rule::Approvals);
        assert_eq!(types(refusal.record()), ["promotion.refused"]);
        world.given_done(approver, approve("api", "v1.0.0", "prod", request));
    }
    world.assert_passes(OPS, &to_prod());
    world.assert_passes(CI, &to_prod());
    assert_eq!(events(world.when(OPS, to_prod())).len(), 3);
}

#[test]
fn what_was_granted_is_spent_by_the_promotion() {
    let mut world = world(1);
    let request = given_asked(&mut world);
    world.given_done(RITA, approve("api", "v1.0.0", "prod", request));
    world.given_carried(OPS, to_prod());
    let again = Promote { force: true, ..to_prod() };
    assert_missing(&mut world, OPS, &again, "prod needs 1 approval, and none was asked for");
    agrees_from_zero(&world);
    agrees_by_slices(&world);
}

#[test]
fn a_promotion_that_failed_spends_nothing_and_neither_does_a_rollback() {
    let mut world = world(1);
    let request = given_asked(&mut world);
    world.given_done(RITA, approve("api", "v1.0.0", "prod", request));
    world.given_carried(OPS, to_prod());
    world.given_promoted("api", "v1.1.0", &["dev", "staging"]);
    let newer = promote("api", "v1.1.0", "staging", "prod");
    let request = world.number_of_next();
    world.given_refused(OPS, newer.clone());
    world.given_done(RITA, approve("api", "v1.1.0", "prod", request));
    world.given_done(OPS, newer.clone());
    world.given_done(OPS, abort(newer.promotion_id));
    world.given_carried(OPS, promote("api", "v1.1.0", "staging", "prod"));
    world.given_rolled_back("api", "v1.0.0", "prod");
    let again = promote("api", "v1.1.0", "staging", "prod");
    assert_missing(&mut world, OPS, &again, "prod needs 1 approval, and none was asked for");
}

#[test]
fn a_change_of_manifest_voids_what_was_asked_for() {
    let mut world = world(1);
    let request = given_asked(&mut world);
    world.given_done(RITA, approve("api", "v1.0.0", "prod", request));
    let changed = guarding(&prod_guarded(|prod| prod.approvals = approvals(1, &[])), "dev", |dev| dev.soak_seconds = Some(1));
    world.given_done(ADMIN, changed);
    let message = "prod needs 1 approval, and those that were asked for are void, since the manifest changed";
    assert_missing(&mut world, OPS, &to_prod(), message);
    let request = given_asked(&mut world);
    world.given_done(RITA, approve("api", "v1.0.0", "prod", request));
    world.assert_passes(OPS, &to_prod());
}

#[test]
fn they_are_of_one_digest_and_one_environment() {
    let mut world = world(1);
    world.given_promoted("api", "v1.1.0", &["dev", "staging"]);
    let request = given_asked(&mut world);
    world.given_done(RITA, approve("api", "v1.0.0", "prod", request));
    let newer = promote("api", "v1.1.0", "staging", "prod");
    assert_missing(&mut world, OPS, &newer, "prod needs 1 approval, and none was asked for");
    world.given_promoted("web", "v1.0.0", &["dev", "staging"]);
    assert_missing(&mut world, OPS, &promote("web", "v1.0.0", "staging", "prod"), "prod needs 1 approval, and none was asked for");
}

#[test]
fn they_are_of_the_version_that_they_were_asked_for_under() {
    let mut world = world(1);
    let request = given_asked(&mut world);
    world.given_done(RITA, approve("api", "v1.0.0", "prod", request));
    world.given_done(CI, Register { digest: built("api", "v1.0.0"), ..register("api", "v9.0.0") });
    for (from, to) in [("none", "dev"), ("dev", "staging")] {
        world.given_carried(CI, promote("api", "v9.0.0", from, to));
    }
    let renamed = promote("api", "v9.0.0", "staging", "prod");
    assert_missing(&mut world, OPS, &renamed, "prod needs 1 approval, and they were asked for under another version");
}

#[test]
fn they_are_over_when_the_request_is() {
    let mut world = world(1);
    let request = given_asked(&mut world);
    world.given_done(RITA, approve("api", "v1.0.0", "prod", request));
    let standing = world.state().approvals(&shop(), &component("api"), &environment("prod"), &built("api", "v1.0.0"));
    let expires = standing.expect("they are asked for").expires;
    world.given_time(just_before(expires));
    world.assert_passes(OPS, &to_prod());
    world.given_time(expires);
    assert_missing(&mut world, OPS, &to_prod(), "prod needs 1 approval, and the request for them is over");
}

#[test]
fn a_rejection_ends_the_request_and_a_new_one_begins_anew() {
    let mut world = world(1);
    let request = given_asked(&mut world);
    world.given_done(RITA, approve("api", "v1.0.0", "prod", request));
    let rejected = world.number_of_next();
    world.given_done(ROB, reject("api", "v1.0.0", "prod", request));
    let message = format!("rob@acme.example rejected the request of entry {request} at entry {rejected}");
    assert_missing(&mut world, OPS, &to_prod(), &message);
    let anew = given_asked(&mut world);
    assert_missing(&mut world, OPS, &to_prod(), &asked_for(anew));
}

// proves: FR-050
#[test]
fn nobodys_own_word_counts_for_their_promotion() {
    let mut world = world(1);
    let request = given_asked(&mut world);
    world.given_done(ONCALL, approve("api", "v1.0.0", "prod", request));
    assert_missing(&mut world, ONCALL, &to_prod(), &asked_for(request));
    assert_missing(&mut world, PORTAL.acting_for("otto@acme.example"), &to_prod(), &asked_for(request));
    world.assert_passes(OPS, &to_prod());
}

// proves: FR-050
#[test]
fn nobodys_own_word_counts_that_their_key_gave_for_somebody_else() {
    let mut world = world(1);
    let request = given_asked(&mut world);
    world.given_done(PORTAL.acting_for("zoe@acme.example"), approve("api", "v1.0.0", "prod", request));
    assert_missing(&mut world, PORTAL, &to_prod(), &asked_for(request));
    assert_missing(&mut world, PORTAL.acting_for("otto@acme.example"), &to_prod(), &asked_for(request));
    world.assert_passes(OPS, &to_prod());
}

#[test]
fn nothing_is_asked_for_while_something_else_is_missing() {
    let mut world = world(1);
    world.given_done(ONCALL, lock("prod", "sale"));
    let refusal = refused(world.when(OPS, to_prod()));
    assert_eq!(codes(&refusal), [13, 16]);
    assert_eq!(types(refusal.record()), ["promotion.refused"]);
    let missing = refusal.reasons().last().expect("a second reason");
    assert_eq!(missing.message, "prod needs 1 approval, and none was asked for");
    assert_eq!(missing.hint.as_deref(), Some("ask for them: promote with --wait, or run it again when they are given"));
}

#[test]
fn nothing_is_asked_for_by_a_key_that_may_not_ask() {
    let mut created = staffed();
    let Names::Only(mut all) = Role::Operator.permissions() else { unreachable!("an operator may not do everything") };
    all.retain(|permission| permission.to_string() != "approval.requested");
    created.keys.push(NEWCOMER.first_key(vec![Grant { permissions: Names::Only(all), ..Grant::everything() }]));
    let mut world = World::founded(&created);
    world.given_done(ADMIN, prod_guarded(|prod| prod.approvals = approvals(1, &["reviewers"])));
    world.given_arrived(&["dev", "staging"]);
    let advice = "ask for them: promote with --wait, or run it again when they are given";
    let message = "prod needs 1 approval of reviewers, and none was asked for";
    let refusal = world.assert_guarded(NEWCOMER, &to_prod(), (16, message, advice), Rule::Approvals);
    assert_eq!(types(refusal.record()), ["promotion.refused"]);
}

#[test]
fn a_request_is_for_what_could_be_promoted_and_no_longer_than_it_may() {
    let world = world(1);
    let told = refused(world.when(OPS, to_prod()));
    let request = data!(told.record(), ApprovalRequested);
    let latest = world.now().plus_seconds(3600);
    assert_eq!(world.judge(OPS, request.clone()), Ok(()));
    type Change = fn(&mut ApprovalRequested);
    let changes: [(Rule, Change); 7] = [
        (Rule::Known, |request| request.environment = environment("qa")),
        (Rule::Known, |request| request.component = component("mail")),
        (Rule::Manifest, |request| request.manifest = Sequence::GENESIS),
        (Rule::Path, |request| request.from = source("dev")),
        (Rule::Release, |request| request.digest = digest("elsewhere")),
        (Rule::Release, |request| request.version = version("v9.9.9")),
        (Rule::Approvals, |request| (request.environment, request.from) = (environment("staging"), source("dev"))),
    ];
    for (rule, change) in changes {
        let mut changed = request.clone();
        change(&mut changed);
        assert_eq!(world.judge(OPS, changed).map_err(|unlawful| unlawful.rule), Err(rule));
    }
    for (expires, lawful) in [(world.now(), false), (world.now().plus_seconds(1), true), (latest, true), (latest.plus_seconds(1), false)] {
        let found = world.judge(OPS, ApprovalRequested { expires, ..request.clone() }).map_err(|unlawful| unlawful.rule);
        assert_eq!(found, if lawful { Ok(()) } else { Err(Rule::Approvals) }, "{expires}");
    }
}
