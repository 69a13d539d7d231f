//! The law of what is done: steps, tags, completions, failures, and who may take over.

use promotion_ledger::meaning::command::Command;
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::event::artifact::GateStatus;
use promotion_ledger::meaning::event::promotion::{Leaves, PromotionCompleted, RegistryTagged, StepStarted, TagPurpose};
use promotion_ledger::meaning::id::{Epoch, Sequence};
use promotion_ledger::meaning::law::Rule;
use promotion_ledger::meaning::refusal::ExitCode;

use super::{Change, breaks, holds, only_as_it_is, under_way};
use crate::support::*;

// proves: FR-002, FR-003
#[test]
fn a_step_writes_a_tag_of_the_promotion_in_its_turn() {
    let (world, id) = under_way(0);
    let Event::StepStarted(step) = world.next_event(&world.run(id)) else { unreachable!("nothing was written yet") };
    let changes: [Change<StepStarted>; 9] = [
        (Rule::Tags, |step| step.tag = tag("v1.1.0-prod")),
        (Rule::Tags, |step| step.tag = tag("v1.0.0-staging")),
        (Rule::Tags, |step| step.purpose = TagPurpose::Latest),
        (Rule::Tags, |step| step.digest = digest("elsewhere")),
        (Rule::Tags, |step| (step.tag, step.purpose) = (tag("latest-staging"), TagPurpose::Latest)),
        (Rule::Epoch, |step| step.epoch = Epoch::FIRST.next()),
        (Rule::UnderWay, |step| step.promotion.digest = digest("elsewhere")),
        (Rule::UnderWay, |step| step.promotion.to = environment("prod")),
        (Rule::UnderWay, |step| step.promotion.promotion_id = run_id(0)),
    ];
    only_as_it_is(&world, CI, &step, &changes);
    breaks(&world, OPS, step, Rule::Epoch);
}

#[test]
fn only_the_mutable_tag_goes_back_and_only_to_where_it_was() {
    let (world, id) = under_way(4);
    let run = world.run(id);
    let Event::StepStarted(mut back) = world.started(&run, tag("latest-staging"), TagPurpose::Latest) else { unreachable!() };
    back.digest = built("api", "v1.0.0");
    only_as_it_is(
        &world,
        CI,
        &back,
        &[
            (Rule::Tags, |back| back.digest = digest("elsewhere")),
            (Rule::Tags, |back| (back.tag, back.purpose) = (tag("v1.1.0-staging"), TagPurpose::Immutable)),
        ],
    );
}

#[test]
fn a_tag_is_recorded_as_written_where_that_was_announced() {
    let (mut world, id) = under_way(1);
    let Event::RegistryTagged(tagged) = world.next_event(&world.run(id)) else { unreachable!("a write was announced") };
    let changes: [Change<RegistryTagged>; 7] = [
        (Rule::Tags, |tagged| tagged.tag = tag("latest-staging")),
        (Rule::Tags, |tagged| tagged.purpose = TagPurpose::Latest),
        (Rule::Tags, |tagged| tagged.digest = digest("elsewhere")),
        (Rule::Known, |tagged| tagged.repository = repository("web")),
        (Rule::Epoch, |tagged| tagged.epoch = Epoch::FIRST.next()),
        (Rule::UnderWay, |tagged| tagged.promotion.version = version("v1.0.0")),
        (Rule::UnderWay, |tagged| tagged.promotion.promotion_id = run_id(0)),
    ];
    only_as_it_is(&world, CI, &tagged, &changes);
    breaks(&world, OPS, tagged.clone(), Rule::Epoch);
    world.given_step(CI, id);
    breaks(&world, CI, tagged, Rule::Tags);
}

#[test]
fn a_completion_rests_on_everything_that_the_rules_demand() {
    let (mut world, id) = under_way(4);
    let Event::PromotionCompleted(completed) = world.next_event(&world.run(id)) else { unreachable!("every tag was written") };
    let changes: [Change<PromotionCompleted>; 8] = [
        (Rule::Gates, |completed| completed.gates.clear()),
        (Rule::Gates, |completed| completed.gates[0].entry = Sequence::GENESIS),
        (Rule::Gates, |completed| completed.gates[0].status = GateStatus::Warning),
        (Rule::Gates, |completed| completed.gates.push(completed.gates[0].clone())),
        (Rule::Authorized, |completed| completed.authorization_passed = false),
        (Rule::Authorized, |completed| completed.authorized_via = reason("break-glass")),
        (Rule::Epoch, |completed| completed.epoch = Epoch::FIRST.next()),
        (Rule::UnderWay, |completed| completed.promotion.promotion_id = run_id(0)),
    ];
    only_as_it_is(&world, CI, &completed, &changes);
    breaks(&world, OPS, completed.clone(), Rule::Epoch);
    world.given([(GATE, gate("tests", "api", "v1.1.0", "staging", GateStatus::Skipped).into())]);
    breaks(&world, CI, completed.clone(), Rule::Gates);
    world.given_gates("api", "v1.1.0", "staging");
    breaks(&world, CI, completed, Rule::Gates);
}

