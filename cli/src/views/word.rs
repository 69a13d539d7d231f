//! What `approve`, `reject` and `review` print, and what `status` says of them.

use promotion_replay::models::rows::{OverrideRow, RequestRow};
use schemars::JsonSchema;
use serde::Serialize;

use super::run::EntryRange;
use crate::answer::View;

/// Somebody said yes or no.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answered {
    /// The pipeline.
    pub(crate) pipeline: String,
    /// The component.
    pub(crate) component: String,
    /// Where the release would go.
    pub(crate) environment: String,
    /// The release's name.
    pub(crate) version: String,
    /// What it stands for.
    pub(crate) artifact_digest: String,
    /// The place of the entry that asks.
    pub(crate) request: u64,
    /// `approved` or `rejected`.
    pub(crate) outcome: String,
    /// Whether you had said so before, and nothing was appended.
    pub(crate) already: bool,
    /// The entries that this command appended.
    pub(crate) entries: Option<EntryRange>,
}

impl View for Answered {
    const SCHEMA: &'static str = "promoledger.answered/1";
}

/// Somebody else looked at an override.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct OverrideReviewed {
    /// The pipeline.
    pub(crate) pipeline: String,
    /// The component.
    pub(crate) component: String,
    /// Where the release went.
    pub(crate) environment: String,
    /// The release's name.
    pub(crate) version: String,
    /// The run that passed guards.
    pub(crate) promotion_id: String,
    /// The place of the entry that recorded the override.
    pub(crate) overridden: u64,
    /// `justified` or `unjustified`.
    pub(crate) finding: String,
    /// The entries that this command appended.
    pub(crate) entries: Option<EntryRange>,
}

impl View for OverrideReviewed {
    const SCHEMA: &'static str = "promoledger.override-reviewed/1";
}

/// Approvals that are asked for.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Waiting {
    /// The pipeline.
    pub(crate) pipeline: String,
    /// The component.
    pub(crate) component: String,
    /// Where the release would go.
    pub(crate) environment: String,
    /// The release's name.
    pub(crate) version: String,
    /// What it stands for.
    pub(crate) artifact_digest: String,
    /// Who asked.
    pub(crate) by: String,
    /// When.
    pub(crate) since: String,
    /// When the request is over.
    pub(crate) expires: String,
    /// How many said yes.
    pub(crate) granted: u64,
    /// The place of the entry that asks: what `approve` and `reject` are given.
    pub(crate) request: u64,
}

/// Guards that were passed on somebody's word, and that nobody else has looked at.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Unreviewed {
    /// The pipeline.
    pub(crate) pipeline: String,
    /// The component.
    pub(crate) component: String,
    /// Where the release went.
    pub(crate) environment: String,
    /// The release's name.
    pub(crate) version: String,
    /// The guards.
    pub(crate) guards: Vec<String>,
    /// Why.
    pub(crate) justification: String,
    /// Whose word.
    pub(crate) by: String,
    /// When.
    pub(crate) since: String,
    /// The run that passed them: what `review` is given.
    pub(crate) promotion_id: String,
    /// The place of the entry that recorded it.
    pub(crate) entry: u64,
}

impl From<&RequestRow> for Waiting {
    fn from(row: &RequestRow) -> Self {
        Self {
            pipeline: row.spot.pipeline.to_string(),
            component: row.spot.component.to_string(),
            environment: row.spot.environment.to_string(),
            version: row.version.to_string(),
            artifact_digest: row.digest.to_string(),
            by: row.by.to_string(),
            since: row.since.to_string(),
            expires: row.expires.to_string(),
            granted: row.granted,
            request: row.sequence.get(),
        }
    }
}

impl From<&OverrideRow> for Unreviewed {
    fn from(row: &OverrideRow) -> Self {
        Self {
            pipeline: row.spot.pipeline.to_string(),
            component: row.spot.component.to_string(),
            environment: row.spot.environment.to_string(),
            version: row.version.to_string(),
            guards: row.guards.iter().map(ToString::to_string).collect(),
            justification: row.justification.to_string(),
            by: row.by.to_string(),
            since: row.since.to_string(),
            promotion_id: row.promotion_id.to_string(),
            entry: row.sequence.get(),
        }
    }
}
