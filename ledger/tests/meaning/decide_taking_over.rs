//! To take a promotion over: who may go on with it, who may only end it, and what was taken over to be ended.

use promotion_ledger::meaning::command::{Command, Promote};
use promotion_ledger::meaning::event::approval::ApprovalRequested;
use promotion_ledger::meaning::event::promotion::{Action, Outcome as Went, PromotionTakenOver, TagPurpose};
use promotion_ledger::meaning::event::{Event, promotion::StepStarted};
use promotion_ledger::meaning::id::PromotionId;
use promotion_ledger::meaning::law::Rule;
use promotion_ledger::meaning::rules::OnIncomparable;

use crate::support::*;

const AGENCY: &str = "portal:acme";

fn to_staging() -> Promote {
    promote("api", "v1.0.0", "dev", "staging")
}

/// CI brought v1.0.0 to dev, and OPS is bringing it to staging, where duties are separated.
fn separated_world() -> (World, PromotionId) {
    let mut world = World::staffed(guarding(&open_rules(), "staging", |staging| staging.separation_of_duties = separated()));
    world.given_arrived(&["dev"]);
    let ask = to_staging();
    world.given_done(OPS, ask.clone());
    (world, ask.promotion_id)
}

/// OPS is bringing v1.0.0 to prod, and these said yes to it, one of whom is needed.
fn approved_world(by: &[Actor]) -> (World, PromotionId) {
    let mut world = World::staffed(prod_guarded(|prod| prod.approvals = approvals(1, &[])));
    world.given_arrived(&["dev", "staging"]);
    let request = world.number_of_next();
    world.given_refused(OPS, to_prod());
    by.iter().for_each(|by| {
        world.given_done(*by, approve("api", "v1.0.0", "prod", request));
    });
    let ask = to_prod();
    world.given_done(OPS, ask.clone());
    (world, ask.promotion_id)
}

/// By hand, what takes the run over.
fn taking(world: &World, id: PromotionId) -> PromotionTakenOver {
    let run = world.run(id);
    PromotionTakenOver { epoch: run.epoch.next(), from_holder: run.holder, promotion: run.promotion, to_abort: None }
}

/// Then: they do not go on with it, in these words, and that is recorded; nor does the law let them. They may end it.
fn assert_stopped(world: &mut World, by: Actor, id: PromotionId, message: &str, rule: Rule) {
    let refusal = assert_refused(world.when(by, Command::TakeOver(id)), &[(12, message)]);
    assert_eq!(hint(&refusal), format!("have somebody else go on with it, or end it: promoledger abort {id} --reason …"));
    let recorded = data!(refusal.record(), AuthorizationDecided);
    assert_eq!((recorded.action, recorded.outcome, recorded.authorized_via), (Action::TakeOver, Went::Refused, reason(message)));
    assert_eq!(recorded.promotion, Some(world.run(id).promotion));
    world.append(by, refusal.record()).expect("a refusal is lawful");
    let event = taking(world, id);
    assert_eq!(world.assert_unlawful(by, event, rule), message);
    for command in [Command::TakeOverToAbort(id), abort(id)] {
        let [event] = events(world.when(by, command)).try_into().expect("one event");
        assert_eq!(world.judge(by, event), Ok(()));
    }
}

/// Then: they go on with it.
fn assert_goes_on(world: &World, by: Actor, id: PromotionId) {
    let taken = data!(events(world.when(by, Command::TakeOver(id))), PromotionTakenOver);
    assert_eq!(taken, taking(world, id));
    assert_eq!(world.judge(by, taken), Ok(()));
}

// proves: FR-050, FR-051, FR-053
#[test]
fn who_brought_it_here_does_not_take_over_what_brings_it_further() {
    let (mut world, id) = separated_world();
    let message = "ci:acme/shop brought this digest of api to dev, and staging separates duties: somebody else must bring it further";
    for by in [CI, PORTAL.acting_for("ci:acme/shop")] {
        assert_stopped(&mut world, by, id, message, Rule::Duties);
    }
    assert_eq!(world.when(CI, to_staging()).expect("it is under way").resume, Some(id), "which CI then may not take over");
    for by in [OPS, SPARE, ONCALL, PORTAL] {
        assert_goes_on(&world, by, id);
    }
    world.given_done(ONCALL, Command::TakeOver(id));
    world.given_walked(ONCALL, id);
    agrees_by_slices(&world);
}

