//! When a version was in a place, and what came there since.

use std::collections::BTreeSet;

use promotion_ledger::evidence::entry::{Content, Entry};
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::id::{PromotionId, Sequence};
use promotion_ledger::meaning::names::{Reason, Version};
use promotion_ledger::meaning::time::Timestamp;
use promotion_replay::models::filters::HistoryFilter;
use promotion_replay::models::past::PastRow;
use promotion_replay::models::rows::{Spot, TenureRow};

use crate::commands::show::find;
use crate::error::CommandError;
use crate::session::Opened;
use crate::views::impact::RolledBack;

/// How many arrivals are listed at most.
const LISTED: u32 = 100;

/// What came to a place since a version was last there.
pub(super) struct Undone {
    /// How many promotions and rollbacks.
    pub(super) count: u64,
    /// The newest of them.
    pub(super) rows: Vec<PastRow>,
    /// Where the version's own last time there was recorded; absent where only imported history tells of it.
    after: Option<Sequence>,
    /// What would return.
    returns: Option<Digest>,
    /// What imported history says came since.
    said: BTreeSet<Digest>,
}

/// When the version was in the place, newest first: recorded, then by the word of imported history.
pub(super) fn visits(opened: &Opened, spot: &Spot, version: &Version) -> Result<Vec<PastRow>, CommandError> {
    let recorded = opened.index.tenures_of_version(spot, version)?.into_iter().map(PastRow::from);
    let asserted = opened.index.asserted_tenures(spot, opened.index.now())?.into_iter().filter(|tenure| tenure.arrival.version == *version);
    Ok(recorded.chain(asserted.map(PastRow::from)).collect())
}

impl Undone {
    pub(super) fn since(opened: &Opened, spot: &Spot, last: &PastRow) -> Result<Self, CommandError> {
        let index = &opened.index;
        let newest = index.tenures(&spot.pipeline, Some(&spot.component), &spot.environment, index.now(), LISTED)?;
        let arrivals = newest.first().map_or(0, |tenure| tenure.arrivals);
        let before = index.tenures_of_version(spot, &last.version)?.first().map_or(0, |tenure| tenure.arrivals);
        let is_last = |row: &PastRow| row.is_asserted() == last.is_asserted() && row.entry == last.entry && row.line == last.line;
        let asserted = if last.is_asserted() { index.asserted_tenures(spot, index.now())? } else { Vec::new() };
        let all = newest.into_iter().map(PastRow::from).chain(asserted.into_iter().map(PastRow::from));
        let rows: Vec<PastRow> = all.take_while(|row| !is_last(row)).collect();
        let told: Vec<&PastRow> = rows.iter().filter(|row| row.is_asserted()).collect();
        let count = arrivals.saturating_sub(before) + told.len() as u64;
        let said = told.iter().filter_map(|row| row.digest.clone()).collect();
        let after = (!last.is_asserted()).then_some(last.entry);
        Ok(Self { count, rows: rows.into_iter().take(LISTED as usize).collect(), after, returns: last.digest.clone(), said })
    }

    /// Whether the digest came to the place since, and would be undone; those that are not listed count too.
    pub(super) fn holds(&self, opened: &Opened, spot: &Spot, digest: &Digest) -> Result<bool, CommandError> {
        if self.returns.as_ref() == Some(digest) {
            return Ok(false);
        }
        let came = opened.index.whereabouts(digest, opened.index.now())?;
        let since = |row: &TenureRow| row.spot() == *spot && self.after.is_none_or(|after| row.from_sequence > after);
        Ok(self.said.contains(digest) || came.iter().any(since))
    }
}

/// For how long it was there, in seconds.
pub(super) fn seconds(row: &PastRow, now: Timestamp) -> u64 {
    let until = row.until.unwrap_or(now);
    u64::try_from((until.as_micros() - row.since.as_micros()) / 1_000_000).unwrap_or(0)
}

/// How the place was rolled back from it.
pub(super) fn rolled_back(opened: &Opened, row: &PastRow) -> Result<RolledBack, CommandError> {
    let time = row.until.map(|time| time.to_string()).unwrap_or_default();
    let Some(entry) = row.until_entry else {
        return Ok(RolledBack { time, to: None, by: None, reason: None, asserted: true, entry: None });
    };
    let filter = HistoryFilter { before: Some(entry.next().into()), limit: 1, ..HistoryFilter::default() };
    let line = opened.index.history(&filter)?.pop();
    let id = line.as_ref().and_then(|line| line.promotion_id);
    Ok(RolledBack {
        time,
        to: line.as_ref().and_then(|line| line.version.as_ref()).map(ToString::to_string),
        by: line.as_ref().map(|line| line.actor.to_string()),
        reason: id.map(|id| reason(opened, &id)).transpose()?.flatten().map(|reason| reason.to_string()),
        asserted: false,
        entry: Some(entry.get()),
    })
}

/// Why a rollback was asked for, as its request says.
fn reason(opened: &Opened, id: &PromotionId) -> Result<Option<Reason>, CommandError> {
    let places: Vec<Sequence> = opened.index.promotion_entries(id)?;
    for place in places {
        let stored = find::read(opened, place)?;
        let Ok(entry) = Entry::parse(&stored.note) else { continue };
        if let Content::Event(Event::RollbackRequested(requested)) = entry.content() {
            return Ok(Some(requested.reason));
        }
    }
    Ok(None)
}
