//! The disk fails at the n-th of its acts while entries are appended, and the work goes on: in the same process, and in
//! another one.

use std::fs;
use std::path::Path;

use promoledger_faulty_disk::{Act, Disk, Fault};
use promotion_ledger::custody::ledger::AppendError;
use promotion_ledger::custody::store::sqlite::Sqlite;
use promotion_ledger::custody::store::{self, StoreError};
use promotion_ledger::meaning::refusal::ExitCode;

use crate::append::{LEDGER, check, open_or_create};
use crate::points::{Effort, try_out};
use crate::scratch;
use crate::script::Script;

/// How many of an act are tried in a sample.
const SAMPLE: u64 = 7;

/// After how many steps the ledger is opened anew.
const SESSION: usize = 7;

/// Which of so many acts are tried: all of them, or the first, the last, and some in between.
pub(crate) fn nths(count: u64) -> Vec<u64> {
    let tried = if matches!(Effort::wanted(), Effort::Everything(_)) { count } else { count.min(SAMPLE) };
    let mut nths: Vec<u64> = (0..tried).map(|step| 1 + step * (count - 1) / tried.saturating_sub(1).max(1)).collect();
    nths.dedup();
    nths
}

/// Enough that the write-ahead log is folded once, and goes on.
fn script() -> Script {
    Script::new(20, 90_000)
}

/// Appends the whole script on a disk that is disturbed once, and lifts that as soon as something has failed.
struct Run<'a> {
    script: &'a Script,
    disk: &'a Disk,
    folder: &'a Path,
    store: Option<Sqlite>,
    /// How many failures were reported.
    failures: usize,
    /// Whether a step may turn up that was reported as one whose outcome is unknown.
    unknown: bool,
}

impl Run<'_> {
    fn finish(&mut self) -> Result<(), String> {
        let mut done = 0;
        while done < self.script.len() {
            match self.try_step(done) {
                Ok(()) => {
                    done += 1;
                    self.disk.acknowledge(done as u64 + 1);
                }
                Err(AppendError::HeadMoved { .. }) if self.unknown => {
                    let held = self.look_again(done)?;
                    self.unknown = false;
                    if held == done {
                        return Err(format!("the log moved on and has {held} steps"));
                    }
                    done = held;
                }
                Err(problem) => {
                    self.unknown = matches!(problem, AppendError::Append(store::AppendError::OutcomeUnknown { .. }));
                    judge(&problem, self.disk.has_struck())?;
                    self.failures += 1;
                    self.disk.heal();
                    self.look_from_elsewhere(done)?;
                    let held = self.look_again(done)?;
                    if held > done && !self.unknown {
                        return Err(format!("step {done} stands, and was reported as not appended: {problem}"));
                    }
                    done = held;
                }
            }
        }
        self.disk.heal();
        let held = self.script.held(&self.opened().map_err(|problem| problem.to_string())?)?;
        if held == self.script.len() { Ok(()) } else { Err(format!("the end has {held} steps")) }
    }

    fn try_step(&mut self, step: usize) -> Result<(), AppendError> {
        if step.is_multiple_of(SESSION) {
            self.store = None;
        }
        let store = match self.store.take() {
            Some(store) => store,
            None => self.opened()?,
        };
        let appended = self.script.append(&store, step);
        // The store stays open over a failure.
        self.store = Some(store);
        appended
    }

    fn opened(&self) -> Result<Sqlite, StoreError> {
        let path = self.folder.join(LEDGER);
        if path.exists() { open_or_create(&path) } else { Sqlite::create(&path) }
    }

    /// What the same process finds after a failure: the step whole, under its own ids, or nothing of it.
    fn look_again(&mut self, done: usize) -> Result<usize, String> {
        let Some(store) = &self.store else { return Ok(done) };
        let held = self.script.held(store)?;
        if held == done || held == done + 1 { Ok(held) } else { Err(format!("it holds {held} steps after {done} were acknowledged")) }
    }

    /// What another process finds after this one died: the same files, and no shared memory.
    fn look_from_elsewhere(&self, done: usize) -> Result<(), String> {
        let (_kept, elsewhere) = scratch();
        for entry in fs::read_dir(self.folder).expect("a folder") {
            let name = entry.expect("an entry").file_name();
            if !name.to_string_lossy().ends_with("-shm") {
                fs::copy(self.folder.join(&name), elsewhere.join(&name)).expect("a copy");
            }
        }
        // Before the first step, what failed may have been the creation.
        let acknowledged = if done > 0 || self.store.is_some() { done as u64 + 1 } else { 0 };
        check(self.script, &elsewhere, acknowledged, 3).map_err(|what| format!("another process: {what}"))
    }
}

/// A failure of the disk is told as that, and told only if there was one.
fn judge(problem: &AppendError, struck: bool) -> Result<(), String> {
    let is_known = matches!(
        problem,
        AppendError::Store(_) | AppendError::Append(store::AppendError::Store(_) | store::AppendError::OutcomeUnknown { .. })
    );
    if !struck {
        return Err(format!("it failed for nothing: {problem}"));
    }
    if problem.exit_code() == ExitCode::Unavailable && is_known { Ok(()) } else { Err(format!("it failed as {problem:?}")) }
}

