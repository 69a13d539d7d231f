//! How a gate's run ended, the status that follows from it, and the sentence that says so.

use std::fmt;
use std::time::Duration;

use promotion_ledger::meaning::event::artifact::GateStatus;

/// How a gate's run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// Exit status 0.
    Passed,
    /// The exit status by which this gate says that somebody should look.
    Warned(u8),
    /// Any other exit status.
    Failed(i32),
    /// Ended by a signal that was not ours.
    Signalled(i32),
    /// It took longer than this, its limit.
    TimedOut(Duration),
    /// Ended because the whole run was cancelled.
    Cancelled,
    /// It could not be started.
    NotStarted(String),
    /// It ended, and the system did not say how.
    Unknown(String),
    /// It was not to be run, or the run was cancelled before its turn.
    NotRun,
}

impl Ending {
    /// The status that is recorded. All that is not plainly a pass or a warning is a failure.
    pub const fn status(&self) -> GateStatus {
        match self {
            Self::Passed => GateStatus::Passed,
            Self::Warned(_) => GateStatus::Warning,
            Self::NotRun => GateStatus::Skipped,
            Self::Failed(_) | Self::Signalled(_) | Self::TimedOut(_) | Self::Cancelled | Self::NotStarted(_) | Self::Unknown(_) => {
                GateStatus::Failed
            }
        }
    }
}

/// The sentence that is recorded; short enough for a `Reason`.
impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed => f.write_str("Gate passed"),
            Self::Warned(status) => write!(f, "Gate passed with a warning: exit status {status}"),
            Self::Failed(status) => write!(f, "Gate failed with exit status {status}"),
            Self::Signalled(signal) => write!(f, "Gate was ended by signal {signal}"),
            Self::TimedOut(limit) => write!(f, "Gate execution timed out after {} seconds", limit.as_secs_f64()),
            Self::Cancelled => f.write_str("Gate execution was cancelled"),
            Self::NotStarted(why) => write!(f, "Gate could not be started: {why}"),
            Self::Unknown(why) => write!(f, "Gate ended, and how is not known: {why}"),
            Self::NotRun => f.write_str("Gate was not run"),
        }
    }
}
