//! The stage of the story: a directory, this very executable, and somebody who watches.

use std::ffi::OsStr;
use std::io::{Read as _, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use promotion_ledger::meaning::refusal::ExitCode;

use crate::commands::export::shell_word;
use crate::error::{CommandError, file};
use crate::page::{BOLD, DIM};
use crate::shown::{paint, shown};
use crate::views::admin::DemoStep;

/// Where the story is told.
pub(super) struct Stage {
    folder: PathBuf,
    program: PathBuf,
    audience: Box<dyn Write>,
    begun: bool,
    steps: Vec<DemoStep>,
}

impl Stage {
    pub(super) fn new(folder: PathBuf, audience: Box<dyn Write>) -> Result<Self, CommandError> {
        let program = std::env::current_exe()
            .map_err(|error| CommandError::new(ExitCode::Failure, format!("this executable cannot be found: {error}")))?;
        Ok(Self { folder, program, audience, begun: false, steps: Vec::new() })
    }

    /// Where everything is kept.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Says something to whoever watches.
    pub(super) fn say(&mut self, text: &str) -> Result<(), CommandError> {
        let gap = if std::mem::replace(&mut self.begun, true) { "\n" } else { "" };
        self.show(&format!("{gap}{}\n", paint(DIM, format!("# {text}")).styled()))
    }

    /// Writes a file.
    pub(super) fn write(&self, name: &str, text: &str) -> Result<(), CommandError> {
        let path = self.folder.join(name);
        std::fs::write(&path, text).map_err(|error| file(&path, "written", &error))
    }

    /// Writes a file and shows it as `cat` would.
    pub(super) fn write_and_show(&mut self, name: &str, text: &str) -> Result<(), CommandError> {
        self.write(name, text)?;
        self.show(&format!("{}\n{text}", prompt(&format!("cat {name}"))))
    }

    /// Runs `promoledger` with these arguments, shows what it prints, and gives it back. It must end with that code.
    pub(super) fn run(&mut self, expected: ExitCode, arguments: &[&str]) -> Result<String, CommandError> {
        let words = std::iter::once("promoledger").chain(arguments.iter().copied());
        let command = words.map(shell_word).collect::<Vec<_>>().join(" ");
        self.show(&format!("{}\n", prompt(&command)))?;
        let (text, code) = self.perform(arguments)?;
        self.show(&text)?;
        if code != Some(i32::from(expected.number())) {
            let found = code.map_or("a signal".to_owned(), |code| code.to_string());
            let message =
                format!("the story went wrong: expected exit {} of `{command}`, found {found}: {}", expected.number(), text.trim());
            return Err(CommandError::new(ExitCode::Failure, message).hint("this is a fault of promoledger, or of the temporary directory"));
        }
        self.steps.push(DemoStep { command, exit: expected.number() });
        Ok(anstream::adapter::strip_str(&text).to_string())
    }

    /// What was run.
    pub(super) fn into_steps(self) -> Vec<DemoStep> {
        self.steps
    }

    /// Runs it in the stage's own world: no variable of the user's reaches it, no folder of theirs is looked at.
    fn perform(&self, arguments: &[&str]) -> Result<(String, Option<i32>), CommandError> {
        let failed = |error: std::io::Error| file(&self.program, "run", &error);
        let (mut output, input) = std::io::pipe().map_err(failed)?;
        let mut child = {
            let mut command = Command::new(&self.program);
            command.args(arguments).current_dir(&self.folder).env_clear().env("HOME", &self.folder);
            command.env("PROMOLEDGER_COLOR", OsStr::new("always"));
            // One pipe for both, so that what is said stands where it was said.
            command.stdin(Stdio::null()).stdout(input.try_clone().map_err(failed)?).stderr(input);
            command.spawn().map_err(failed)?
        };
        let mut text = String::new();
        output.read_to_string(&mut text).map_err(failed)?;
        let status = child.wait().map_err(failed)?;
        Ok((text, status.code()))
    }

    fn show(&mut self, text: &str) -> Result<(), CommandError> {
        let shown = self.audience.write_all(text.as_bytes()).and_then(|()| self.audience.flush());
        match shown {
            // Whoever watched has gone; the story goes on, for it is a test as well.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {
                self.audience = Box::new(std::io::sink());
                Ok(())
            }
            Err(error) => Err(CommandError::new(ExitCode::Failure, format!("the story cannot be shown: {error}"))),
            Ok(()) => Ok(()),
        }
    }
}

fn prompt(command: &str) -> String {
    shown!("$ {}", paint(BOLD, command)).styled().to_owned()
}
