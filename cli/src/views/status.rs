//! What `status` prints.

use promotion_replay::models::places::{HolderRow, PlaceRow};
use promotion_replay::models::rows::{Kind, LockRow, RunRow};
use schemars::JsonSchema;
use serde::Serialize;

use super::halt::Halted;
use super::moment::At;
use super::whereabouts::Tenure;
use super::word::{Unreviewed, Waiting};
use crate::answer::View;
use crate::formats::Rows;

/// What is where.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Status {
    /// The ledger, and how far it was read.
    pub(crate) ledger: LedgerPosition,
    /// The moment that was asked about; null for now.
    pub(crate) at: Option<At>,
    /// The pipelines that were asked for.
    pub(crate) pipelines: Vec<PipelinePath>,
    /// One row for each component in each environment, along the path; rows of places where nothing is hold nulls. Then
    /// places that the rules do not list, where those are shown.
    pub(crate) environments: Vec<EnvironmentRow>,
    /// How many places hold something, are not listed by the rules, and are not shown: `--all` shows them.
    pub(crate) unlisted: u64,
    /// The failures that are not resolved, oldest first: while one is there its pipeline takes no promotions.
    pub(crate) halts: Vec<Halted>,
    /// The locks that stand, oldest first.
    pub(crate) locks: Vec<LockHeld>,
    /// The promotions and rollbacks that are under way, oldest first.
    pub(crate) under_way: Vec<UnderWay>,
    /// The requests for approval that wait, oldest first.
    pub(crate) waiting: Vec<Waiting>,
    /// The promotions that passed guards on somebody's word and that nobody else has reviewed, oldest first.
    pub(crate) unreviewed: Vec<Unreviewed>,
    /// What was there before, newest first; there when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) history: Option<Vec<Tenure>>,
}

impl View for Status {
    const SCHEMA: &'static str = "promoledger.status/1";
    const ROWS: Option<Rows> = Some(Rows {
        of: "environments",
        columns: &[
            "pipeline",
            "environment",
            "component",
            "listed",
            "locked",
            "version",
            "artifact_digest",
            "since",
            "by",
            "kind",
            "asserted",
            "promotion_id",
            "entry",
            "line",
            "source_sha",
        ],
    });
}

/// A ledger, and how far it was read.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct LedgerPosition {
    /// Its name.
    pub(crate) origin: String,
    /// The hash of entry 0.
    pub(crate) genesis: String,
    /// How many entries were read.
    pub(crate) size: u64,
    /// The hash of the last of them.
    pub(crate) head: String,
    /// When it was recorded.
    pub(crate) last_time: Option<String>,
}

/// A pipeline and its path.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PipelinePath {
    /// The pipeline.
    pub(crate) pipeline: String,
    /// Its environments, in order.
    pub(crate) path: Vec<String>,
}

/// A component in an environment, and the release that is there.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct EnvironmentRow {
    /// The pipeline.
    pub(crate) pipeline: String,
    /// The environment.
    pub(crate) environment: String,
    /// The component.
    pub(crate) component: String,
    /// Whether the rules in force list the place.
    pub(crate) listed: bool,
    /// Whether a lock keeps promotions of the component out.
    pub(crate) locked: bool,
    /// The release's name.
    pub(crate) version: Option<String>,
    /// What it stands for.
    pub(crate) artifact_digest: Option<String>,
    /// When it arrived.
    pub(crate) since: Option<String>,
    /// Who completed the run that brought it.
    pub(crate) by: Option<String>,
    /// How it came: `promotion` or `rollback`.
    pub(crate) kind: Option<String>,
    /// Whether imported history says so, and no run recorded it: then `since` is the time that it asserts.
    pub(crate) asserted: bool,
    /// The run that brought it; null for imported history.
    pub(crate) promotion_id: Option<String>,
    /// The place of the entry that says so.
    pub(crate) entry: Option<u64>,
    /// The line of imported history in that entry, from 1.
    pub(crate) line: Option<u32>,
    /// The commit that it was built from.
    pub(crate) source_sha: Option<String>,
}

