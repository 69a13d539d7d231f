//! Gates whose run is cancelled.

use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::thread;
use std::time::Duration;

use promotion_delivery::gate::{Ending, Progress};
use promotion_ledger::meaning::event::artifact::GateStatus;

use crate::stage::stage;

const AMPLE: Duration = Duration::from_secs(600);

#[test]
fn cancelling_ends_what_runs_and_begins_nothing_more() {
    let mut stage = stage().grace(AMPLE);
    stage.limits.at_once = NonZeroUsize::new(2).unwrap();
    let long = |name: &str| stage.sh(name, &format!("sleep 1000 & echo $! > {name}; touch {name}-ready; wait"));
    let gates = [long("a"), long("b"), long("c")];
    let stopping = RefCell::new(Vec::new());
    let runs = thread::scope(|scope| {
        scope.spawn(|| {
            stage.wait_for("a-ready");
            stage.wait_for("b-ready");
            stage.cancel.ask();
        });
        stage.run_all(&gates, &|progress| {
            if let Progress::Stopping(command) = progress {
                stopping.borrow_mut().push(command.gate.to_string());
            }
        })
    });
    let endings: Vec<_> = runs.iter().map(|run| run.ending.clone()).collect();
    assert_eq!(endings, [Ending::Cancelled, Ending::Cancelled, Ending::NotRun]);
    assert_eq!(runs[0].error().as_deref(), Some("Gate execution was cancelled"));
    assert_eq!((runs[0].status(), runs[2].status()), (GateStatus::Failed, GateStatus::Skipped));
    assert!(!stage.process("a").runs() && !stage.process("b").runs() && !stage.path("c").exists());
    stopping.borrow_mut().sort();
    assert_eq!(*stopping.borrow(), ["a", "b"]);
}

#[test]
fn asked_twice_the_grace_is_not_waited_for() {
    let stage = stage().grace(AMPLE);
    let gate = stage.sh("tests", "trap 'touch heard' TERM; echo $$ > leader; touch ready; while :; do sleep 0.1; done");
    let run = thread::scope(|scope| {
        scope.spawn(|| {
            stage.wait_for("ready");
            stage.cancel.ask();
            stage.wait_for("heard");
            stage.cancel.ask();
        });
        stage.run(&gate)
    });
    assert_eq!(run.ending, Ending::Cancelled);
    assert!(run.duration < AMPLE, "{:?}", run.duration);
    assert!(!stage.process("leader").runs());
}

#[test]
fn cancelled_before_it_began_nothing_runs() {
    let stage = stage();
    stage.cancel.ask();
    let run = stage.run_sh("touch begun");
    assert_eq!((run.ending, stage.path("begun").exists()), (Ending::NotRun, false));
}
