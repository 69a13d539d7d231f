//! Where a time or an entry lies in the log, for questions about the past.

use promotion_ledger::meaning::event::EventType;
use promotion_ledger::meaning::id::Sequence;
use promotion_ledger::meaning::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _};

use super::columns::{self, integer};
use super::error::IndexError;
use super::picture::Index;
use crate::models::horizon::Horizon;

impl Index {
    /// To the end of the log, as far as it is verified.
    pub fn now(&self) -> Horizon {
        Horizon::of_size(self.head().size)
    }

    /// Up to that entry, which is the last that counts; nothing when the log does not reach so far.
    pub fn at_entry(&self, last: Sequence) -> Option<Horizon> {
        (last.get() < self.head().size).then(|| Horizon::of_size(last.get() + 1))
    }

    /// What had happened by that time: up to the last entry that was recorded then or earlier.
    ///
    /// Times fall only where a clock was corrected, so the log is a few stretches in each of which they rise: the last one
    /// that begins early enough is halved until the place is found.
    pub fn at_time(&self, time: Timestamp) -> Result<Horizon, IndexError> {
        let size = self.head().size;
        let known = self.ask(|connection| {
            let mut end = size;
            for begin in stretches(connection)? {
                if recorded(connection, begin)?.is_some_and(|first| first <= time) {
                    return last_within(connection, begin, end, time);
                }
                end = begin;
            }
            Ok(0)
        })?;
        Ok(Horizon::of_time(time, known))
    }

    /// When an entry was recorded.
    pub fn time_of(&self, sequence: Sequence) -> Result<Option<Timestamp>, IndexError> {
        self.ask(|connection| recorded(connection, sequence.get()))
    }
}

/// Where times begin to rise, the last place first.
fn stretches(connection: &Connection) -> rusqlite::Result<Vec<u64>> {
    let mut query = connection.prepare_cached("SELECT sequence FROM entry WHERE event_type = ? ORDER BY sequence DESC")?;
    let corrected = query.query_map([EventType::ClockCorrected.as_str()], |row| columns::number(row, "sequence"))?;
    corrected.chain([Ok(0)]).collect()
}

/// How many entries there are up to the last one between the places that was recorded at that time or earlier; the first
/// of them was.
fn last_within(connection: &Connection, begin: u64, end: u64, time: Timestamp) -> rusqlite::Result<u64> {
    let (mut early, mut late) = (begin, end);
    while late - early > 1 {
        let middle = early + (late - early) / 2;
        if recorded(connection, middle)?.is_some_and(|found| found <= time) {
            early = middle;
        } else {
            late = middle;
        }
    }
    Ok(early + 1)
}

fn recorded(connection: &Connection, place: u64) -> rusqlite::Result<Option<Timestamp>> {
    let mut query = connection.prepare_cached("SELECT time FROM entry WHERE sequence = ?")?;
    query.query_row([integer(place)], |row| columns::time(row, "time")).optional()
}
