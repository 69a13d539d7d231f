//! Where the tests' gates run: a folder, an environment, and a clock that tests can put forward.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use promotion_delivery::gate::{Cancel, Conditions, GateCommand, GateRun, Limits, Progress, Run, Subject, run_all};
use promotion_delivery::registry::retry::Pace;
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::id::PromotionId;
use promotion_ledger::meaning::names::{Environment, GateName, Repository, Version};
use promotion_ledger::meaning::rules::Source;

/// The limit of every gate here: real time never comes near it, [`Stage::late`] puts the clock past it.
pub(crate) const LIMIT: Duration = Duration::from_secs(300);

/// Long enough for any machine, short enough that a test that hangs is seen to.
const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) struct Stage {
    folder: tempfile::TempDir,
    pub(crate) environment: BTreeMap<String, OsString>,
    pub(crate) limits: Limits,
    pub(crate) cancel: Cancel,
    pub(crate) subject: Subject,
    clock: Clock,
}

/// The time that has really passed, and the limit on top of it once the file is there.
struct Clock {
    begun: Instant,
    late: Option<PathBuf>,
}

impl Pace for Clock {
    fn elapsed(&self) -> Duration {
        let late = self.late.as_ref().is_some_and(|file| file.exists());
        self.begun.elapsed() + if late { LIMIT } else { Duration::ZERO }
    }

    fn sleep(&self, wait: Duration) {
        thread::sleep(wait);
    }

    fn jitter(&self) -> f64 {
        0.0
    }
}

#[expect(clippy::disallowed_methods, reason = "the tests' own clock and path")]
pub(crate) fn stage() -> Stage {
    Stage {
        folder: tempfile::tempdir().unwrap(),
        environment: BTreeMap::from([("PATH".to_owned(), std::env::var_os("PATH").unwrap())]),
        limits: Limits::default(),
        cancel: Cancel::default(),
        subject: Subject {
            repository: Repository::new("registry.acme.example/shop/api").unwrap(),
            digest: Digest::new(format!("sha256:{}", "a".repeat(64))).unwrap(),
            tag: Version::new("v1.4.2").unwrap(),
            from: Source::From(Environment::new("staging").unwrap()),
            to: Environment::new("prod").unwrap(),
            promotion_id: PromotionId::parse("01890a5d-ac96-774b-bcce-b302099a8057").unwrap(),
        },
        clock: Clock { begun: Instant::now(), late: None },
    }
}

impl Stage {
    /// The limit is over as soon as the gate has made the file `ready`, however long the machine takes to get there.
    pub(crate) fn late(mut self) -> Self {
        self.clock.late = Some(self.path("ready"));
        self
    }

    pub(crate) fn grace(mut self, grace: Duration) -> Self {
        self.limits.grace = grace;
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn gate(&self, name: &str, run: Run) -> GateCommand {
        GateCommand {
            gate: GateName::new(name).unwrap(),
            run,
            timeout: LIMIT,
            cwd: self.folder.path().to_owned(),
            variables: Vec::new(),
            warning_status: None,
            reports: false,
        }
    }

    pub(crate) fn sh(&self, name: &str, text: &str) -> GateCommand {
        self.gate(name, Run::Shell(text.to_owned()))
    }

    pub(crate) fn argv(&self, words: &[&str]) -> GateCommand {
        self.gate("tests", Run::Argv(words.iter().map(|word| (*word).to_owned()).collect()))
    }

    pub(crate) fn run_all(&self, commands: &[GateCommand], progress: &dyn Fn(Progress<'_>)) -> Vec<GateRun> {
        let conditions = Conditions {
            subject: &self.subject,
            environment: &self.environment,
            limits: self.limits,
            pace: &self.clock,
            cancel: &self.cancel,
        };
        run_all(commands, &conditions, progress)
    }

    pub(crate) fn run(&self, command: &GateCommand) -> GateRun {
        self.run_all(std::slice::from_ref(command), &|_| ()).pop().expect("one gate, one result")
    }

    pub(crate) fn run_sh(&self, text: &str) -> GateRun {
        self.run(&self.sh("tests", text))
    }

    /// The process whose number a gate wrote into the file.
    pub(crate) fn process(&self, file: &str) -> Process {
        Process(fs::read_to_string(self.path(file)).unwrap().trim().parse().unwrap())
    }

    pub(crate) fn wait_for(&self, file: &str) {
        wait_until(&format!("{file} is made"), || self.path(file).exists());
    }
}

pub(crate) fn text(run: &GateRun) -> String {
    String::from_utf8(run.output.bytes.clone()).unwrap()
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Process(i32);

impl Process {
    /// Whether it runs. One that has ended and was not waited for by its parent, whoever that is by now, does not.
    pub(crate) fn runs(self) -> bool {
        let stat = fs::read_to_string(Path::new("/proc").join(self.0.to_string()).join("stat")).unwrap_or_default();
        let state = stat.rsplit_once(") ").map(|(_, rest)| rest.starts_with(['Z', 'X']));
        state == Some(false)
    }

    pub(crate) fn kill(self) {
        let id = rustix::process::Pid::from_raw(self.0).unwrap();
        rustix::process::kill_process(id, rustix::process::Signal::KILL).unwrap();
    }
}

#[track_caller]
pub(crate) fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..PATIENCE.as_millis() / 20 {
        if is_so() {
            return;
        }
        thread::sleep(Duration::from_millis(20));
    }
    panic!("waited {PATIENCE:?}, and it is not so that {what}");
}
