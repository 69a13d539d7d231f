//! What `where` prints, and a release's time in an environment, which `status` prints too.

use promotion_replay::models::past::PastRow;
use promotion_replay::models::rows::ReleaseRow;
use schemars::JsonSchema;
use serde::Serialize;

use super::moment::At;
use crate::answer::View;
use crate::formats::Rows;

/// Every place where a digest or version is and was.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Whereabouts {
    /// What was asked for: a version, a digest, or the beginning of one.
    pub(crate) asked: String,
    /// The moment that was asked about; null for now.
    pub(crate) at: Option<At>,
    /// The releases that it names.
    pub(crate) releases: Vec<Release>,
    /// Where they are, then where they were, newest first.
    pub(crate) places: Vec<Tenure>,
}

impl View for Whereabouts {
    const SCHEMA: &'static str = "promoledger.where/1";
    const ROWS: Option<Rows> = Some(Rows {
        of: "places",
        columns: &[
            "pipeline",
            "environment",
            "component",
            "version",
            "artifact_digest",
            "current",
            "since",
            "until",
            "by",
            "kind",
            "left_by_rollback",
            "asserted",
            "promotion_id",
            "entry",
            "line",
            "note",
            "until_entry",
            "source_sha",
        ],
    });
}

/// A release that was made known.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Release {
    /// The pipeline.
    pub(crate) pipeline: String,
    /// The component.
    pub(crate) component: String,
    /// Its name.
    pub(crate) version: String,
    /// What it stands for.
    pub(crate) artifact_digest: String,
    /// The commit that it was built from.
    pub(crate) source_sha: Option<String>,
    /// The place of the entry that made it known.
    pub(crate) entry: u64,
}

/// A release's time in an environment.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Tenure {
    /// The pipeline.
    pub(crate) pipeline: String,
    /// The environment.
    pub(crate) environment: String,
    /// The component.
    pub(crate) component: String,
    /// The release's name.
    pub(crate) version: String,
    /// What it stands for; imported history may not say.
    pub(crate) artifact_digest: Option<String>,
    /// Whether it is there now.
    pub(crate) current: bool,
    /// When it arrived.
    pub(crate) since: String,
    /// When the next one arrived; null while it is there.
    pub(crate) until: Option<String>,
    /// Who completed the run that brought it.
    pub(crate) by: String,
    /// How it came: `promotion` or `rollback`.
    pub(crate) kind: String,
    /// Whether the environment was rolled back from it.
    pub(crate) left_by_rollback: bool,
    /// Whether imported history says so, and no run recorded it: then `since` and `until` are the times that it asserts.
    pub(crate) asserted: bool,
    /// The run that brought it; null for imported history.
    pub(crate) promotion_id: Option<String>,
    /// The place of the entry that says so.
    pub(crate) entry: u64,
    /// The line of imported history in that entry, from 1.
    pub(crate) line: Option<u32>,
    /// What imported history says of it beyond that.
    pub(crate) note: Option<String>,
    /// The place of the entry that recorded the arrival of the next one; null while it is there.
    pub(crate) until_entry: Option<u64>,
    /// The commit that it was built from.
    pub(crate) source_sha: Option<String>,
}

impl From<&PastRow> for Tenure {
    fn from(row: &PastRow) -> Self {
        Self {
            pipeline: row.spot.pipeline.to_string(),
            environment: row.spot.environment.to_string(),
            component: row.spot.component.to_string(),
            version: row.version.to_string(),
            artifact_digest: row.digest.as_ref().map(ToString::to_string),
            current: row.until.is_none(),
            since: row.since.to_string(),
            until: row.until.map(|time| time.to_string()),
            by: row.by.to_string(),
            kind: row.kind.to_owned(),
            left_by_rollback: row.left_by_rollback,
            asserted: row.is_asserted(),
            promotion_id: row.promotion_id.map(|id| id.to_string()),
            entry: row.entry.get(),
            line: row.line,
            note: row.note.as_ref().map(ToString::to_string),
            until_entry: row.until_entry.map(promotion_ledger::meaning::id::Sequence::get),
            source_sha: row.source_sha.as_ref().map(ToString::to_string),
        }
    }
}

impl From<&ReleaseRow> for Release {
    fn from(row: &ReleaseRow) -> Self {
        Self {
            pipeline: row.pipeline.to_string(),
            component: row.component.to_string(),
            version: row.version.to_string(),
            artifact_digest: row.digest.to_string(),
            source_sha: row.source_sha.as_ref().map(ToString::to_string),
            entry: row.registered.get(),
        }
    }
}
