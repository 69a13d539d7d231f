//! A gate's command as the manifest gives it: what to run, where, for how long.

use std::num::NonZeroU8;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use promotion_ledger::meaning::names::GateName;

use super::variables::VariableName;

/// The shell that runs a text.
const SHELL: &str = "/bin/sh";

/// A gate that is a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateCommand {
    /// The gate.
    pub gate: GateName,
    /// What to run.
    pub run: Run,
    /// How long it may take. The manifest bounds it; here any length is taken.
    pub timeout: Duration,
    /// The folder that it runs in.
    pub cwd: PathBuf,
    /// Variables that it is given beside the usual ones, where they are set.
    pub variables: Vec<VariableName>,
    /// Whether what it writes to standard output is a report, to be kept whole and apart from the rest.
    pub reports: bool,
    /// The exit status by which this gate says: passed, and somebody should look. Without it, any but 0 is a failure.
    pub warning_status: Option<NonZeroU8>,
}

/// What to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Run {
    /// A program, looked for on the `PATH` that it is given, and its arguments exactly as they are; no shell reads them.
    Argv(Vec<String>),
    /// A text for `/bin/sh -c`.
    Shell(String),
}

impl GateCommand {
    /// The program that is started; `None` when there is none.
    pub(super) fn program(&self) -> Option<&str> {
        match &self.run {
            Run::Argv(words) => words.first().map(String::as_str).filter(|program| !program.is_empty()),
            Run::Shell(_) => Some(SHELL),
        }
    }

    /// The command without environment and files; `None` when there is no program.
    pub(super) fn prepare(&self) -> Option<Command> {
        let mut command = Command::new(self.program()?);
        match &self.run {
            Run::Argv(words) => command.args(words.iter().skip(1)),
            // The gate's name stands where the shell looks for its own, so its complaints begin with it.
            Run::Shell(text) => command.args(["-c", text, self.gate.as_str()]),
        };
        command.current_dir(&self.cwd);
        Some(command)
    }
}
