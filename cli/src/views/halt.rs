//! What `halt` and `resolve` print, and how failures stand in the answers of others.

use promotion_replay::models::rows::HaltRow;
use schemars::JsonSchema;
use serde::Serialize;

use super::run::EntryRange;
use crate::answer::View;

/// A pipeline was halted, or failures were resolved.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct HaltsChanged {
    /// The pipeline.
    pub(crate) pipeline: String,
    /// Where it failed.
    pub(crate) environment: String,
    /// The only component that it is about; absent for all.
    pub(crate) component: Option<String>,
    /// `halted`, `resolved`, or `unchanged`.
    pub(crate) outcome: String,
    /// The places of the entries of the failures that were told or resolved.
    pub(crate) halts: Vec<u64>,
    /// How many failures of the pipeline are not resolved.
    pub(crate) remaining: usize,
    /// The entries that this command appended.
    pub(crate) entries: Option<EntryRange>,
}

impl View for HaltsChanged {
    const SCHEMA: &'static str = "promoledger.halts-changed/1";
}

/// A failure that halts a pipeline.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Halted {
    /// The pipeline.
    pub(crate) pipeline: String,
    /// Where it failed.
    pub(crate) environment: String,
    /// What failed, where one component did; else null.
    pub(crate) component: Option<String>,
    /// What failed, in words.
    pub(crate) reason: String,
    /// Who said so.
    pub(crate) by: String,
    /// When.
    pub(crate) since: String,
    /// The place of the entry that says so.
    pub(crate) entry: u64,
}

/// A failure that was told or resolved.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct HaltChange {
    /// `halted` or `resolved`.
    pub(crate) change: String,
    /// The pipeline.
    pub(crate) pipeline: String,
    /// Where it failed.
    pub(crate) environment: String,
    /// What failed, where one component did; else null.
    pub(crate) component: Option<String>,
    /// What failed, or how it was resolved.
    pub(crate) reason: String,
    /// Who said so.
    pub(crate) by: String,
    /// When.
    pub(crate) time: String,
    /// The place of the entry that says so.
    pub(crate) entry: u64,
    /// The place of the entry that told the failure.
    pub(crate) halt: u64,
}

impl From<&HaltRow> for Halted {
    fn from(row: &HaltRow) -> Self {
        Self {
            pipeline: row.pipeline.to_string(),
            environment: row.halt.environment.to_string(),
            component: row.halt.component.as_ref().map(ToString::to_string),
            reason: row.halt.reason.to_string(),
            by: row.halt.by.to_string(),
            since: row.halt.since.to_string(),
            entry: row.halt.sequence.get(),
        }
    }
}

impl HaltChange {
    /// That the failure was told.
    pub(crate) fn halted(row: &HaltRow) -> Self {
        let Halted { pipeline, environment, component, reason, by, since: time, entry } = row.into();
        Self { change: "halted".to_owned(), pipeline, environment, component, reason, by, time, entry, halt: entry }
    }

    /// That it was resolved; nothing while it stands.
    pub(crate) fn resolved(row: &HaltRow) -> Option<Self> {
        let resolved = row.resolved.as_ref()?;
        Some(Self {
            change: "resolved".to_owned(),
            reason: resolved.reason.to_string(),
            by: resolved.by.to_string(),
            time: resolved.time.to_string(),
            entry: resolved.sequence.get(),
            ..Self::halted(row)
        })
    }
}