// proves: FR-050
#[test]
fn where_duties_are_not_separated_anybody_goes_on() {
    let mut world = World::staffed(open_rules());
    world.given_arrived(&["dev"]);
    let ask = to_staging();
    world.given_done(OPS, ask.clone());
    assert_goes_on(&world, CI, ask.promotion_id);
}

// proves: FR-050, FR-051
#[test]
fn nobody_carries_out_what_they_approved_with_whichever_key() {
    let (mut world, id) = approved_world(&[ONCALL]);
    let message = "otto@acme.example approved the promotion of api v1.0.0 to prod, and nobody carries out what they approved";
    for by in [ONCALL, PORTAL.acting_for("otto@acme.example")] {
        assert_stopped(&mut world, by, id, message, Rule::Approvals);
    }
    for by in [CI, SPARE, PORTAL, PORTAL.acting_for("zoe@acme.example")] {
        assert_goes_on(&world, by, id);
    }

    let (mut world, id) = approved_world(&[PORTAL.acting_for("otto@acme.example"), RITA]);
    let of_key = message.replace("otto@acme.example", AGENCY);
    assert_stopped(&mut world, ONCALL, id, message, Rule::Approvals);
    assert_stopped(&mut world, PORTAL.acting_for("zoe@acme.example"), id, &of_key, Rule::Approvals);
    assert_goes_on(&world, CI, id);
}

// proves: FR-050
#[test]
fn to_ask_for_approval_anew_hides_nobody_who_approved() {
    let (mut world, id) = approved_world(&[ONCALL]);
    let anew = ApprovalRequested {
        component: component("api"),
        digest: built("api", "v1.0.0"),
        environment: environment("prod"),
        expires: world.now().plus_seconds(60),
        from: source("staging"),
        manifest: entry(1),
        pipeline: shop(),
        reason: None,
        version: version("v1.0.0"),
    };
    world.given([(CI, anew.into())]);
    let message = "otto@acme.example approved the promotion of api v1.0.0 to prod, and nobody carries out what they approved";
    assert_stopped(&mut world, ONCALL, id, message, Rule::Approvals);
}

#[test]
fn whoever_has_a_hand_in_it_goes_on_whatever_changed_since() {
    let mut world = World::staffed(open_rules());
    world.given_arrived(&["dev"]);
    let ask = to_staging();
    let id = ask.promotion_id;
    world.given_done(CI, ask);
    world.given_done(ADMIN, guarding(&open_rules(), "staging", |staging| staging.separation_of_duties = separated()));
    assert_goes_on(&world, CI, id);
    world.given_done(OPS, Command::TakeOver(id));
    assert_goes_on(&world, CI, id);
    let message = "ci:acme/shop brought this digest of api to dev, and staging separates duties: somebody else must bring it further";
    assert_stopped(&mut world, PORTAL.acting_for("ci:acme/shop"), id, message, Rule::Duties);
}

#[test]
fn where_approvals_were_overridden_whoever_approved_may_go_on() {
    let mut world = World::staffed(prod_guarded(|prod| prod.approvals = approvals(2, &[])));
    world.given_arrived(&["dev", "staging"]);
    let request = world.number_of_next();
    world.given_refused(CI, to_prod());
    world.given_done(OPS, approve("api", "v1.0.0", "prod", request));
    let ask = Promote { break_glass: Some(reason("the shop is down")), ..to_prod() };
    let decided = world.when(ONCALL, ask.clone()).expect("the glass is broken");
    world.append(ONCALL, &decided.events).expect("what is decided is lawful");
    assert_goes_on(&world, OPS, ask.promotion_id);
}

#[test]
fn a_rollback_and_a_run_where_nothing_is_asked_any_more_are_for_everybody() {
    let mut world = World::staffed(guarding(&open_rules(), "dev", |dev| dev.separation_of_duties = separated()));
    world.given_promoted("api", "v1.0.0", &["dev"]);
    world.given_promoted("api", "v1.1.0", &["dev"]);
    let back = rollback("api", "v1.0.0", "dev");
    world.given_done(OPS, back.clone());
    assert_goes_on(&world, CI, back.promotion_id);

    let (mut world, id) = separated_world();
    world.given_done(ADMIN, rules(&[("dev", &[]), ("prod", &[])], OnIncomparable::Warn));
    assert_goes_on(&world, CI, id);
}

/// The announcement that the mutable tag goes back to where it was.
fn back_to(world: &World, id: PromotionId) -> StepStarted {
    let run = world.run(id);
    let (tag, before) = run.to_put_back().expect("the tag was moved");
    let Event::StepStarted(started) = world.started(&run, tag, TagPurpose::Latest) else { unreachable!("an announcement") };
    StepStarted { digest: before, ..started }
}

