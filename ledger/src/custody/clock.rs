//! Where the time of an entry comes from: a clock that is passed in, so that a test or a simulator owns time.

use crate::meaning::time::Timestamp;

/// Tells the time. The only implementation that reads the machine's clock stands in `cli`.
pub trait Clock {
    /// The time now.
    fn now(&self) -> Timestamp;
}

/// A clock that stands still, for tests and for judging at a given moment.
#[derive(Debug, Clone, Copy)]
pub struct Stopped(pub Timestamp);

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        self.0
    }
}