/// Appends everything on a disk that is disturbed at its beginning. Gives how many failures were reported.
fn disturbed(script: &Script, disturb: impl Fn(&Disk), crash_afterwards: bool) -> Result<usize, String> {
    let (_folder, folder) = scratch();
    let disk = Disk::watch(&folder).expect("a folder that can be watched");
    disturb(&disk);
    let mut run = Run { script, disk: &disk, folder: &folder, store: None, failures: 0, unknown: false };
    run.finish()?;
    let failures = run.failures;
    drop(run);
    if crash_afterwards {
        let tried = try_out("faults", &disk.journal(), |folder, acknowledged| check(script, folder, acknowledged, 0));
        tried.failures.into_iter().next().map_or(Ok(()), Err)?;
    }
    Ok(failures)
}

fn count(script: &Script, act: Act) -> u64 {
    let (_folder, folder) = scratch();
    let disk = Disk::watch(&folder).expect("a folder that can be watched");
    let mut run = Run { script, disk: &disk, folder: &folder, store: None, failures: 0, unknown: false };
    run.finish().expect("nothing disturbs it");
    disk.count(act)
}

/// Tries a fault at many places, and demands that it was noticed at some.
pub(crate) fn try_all(script: &Script, act: Act, faults: &[fn(Act, u64) -> Fault]) {
    let mut noticed = 0;
    let mut wrong = Vec::new();
    for nth in nths(count(script, act)) {
        for fault in faults.iter().map(|make| make(act, nth)) {
            match disturbed(script, |disk| disk.fail(fault), false) {
                Ok(failures) => noticed += failures,
                Err(what) => wrong.push(format!("  {fault:?}: {what}\n")),
            }
        }
    }
    assert!(wrong.is_empty(), "{} faults did harm:\n{}", wrong.len(), wrong.concat());
    assert!(noticed > 0, "no failure was ever reported");
}

#[test]
fn failing_writes_lose_nothing() {
    try_all(&script(), Act::Write, &[Fault::once, Fault::from, |_, nth| Fault::torn(nth)]);
}

#[test]
fn failing_syncs_lose_nothing() {
    try_all(&script(), Act::Sync, &[Fault::once, Fault::from]);
}

#[test]
fn failing_opens_lose_nothing() {
    try_all(&script(), Act::Open, &[Fault::once, Fault::from]);
}

#[test]
fn failing_reads_lose_nothing() {
    try_all(&script(), Act::Read, &[Fault::once, Fault::from]);
}

#[test]
fn failing_shared_memory_loses_nothing() {
    try_all(&script(), Act::Share, &[Fault::once, Fault::from]);
}

#[test]
fn failing_removals_and_syncs_of_names_lose_nothing() {
    try_all(&script(), Act::Remove, &[Fault::once, Fault::from]);
    try_all(&script(), Act::SyncNames, &[Fault::once, Fault::from]);
}

#[test]
fn failing_cuts_are_nobodys_concern() {
    let script = script();
    for nth in nths(count(&script, Act::Cut)) {
        assert_eq!(disturbed(&script, |disk| disk.fail(Fault::from(Act::Cut, nth)), false), Ok(0), "the fold is tried again later");
    }
}

#[test]
fn a_full_disk_loses_nothing() {
    let script = script();
    let rooms = nths(900_000).into_iter().chain([0, 1, 511, 4096, 8192, 65_536]);
    let failures: Vec<usize> = rooms.map(|room| disturbed(&script, |disk| disk.leave_room(room), false).unwrap()).collect();
    assert!(failures.iter().filter(|failures| **failures > 0).count() > 6, "{failures:?}");
}

#[test]
fn a_sync_that_fails_and_then_the_power_lose_nothing_acknowledged() {
    let script = Script::new(9, 90_000);
    for nth in nths(count(&script, Act::Sync)) {
        let tried = disturbed(&script, |disk| disk.fail(Fault::once(Act::Sync, nth)), true);
        assert!(tried.is_ok(), "sync {nth}: {}", tried.unwrap_err());
    }
}

/// A disk that does not give a page is not a ledger that was tampered with.
#[test]
fn failing_reads_are_not_taken_for_tampering() {
    let script = Script::new(9, 60_000);
    let (_folder, folder) = scratch();
    let path = folder.join(LEDGER);
    script.go_on(&Sqlite::create(&path).unwrap(), 0..script.len()).unwrap();
    let disk = Disk::watch(&folder).unwrap();
    let verify = || Sqlite::open_read_only(&path).map(|store| script.audited(&store).exit_code()).unwrap_or_else(|error| error.exit_code());
    disk.fail(Fault::once(Act::Read, u64::MAX));
    assert_eq!(verify(), ExitCode::Done);
    let mut refused = 0;
    for nth in nths(disk.count(Act::Read)) {
        for fault in [Fault::once(Act::Read, nth), Fault::from(Act::Read, nth)] {
            disk.fail(fault);
            let code = verify();
            assert!(matches!(code, ExitCode::Done | ExitCode::NotVerifiable | ExitCode::Unavailable), "{fault:?}: {code:?}");
            refused += usize::from(code != ExitCode::Done);
        }
    }
    assert!(refused > 6, "only {refused} were noticed");
}
