//! What `where` prints, and a release's time in an environment, which `status` prints too.

use promotion_replay::models::rows::{ReleaseRow, TenureRow};
use schemars::JsonSchema;
use serde::Serialize;

use super::moment::At;
use crate::answer::View;

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
    /// What it stands for.
    pub(crate) artifact_digest: String,
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
    /// The run that brought it.
    pub(crate) promotion_id: String,
    /// The place of the entry that recorded its arrival.
    pub(crate) entry: u64,
    /// The place of the entry that recorded the arrival of the next one; null while it is there.
    pub(crate) until_entry: Option<u64>,
    /// The commit that it was built from.
    pub(crate) source_sha: Option<String>,
}

impl From<&TenureRow> for Tenure {
    fn from(row: &TenureRow) -> Self {
        Self {
            pipeline: row.pipeline.to_string(),
            environment: row.environment.to_string(),
            component: row.component.to_string(),
            version: row.version.to_string(),
            artifact_digest: row.digest.to_string(),
            current: row.to_sequence.is_none(),
            since: row.since.to_string(),
            until: row.until.map(|time| time.to_string()),
            by: row.by.to_string(),
            kind: row.kind.to_string(),
            left_by_rollback: row.left_by_rollback,
            promotion_id: row.promotion_id.to_string(),
            entry: row.from_sequence.get(),
            until_entry: row.to_sequence.map(promotion_ledger::meaning::id::Sequence::get),
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
