//! How far a question looks: to the end of the log, to an entry, or to a time.

use promotion_ledger::meaning::id::Sequence;
use promotion_ledger::meaning::time::Timestamp;

/// What counts for an answer: everything, what the log held once, or what had happened by some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Horizon {
    size: u64,
    time: Option<Timestamp>,
}

impl Horizon {
    /// The log as it was when it held so many entries.
    pub const fn of_size(size: u64) -> Self {
        Self { size, time: None }
    }

    /// What had happened by that time, of which the log held so many entries.
    pub(crate) const fn of_time(time: Timestamp, size: u64) -> Self {
        Self { size, time: Some(time) }
    }

    /// How many entries count, from the first on.
    pub const fn size(self) -> u64 {
        self.size
    }

    /// The last entry that counts; absent before the first one.
    pub fn last(self) -> Option<Sequence> {
        self.size.checked_sub(1).map(Sequence::new)
    }

    /// The time that was asked for; absent where a place in the log was.
    pub const fn time(self) -> Option<Timestamp> {
        self.time
    }

    /// Whether that line of imported history counts: one that was recorded by then, or, where a time was asked for, one
    /// that asserts it or an earlier one, whenever it was recorded.
    pub fn admits(self, recorded: Sequence, asserted: Timestamp) -> bool {
        self.time.map_or_else(|| self.holds(recorded), |time| asserted <= time)
    }

    /// Whether that entry counts.
    pub const fn holds(self, sequence: Sequence) -> bool {
        sequence.get() < self.size
    }
}
