//! `promoledger` itself, run as a user would: in a folder, with a clean environment, to an exit code.

use std::ffi::OsString;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::programs;

/// How long a command may take before the test gives up on it.
const LIMIT: Duration = Duration::from_secs(120);

/// A folder to work in, and homes for those who do. Gone when it and all that run in it are dropped.
#[derive(Debug)]
pub struct Workspace(Arc<TempDir>);

impl Workspace {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("promoledger-").tempdir().expect("a temporary folder can be made");
        let workspace = Self(Arc::new(folder));
        fs::create_dir(workspace.path()).expect("the working folder can be made");
        workspace
    }

    /// The folder that commands run in.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.0.path().join("work")
    }

    /// Writes a file below [`Workspace::path`] and gives its path.
    pub fn write(&self, name: &str, contents: impl AsRef<[u8]>) -> PathBuf {
        let file = self.path().join(name);
        fs::create_dir_all(file.parent().expect("a file lies in a folder")).expect("the file's folder can be made");
        fs::write(&file, contents).expect("a file can be written");
        file
    }

    /// `promoledger`, run by the one user of this workspace.
    #[must_use]
    pub fn promoledger(&self) -> Promoledger {
        self.promoledger_of("user")
    }

    /// `promoledger`, run by somebody with a home, a configuration and a cache of their own.
    #[must_use]
    pub fn promoledger_of(&self, user: &str) -> Promoledger {
        Promoledger::new(binary(), self, user)
    }
}

impl Default for Workspace {
    fn default() -> Self {
        Self::new()
    }
}

/// Runs `promoledger` in one folder as one user.
#[derive(Debug, Clone)]
pub struct Promoledger {
    workspace: Arc<TempDir>,
    program: PathBuf,
    folder: PathBuf,
    environment: Vec<(OsString, OsString)>,
}

impl Promoledger {
    fn new(program: PathBuf, workspace: &Workspace, user: &str) -> Self {
        let home = workspace.0.path().join("homes").join(user);
        let (config, cache) = (home.join(".config"), home.join(".cache"));
        for folder in [&config, &cache] {
            fs::create_dir_all(folder).expect("a home can be made");
        }
        Self { workspace: Arc::clone(&workspace.0), program, folder: workspace.path(), environment: Vec::new() }
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", home)
            .env("XDG_CONFIG_HOME", config)
            .env("XDG_CACHE_HOME", cache)
            .env("NO_COLOR", "1")
            .env("TZ", "UTC")
    }

    /// The same with one more variable in its environment; the last value of a name counts.
    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// The same in another folder.
    #[must_use]
    pub fn in_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = folder.into();
        self
    }

    /// Runs it to its end, with nothing on standard input.
    #[must_use]
    pub fn run(&self, arguments: &[&str]) -> Run {
        self.spawn(arguments).wait()
    }

    /// Runs it to its end, with `input` on standard input.
    #[must_use]
    pub fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Run {
        Running::start(self.command().args(arguments), input).wait()
    }

    /// Starts it.
    #[must_use]
    pub fn spawn(&self, arguments: &[&str]) -> Running {
        Running::start(self.command().args(arguments), b"")
    }

    /// Runs it under strace, which watches one kind of system call and may hurt one.
    ///
    /// `inject` is strace's own word for it: `pwrite64:signal=KILL:when=7` kills it before its seventh `pwrite64` is done,
    /// `fdatasync:error=EIO:when=2` fails the second `fdatasync`, and `pwrite64` alone hurts nothing but lists the calls.
    /// Calls are counted in each thread by itself.
    #[must_use]
    pub fn under_strace(&self, inject: &str, arguments: &[&str]) -> Traced {
        let trace = tempfile::NamedTempFile::new_in(self.workspace.path()).expect("a temporary file can be made");
        let call = inject.split(':').next().unwrap_or_default();
        let mut command = Command::new("strace");
        command.args(["-f", "-qq", "-e", &format!("trace={call}"), "-e", "signal=none", "-o"]).arg(trace.path());
        if inject != call {
            command.args(["-e", &format!("inject={inject}")]);
        }
        command.arg(&self.program).args(arguments);
        self.settle(&mut command);
        let run = Running::start(&mut command, b"").wait();
        let text = fs::read_to_string(trace.path()).unwrap_or_default();
        let calls = text.lines().filter(|line| line.contains(&format!(" {call}("))).map(str::to_owned).collect();
        Traced { run, calls }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        self.settle(&mut command);
        command
    }

    fn settle(&self, command: &mut Command) {
        command.current_dir(&self.folder).env_clear().envs(self.environment.iter().map(|(name, value)| (name, value)));
    }
}

