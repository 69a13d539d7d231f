//! The ledger's test programs, run with one check off: which of their vectors and tests fail.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::mutant::VECTORS;

/// The test that takes every vector and says which verdicts were wrong.
const VERDICTS: &str = "every_verdict_is_the_one_expected";

/// How long a program may take. Without a check, one may run for ever.
const LIMIT: Duration = Duration::from_secs(120);

/// The test programs by their targets' names.
#[derive(Debug)]
pub(crate) struct Suites {
    programs: BTreeMap<String, PathBuf>,
    folder: PathBuf,
}

/// The programs that `cargo test --no-run` names in what it says.
pub(crate) fn of_cargo(said: &str, workspace: &Path) -> Result<Suites, String> {
    let programs: BTreeMap<String, PathBuf> = said.lines().filter_map(|line| program(line, workspace)).collect();
    if !programs.contains_key(VECTORS) {
        return Err(format!("cargo named no program for the vectors:\n{said}"));
    }
    Ok(Suites { programs, folder: workspace.join("ledger") })
}

/// `  Executable tests/vectors/main.rs (/target/debug/deps/vectors-0123)`
fn program(line: &str, workspace: &Path) -> Option<(String, PathBuf)> {
    let (source, path) = line.trim().strip_prefix("Executable ")?.rsplit_once(" (")?;
    let path = workspace.join(path.strip_suffix(')')?);
    if source == "unittests src/lib.rs" {
        return Some(("lib".to_owned(), path));
    }
    let target = source.strip_prefix("tests/")?.trim_end_matches("/main.rs").trim_end_matches(".rs");
    Some((target.to_owned(), path))
}

impl Suites {
    /// What fails in a target with that check off, or with none.
    pub(crate) fn run(&self, target: &str, off: Option<usize>) -> Result<BTreeSet<String>, String> {
        let program = self.programs.get(target).ok_or_else(|| format!("there is no test target `{target}`"))?;
        let mut command = Command::new(program);
        command.current_dir(&self.folder).env_remove("CHECK_OFF").env("RUST_BACKTRACE", "0").stdin(Stdio::null()).stderr(Stdio::null());
        if target == VECTORS {
            command.args([VERDICTS, "--exact"]);
        }
        if let Some(number) = off {
            command.env("CHECK_OFF", number.to_string());
        }
        let (success, said) = finish(command.stdout(Stdio::piped()))?;
        let failed = if target == VECTORS { wrong_vectors(&said) } else { failed_tests(&said) };
        match (success, failed.is_empty()) {
            (true, true) | (false, false) => Ok(failed),
            _ => Err(format!("{target} ended in a way that names no test:\n{said}")),
        }
    }
}

/// Runs a program to its end, which must come in time: whether it succeeded, and its standard output.
fn finish(command: &mut Command) -> Result<(bool, String), String> {
    let mut child = command.spawn().map_err(|error| format!("a test program cannot be run: {error}"))?;
    let mut output = child.stdout.take().expect("standard output was asked for");
    let reader = thread::spawn(move || {
        let mut bytes = Vec::new();
        // What came before an error is what there is to read.
        let _ = output.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    });
    let success = wait(&mut child);
    let said = reader.join().unwrap_or_default();
    Ok((success?, said))
}

fn wait(child: &mut Child) -> Result<bool, String> {
    let deadline = Instant::now() + LIMIT;
    while Instant::now() < deadline {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status.success()),
            Ok(None) => thread::sleep(Duration::from_millis(10)),
            Err(error) => return Err(format!("a test program cannot be waited for: {error}")),
        }
    }
    let _ = child.kill();
    let _ = child.wait();
    Err(format!("it did not end within {} seconds", LIMIT.as_secs()))
}

/// The vectors that the test of verdicts lists, each at the beginning of a line with its folder.
fn wrong_vectors(said: &str) -> BTreeSet<String> {
    let name = |line: &str| {
        let (path, _) = line.split_once(".json")?;
        match path.strip_prefix("invalid/") {
            Some(name) => Some(name.to_owned()),
            None => path.starts_with("valid/").then(|| path.to_owned()),
        }
    };
    said.lines().filter_map(name).collect()
}

/// `test NAME ... FAILED`
fn failed_tests(said: &str) -> BTreeSet<String> {
    let name = |line: &str| Some(line.strip_prefix("test ")?.strip_suffix(" ... FAILED")?.to_owned());
    said.lines().filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_known_by_their_targets() {
        let said = "   Compiling x\n  Executable unittests src/lib.rs (/t/deps/promotion_ledger-1)\n  \
                    Executable tests/bit_flips.rs (/t/deps/bit_flips-2)\n  Executable tests/vectors/main.rs (t/deps/vectors-3)\n";
        let suites = of_cargo(said, Path::new("/w")).expect("there is a program for the vectors");
        let found: Vec<_> = suites.programs.iter().map(|(name, path)| format!("{name} {}", path.display())).collect();
        assert_eq!(found, ["bit_flips /t/deps/bit_flips-2", "lib /t/deps/promotion_ledger-1", "vectors /w/t/deps/vectors-3"]);
        assert!(of_cargo("nothing", Path::new("/w")).is_err());
    }

    #[test]
    fn failures_are_read_from_what_a_program_says() {
        let said = "2 vectors:\ninvalid/law-path.json\n  expected Expected { fault: \"invalid/x.json\" }\nvalid/genesis.json: it says";
        assert_eq!(wrong_vectors(said).into_iter().collect::<Vec<_>>(), ["law-path", "valid/genesis"]);
        let said = "test a::b ... FAILED\ntest c ... ok\n";
        assert_eq!(failed_tests(said).into_iter().collect::<Vec<_>>(), ["a::b"]);
    }
}
