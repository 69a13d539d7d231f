//! Running a program often: its median time, and how much memory it held at most.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A program with its arguments and what it needs of the environment. Nothing else of ours is passed on.
#[derive(Debug, Clone)]
pub struct Program {
    /// The file to run.
    pub file: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Its environment.
    pub environment: Vec<(OsString, OsString)>,
}

/// What running it came to.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// The median of the times that it took.
    pub time: Duration,
    /// The most memory that it was seen to hold, in bytes, where the system says (Linux).
    pub memory: Option<u64>,
}

/// A run that did not end as it should.
#[derive(Debug, thiserror::Error)]
#[error("{command}: {what}")]
pub struct RunFailed {
    command: String,
    what: String,
}

/// How often memory is looked at while a program runs.
const LOOK: Duration = Duration::from_micros(100);

impl Program {
    /// The same program with these arguments after its own.
    #[must_use]
    pub fn with(&self, arguments: &[&str]) -> Self {
        let mut other = self.clone();
        other.arguments.extend(arguments.iter().map(OsString::from));
        other
    }

    /// Runs each of the programs in turn, so many times round, and once more to see its memory.
    pub fn measure(turn: &[Self], rounds: usize) -> Result<Cost, RunFailed> {
        let mut times = Vec::new();
        for _ in 0..rounds {
            for program in turn {
                times.push(program.time()?);
            }
        }
        times.sort_unstable();
        let time = times.get(times.len() / 2).copied().unwrap_or_default();
        let memory = turn.iter().map(Self::memory).collect::<Result<Vec<_>, _>>()?;
        Ok(Cost { time, memory: memory.into_iter().flatten().max() })
    }

    /// How long one run takes, from before it is started until it is gone.
    fn time(&self) -> Result<Duration, RunFailed> {
        let began = Instant::now();
        let status = self.command().status().map_err(|error| self.failed(error.to_string()))?;
        let took = began.elapsed();
        if status.success() { Ok(took) } else { Err(self.failed(status.to_string())) }
    }

    /// The most memory that one run was seen to hold. A process's peak is gone with it, so it is looked at until then.
    fn memory(&self) -> Result<Option<u64>, RunFailed> {
        let mut child = self.command().spawn().map_err(|error| self.failed(error.to_string()))?;
        let place = PathBuf::from(format!("/proc/{}/status", child.id()));
        let mut most = None;
        loop {
            most = most.max(peak(&place));
            match child.try_wait() {
                Ok(None) => std::thread::sleep(LOOK),
                Ok(Some(status)) if status.success() => return Ok(most),
                Ok(Some(status)) => return Err(self.failed(status.to_string())),
                Err(error) => return Err(self.failed(error.to_string())),
            }
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.file);
        command.args(&self.arguments).env_clear().envs(self.environment.iter().cloned());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    fn failed(&self, what: String) -> RunFailed {
        let words: Vec<_> = self.arguments.iter().map(|word| word.to_string_lossy()).collect();
        RunFailed { command: format!("{} {}", self.file.display(), words.join(" ")), what }
    }
}

/// The line `VmHWM:  5128 kB` of a process's status.
fn peak(status: &PathBuf) -> Option<u64> {
    let text = fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Program {
        Program { file: "/bin/sh".into(), arguments: vec!["-c".into(), script.into()], environment: vec![] }
    }

    #[test]
    fn a_program_is_run_and_costs_something() {
        let cost = Program::measure(&[shell("true"), shell("exit 0")], 3).unwrap();
        assert!(cost.time > Duration::ZERO);
    }

    #[test]
    fn a_program_that_fails_is_named() {
        let failed = Program::measure(&[shell("exit").with(&["x"]), shell("exit 3")], 1).unwrap_err().to_string();
        assert!(failed.contains("/bin/sh -c exit 3") && failed.contains("3"), "{failed}");
    }

    #[test]
    fn the_peak_of_a_process_is_read_from_its_status() {
        if let Some(own) = peak(&PathBuf::from("/proc/self/status")) {
            assert!((500_000..100_000_000_000).contains(&own), "{own}");
        }
    }
}