/// A command that was started and has not been waited for. It is killed when dropped.
#[derive(Debug)]
pub struct Running {
    shown: String,
    child: Child,
    stdout: Option<JoinHandle<Vec<u8>>>,
    stderr: Option<JoinHandle<Vec<u8>>>,
}

impl Running {
    fn start(command: &mut Command, input: &[u8]) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = programs::spawn(command);
        if let Some(mut stdin) = child.stdin.take() {
            let input = input.to_vec();
            // A command that reads nothing closes the pipe; whether it should have is for the test to say.
            thread::spawn(move || drop(stdin.write_all(&input)));
        }
        let (stdout, stderr) = (child.stdout.take().map(collect), child.stderr.take().map(collect));
        Self { shown: format!("{:?} {:?}", command.get_program(), command.get_args().collect::<Vec<_>>()), child, stdout, stderr }
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Ends it as `kill -9` does, and gives what it said until then.
    #[must_use]
    pub fn kill(mut self) -> Run {
        let _ = self.child.kill();
        self.wait()
    }

    /// Waits for its end; after two minutes it is killed and the test fails.
    #[must_use]
    pub fn wait(mut self) -> Run {
        let deadline = Instant::now() + LIMIT;
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => return self.finish(status),
                Ok(None) if Instant::now() < deadline => thread::sleep(Duration::from_millis(2)),
                _ => {
                    let _ = self.child.kill();
                    let status = self.child.wait().unwrap_or_default();
                    panic!("it did not end within {LIMIT:?}\n{}", self.finish(status).report());
                }
            }
        }
    }

    fn finish(&mut self, status: ExitStatus) -> Run {
        let text = |pipe: Option<JoinHandle<Vec<u8>>>| {
            let bytes = pipe.and_then(|thread| thread.join().ok()).unwrap_or_default();
            String::from_utf8(bytes).unwrap_or_else(|error| panic!("{} wrote what is not UTF-8: {error}", self.shown))
        };
        let (stdout, stderr) = (text(self.stdout.take()), text(self.stderr.take()));
        Run { shown: self.shown.clone(), code: status.code(), signal: status.signal(), stdout, stderr }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a command said and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    shown: String,
    /// The exit code, unless a signal ended it.
    pub code: Option<i32>,
    /// The signal that ended it, if one did.
    pub signal: Option<i32>,
    /// Standard output: data.
    pub stdout: String,
    /// Standard error: conversation.
    pub stderr: String,
}

impl Run {
    /// Fails, showing everything, unless it ended with this exit code.
    #[track_caller]
    pub fn expect_code(self, code: i32) -> Self {
        assert!(self.code == Some(code), "expected exit code {code}\n{}", self.report());
        self
    }

    /// Fails, showing everything, unless `kill -9` ended it.
    #[track_caller]
    pub fn expect_killed(self) -> Self {
        assert!(self.signal == Some(9), "expected an end by signal 9\n{}", self.report());
        self
    }

    /// Standard output as one JSON value; fails, showing everything, where it is not.
    #[track_caller]
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("standard output is not JSON: {error}\n{}", self.report()))
    }

    fn report(&self) -> String {
        let Self { shown, code, signal, stdout, stderr } = self;
        let end = match (code, signal) {
            (Some(code), _) => format!("exit code {code}"),
            (None, Some(signal)) => format!("signal {signal}"),
            (None, None) => "an unknown end".to_owned(),
        };
        format!("{shown}\nended with {end}\n--- standard output\n{stdout}\n--- standard error\n{stderr}\n---")
    }
}

