//! What a promotion is examined with: the caller's environment and folder, progress on a terminal, Ctrl-C, verdicts that are kept.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use promotion_delivery::gate::Progress;
use promotion_delivery::runner::Means;
use promotion_delivery::signature::{Cache, FolderCache, NothingKept};
use promotion_ledger::meaning::names::GateName;

use crate::args::Output;
use crate::context::Context;
use crate::interrupt::Interrupt;
use crate::machine::{SystemPace, folder};

/// How often a spinner turns.
const TURN: Duration = Duration::from_millis(120);

/// Everything that outlives one examination.
pub(crate) struct Examiner {
    environment: BTreeMap<String, OsString>,
    folder: PathBuf,
    pace: SystemPace,
    interrupt: Interrupt,
    verdicts: Box<dyn Cache>,
    spinners: Spinners,
}

impl Examiner {
    pub(crate) fn new(context: &Context) -> Self {
        let verdicts: Box<dyn Cache> = match context.cache_folder() {
            Ok(cache) => Box::new(FolderCache::new(cache.join("signatures"))),
            Err(_) => Box::new(NothingKept),
        };
        Self {
            environment: context.environment().clone(),
            folder: folder(),
            pace: SystemPace::new(),
            interrupt: Interrupt::default(),
            verdicts,
            spinners: Spinners::new(context),
        }
    }

    pub(crate) fn with<T>(&self, act: impl FnOnce(&Means<'_>) -> T) -> T {
        let progress = |progress: Progress<'_>| self.tell(progress);
        act(&Means {
            environment: &self.environment,
            folder: &self.folder,
            pace: &self.pace,
            cancel: &self.interrupt.cancel,
            progress: &progress,
            verdicts: self.verdicts.as_ref(),
        })
    }

    fn tell(&self, progress: Progress<'_>) {
        match progress {
            Progress::Begun(command) => {
                self.interrupt.begun();
                self.spinners.begin(&command.gate);
            }
            Progress::Stopping(command) => self.spinners.say(&command.gate, "is being ended"),
            Progress::Ended(run) => {
                self.interrupt.ended();
                self.spinners.end(&run.gate, &format!("{} after {:.1} s", run.status(), run.duration.as_secs_f64()));
            }
        }
    }
}

/// A line for each gate that runs, on a terminal only.
struct Spinners {
    all: MultiProgress,
    running: RefCell<Vec<(GateName, ProgressBar)>>,
}

impl Spinners {
    fn new(context: &Context) -> Self {
        let quiet = context.global.quiet || context.global.output != Output::Table;
        let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        Self { all: MultiProgress::with_draw_target(target), running: RefCell::default() }
    }

    fn begin(&self, gate: &GateName) {
        let spinner = self.all.add(ProgressBar::new_spinner());
        let style = ProgressStyle::with_template("  {spinner} gate {prefix} {msg} {elapsed}");
        spinner.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        spinner.set_prefix(gate.to_string());
        spinner.set_message("is running");
        spinner.enable_steady_tick(TURN);
        self.running.borrow_mut().push((gate.clone(), spinner));
    }

    fn say(&self, gate: &GateName, what: &'static str) {
        self.running.borrow().iter().filter(|(running, _)| running == gate).for_each(|(_, spinner)| spinner.set_message(what));
    }

    /// The line stays as it is while others run, and is gone with the last of them: the answer says it all again.
    fn end(&self, gate: &GateName, how: &str) {
        self.say_last(gate, how);
        let over = self.running.borrow().iter().all(|(_, spinner)| spinner.is_finished());
        if over {
            // A terminal that cannot be cleared keeps the lines.
            let _ = self.all.clear();
            self.running.borrow_mut().clear();
        }
    }

    fn say_last(&self, gate: &GateName, how: &str) {
        let running = self.running.borrow();
        running.iter().filter(|(running, _)| running == gate).for_each(|(_, spinner)| spinner.abandon_with_message(how.to_owned()));
    }
}
