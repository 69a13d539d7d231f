//! What `diff` prints: what changed between two moments, or what two environments do not have in common.

use promotion_replay::index::PlaceChange;
use promotion_replay::models::places::HolderRow;
use promotion_replay::models::rows::LockRow;
use schemars::JsonSchema;
use serde::Serialize;

use super::halt::HaltChange;
use super::moment::At;
use crate::answer::View;
use crate::formats::Rows;

/// What changed between two moments.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Difference {
    /// The earlier moment.
    pub(crate) before: At,
    /// The later moment.
    pub(crate) after: At,
    /// One row for each component in each environment that anything came to in between.
    pub(crate) changes: Vec<ChangeRow>,
    /// Failures that halted a pipeline or were resolved in between, in the order of that.
    pub(crate) halts: Vec<HaltChange>,
    /// Locks that were set or lifted in between, in the order of that.
    pub(crate) locks: Vec<LockChange>,
    /// Rules that were adopted in between, oldest first.
    pub(crate) rules: Vec<RulesChange>,
}

impl View for Difference {
    const SCHEMA: &'static str = "promoledger.diff/1";
    const ROWS: Option<Rows> = Some(Rows {
        of: "changes",
        columns: &[
            "pipeline",
            "environment",
            "component",
            "before.version",
            "before.artifact_digest",
            "before.since",
            "before.by",
            "before.kind",
            "before.asserted",
            "before.entry",
            "after.version",
            "after.artifact_digest",
            "after.since",
            "after.by",
            "after.kind",
            "after.asserted",
            "after.entry",
            "promotions",
            "rollbacks",
            "removals",
            "by",
        ],
    });
}

/// A component in an environment, before and after.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ChangeRow {
    /// The pipeline.
    pub(crate) pipeline: String,
    /// The environment.
    pub(crate) environment: String,
    /// The component.
    pub(crate) component: String,
    /// What was there; null where nothing was.
    pub(crate) before: Option<There>,
    /// What is there.
    pub(crate) after: Option<There>,
    /// How many promotions arrived in between.
    pub(crate) promotions: u64,
    /// How many rollbacks.
    pub(crate) rollbacks: u64,
    /// How many removals, of which only imported history tells.
    pub(crate) removals: u64,
    /// Who brought what came last.
    pub(crate) by: Option<String>,
}

/// A release that is or was in a place.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct There {
    /// Its name.
    pub(crate) version: String,
    /// What it stands for.
    pub(crate) artifact_digest: Option<String>,
    /// When it arrived.
    pub(crate) since: String,
    /// Who brought it.
    pub(crate) by: String,
    /// How it came: `promotion` or `rollback`.
    pub(crate) kind: String,
    /// Whether imported history says so, and no run recorded it: then `since` is the time that it asserts.
    pub(crate) asserted: bool,
    /// The place of the entry that says so.
    pub(crate) entry: u64,
}

/// A lock that was set or lifted.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct LockChange {
    /// `set` or `lifted`.
    pub(crate) change: String,
    /// The pipeline.
    pub(crate) pipeline: String,
    /// The environment.
    pub(crate) environment: String,
    /// The only component that is locked; null when all are.
    pub(crate) component: Option<String>,
    /// Why it was set.
    pub(crate) reason: String,
    /// Who set or lifted it.
    pub(crate) by: String,
    /// When.
    pub(crate) time: String,
    /// The place of the entry that says so.
    pub(crate) entry: u64,
    /// The place of the entry that set it.
    pub(crate) lock: u64,
}

/// Rules that were adopted.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RulesChange {
    /// The pipeline.
    pub(crate) pipeline: String,
    /// The place of the entry that holds them.
    pub(crate) entry: u64,
    /// When they were adopted.
    pub(crate) time: String,
    /// Who adopted them.
    pub(crate) by: String,
    /// Whether they are the pipeline's first.
    pub(crate) new_pipeline: bool,
    /// What they changed, each in a sentence.
    pub(crate) differences: Vec<String>,
}

/// Two environments side by side.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Comparison {
    /// The moment that was asked about; null for now.
    pub(crate) at: Option<At>,
    /// The environment that was named first.
    pub(crate) left: String,
    /// The environment that was named second.
    pub(crate) right: String,
    /// How many components differ.
    pub(crate) different: u64,
    /// One row for each component, those too that are the same.
    pub(crate) components: Vec<ComparisonRow>,
}

impl View for Comparison {
    const SCHEMA: &'static str = "promoledger.comparison/1";
    const ROWS: Option<Rows> = Some(Rows {
        of: "components",
        columns: &[
            "pipeline",
            "component",
            "same",
            "left.version",
            "left.artifact_digest",
            "left.since",
            "left.by",
            "left.kind",
            "left.asserted",
            "left.entry",
            "right.version",
            "right.artifact_digest",
            "right.since",
            "right.by",
            "right.kind",
            "right.asserted",
            "right.entry",
        ],
    });
}

/// A component in two environments.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ComparisonRow {
    /// The pipeline.
    pub(crate) pipeline: String,
    /// The component.
    pub(crate) component: String,
    /// Whether both have the same digest, or neither has anything.
    pub(crate) same: bool,
    /// What is in the environment that was named first; null where nothing is.
    pub(crate) left: Option<There>,
    /// What is in the other.
    pub(crate) right: Option<There>,
}

impl From<&PlaceChange> for ChangeRow {
    fn from(change: &PlaceChange) -> Self {
        Self {
            pipeline: change.spot.pipeline.to_string(),
            environment: change.spot.environment.to_string(),
            component: change.spot.component.to_string(),
            before: change.before.as_ref().map(Into::into),
            after: change.after.as_ref().map(Into::into),
            promotions: change.promotions,
            rollbacks: change.rollbacks,
            removals: change.removals,
            by: change.by().map(ToString::to_string),
        }
    }
}

impl From<&HolderRow> for There {
    fn from(row: &HolderRow) -> Self {
        Self {
            version: row.version().to_string(),
            artifact_digest: row.digest().map(ToString::to_string),
            since: row.since().to_string(),
            by: row.by().to_string(),
            kind: row.kind().to_owned(),
            asserted: row.asserted().is_some(),
            entry: row.sequence().get(),
        }
    }
}

impl LockChange {
    /// That the lock was set.
    pub(crate) fn set(row: &LockRow) -> Self {
        Self {
            change: "set".to_owned(),
            pipeline: row.pipeline.to_string(),
            environment: row.environment.to_string(),
            component: row.lock.component.as_ref().map(ToString::to_string),
            reason: row.lock.reason.to_string(),
            by: row.lock.owner.to_string(),
            time: row.lock.since.to_string(),
            entry: row.lock.sequence.get(),
            lock: row.lock.sequence.get(),
        }
    }

    /// That it was lifted; nothing while it stands.
    pub(crate) fn lifted(row: &LockRow) -> Option<Self> {
        let lifted = row.lifted.as_ref()?;
        let (by, time, entry) = (lifted.by.to_string(), lifted.time.to_string(), lifted.sequence.get());
        Some(Self { change: "lifted".to_owned(), by, time, entry, ..Self::set(row) })
    }
}
