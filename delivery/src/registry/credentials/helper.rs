//! Credential helpers: programs `docker-credential-NAME` that keep secrets where docker does not want to.
//!
//! `get` is asked with the server on standard input, and answers with JSON (the docker-credential-helpers protocol).

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use serde::Deserialize;
use zeroize::Zeroizing;

use super::shown::{Credential, Login};
use crate::registry::secret::Secret;

const LONGEST_ANSWER: u64 = 64 * 1024;

/// How every helper says that it knows nothing of a server.
const NOT_FOUND: &[u8] = b"credentials not found";

/// How long a helper may take to end once it has closed its output.
const LAST_BREATH: Duration = Duration::from_millis(20);
const LAST_BREATHS: u32 = 100;

/// How a credential helper can fail. What it wrote is never part of it.
#[derive(Debug, thiserror::Error)]
pub enum HelperError {
    /// Its name is not one.
    #[error("has a name that is none: expected letters, digits, `-`, `_` and `.`")]
    Name,
    /// It is nowhere on the path.
    #[error("is not installed: it is in none of the directories that programs are looked for in")]
    NotInstalled,
    /// It cannot be run.
    #[error("cannot be run: {0}")]
    Run(#[from] io::Error),
    /// It takes too long.
    #[error("did not answer within {0:?}")]
    TimedOut(Duration),
    /// It says that it failed.
    #[error("failed with {0}")]
    Failed(ExitStatus),
    /// Its answer is not one.
    #[error("gave an answer that is not the JSON of its protocol")]
    Answer,
}

/// One helper.
pub(super) struct Helper {
    program: String,
    limit: Duration,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    #[serde(default)]
    username: String,
    secret: Secret,
}

impl Helper {
    pub(super) fn new(name: &str, limit: Duration) -> Self {
        Self { program: format!("docker-credential-{name}"), limit }
    }

    pub(super) fn program(&self) -> &str {
        &self.program
    }

    /// What the helper has for the server; `None` when it has nothing.
    pub(super) fn get(&self, server: &str, path: &[PathBuf]) -> Result<Option<Credential>, HelperError> {
        let (status, output) = self.run(server, path)?;
        if !status.success() {
            let knows_nothing = output.windows(NOT_FOUND.len()).any(|window| window == NOT_FOUND);
            return if knows_nothing { Ok(None) } else { Err(HelperError::Failed(status)) };
        }
        let answer: Answer = serde_json::from_slice(&output).map_err(|_| HelperError::Answer)?;
        Ok(match (answer.username.as_str(), answer.secret) {
            (_, secret) if secret.expose().is_empty() => None,
            ("<token>", token) => Some(Credential::IdentityToken(token)),
            (username, password) => Some(Credential::Password(Login { username: username.to_owned(), password })),
        })
    }

    /// The program's file. A name with a `/` in it would run what lies elsewhere.
    fn find(&self, path: &[PathBuf]) -> Result<PathBuf, HelperError> {
        if !self.program.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')) {
            return Err(HelperError::Name);
        }
        path.iter().map(|directory| directory.join(&self.program)).find(|file| file.is_file()).ok_or(HelperError::NotInstalled)
    }

    fn run(&self, server: &str, path: &[PathBuf]) -> Result<(ExitStatus, Zeroizing<Vec<u8>>), HelperError> {
        let mut command = Command::new(self.find(path)?);
        command.arg("get").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = Running(command.spawn()?);
        if let Some(mut input) = child.0.stdin.take() {
            match input.write_all(server.as_bytes()) {
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error.into()),
                _ => {}
            }
        }
        let output = self.output(&mut child.0)?;
        Ok((self.status(&mut child.0)?, output))
    }

    /// All that the program writes. A thread reads, because a pipe has no time limit of its own.
    fn output(&self, child: &mut Child) -> Result<Zeroizing<Vec<u8>>, HelperError> {
        let pipe = child.stdout.take();
        let (send, receive) = mpsc::channel();
        thread::spawn(move || {
            let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST_ANSWER as usize));
            let outcome = pipe.map_or(Ok(0), |pipe| pipe.take(LONGEST_ANSWER).read_to_end(&mut bytes));
            // Nobody listens any more once the time limit has passed.
            let _ = send.send(outcome.map(|_| bytes));
        });
        match receive.recv_timeout(self.limit) {
            Ok(outcome) => Ok(outcome?),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Err(HelperError::TimedOut(self.limit)),
        }
    }

    fn status(&self, child: &mut Child) -> Result<ExitStatus, HelperError> {
        for _ in 0..LAST_BREATHS {
            if let Some(status) = child.try_wait()? {
                return Ok(status);
            }
            thread::sleep(LAST_BREATH);
        }
        Err(HelperError::TimedOut(self.limit))
    }
}

/// A running program that does not outlive its use.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only where it has ended and was waited for.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
