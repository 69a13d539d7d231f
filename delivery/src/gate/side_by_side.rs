//! All gates of a promotion, side by side; their results in the order in which they were given.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::thread;

use super::command::GateCommand;
use super::conditions::Conditions;
use super::ending::Ending;
use super::progress::Progress;
use super::run::GateRun;
use super::watch;

/// What a worker tells of the gate at that place.
enum News {
    Begun(usize),
    Stopping(usize),
    Ended(usize, GateRun),
}

/// Runs every gate and waits for all of them: one that fails does not end the others, so that all reasons are known at once.
///
/// `progress` is called in the caller's thread.
pub fn run_all(commands: &[GateCommand], conditions: &Conditions<'_>, progress: &dyn Fn(Progress<'_>)) -> Vec<GateRun> {
    let next = AtomicUsize::new(0);
    let mut runs: Vec<Option<GateRun>> = commands.iter().map(|_| None).collect();
    thread::scope(|scope| {
        let (send, news) = mpsc::channel();
        for _ in 0..conditions.limits.at_once.get().min(commands.len()) {
            let (next, send) = (&next, send.clone());
            let work = move || work(commands, conditions, next, &send);
            // With fewer threads than asked for, fewer gates run side by side; with none, none was started, and the runs say so.
            let _ = thread::Builder::new().name("gate".to_owned()).spawn_scoped(scope, work);
        }
        drop(send);
        for news in news {
            take_in(news, commands, &mut runs, progress);
        }
    });
    let unstarted = |command: &GateCommand| {
        GateRun::unbegun(command.gate.clone(), Ending::NotStarted("the system gave no thread to watch it".to_owned()))
    };
    commands.iter().zip(runs).map(|(command, run)| run.unwrap_or_else(|| unstarted(command))).collect()
}

/// Runs the next gate that nobody has taken, until there is none.
fn work(commands: &[GateCommand], conditions: &Conditions<'_>, next: &AtomicUsize, send: &Sender<News>) {
    // The other end is gone only when the caller's thread is, and then nobody wants to know.
    let tell = |news| drop(send.send(news));
    loop {
        let place = next.fetch_add(1, Ordering::Relaxed);
        let Some(command) = commands.get(place) else { return };
        if conditions.cancel.is_asked() {
            tell(News::Ended(place, GateRun::not_run(command.gate.clone())));
            continue;
        }
        tell(News::Begun(place));
        let run = watch::run(command, conditions, &|| tell(News::Stopping(place)));
        tell(News::Ended(place, run));
    }
}

fn take_in(news: News, commands: &[GateCommand], runs: &mut [Option<GateRun>], progress: &dyn Fn(Progress<'_>)) {
    match news {
        News::Begun(place) => commands.get(place).into_iter().for_each(|command| progress(Progress::Begun(command))),
        News::Stopping(place) => commands.get(place).into_iter().for_each(|command| progress(Progress::Stopping(command))),
        News::Ended(place, run) => {
            progress(Progress::Ended(&run));
            if let Some(slot) = runs.get_mut(place) {
                *slot = Some(run);
            }
        }
    }
}