// proves: FR-050, NFR-004
#[test]
fn who_may_not_go_on_with_it_may_put_back_what_was_written_and_end_it() {
    let (mut world, id) = approved_world(&[ONCALL]);
    world.given_walked(OPS, id);
    world.given_promoted("api", "v1.1.0", &["dev", "staging"]);
    let ask = promote("api", "v1.1.0", "staging", "prod");
    let (id, request) = (ask.promotion_id, world.number_of_next());
    world.given_refused(OPS, ask.clone());
    world.given_done(ONCALL, approve("api", "v1.1.0", "prod", request));
    world.given_done(OPS, ask);
    (0..4).for_each(|_| {
        world.given_step(OPS, id);
    });
    let taken = data!(world.given_done(ONCALL, Command::TakeOverToAbort(id)), PromotionTakenOver);
    assert!(taken.to_abort.is_some());
    let run = world.run(id);
    assert_eq!((run.holder.clone(), run.unwinding, run.hands.as_slice()), (ONCALL.actor(), true, [OPS.actor()].as_slice()));

    let detail = world.assert_unlawful(ONCALL, walk::completed(world.state(), &run), Rule::Epoch);
    assert_eq!(detail, "otto@acme.example took the promotion over to end it: whoever completes it takes it over anew");
    let forward = world.started(&run, tag("latest-prod"), TagPurpose::Latest);
    let detail = world.assert_unlawful(ONCALL, forward, Rule::Tags);
    assert_eq!(detail, "tag latest-prod may only go back to where it was: the promotion was taken over to be ended");
    let back = back_to(&world, id);
    world.given([(ONCALL, back.into())]);
    world.given_done(ONCALL, abort(id));
    assert_eq!(world.there("api", "prod").as_deref(), Some("v1.0.0"));
    agrees_from_zero(&world);
    agrees_by_slices(&world);
}

#[test]
fn what_was_taken_over_to_be_ended_goes_on_when_it_is_taken_over_anew() {
    let (mut world, id) = approved_world(&[ONCALL]);
    world.given_step(OPS, id);
    world.given_done(ONCALL, Command::TakeOverToAbort(id));
    let message = "otto@acme.example approved the promotion of api v1.0.0 to prod, and nobody carries out what they approved";
    assert_stopped(&mut world, ONCALL, id, message, Rule::Approvals);
    world.given_done(OPS, Command::TakeOver(id));
    world.given_walked(OPS, id);
    assert_eq!(world.there("api", "prod").as_deref(), Some("v1.0.0"));
    let brought = world.state().movers(&shop(), &component("api"), &environment("prod"), &built("api", "v1.0.0"));
    assert_eq!(brought, [OPS.actor()], "whoever meant to end it brought nothing");
}

/// A tag that pointed there before is put back by pointing there again, whatever the run may do otherwise.
#[test]
fn a_tag_goes_back_to_what_is_being_promoted_where_it_was_there_before() {
    let mut world = World::staffed(open_rules());
    world.given_arrived(&["dev"]);
    let ask = Promote { force: true, ..promote("api", "v1.0.0", "none", "dev") };
    let id = ask.promotion_id;
    world.given_done(OPS, ask);
    (0..3).for_each(|_| {
        world.given_step(OPS, id);
    });
    world.given_done(ONCALL, Command::TakeOverToAbort(id));
    let back = back_to(&world, id);
    assert_eq!(back.digest, built("api", "v1.0.0"));
    assert_eq!(world.judge(ONCALL, back), Ok(()));
    let immutable = world.started(&world.run(id), tag("v1.0.0-dev"), TagPurpose::Immutable);
    world.assert_unlawful(ONCALL, immutable, Rule::Tags);
}

// proves: FR-049
#[test]
fn to_take_it_over_to_end_it_takes_the_right_to_change_the_environment() {
    let mut world = World::staffed(prod_guarded(|prod| prod.authorization = authorization(&[], &["oli@acme.example"])));
    world.given_arrived(&["dev", "staging"]);
    let ask = to_prod();
    let id = ask.promotion_id;
    world.given_done(OPS, ask);
    assert_eq!(codes(&refused(world.when(ONCALL, Command::TakeOverToAbort(id)))), [12]);
    let event = PromotionTakenOver { to_abort: separated(), ..taking(&world, id) };
    world.assert_unlawful(ONCALL, event, Rule::Authorization);
    assert_eq!(codes(&refused(world.when(GATE, Command::TakeOverToAbort(id)))), [12]);
}
