//! Processes: each command runs in a thread of its own, and only the thread that was given the turn runs.
//!
//! Every call to the store or the registry is a point where the turn may be taken away, the call may fail, or the process
//! may die. Death is an unwinding of its thread: locks are released, transactions rolled back, nothing else is said.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use promotion_ledger::custody::clock::Clock;
use promotion_ledger::custody::store::Store;
use promotion_ledger::meaning::time::Timestamp;
use promotion_replay::index::Index;

use crate::chance::Chance;
use crate::perform;
use crate::world::{TICK, World};

/// What the scheduler says to a process.
pub(crate) enum Turn {
    /// Go on for so many points.
    On(u64),
    Die,
}

/// What a process says to the scheduler when it gives the turn back.
pub(crate) enum Report {
    Waiting,
    Over,
}

/// Who is about to die; nobody catches it but the end of the thread.
struct Death;

/// How often things go wrong for a process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Luck {
    /// The point at which it dies, if it does.
    pub(crate) dies_at: Option<u64>,
    /// In how many of a hundred calls something fails.
    pub(crate) faults: u64,
    /// How far its clock is off, in microseconds.
    pub(crate) clock_off: i64,
}

/// A process's own end of the line to the scheduler and the world.
pub(crate) struct Line {
    pub(crate) process: usize,
    world: Arc<Mutex<World>>,
    luck: Luck,
    turns: Mutex<Turns>,
}

struct Turns {
    left: u64,
    points: u64,
    chance: Chance,
    next: Receiver<Turn>,
    report: Sender<Report>,
}

/// What goes wrong with a call, if anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It never arrives.
    Before,
    /// It arrives and is done, and the answer is lost.
    After,
    /// It does something else, or nothing, and says so.
    Wrong,
}

impl Line {
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A point of the process: here it may lose the turn, or die.
    pub(crate) fn point(&self, call: &str, may_wait: bool) {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.points += 1;
        if self.luck.dies_at == Some(turns.points) {
            self.die(call);
        }
        if !may_wait {
            return;
        }
        if turns.left == 0 {
            let _ = turns.report.send(Report::Waiting);
            turns.left = self.next_turn(&turns.next, call);
        }
        turns.left -= 1;
    }

    /// Nothing is done before the first turn.
    fn first_turn(&self) {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.left = self.next_turn(&turns.next, "its start");
    }

    fn next_turn(&self, next: &Receiver<Turn>, call: &str) -> u64 {
        match next.recv() {
            Ok(Turn::On(left)) => left,
            Ok(Turn::Die) | Err(_) => self.die(call),
        }
    }

    fn die(&self, call: &str) -> ! {
        let mut world = self.world();
        let process = self.process;
        let stage = world.life(process).stage.clone();
        world.tell(|| format!("  p{process} dies before {call}, after {stage}"));
        world.cover(format!("death after {stage}"));
        world.cover(format!("death before {call}, after {stage}"));
        drop(world);
        resume_unwind(Box::new(Death))
    }

    /// Whether this call goes wrong.
    pub(crate) fn fault(&self, call: &str, ways: &[Fault]) -> Option<Fault> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        // A walk looks often and writes seldom: each write is more likely to fail.
        let likely = if call == "tag" { 4 * self.luck.faults } else { self.luck.faults };
        if !turns.chance.percent(likely) {
            return None;
        }
        let fault = turns.chance.pick(ways);
        let mut world = self.world();
        let process = self.process;
        world.life(process).faulted |= fault != Fault::Wrong;
        world.tell(|| format!("  p{process} {call} fails: {fault:?}"));
        world.cover(format!("fault {call} {fault:?}"));
        Some(fault)
    }

    /// Random bits of the process's own.
    pub(crate) fn chance(&self) -> u64 {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner).chance.next()
    }
}

impl Clock for Line {
    fn now(&self) -> Timestamp {
        let mut world = self.world();
        world.now += TICK;
        let now = Timestamp::from_micros(world.now + self.luck.clock_off).expect("a time in this century");
        world.life(self.process).ticks.push(now);
        now
    }
}

/// Where a process keeps its index.
pub(crate) enum Cache {
    Memory(Box<Index>),
    File(PathBuf),
}

/// A process that was started and has not ended.
pub(crate) struct Process {
    pub(crate) number: usize,
    /// The machine whose cache it uses, if that is kept.
    pub(crate) machine: Option<usize>,
    turns: Sender<Turn>,
    reports: Receiver<Report>,
    thread: JoinHandle<Cache>,
}

impl Process {
    /// Starts a process that waits for its first turn. What it asks for stands in the world already.
    pub(crate) fn start(
        number: usize,
        machine: Option<usize>,
        world: &Arc<Mutex<World>>,
        store: Box<dyn Store>,
        cache: Cache,
        luck: Luck,
        seed: u64,
    ) -> Self {
        let (turns, next) = channel();
        let (report, reports) = channel();
        let over = report.clone();
        let turn = Turns { left: 0, points: 0, chance: Chance::new(seed), next, report };
        let line = Arc::new(Line { process: number, world: Arc::clone(world), luck, turns: Mutex::new(turn) });
        let body = move || {
            let mut cache = cache;
            let ended = catch_unwind(AssertUnwindSafe(|| {
                line.first_turn();
                perform::perform(&line, store.as_ref(), &mut cache)
            }));
            let mut world = line.world();
            match ended {
                Ok(code) => world.ended(number, code),
                Err(death) if death.is::<Death>() => {
                    world.lives.remove(&number);
                }
                Err(panic) => {
                    let said = panic.downcast_ref::<String>().cloned();
                    let said = said.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default();
                    world.lives.remove(&number);
                    world.blame(format!("p{number} panicked: {said}"));
                }
            }
            drop(world);
            let _ = over.send(Report::Over);
            cache
        };
        let thread = std::thread::Builder::new().name(format!("p{number}")).spawn(body).expect("a thread can be started");
        Self { number, machine, turns, reports, thread }
    }

    /// Gives the process the turn until it gives it back. What it leaves behind when it is over.
    pub(crate) fn turn(self, turn: Turn) -> Result<Self, (Option<usize>, Cache)> {
        let _ = self.turns.send(turn);
        match self.reports.recv() {
            Ok(Report::Waiting) => Ok(self),
            Ok(Report::Over) | Err(_) => Err((self.machine, self.thread.join().expect("a process catches its own panics"))),
        }
    }
}
