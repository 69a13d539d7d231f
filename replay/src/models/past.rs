//! A release's time in a place, whether it was recorded or is the word of imported history.

use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::id::{PromotionId, Sequence};
use promotion_ledger::meaning::names::{Principal, Reason, SourceSha, Version};
use promotion_ledger::meaning::time::Timestamp;

use super::asserted::AssertedTenure;
use super::rows::{Spot, TenureRow};

/// A release's time in a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastRow {
    /// The place.
    pub spot: Spot,
    /// The release's name.
    pub version: Version,
    /// What it is; imported history may not say.
    pub digest: Option<Digest>,
    /// How it came: `promotion` or `rollback`.
    pub kind: &'static str,
    /// The entry that says so.
    pub entry: Sequence,
    /// The line of imported history in that entry, from 1; absent for what was recorded.
    pub line: Option<u32>,
    /// The entry that recorded the arrival of the next one; absent while it is there, and for imported history.
    pub until_entry: Option<Sequence>,
    /// When it arrived.
    pub since: Timestamp,
    /// When it went.
    pub until: Option<Timestamp>,
    /// Who brought it.
    pub by: Principal,
    /// Whether the environment was rolled back from it.
    pub left_by_rollback: bool,
    /// The run that brought it, if one did.
    pub promotion_id: Option<PromotionId>,
    /// The commit that it was built from.
    pub source_sha: Option<SourceSha>,
    /// What imported history says of it beyond that.
    pub note: Option<Reason>,
}

impl PastRow {
    /// Whether it is the word of imported history alone.
    pub const fn is_asserted(&self) -> bool {
        self.line.is_some()
    }
}

impl From<TenureRow> for PastRow {
    fn from(row: TenureRow) -> Self {
        Self {
            spot: row.spot(),
            version: row.version,
            digest: Some(row.digest),
            kind: row.kind.as_str(),
            entry: row.from_sequence,
            line: None,
            until_entry: row.to_sequence,
            since: row.since,
            until: row.until,
            by: row.by,
            left_by_rollback: row.left_by_rollback,
            promotion_id: Some(row.promotion_id),
            source_sha: row.source_sha,
            note: None,
        }
    }
}

impl From<AssertedTenure> for PastRow {
    fn from(tenure: AssertedTenure) -> Self {
        let AssertedTenure { arrival, until, left_by_rollback } = tenure;
        Self {
            spot: arrival.spot,
            version: arrival.version,
            digest: arrival.digest,
            kind: arrival.kind.as_str(),
            entry: arrival.sequence,
            line: Some(arrival.line),
            until_entry: None,
            since: arrival.time,
            until,
            by: arrival.actor,
            left_by_rollback,
            promotion_id: None,
            source_sha: None,
            note: arrival.note,
        }
    }
}