#[test]
fn no_completion_comes_before_its_tags() {
    for steps in 0..4 {
        let (world, id) = under_way(steps);
        breaks(&world, CI, walk::completed(world.state(), &world.run(id)), Rule::Tags);
    }
}

#[test]
fn a_run_ends_as_what_it_is() {
    let (mut world, id) = under_way(4);
    let run = world.run(id);
    let mut as_rollback = run.clone();
    as_rollback.leaves = Some(Leaves { digest: built("api", "v1.0.0"), number: 1, version: version("v1.0.0") });
    breaks(&world, CI, walk::completed(world.state(), &as_rollback), Rule::UnderWay);
    breaks(&world, CI, walk::failed(&as_rollback, ExitCode::Unavailable), Rule::UnderWay);
    holds(&world, CI, walk::failed(&run, ExitCode::Unavailable));

    world.given_walked(CI, id);
    let ask = rollback("api", "v1.0.0", "staging");
    world.given_done(CI, ask.clone());
    for _ in 0..4 {
        world.given_step(CI, ask.promotion_id);
    }
    let run = world.run(ask.promotion_id);
    let mut as_promotion = run.clone();
    as_promotion.leaves = None;
    breaks(&world, CI, walk::completed(world.state(), &as_promotion), Rule::UnderWay);
    breaks(&world, CI, walk::failed(&as_promotion, ExitCode::Unavailable), Rule::UnderWay);
    let Event::RollbackCompleted(completed) = walk::completed(world.state(), &run) else { unreachable!("a rollback") };
    only_as_it_is(
        &world,
        CI,
        &completed,
        &[
            (Rule::UnderWay, |completed| completed.leaves.number = 2),
            (Rule::UnderWay, |completed| completed.leaves.version = version("v1.0.0")),
            (Rule::Authorized, |completed| completed.authorization_passed = false),
            (Rule::Authorized, |completed| completed.authorized_via = reason("break-glass")),
            (Rule::Epoch, |completed| completed.epoch = Epoch::FIRST.next()),
        ],
    );
}

#[test]
fn who_takes_over_is_next_after_the_holder() {
    let (mut world, id) = under_way(1);
    let taken = data!(events(world.when(OPS, Command::TakeOver(id))), PromotionTakenOver);
    only_as_it_is(
        &world,
        OPS,
        &taken,
        &[
            (Rule::Epoch, |taken| taken.epoch = Epoch::FIRST),
            (Rule::Epoch, |taken| taken.epoch = Epoch::FIRST.next().next()),
            (Rule::Epoch, |taken| taken.from_holder = OPS.actor()),
            (Rule::UnderWay, |taken| taken.promotion.promotion_id = run_id(0)),
            (Rule::UnderWay, |taken| taken.promotion.version = version("v1.0.0")),
        ],
    );
    world.given([(OPS, taken.clone().into())]);
    breaks(&world, CI, taken, Rule::Epoch);
}

#[test]
fn an_end_names_the_tags_that_are_not_back() {
    let (world, id) = under_way(3);
    let failed = data!([walk::failed(&world.run(id), ExitCode::Unavailable)], PromotionFailed);
    assert_eq!(failed.tags_left.len(), 2);
    only_as_it_is(
        &world,
        CI,
        &failed,
        &[
            (Rule::TagsLeft, |failed| failed.tags_left.clear()),
            (Rule::TagsLeft, |failed| failed.tags_left.truncate(1)),
            (Rule::TagsLeft, |failed| failed.tags_left.reverse()),
            (Rule::TagsLeft, |failed| failed.tags_left[0].digest = digest("elsewhere")),
            (Rule::Epoch, |failed| failed.epoch = Epoch::FIRST.next()),
            (Rule::UnderWay, |failed| failed.promotion.promotion_id = run_id(0)),
        ],
    );
    breaks(&world, OPS, failed, Rule::Epoch);
    let aborted = data!(events(world.when(OPS, abort(id))), PromotionAborted);
    only_as_it_is(
        &world,
        OPS,
        &aborted,
        &[
            (Rule::TagsLeft, |aborted| aborted.tags_left.clear()),
            (Rule::Epoch, |aborted| aborted.epoch = Epoch::FIRST.next()),
            (Rule::UnderWay, |aborted| aborted.promotion.promotion_id = run_id(0)),
        ],
    );
}

/// A failure names a code as a refusal does: neither success nor a verifier's verdict.
#[test]
fn a_failure_is_not_called_a_success() {
    let (world, id) = under_way(1);
    holds(&world, CI, walk::failed(&world.run(id), ExitCode::Unavailable));
    for code in [ExitCode::Done, ExitCode::Tampered] {
        breaks(&world, CI, walk::failed(&world.run(id), code), Rule::Reasons);
    }
}
