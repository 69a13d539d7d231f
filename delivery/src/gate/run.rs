//! What came of one gate.

use std::time::Duration;

use promotion_ledger::meaning::event::artifact::GateStatus;
use promotion_ledger::meaning::names::GateName;

use super::capture::Output;
use super::ending::Ending;

/// What came of one gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateRun {
    /// The gate.
    pub gate: GateName,
    /// How it ended.
    pub ending: Ending,
    /// From its start until nothing of its group was left.
    pub duration: Duration,
    /// What it wrote.
    pub output: Output,
    /// What it reported, where it is a gate that does.
    pub report: Option<Vec<u8>>,
    /// Whether not even SIGKILL ended it: it runs as another user, or hangs inside the system. Somebody should look.
    pub still_running: bool,
}

impl GateRun {
    /// A gate that ended without having begun.
    pub(super) fn unbegun(gate: GateName, ending: Ending) -> Self {
        Self { gate, ending, duration: Duration::ZERO, output: Output::default(), report: None, still_running: false }
    }

    /// A gate that is not to be run, as in a dry run.
    pub fn not_run(gate: GateName) -> Self {
        Self::unbegun(gate, Ending::NotRun)
    }

    /// The status that is recorded.
    pub fn status(&self) -> GateStatus {
        self.ending.status()
    }

    /// Why it is no plain pass, in a sentence.
    pub fn error(&self) -> Option<String> {
        (self.status() != GateStatus::Passed).then(|| self.ending.to_string())
    }
}