/// A run under strace.
#[derive(Debug)]
pub struct Traced {
    /// How it went.
    pub run: Run,
    /// The lines of the watched system call, in order, the one that was hurt among them.
    pub calls: Vec<String>,
}

fn collect(mut pipe: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What came before an error is what there is to show.
        let _ = pipe.read_to_end(&mut bytes);
        bytes
    })
}

/// The program that cargo built beside this test: tests lie in `TARGET/PROFILE/deps`, it lies in `TARGET/PROFILE`.
fn binary() -> PathBuf {
    let test = std::env::current_exe().expect("a running program has a path");
    let profile = test.ancestors().nth(2).expect("a test lies two folders below its profile's");
    let binary = profile.join("promoledger");
    assert!(binary.is_file(), "{} is not there: run `cargo xtask test`, or `cargo build -p promoledger` first", binary.display());
    binary
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A shell in the place of `promoledger`, so that these tests know what it does.
    fn shell(workspace: &Workspace) -> Promoledger {
        Promoledger::new(PathBuf::from("/bin/sh"), workspace, "user")
    }

    #[test]
    fn the_environment_is_clean() {
        let workspace = Workspace::new();
        let run = shell(&workspace).env("EXTRA", "x").run(&["-c", "env; pwd"]).expect_code(0);
        let names: Vec<&str> = run.stdout.lines().filter_map(|line| Some(line.split_once('=')?.0)).filter(|name| *name != "_").collect();
        for name in &names {
            let known = ["PATH", "HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "NO_COLOR", "TZ", "EXTRA", "PWD"];
            assert!(known.contains(name), "{name} leaked in");
        }
        assert!(names.contains(&"EXTRA"));
        assert_eq!(run.stdout.lines().last(), workspace.path().to_str());
    }

    #[test]
    fn input_outputs_and_code_are_kept_apart() {
        let run = shell(&Workspace::new()).run_with_input(&["-c", "cat; echo no >&2; exit 7"], br#"{"a":1}"#).expect_code(7);
        assert_eq!(run.json()["a"], 1);
        assert_eq!(run.stderr, "no\n");
    }

    #[test]
    #[should_panic(expected = "said why")]
    fn another_code_shows_everything() {
        let _ = shell(&Workspace::new()).run(&["-c", "echo said why >&2; exit 1"]).expect_code(0);
    }

    #[test]
    fn a_killed_command_says_what_it_said_before() {
        let workspace = Workspace::new();
        let mut running = shell(&workspace).spawn(&["-c", "echo started; touch here; exec sleep 60"]);
        while !workspace.path().join("here").exists() {
            thread::sleep(Duration::from_millis(2));
        }
        assert!(running.is_running());
        assert_eq!(running.kill().expect_killed().stdout, "started\n");
    }

    #[test]
    fn strace_kills_before_the_nth_call() {
        let shell = shell(&Workspace::new());
        let script = ["-c", "echo a; echo b; echo c"];
        let whole = shell.under_strace("write", &script);
        assert_eq!(whole.calls.len(), 3);
        assert_eq!(whole.run.expect_code(0).stdout, "a\nb\nc\n");
        for (nth, said) in [(1, ""), (2, "a\n"), (3, "a\nb\n")] {
            let killed = shell.under_strace(&format!("write:signal=KILL:when={nth}"), &script);
            assert_eq!(killed.run.expect_killed().stdout, said);
            assert_eq!(killed.calls.len(), nth);
        }
    }

    #[test]
    fn strace_fails_the_nth_call() {
        let traced = shell(&Workspace::new()).under_strace("write:error=ENOSPC:when=2", &["-c", "echo a; echo b; echo c"]);
        assert_eq!(traced.run.stdout, "a\nc\n");
        assert!(traced.calls[1].contains("ENOSPC"), "{:?}", traced.calls);
    }
}
