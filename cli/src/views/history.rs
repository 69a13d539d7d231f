//! What `history` prints.

use promotion_replay::models::rows;
use schemars::JsonSchema;
use serde::Serialize;

use super::moment::At;
use crate::answer::View;
use crate::formats::Rows;

/// What happened, newest first.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct History {
    /// The moment that was asked about; null for now.
    pub(crate) at: Option<At>,
    /// One row for each entry, and before it one for each line of history that it imports.
    pub(crate) entries: Vec<HistoryRow>,
    /// Where the next page begins: what `--before` is given; null at the end.
    pub(crate) next: Option<String>,
}

impl View for History {
    const SCHEMA: &'static str = "promoledger.history/1";
    const ROWS: Option<Rows> = Some(Rows {
        of: "entries",
        columns: &[
            "entry",
            "line",
            "time",
            "asserted_time",
            "type",
            "summary",
            "by",
            "pipeline",
            "component",
            "environment",
            "version",
            "artifact_digest",
            "promotion_id",
            "outcome",
        ],
    });
}

/// An entry, in a line. What the entry is not about is null.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct HistoryRow {
    /// Its place.
    pub(crate) entry: u64,
    /// For a line of imported history: its number in the entry, from 1.
    pub(crate) line: Option<u32>,
    /// When it was recorded.
    pub(crate) time: String,
    /// For a line of imported history: when it says that it happened.
    pub(crate) asserted_time: Option<String>,
    /// Its type.
    #[serde(rename = "type")]
    pub(crate) event_type: String,
    /// What happened, in a sentence.
    pub(crate) summary: String,
    /// On whose behalf; for a line of imported history, who is said to have done it.
    pub(crate) by: String,
    /// The pipeline that it is about.
    pub(crate) pipeline: Option<String>,
    /// The component.
    pub(crate) component: Option<String>,
    /// The environment.
    pub(crate) environment: Option<String>,
    /// The release's name.
    pub(crate) version: Option<String>,
    /// What the release stands for.
    pub(crate) artifact_digest: Option<String>,
    /// The run that it belongs to.
    pub(crate) promotion_id: Option<String>,
    /// How it went: `passed`, `warning`, `skipped`, `failed`, `refused`, `completed` or `aborted`.
    pub(crate) outcome: Option<String>,
}

impl From<&rows::HistoryRow> for HistoryRow {
    fn from(row: &rows::HistoryRow) -> Self {
        Self {
            entry: row.sequence.get(),
            line: row.asserted.map(|(line, _)| line),
            time: row.time.to_string(),
            asserted_time: row.asserted.map(|(_, time)| time.to_string()),
            event_type: row.event_type.clone(),
            summary: row.summary.clone(),
            by: row.actor.to_string(),
            pipeline: row.pipeline.as_ref().map(ToString::to_string),
            component: row.component.as_ref().map(ToString::to_string),
            environment: row.environment.as_ref().map(ToString::to_string),
            version: row.version.as_ref().map(ToString::to_string),
            artifact_digest: row.digest.as_ref().map(ToString::to_string),
            promotion_id: row.promotion_id.as_ref().map(ToString::to_string),
            outcome: row.outcome.clone(),
        }
    }
}
