//! Runs that are under way: to take them over, to end them, and what they leave behind.

use promotion_ledger::meaning::command::Command;
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::event::promotion::{DowngradeDecided, Outcome, TagPurpose};
use promotion_ledger::meaning::id::{Epoch, PromotionId};
use promotion_ledger::meaning::law::Rule;
use promotion_ledger::meaning::refusal::ExitCode;
use promotion_ledger::meaning::rules::OnIncomparable;
use promotion_ledger::meaning::versions::Comparison;

use crate::support::*;

/// CI is promoting v1.1.0 to dev, where v1.0.0 is, and made that many steps.
fn under_way(steps: usize) -> (World, PromotionId) {
    let mut world = World::new();
    world.given_promoted("api", "v1.0.0", &["dev"]);
    let id = world.given_requested("api", "v1.1.0", "dev");
    for _ in 0..steps {
        world.given_step(CI, id);
    }
    (world, id)
}

fn tags_left(world: &World, id: PromotionId) -> Vec<String> {
    let aborted = data!(events(world.when(OPS, abort(id))), PromotionAborted);
    aborted.tags_left.iter().map(|left| left.tag.to_string()).collect()
}

// proves: NFR-004
#[test]
fn whoever_takes_over_goes_on_at_every_step() {
    for steps in 0..5 {
        let (mut world, id) = under_way(steps);
        let taken = data!(events(world.when(OPS, Command::TakeOver(id))), PromotionTakenOver);
        assert_eq!((taken.epoch, taken.from_holder), (Epoch::FIRST.next(), CI.actor()));
        world.given_done(OPS, Command::TakeOver(id));
        let run = world.run(id);
        assert_eq!((run.holder, run.epoch), (OPS.actor(), Epoch::FIRST.next()));
        world.given_walked(OPS, id);
        assert_eq!(world.there("api", "dev").as_deref(), Some("v1.1.0"), "after {steps} steps");
        assert_eq!(world.resolve("api", "latest-dev"), Some(&built("api", "v1.1.0")));
        assert_eq!(world.resolve("api", "v1.1.0-dev"), Some(&built("api", "v1.1.0")));
    }
}

#[test]
fn one_can_take_over_from_oneself() {
    let (mut world, id) = under_way(1);
    world.given_done(CI, Command::TakeOver(id));
    world.given_done(CI, Command::TakeOver(id));
    assert_eq!(world.run(id).epoch.get(), 3);
    world.given_walked(CI, id);
}

#[test]
fn a_write_that_was_announced_before_is_announced_again() {
    let (mut world, id) = under_way(1);
    world.given_done(OPS, Command::TakeOver(id));
    let run = world.run(id);
    let tagged = walk::tagged(&run, tag("v1.1.0-dev"), TagPurpose::Immutable);
    assert_eq!(world.judge(OPS, tagged).expect_err("the write of another epoch").rule, Rule::Tags);
    let walked = world.given_walked(OPS, id);
    assert_eq!(walked.iter().filter(|event| matches!(event, Event::StepStarted(_))).count(), 2);
}

#[test]
fn the_holder_before_is_out_at_every_step() {
    for steps in 0..5 {
        let (mut world, id) = under_way(steps);
        let late = world.next_event(&world.run(id));
        world.given_done(OPS, Command::TakeOver(id));
        assert_eq!(world.append_unasked(CI, late).expect_err("an epoch that is over").rule, Rule::Epoch, "after {steps} steps");
        let failed = walk::failed(&world.run(id), ExitCode::Unavailable);
        assert_eq!(world.append_unasked(CI, failed).expect_err("somebody else's run").rule, Rule::Epoch);
    }
}

#[test]
fn what_is_not_under_way_is_not_found() {
    let (mut world, id) = under_way(0);
    world.given_walked(CI, id);
    for ended in [id, run_id(999_999)] {
        for ask in [Command::TakeOver(ended), abort(ended)] {
            let refusal = assert_refused(world.when(CI, ask), &[(3, &format!("promotion {ended} is not under way"))]);
            let expected = "`promoledger status` lists what is under way; `promoledger show` tells how a promotion ended";
            assert_eq!(hint(&refusal), expected);
        }
    }
}

// proves: FR-049
#[test]
fn who_may_not_is_told_what_is_missing() {
    let (world, id) = under_way(0);
    let message = "scanner:acme is not allowed to do this with api in dev: key acme.example/scanner holds no grant for \
                   promotion.taken_over, step.started, registry.tagged";
    assert_refused(world.when(GATE, Command::TakeOver(id)), &[(12, message)]);
    let message = "scanner:acme is not allowed to do this with api in dev: key acme.example/scanner holds no grant for promotion.aborted";
    assert_refused(world.when(GATE, abort(id)), &[(12, message)]);
}

