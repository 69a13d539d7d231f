//! Several gates at once.

use std::cell::RefCell;
use std::fs;
use std::num::NonZeroUsize;

use promotion_delivery::gate::{Ending, Progress};

use crate::stage::stage;

// proves: FR-008
#[test]
fn two_gates_that_wait_for_each_other_both_pass() {
    let stage = stage();
    let waiting = |own: &str, other: &str| stage.sh(own, &format!("touch {own}; while ! [ -e {other} ]; do sleep 0.05; done"));
    let runs = stage.run_all(&[waiting("tests", "costs"), waiting("costs", "tests")], &|_| ());
    assert!(runs.iter().all(|run| run.ending == Ending::Passed), "{runs:?}");
}

// proves: FR-009, FR-011
#[test]
fn results_keep_the_order_though_gates_end_in_another() {
    let stage = stage();
    let told = RefCell::new(Vec::new());
    // Each but the last waits until the end of the one after it was told.
    let gates = [
        stage.sh("first", "while ! [ -e second ]; do sleep 0.05; done; exit 1"),
        stage.sh("second", "while ! [ -e third ]; do sleep 0.05; done"),
        stage.sh("third", "exit 3"),
    ];
    let runs = stage.run_all(&gates, &|progress| {
        if let Progress::Ended(run) = progress {
            told.borrow_mut().push(run.gate.to_string());
            fs::write(stage.path(run.gate.as_str()), "").unwrap();
        }
    });
    let found: Vec<_> = runs.iter().map(|run| (run.gate.as_str(), run.ending.clone())).collect();
    assert_eq!(found, [("first", Ending::Failed(1)), ("second", Ending::Passed), ("third", Ending::Failed(3))]);
    assert_eq!(told.into_inner(), ["third", "second", "first"]);
}

#[test]
fn no_more_run_at_once_than_allowed() {
    let mut stage = stage();
    stage.limits.at_once = NonZeroUsize::MIN;
    let gates = ["a", "b", "c"].map(|name| stage.sh(name, "mkdir alone || exit 1; sleep 0.1; rmdir alone"));
    let runs = stage.run_all(&gates, &|_| ());
    assert!(runs.iter().all(|run| run.ending == Ending::Passed), "{runs:?}");
}

#[test]
fn beginning_and_end_are_told() {
    let stage = stage();
    let told = RefCell::new(Vec::new());
    stage.run_all(&[stage.sh("tests", "exit 1")], &|progress| {
        told.borrow_mut().push(match progress {
            Progress::Begun(command) => format!("begun {}", command.gate),
            Progress::Stopping(command) => format!("stopping {}", command.gate),
            Progress::Ended(run) => format!("ended {} {}", run.gate, run.status()),
        });
    });
    assert_eq!(told.into_inner(), ["begun tests", "ended tests failed"]);
}

#[test]
fn no_gates_no_results() {
    assert!(stage().run_all(&[], &|_| ()).is_empty());
}
