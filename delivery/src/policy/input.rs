//! What a policy is told: the document `input`. Its shape is a promise: fields are added, never renamed, and none is left out.

use std::collections::{BTreeMap, BTreeSet};

use schemars::{JsonSchema, Schema, schema_for};
use serde::{Deserialize, Serialize};

/// What a policy is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// What is to be promoted.
    pub artifact: Artifact,
    /// What is asked, and by whom.
    pub request: Request,
    /// What the ledger says, at the moment of the question.
    pub ledger: Facts,
}

impl Input {
    /// The JSON Schema of `input` (draft 2020-12).
    #[must_use]
    pub fn schema() -> Schema {
        schema_for!(Self)
    }
}

/// What is to be promoted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Artifact {
    /// Where it is kept, by digest: `registry.acme.example/shop/api@sha256:…`.
    pub reference: String,
    /// Its identity: `sha256:` and 64 hexadecimal digits.
    pub digest: String,
    /// The component that it is a release of.
    pub component: String,
    /// The version that it is called.
    pub version: String,
    /// The annotations of its manifest. Empty where it has none.
    pub annotations: BTreeMap<String, String>,
    /// The labels of its image configuration. Empty where it has none.
    pub labels: BTreeMap<String, String>,
}

/// What is asked, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The pipeline.
    pub pipeline: String,
    /// The environment that the release comes from, or `none`.
    pub from: String,
    /// The environment that it is to enter.
    pub to: String,
    /// The principal who asks.
    pub actor: String,
    /// The groups that this principal is in, as the ledger knows them.
    pub groups: BTreeSet<String>,
    /// What is to be done.
    pub action: Action,
    /// Why, in the words of whoever asks; `null` where they gave none.
    pub reason: Option<String>,
    /// The promotion's id.
    pub promotion_id: String,
    /// When it was asked: RFC 3339, in UTC, ending in `Z`.
    pub time: String,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// A release moves on to the next environment.
    Promote,
    /// An earlier release comes back.
    Rollback,
}

/// What the ledger says, at the moment of the question.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// The release that is in the environment now; `null` where there is none.
    pub current: Option<Standing>,
    /// The releases that were there before it, the newest first.
    pub previous: Vec<Standing>,
    /// Where this digest was promoted to, the oldest first.
    pub visits: Vec<Visit>,
    /// The newest result of each gate for this digest and environment, by name.
    pub gates: Vec<Gate>,
    /// The locks that stand on the environment.
    pub locks: Vec<Lock>,
}

/// A release in the environment that the request is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Standing {
    /// Its version.
    pub version: String,
    /// Its digest.
    pub digest: String,
    /// Since when: RFC 3339, in UTC.
    pub since: String,
    /// Who promoted it.
    pub by: String,
}

/// An environment that this digest was promoted to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Visit {
    /// The environment.
    pub environment: String,
    /// Since when: RFC 3339, in UTC.
    pub since: String,
    /// Who promoted it.
    pub by: String,
}

/// A gate's newest result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// Its name.
    pub gate: String,
    /// How it ended.
    pub status: GateStatus,
    /// The place in the log where that is recorded.
    pub entry: u64,
    /// When it was recorded: RFC 3339, in UTC.
    pub time: String,
}

/// How a gate ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GateStatus {
    /// It passed.
    Passed,
    /// It did not.
    Failed,
    /// It was not run.
    Skipped,
    /// It passed, and somebody should look.
    Warning,
}

impl From<promotion_ledger::meaning::event::artifact::GateStatus> for GateStatus {
    fn from(status: promotion_ledger::meaning::event::artifact::GateStatus) -> Self {
        use promotion_ledger::meaning::event::artifact::GateStatus as Recorded;
        match status {
            Recorded::Passed => Self::Passed,
            Recorded::Failed => Self::Failed,
            Recorded::Skipped => Self::Skipped,
            Recorded::Warning => Self::Warning,
        }
    }
}

/// A lock on the environment that the request is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// The component that it is narrowed to; `null` where it holds for all.
    pub component: Option<String>,
    /// Who locked.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Since when: RFC 3339, in UTC.
    pub since: String,
    /// Until when; `null` where somebody must unlock.
    pub until: Option<String>,
}
