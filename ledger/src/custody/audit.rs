//! Verification: reads a log from its first byte to its last, believes nothing that it says of itself, and reports.
//!
//! It needs no signing key and no write access. What an auditor holds from elsewhere (pins) raises the verdict from
//! self-consistent to pinned. A signature counts by itself, strictly, and never as one of a batch.
//!
//! * [`report`]: what the auditor brings, and what verification came to;
//! * `walk`: the way through the log, plain or with work done ahead on other threads;
//! * `taken`: entries taken apart before they are judged;
//! * `judge`: the judgement of one entry after another; `bodies` and `ids` are parts of it.

mod bodies;
mod ids;
mod judge;
pub mod report;
mod taken;
mod walk;

pub use report::{Effort, Finding, Level, Pins, Report};

use super::log::Log;
use crate::meaning::time::Timestamp;
use judge::Audit;

/// Verifies a log, plainly. `now` is the auditor's clock, for remarks on times ahead of it.
pub fn verify(log: &dyn Log, pins: &Pins, now: Timestamp) -> Report {
    verify_with(log, pins, now, Effort::Plain)
}

/// Verifies a log. Whatever the effort, the report is the same.
pub fn verify_with(log: &dyn Log, pins: &Pins, now: Timestamp, effort: Effort) -> Report {
    let mut audit = Audit::new(pins, now);
    let read = walk::walk(&mut audit, log, effort);
    if !audit.is_broken() {
        match read {
            Err(error) => audit.unreadable(&error),
            Ok(()) => {
                audit.check_end();
                audit.check_bodies(log);
                audit.check_store(log);
            }
        }
    }
    audit.report()
}
