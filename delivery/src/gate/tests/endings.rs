//! Which status follows from which ending, and in which words.

use std::time::Duration;

use promotion_ledger::meaning::event::artifact::GateStatus;
use promotion_ledger::meaning::names::GateName;

use crate::gate::{DEFAULT_TIMEOUT, Ending, GateRun, Limits};

// proves: FR-009, FR-012d
#[test]
fn only_a_pass_and_a_warning_let_pass() {
    for (ending, status, sentence) in [
        (Ending::Passed, GateStatus::Passed, "Gate passed"),
        (Ending::Warned(3), GateStatus::Warning, "Gate passed with a warning: exit status 3"),
        (Ending::Failed(1), GateStatus::Failed, "Gate failed with exit status 1"),
        (Ending::Signalled(11), GateStatus::Failed, "Gate was ended by signal 11"),
        (Ending::TimedOut(DEFAULT_TIMEOUT), GateStatus::Failed, "Gate execution timed out after 300 seconds"),
        (Ending::TimedOut(Duration::from_millis(1500)), GateStatus::Failed, "Gate execution timed out after 1.5 seconds"),
        (Ending::Cancelled, GateStatus::Failed, "Gate execution was cancelled"),
        (Ending::NotStarted("no".to_owned()), GateStatus::Failed, "Gate could not be started: no"),
        (Ending::Unknown("no".to_owned()), GateStatus::Failed, "Gate ended, and how is not known: no"),
        (Ending::NotRun, GateStatus::Skipped, "Gate was not run"),
    ] {
        assert_eq!(ending.status(), status, "{ending:?}");
        assert_eq!(ending.to_string(), sentence);
    }
}

#[test]
fn a_gate_told_off_is_skipped_and_says_so() {
    let run = GateRun::not_run(GateName::new("tests").unwrap());
    assert_eq!((run.status(), run.error().as_deref()), (GateStatus::Skipped, Some("Gate was not run")));
    assert!(!run.status().lets_pass());
}

// proves: FR-012c
#[test]
fn five_seconds_lie_between_the_signals() {
    assert_eq!(Limits::default().grace, Duration::from_secs(5));
}
