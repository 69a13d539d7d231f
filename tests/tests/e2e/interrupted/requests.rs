//! `kill -9` before and after every request that a command makes of a real registry, and its late arrival.

use promoledger_tests::proxy::{Fault, Gate};

use crate::interrupted::scene::{Scene, side_by_side};

/// How many copies of a scene are disturbed at a time.
const WORKERS: usize = 3;

/// When the process dies, of the time of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// Before the request has gone out; it never does.
    Before,
    /// Just as it has gone out: it arrives when the process is dead.
    Underway,
    /// When it is done, and the answer has not come.
    After,
    /// Just as it has gone out: it arrives when another process has finished.
    Overtaken,
}

/// What is done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Remedy {
    Resume,
    Abort,
    /// The command that was killed is an abort: it is given again.
    GiveUpAgain,
}

const MOMENTS: [Moment; 4] = [Moment::Before, Moment::Underway, Moment::After, Moment::Overtaken];

/// Every way to die at every request. A request that only reads is overtaken by nothing that matters; and one that comes
/// after an abort moves the tag once more, which no registry can be kept from (`docs/trust.md`).
fn ways(scene: &Scene) -> Vec<(usize, Moment, Remedy)> {
    let mut ways = Vec::new();
    for (index, request) in scene.requests.iter().enumerate() {
        for moment in MOMENTS {
            if moment != Moment::Overtaken {
                ways.push((index + 1, moment, Remedy::Abort));
            }
            if moment != Moment::Overtaken || request.method == "PUT" {
                ways.push((index + 1, moment, Remedy::Resume));
            }
        }
    }
    ways
}

/// Everything about a request that writes; of the others, before and after each, one remedy for each; with `sparse` only
/// every second of those.
fn a_spread(scene: &Scene, sparse: bool) -> Vec<(usize, Moment, Remedy)> {
    let chosen = |(nth, moment, remedy): &(usize, Moment, Remedy)| {
        let writes = scene.requests[nth - 1].method == "PUT";
        let turn = nth + usize::from(*moment == Moment::After);
        let remedy_of_turn = if (turn / 2).is_multiple_of(2) { Remedy::Resume } else { Remedy::Abort };
        let both = matches!(moment, Moment::Before | Moment::After);
        writes || (both && *remedy == remedy_of_turn && !(sparse && turn.is_multiple_of(2)))
    };
    ways(scene).into_iter().filter(chosen).collect()
}

fn kill_at(scene: &Scene, nth: usize, moment: Moment, remedy: Remedy) {
    let what = format!("{}, {moment:?} request {nth}, {:?}, then {remedy:?}", scene.name, scene.requests[nth - 1]);
    let copy = scene.copy();
    let gate = Gate::new();
    let held = if moment == Moment::After { Fault::StallAnswer(gate.clone()) } else { Fault::Stall(gate.clone()) };
    copy.proxy.hurt(nth, "", "", held);
    let running = copy.shop.admin().spawn(&scene.command);
    gate.wait_until_reached();
    if moment == Moment::Before {
        copy.expect_busy();
    }
    let _ = running.kill().expect_killed();
    match moment {
        Moment::Before | Moment::After => gate.drop_it(),
        Moment::Underway => {
            gate.open();
            gate.wait_until_passed();
        }
        Moment::Overtaken => {}
    }
    match remedy {
        Remedy::Resume => copy.resume(&what),
        Remedy::Abort => copy.abort(&what),
        Remedy::GiveUpAgain => copy.give_up_again(&what),
    }
    if moment == Moment::Overtaken {
        gate.open();
        gate.wait_until_passed();
        copy.expect_end(&what);
    }
}

fn kill_at_each(scene: &Scene, ways: Vec<(usize, Moment, Remedy)>) {
    side_by_side(WORKERS, ways, |(nth, moment, remedy)| kill_at(scene, nth, moment, remedy));
}

// proves: NFR-004
#[test]
fn a_first_promotion_killed_around_any_request_comes_to_the_same() {
    let scene = Scene::first();
    kill_at_each(&scene, a_spread(&scene, false));
}

// proves: NFR-004
#[test]
fn a_promotion_onward_killed_around_any_request_comes_to_the_same() {
    let scene = Scene::onward();
    kill_at_each(&scene, a_spread(&scene, true));
}

// proves: NFR-004
#[test]
fn a_forced_promotion_killed_around_any_request_comes_to_the_same() {
    let scene = Scene::forced();
    kill_at_each(&scene, a_spread(&scene, true));
}

// proves: NFR-004, FR-014, FR-015
#[test]
fn a_rollback_killed_around_any_request_comes_to_the_same() {
    let scene = Scene::rollback();
    kill_at_each(&scene, a_spread(&scene, false));
}

/// Before and after every request, and one remedy.
fn each_with(scene: &Scene, remedy: Remedy) -> Vec<(usize, Moment, Remedy)> {
    let moments = |nth| [Moment::Before, Moment::Underway, Moment::After].map(|moment| (nth, moment, remedy));
    (1..=scene.requests.len()).flat_map(moments).collect()
}

// proves: NFR-004
#[test]
fn a_resume_or_an_abort_killed_around_any_request_comes_to_the_same() {
    let scene = Scene::resumed();
    kill_at_each(&scene, each_with(&scene, Remedy::Resume));
    let scene = Scene::aborted();
    kill_at_each(&scene, each_with(&scene, Remedy::GiveUpAgain));
}

/// Kills the command before every `step`th call of that name, until it finishes unharmed. Gives how often it was killed.
fn kill_before_each(scene: &Scene, call: &str, step: usize) -> usize {
    for (killed, nth) in (1..).step_by(step).enumerate() {
        let what = format!("{}, killed before {call} {nth}", scene.name);
        let copy = scene.copy();
        let traced = copy.shop.admin().under_strace(&format!("{call}:signal=KILL:when={nth}"), &scene.command);
        if traced.run.signal.is_none() {
            traced.run.expect_code(0);
            copy.expect_no_trace(&what);
            return killed;
        }
        traced.run.expect_killed();
        if killed.is_multiple_of(2) { copy.resume(&what) } else { copy.abort(&what) }
    }
    unreachable!("the range has no end")
}

// proves: NFR-004
#[test]
fn a_promotion_into_a_registry_killed_before_any_sync_comes_to_the_same() {
    let killed = kill_before_each(&Scene::onward(), "fsync", 1);
    assert!(killed >= 6, "it was killed {killed} times");
}

// proves: NFR-004
#[test]
#[ignore = "takes minutes: `cargo xtask faults` runs it"]
fn whole_every_way_to_be_killed_before_any_write_of_the_log() {
    for scene in [Scene::first(), Scene::onward(), Scene::forced(), Scene::rollback()] {
        for (call, step, at_least) in [("fsync", 1, 6), ("pwrite64", 5, 20), ("write", 1, 5), ("writev", 1, 8)] {
            let killed = kill_before_each(&scene, call, step);
            assert!(killed >= at_least, "{}: {call} was met {killed} times", scene.name);
        }
    }
}

// proves: NFR-004
#[test]
#[ignore = "takes minutes: `cargo xtask faults` runs it"]
fn whole_every_way_to_be_killed_around_any_request() {
    for scene in [Scene::first(), Scene::onward(), Scene::forced(), Scene::rollback()] {
        kill_at_each(&scene, ways(&scene));
    }
}
