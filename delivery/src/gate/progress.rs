//! What is told while gates run, for whoever shows it.

use super::command::GateCommand;
use super::run::GateRun;

/// What happens to the gates, told in the thread that waits for them.
#[derive(Debug, Clone, Copy)]
pub enum Progress<'a> {
    /// A gate is being started.
    Begun(&'a GateCommand),
    /// A gate was asked to end: its time is over, or the run was cancelled. It ends within the grace.
    Stopping(&'a GateCommand),
    /// A gate has ended.
    Ended(&'a GateRun),
}
