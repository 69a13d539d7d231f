//! Separation of duties: whoever had a hand in bringing a digest into an environment does not bring it further.

use promotion_ledger::meaning::command::{Command, Promote, Register};
use promotion_ledger::meaning::law::Rule;
use promotion_ledger::meaning::rules::Rules;

use crate::support::*;

/// Duties are separated before dev (where nothing comes from), staging and prod.
fn rules() -> Rules {
    let names = ["dev", "staging", "prod"];
    names.iter().fold(open_rules(), |rules, name| guarding(&rules, name, |rule| rule.separation_of_duties = separated()))
}

fn to_staging() -> Promote {
    promote("api", "v1.0.0", "dev", "staging")
}

fn to_dev() -> Promote {
    promote("api", "v1.0.0", "none", "dev")
}

/// v1.0.0 is registered.
fn world() -> World {
    let mut world = World::staffed(rules());
    world.given_registered("api", "v1.0.0");
    world
}

/// Then: the law and the decision stop them, and tell who they are taken for.
fn assert_stopped(world: &mut World, by: Actor, same: &str, movers: &str) {
    let message = format!("{same} brought this digest of api to dev, and staging separates duties: somebody else must bring it further");
    let advice = format!("have somebody other than {movers} promote it");
    let refusal = world.assert_guarded(by, &to_staging(), (12, &message, &advice), Rule::Duties);
    let recorded = data!(refusal.record(), PromotionRefused);
    assert_eq!(recorded.reasons.iter().map(|told| told.message.as_str()).collect::<Vec<_>>(), [message.as_str()]);
}

// proves: FR-050, FR-051, FR-052, FR-053
#[test]
fn who_brought_it_here_does_not_bring_it_further_and_that_is_recorded() {
    let mut world = world();
    world.given_carried(CI, to_dev());
    assert_stopped(&mut world, CI, "ci:acme/shop", "ci:acme/shop");
    world.given_refused(CI, to_staging());
    world.assert_passes(OPS, &to_staging());
    world.given_carried(OPS, to_staging());
    world.assert_passes(CI, &to_prod());
    let request = unasked(&world, &to_prod());
    world.assert_unlawful(OPS, request, Rule::Duties);
}

// proves: FR-050
#[test]
fn where_duties_are_not_separated_the_same_one_may() {
    let mut world = World::staffed(guarding(&open_rules(), "prod", |prod| prod.separation_of_duties = separated()));
    world.given_arrived(&["dev"]);
    world.assert_passes(CI, &to_staging());
}

// proves: FR-051
#[test]
fn another_key_of_the_same_principal_is_the_same_one() {
    let mut world = world();
    world.given_carried(OPS, to_dev());
    assert_stopped(&mut world, SPARE, "oli@acme.example", "oli@acme.example");
}

// proves: FR-051
#[test]
fn whom_a_key_stands_for_and_whom_it_acts_for_both_count() {
    let mut world = world();
    world.given_carried(PORTAL.acting_for("oli@acme.example"), to_dev());
    let both = "oli@acme.example, portal:acme";
    assert_stopped(&mut world, OPS, "oli@acme.example", both);
    assert_stopped(&mut world, PORTAL, "portal:acme", both);
    assert_stopped(&mut world, PORTAL.acting_for("otto@acme.example"), "portal:acme", both);
    world.assert_passes(ONCALL, &to_staging());
}

// proves: FR-051
#[test]
fn to_act_for_somebody_else_hides_nobody() {
    let mut world = world();
    world.given_carried(PORTAL, to_dev());
    assert_stopped(&mut world, PORTAL.acting_for("otto@acme.example"), "portal:acme", "portal:acme");
    let mut world = world_of_ops();
    assert_stopped(&mut world, PORTAL.acting_for("oli@acme.example"), "oli@acme.example", "oli@acme.example");
}

fn world_of_ops() -> World {
    let mut world = world();
    world.given_carried(OPS, to_dev());
    world
}

// proves: FR-052
#[test]
fn everybody_counts_who_had_a_hand_in_the_run() {
    let mut world = world();
    let ask = to_dev();
    let id = ask.promotion_id;
    world.given_done(CI, ask);
    world.given_step(CI, id);
    world.given_done(OPS, Command::TakeOver(id));
    world.given_walked(OPS, id);
    for (by, name) in [(CI, "ci:acme/shop"), (OPS, "oli@acme.example")] {
        assert_stopped(&mut world, by, name, "ci:acme/shop, oli@acme.example");
    }
    world.assert_passes(ONCALL, &to_staging());
}

// proves: FR-052
#[test]
fn a_run_that_did_not_complete_brought_nothing() {
    let mut world = world();
    let ask = to_dev();
    let id = ask.promotion_id;
    world.given_done(CI, ask);
    world.given_done(CI, abort(id));
    world.given_carried(OPS, to_dev());
    world.assert_passes(CI, &to_staging());
    assert_stopped(&mut world, OPS, "oli@acme.example", "oli@acme.example");
}

// proves: FR-050, FR-052
#[test]
fn a_rollback_brings_as_a_promotion_does_and_frees_nobody() {
    let mut world = world();
    world.given_carried(CI, to_dev());
    world.given_promoted("api", "v1.1.0", &["dev"]);
    let ask = rollback("api", "v1.0.0", "dev");
    let id = ask.promotion_id;
    world.given_done(OPS, ask);
    world.given_walked(OPS, id);
    for (by, name) in [(CI, "ci:acme/shop"), (OPS, "oli@acme.example")] {
        assert_stopped(&mut world, by, name, "ci:acme/shop, oli@acme.example");
    }
    let newer = promote("api", "v1.1.0", "dev", "staging");
    assert_eq!(codes(&refused(world.when(OPS, newer))), [9], "it brought v1.0.0, and v1.1.0 was left by that");
}

// proves: FR-050, FR-052
#[test]
fn to_bring_it_again_frees_nobody_who_brought_it_before() {
    let mut world = world();
    world.given_carried(CI, to_dev());
    world.given_carried(OPS, Promote { force: true, ..to_dev() });
    for (by, name) in [(CI, "ci:acme/shop"), (OPS, "oli@acme.example")] {
        assert_stopped(&mut world, by, name, "ci:acme/shop, oli@acme.example");
    }
}

// proves: FR-050
#[test]
fn it_is_the_digest_that_counts_and_not_its_name() {
    let mut world = world();
    world.given_carried(CI, to_dev());
    let renamed = Register { digest: built("api", "v1.0.0"), ..register("api", "v1.0.1") };
    world.given_done(CI, renamed);
    world.given_carried(OPS, promote("api", "v1.0.1", "none", "dev"));
    let request = unasked(&world, &promote("api", "v1.0.1", "dev", "staging"));
    assert_eq!(request.promotion.digest, built("api", "v1.0.0"));
    world.assert_unlawful(CI, request, Rule::Duties);
    world.given_registered("web", "v1.0.0");
    world.given_carried(OPS, promote("web", "v1.0.0", "none", "dev"));
    world.assert_passes(CI, &promote("web", "v1.0.0", "dev", "staging"));
    agrees_by_slices(&world);
}
