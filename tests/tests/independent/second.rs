//! The second verifier: `tests/independent/verify.py`, kept running, asked export by export.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::verdict::{self, Verdict};

/// The verifier, started once and asked many times.
pub(crate) struct Second {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Second {
    pub(crate) fn start() -> Self {
        let mut child = Command::new(python())
            .args(["-B".as_ref(), script().as_os_str()])
            .arg("--batch")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("the second verifier does not start: {error}"));
        let questions = child.stdin.take().expect("its input is a pipe");
        let answers = BufReader::new(child.stdout.take().expect("its output is a pipe"));
        Self { child, questions, answers }
    }

    /// What it says of an export; `arguments` are those of one line.
    pub(crate) fn ask(&mut self, arguments: &str) -> Verdict {
        let mut line = String::new();
        let asked = writeln!(self.questions, "{arguments}").and_then(|()| self.questions.flush());
        let answered = asked.and_then(|()| self.answers.read_line(&mut line));
        assert!(answered.is_ok_and(|bytes| bytes > 0), "the second verifier ended while it was asked: {arguments}");
        verdict::theirs(&line)
    }
}

impl Drop for Second {
    fn drop(&mut self) {
        // It may have ended by itself; either way nobody waits for it any more.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where the second verifier is.
pub(crate) fn script() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/independent/verify.py"))
}

/// A Python that can do what the second verifier needs.
pub(crate) fn python() -> PathBuf {
    xtask::python().unwrap_or_else(|| panic!("{}", xtask::NO_PYTHON))
}