/// A lock that stands.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct LockHeld {
    /// The pipeline.
    pub(crate) pipeline: String,
    /// The environment.
    pub(crate) environment: String,
    /// The only component that is locked; null when all are.
    pub(crate) component: Option<String>,
    /// Why.
    pub(crate) reason: String,
    /// Who set it.
    pub(crate) by: String,
    /// When.
    pub(crate) since: String,
    /// When it is over by itself; null for never.
    pub(crate) expires: Option<String>,
    /// The place of the entry that set it.
    pub(crate) entry: u64,
}

/// A promotion or rollback that is under way.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct UnderWay {
    /// The pipeline.
    pub(crate) pipeline: String,
    /// Where the release is to land.
    pub(crate) environment: String,
    /// The component.
    pub(crate) component: String,
    /// `promotion` or `rollback`.
    pub(crate) kind: String,
    /// The release's name.
    pub(crate) version: String,
    /// What it stands for.
    pub(crate) artifact_digest: String,
    /// Where it comes from: an environment, or `none`.
    pub(crate) from: String,
    /// Who is at it.
    pub(crate) holder: String,
    /// When it was requested.
    pub(crate) since: String,
    /// When its newest entry was recorded.
    pub(crate) last_time: String,
    /// Which run it is: what `resume` and `abort` are given.
    pub(crate) promotion_id: String,
    /// The place of the entry that requested it.
    pub(crate) entry: u64,
}

impl EnvironmentRow {
    /// The row of a place, which the caller knows to be listed or not, and locked or not.
    pub(crate) fn new(place: &PlaceRow, listed: bool, locked: bool) -> Self {
        let holder = place.holder.as_ref();
        let (tenure, line) = (holder.and_then(HolderRow::recorded), holder.and_then(HolderRow::asserted));
        Self {
            pipeline: place.spot.pipeline.to_string(),
            environment: place.spot.environment.to_string(),
            component: place.spot.component.to_string(),
            listed,
            locked,
            version: holder.map(|holder| holder.version().to_string()),
            artifact_digest: holder.and_then(HolderRow::digest).map(ToString::to_string),
            since: holder.map(|holder| holder.since().to_string()),
            by: holder.map(|holder| holder.by().to_string()),
            kind: holder.map(|holder| holder.kind().to_owned()),
            asserted: line.is_some(),
            promotion_id: tenure.map(|tenure| tenure.promotion_id.to_string()),
            entry: holder.map(|holder| holder.sequence().get()),
            line: line.map(|line| line.line),
            source_sha: tenure.and_then(|tenure| tenure.source_sha.as_ref()).map(ToString::to_string),
        }
    }
}

impl From<&LockRow> for LockHeld {
    fn from(row: &LockRow) -> Self {
        Self {
            pipeline: row.pipeline.to_string(),
            environment: row.environment.to_string(),
            component: row.lock.component.as_ref().map(ToString::to_string),
            reason: row.lock.reason.to_string(),
            by: row.lock.owner.to_string(),
            since: row.lock.since.to_string(),
            expires: row.lock.expires.map(|expires| expires.to_string()),
            entry: row.lock.sequence.get(),
        }
    }
}

impl From<&RunRow> for UnderWay {
    fn from(row: &RunRow) -> Self {
        let promotion = &row.promotion;
        let kind = if row.leaves.is_some() { Kind::Rollback } else { Kind::Promotion };
        Self {
            pipeline: promotion.pipeline.to_string(),
            environment: promotion.to.to_string(),
            component: promotion.component.to_string(),
            kind: kind.to_string(),
            version: promotion.version.to_string(),
            artifact_digest: promotion.digest.to_string(),
            from: promotion.from.to_string(),
            holder: row.holder.to_string(),
            since: row.since.to_string(),
            last_time: row.last.to_string(),
            promotion_id: promotion.promotion_id.to_string(),
            entry: row.requested.get(),
        }
    }
}
