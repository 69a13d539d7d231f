//! How much an evaluation may do: counted in steps and in bytes, never in time, so that the answer is the same on every machine.
//!
//! An evaluation has a thread of its own (`apart.rs`), so the counters of a thread are those of one evaluation.

use std::cell::Cell;
use std::num::NonZeroU32;
use std::sync::LazyLock;
use std::time::Duration;

use regorus::utils::limits::{ExecutionTimerConfig, TimeSource, set_time_source};

/// How many steps an evaluation may take. A policy of a page takes some hundreds.
pub const MOST_STEPS: u64 = 250_000;

/// How many bytes the functions called by one evaluation may be given and may make, all together.
pub const MOST_BYTES: u64 = 16 * 1024 * 1024;

thread_local! {
    static STEPS: Cell<u64> = const { Cell::new(0) };
    static BYTES: Cell<u64> = const { Cell::new(0) };
    static SPENT: Cell<Option<Spent>> = const { Cell::new(None) };
}

/// What was used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Spent {
    #[error("it takes more than {MOST_STEPS} steps")]
    Steps,
    #[error("it makes more than {MOST_BYTES} bytes of text and lists")]
    Bytes,
}

/// What was used up in this thread, if anything was. Asked after an evaluation, since Rego may go on after a function's fault.
pub(super) fn spent() -> Option<Spent> {
    SPENT.get()
}

/// Counts bytes that a function is given or makes.
pub(super) fn charge(bytes: u64) -> Result<(), Spent> {
    let total = BYTES.get().saturating_add(bytes);
    BYTES.set(total);
    if total <= MOST_BYTES {
        return Ok(());
    }
    SPENT.set(Some(Spent::Bytes));
    Err(Spent::Bytes)
}

/// How many bytes may still be charged in this thread.
pub(super) fn left() -> u64 {
    MOST_BYTES.saturating_sub(BYTES.get())
}

/// The limit that the interpreter is given: a nanosecond is a step.
pub(super) fn limit() -> Option<ExecutionTimerConfig> {
    INSTALLED.then_some(ExecutionTimerConfig { limit: Duration::from_nanos(MOST_STEPS), check_interval: NonZeroU32::MIN })
}

/// The interpreter's clock. It asks the time at each step; this one counts how often it was asked.
struct Counter;

impl TimeSource for Counter {
    fn now(&self) -> Option<Duration> {
        let steps = STEPS.get().saturating_add(1);
        STEPS.set(steps);
        if steps <= MOST_STEPS {
            return Some(Duration::from_nanos(steps));
        }
        // The interpreter counts anew for each rule that it is asked for; the whole of an evaluation ends here.
        SPENT.set(Some(Spent::Steps));
        Some(Duration::MAX)
    }
}

static COUNTER: Counter = Counter;

/// Whether the clock is ours. There is one in a process: whoever set another before counts in something else.
static INSTALLED: LazyLock<bool> = LazyLock::new(|| set_time_source(&COUNTER).is_ok());
