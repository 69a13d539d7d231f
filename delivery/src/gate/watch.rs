//! One gate from its start to the end of its group.

use std::io::{self, ErrorKind};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use super::cancel::Cancel;
use super::command::GateCommand;
use super::conditions::Conditions;
use super::ending::Ending;
use super::group::Group;
use super::limits::Limits;
use super::output::Pipes;
use super::run::GateRun;
use super::variables;
use crate::registry::retry::Pace;

/// How long is waited for output before it is looked who has ended: the shorter, the less time has passed since something came.
const SHORTEST_NAP: Duration = Duration::from_millis(1);
const LONGEST_NAP: Duration = Duration::from_millis(25);

/// How long what was killed may take to be gone. What then remains belongs to another user, hangs inside the system, or has
/// ended and is not waited for by the parent that it was left to.
const SETTLING: Duration = Duration::from_secs(1);

/// Runs one gate; `stopping` is called when it is asked to end.
pub(super) fn run(command: &GateCommand, conditions: &Conditions<'_>, stopping: &dyn Fn()) -> GateRun {
    let began = conditions.pace.elapsed();
    let (group, output) = match start(command, conditions) {
        Ok(started) => started,
        Err(why) => return GateRun::unbegun(command.gate.clone(), Ending::NotStarted(why)),
    };
    let mut watch = Watch { group, output, pace: conditions.pace, cancel: conditions.cancel };
    let waited = watch.wait(began.saturating_add(command.timeout), |group| group.leader_has_ended(), Cancel::is_asked);
    let forced = match waited {
        Waited::Done => None,
        Waited::Due => Some(Ending::TimedOut(command.timeout)),
        Waited::Interrupted => Some(Ending::Cancelled),
    };
    if forced.is_some() {
        stopping();
        watch.ask_to_end(conditions.limits.grace);
    }
    watch.kill();
    let own = watch.group.end();
    let written = watch.output.finish();
    GateRun {
        gate: command.gate.clone(),
        still_running: own.is_none(),
        ending: forced.unwrap_or_else(|| ending(own, command)),
        duration: conditions.pace.elapsed().saturating_sub(began),
        output: written.output,
        report: written.report,
    }
}

/// Starts the gate's group, or says why not.
fn start<'a>(command: &GateCommand, conditions: &Conditions<'a>) -> Result<(Group, Pipes<'a>), String> {
    let mut prepared = command.prepare().ok_or("its command is empty: expected a program")?;
    let environment = variables::cleaned(conditions.environment, &command.variables, conditions.subject);
    prepared.env_clear().envs(environment).stdin(Stdio::null());
    let (reader, report) = attach(&mut prepared, command.reports).map_err(|error| format!("no pipe for its output: {error}"))?;
    let group = Group::start(prepared).map_err(|error| unstarted(command, &error))?;
    let Limits { output, report: longest, .. } = conditions.limits;
    Ok((group, Pipes::new(reader, output, report.map(|report| (report, longest)), conditions.pace)))
}

/// One pipe for both streams, so that what is written together is read together; a report has a pipe of its own.
fn attach(command: &mut Command, reports: bool) -> io::Result<(io::PipeReader, Option<io::PipeReader>)> {
    let (reader, writer) = io::pipe()?;
    if reports {
        let (report, reported) = io::pipe()?;
        command.stdout(reported).stderr(writer);
        return Ok((reader, Some(report)));
    }
    command.stdout(writer.try_clone()?).stderr(writer);
    Ok((reader, None))
}

/// Why a program could not be started. The system's answer is the same for a folder that is not there.
fn unstarted(command: &GateCommand, error: &io::Error) -> String {
    let shortened = |text: &str| -> String { text.chars().take(80).collect() };
    if !command.cwd.is_dir() {
        return format!("its folder {:?} is no directory that can be used", shortened(&command.cwd.to_string_lossy()));
    }
    let program = shortened(command.program().unwrap_or_default());
    match error.kind() {
        ErrorKind::NotFound => format!("program {program:?} was not found, or the interpreter that its first line names was not"),
        ErrorKind::PermissionDenied => format!("program {program:?} may not be executed: look at its permissions"),
        _ => format!("program {program:?}: {error}"),
    }
}

/// How a gate ended by itself.
fn ending(own: Option<Result<ExitStatus, String>>, command: &GateCommand) -> Ending {
    let status = match own {
        Some(Ok(status)) => status,
        Some(Err(why)) => return Ending::Unknown(why),
        None => return Ending::Unknown("it was seen to end, and then was not".to_owned()),
    };
    let warning = command.warning_status.map(|status| status.get());
    match (status.code(), status.signal()) {
        (Some(0), _) => Ending::Passed,
        (Some(code), _) => match warning.filter(|warning| i32::from(*warning) == code) {
            Some(warning) => Ending::Warned(warning),
            None => Ending::Failed(code),
        },
        (None, Some(signal)) => Ending::Signalled(signal),
        (None, None) => Ending::Unknown(status.to_string()),
    }
}

/// Why a wait is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waited {
    Done,
    Due,
    Interrupted,
}

/// A running gate.
struct Watch<'a> {
    group: Group,
    output: Pipes<'a>,
    pace: &'a dyn Pace,
    cancel: &'a Cancel,
}

impl Watch<'_> {
    /// Reads what the gate writes until it is done, it is `until`, or the caller's patience ends.
    fn wait(&mut self, until: Duration, done: fn(&mut Group) -> bool, interrupted: fn(&Cancel) -> bool) -> Waited {
        let mut nap = SHORTEST_NAP;
        loop {
            if done(&mut self.group) {
                return Waited::Done;
            }
            if interrupted(self.cancel) {
                return Waited::Interrupted;
            }
            let left = until.saturating_sub(self.pace.elapsed());
            if left.is_zero() {
                return Waited::Due;
            }
            let came = self.output.read_within(nap.min(left));
            nap = if came { SHORTEST_NAP } else { (nap * 2).min(LONGEST_NAP) };
        }
    }

    /// Asks the whole group to end, and gives it the grace for that.
    fn ask_to_end(&mut self, grace: Duration) {
        self.group.ask_to_end();
        let until = self.pace.elapsed().saturating_add(grace);
        self.wait(until, Group::is_gone, Cancel::is_urgent);
    }

    /// Ends what is left of the group.
    fn kill(&mut self) {
        self.group.kill();
        let until = self.pace.elapsed().saturating_add(SETTLING);
        self.wait(until, Group::is_gone, |_| false);
    }
}