#[test]
fn who_ends_a_promotion_names_the_tags_that_are_not_back() {
    let expected: [&[&str]; 5] = [&[], &["v1.1.0-dev"], &["v1.1.0-dev"], &["v1.1.0-dev", "latest-dev"], &["v1.1.0-dev", "latest-dev"]];
    for (steps, expected) in expected.into_iter().enumerate() {
        let (mut world, id) = under_way(steps);
        assert_eq!(tags_left(&world, id), expected, "after {steps} steps");
        world.given_done(OPS, abort(id));
        assert_eq!(world.there("api", "dev").as_deref(), Some("v1.0.0"));
        assert!(world.when(CI, promote("api", "v1.1.0", "none", "dev")).is_ok(), "the place is free again");
    }
}

#[test]
fn a_tag_that_was_put_back_is_not_left() {
    let (mut world, id) = under_way(4);
    world.given_done(OPS, Command::TakeOver(id));
    let mut back = world.run(id);
    assert_eq!(back.to_put_back(), Some((tag("latest-dev"), built("api", "v1.0.0"))));
    let Event::StepStarted(mut started) = world.started(&back, tag("latest-dev"), TagPurpose::Latest) else { unreachable!() };
    started.digest = built("api", "v1.0.0");
    world.given([(OPS, started.into())]);
    back = world.run(id);
    assert_eq!(tags_left(&world, id), ["v1.1.0-dev", "latest-dev"], "announced is not done");
    let Event::RegistryTagged(mut tagged) = walk::tagged(&back, tag("latest-dev"), TagPurpose::Latest) else { unreachable!() };
    tagged.digest = built("api", "v1.0.0");
    world.given([(OPS, tagged.into())]);
    assert_eq!(tags_left(&world, id), ["v1.1.0-dev"]);
    assert_eq!(world.run(id).to_put_back(), None);
    let forward = world.started(&world.run(id), tag("latest-dev"), TagPurpose::Latest);
    world.given([(OPS, forward)]);
    assert_eq!(tags_left(&world, id), ["v1.1.0-dev", "latest-dev"], "on its way again, and perhaps there");
    assert!(world.judge(OPS, walk::completed(world.state(), &world.run(id))).is_err(), "what was put back is not complete");
}

#[test]
fn a_tag_that_pointed_there_before_is_not_left() {
    let (mut world, first) = under_way(2);
    world.given_done(OPS, abort(first));
    let id = world.given_requested("api", "v1.1.0", "dev");
    world.given_step(CI, id);
    assert_eq!(tags_left(&world, id), ["v1.1.0-dev"], "it may be half-written");
    world.given_step(CI, id);
    assert_eq!(tags_left(&world, id), Vec::<String>::new());
}

#[test]
fn a_rollback_can_be_taken_over_and_ended_too() {
    let (mut world, id) = under_way(0);
    world.given_walked(CI, id);
    let ask = rollback("api", "v1.0.0", "dev");
    world.given_done(CI, ask.clone());
    world.given_step(CI, ask.promotion_id);
    world.given_done(OPS, Command::TakeOver(ask.promotion_id));
    assert_eq!(tags_left(&world, ask.promotion_id), ["v1.0.0-dev-rollback-1"]);
    world.given_walked(OPS, ask.promotion_id);
    assert_eq!(world.there("api", "dev").as_deref(), Some("v1.0.0"));
}

#[test]
fn a_run_in_an_environment_that_the_rules_dropped_can_be_ended() {
    let (mut world, id) = under_way(2);
    world.given_done(ADMIN, rules(&[("staging", &[]), ("prod", &[])], OnIncomparable::Warn));
    world.given_done(OPS, abort(id));
    assert_eq!(world.state().run(&id), None);
}

/// A refused decision is somebody's record of having been refused, whatever promotion it names.
#[test]
fn nobody_elses_refused_decision_stops_a_run() {
    let mut world = World::new();
    world.given_promoted("api", "v1.1.0", &["dev"]);
    let id = world.given_requested("api", "v1.0.0", "dev");
    let decided = DowngradeDecided {
        allow_downgrade: false,
        comparison: Comparison::Older,
        current: Some(version("v1.1.0")),
        outcome: Outcome::Refused,
        promotion: world.run(id).promotion,
        scheme: None,
    };
    world.given([(OPS, decided.into())]);
    world.given_walked(CI, id);
    assert_eq!(world.there("api", "dev").as_deref(), Some("v1.0.0"));
}
