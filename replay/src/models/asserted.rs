//! Imported history: lines that assert what happened, and who was in a place by their word.
//!
//! Lines count in the order of the time that they assert; of equal times, in the order of the log.

use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::event::history::AssertedKind;
use promotion_ledger::meaning::id::Sequence;
use promotion_ledger::meaning::names::{Principal, Reason, Version};
use promotion_ledger::meaning::rules::Source;
use promotion_ledger::meaning::time::Timestamp;

use super::rows::Spot;

/// A line of imported history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssertedRow {
    /// The entry that recorded it.
    pub sequence: Sequence,
    /// Its number in that entry, from 1.
    pub line: u32,
    /// The place that it is about.
    pub spot: Spot,
    /// When it is said to have happened.
    pub time: Timestamp,
    /// What is said to have happened.
    pub kind: AssertedKind,
    /// The release's name.
    pub version: Version,
    /// What it is said to be.
    pub digest: Option<Digest>,
    /// Who is said to have done it.
    pub actor: Principal,
    /// Where it is said to have come from.
    pub from: Source,
    /// What else is said of it.
    pub note: Option<Reason>,
}

/// A release in a place, by the word of imported history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssertedTenure {
    /// The line that says how it came.
    pub arrival: AssertedRow,
    /// When it is said to have gone; absent while it is there.
    pub until: Option<Timestamp>,
    /// Whether the place is said to have been rolled back from it.
    pub left_by_rollback: bool,
}

/// The tenures that the lines of one place come to, in order. A promotion or rollback brings its version; the removal of the
/// version that is there leaves the place empty; the removal of another changes nothing.
pub fn tenures(lines: impl IntoIterator<Item = AssertedRow>) -> Vec<AssertedTenure> {
    let mut tenures: Vec<AssertedTenure> = Vec::new();
    for line in lines {
        let holder = tenures.last_mut().filter(|tenure| tenure.until.is_none());
        let removal = line.kind == AssertedKind::Removal;
        if let Some(holder) = holder.filter(|holder| !removal || holder.arrival.version == line.version) {
            holder.until = Some(line.time);
            holder.left_by_rollback = line.kind == AssertedKind::Rollback;
        }
        if !removal {
            tenures.push(AssertedTenure { arrival: line, until: None, left_by_rollback: false });
        }
    }
    tenures
}

/// Who is there, from the lines of one place, the newest first. It takes no more of them than it needs.
pub fn holder<E>(lines: impl IntoIterator<Item = Result<AssertedRow, E>>) -> Result<Option<AssertedRow>, E> {
    let mut removed = Vec::new();
    for line in lines {
        let line = line?;
        match line.kind {
            AssertedKind::Removal => removed.push(line.version),
            AssertedKind::Promotion | AssertedKind::Rollback => return Ok((!removed.contains(&line.version)).then_some(line)),
        }
    }
    Ok(None)
}
