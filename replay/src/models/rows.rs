//! The rows that questions are answered with.

use promotion_ledger::meaning::digest::{BodyDigest, Digest};
use promotion_ledger::meaning::event::overriding::Overridable;
use promotion_ledger::meaning::event::promotion::Promotion;
use promotion_ledger::meaning::facts;
use promotion_ledger::meaning::id::{PromotionId, Sequence};
use promotion_ledger::meaning::names::{Component, Environment, Pipeline, Principal, Reason, SourceSha, Version};
use promotion_ledger::meaning::rules::Rules;
use promotion_ledger::meaning::time::Timestamp;

use super::horizon::Horizon;

/// What kind of run it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A release moved on along the path.
    Promotion,
    /// An environment went back to a release that was there before.
    Rollback,
}

/// A component in an environment of a pipeline.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    /// The pipeline.
    pub pipeline: Pipeline,
    /// The component.
    pub component: Component,
    /// The environment.
    pub environment: Environment,
}

/// A release in an environment, from one place in the log to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenureRow {
    /// The pipeline.
    pub pipeline: Pipeline,
    /// The component.
    pub component: Component,
    /// The environment.
    pub environment: Environment,
    /// The release's name.
    pub version: Version,
    /// What it is.
    pub digest: Digest,
    /// How it came.
    pub kind: Kind,
    /// The entry that recorded its arrival.
    pub from_sequence: Sequence,
    /// The entry that recorded the arrival of the next one; absent while it is there.
    pub to_sequence: Option<Sequence>,
    /// When it arrived.
    pub since: Timestamp,
    /// When the next one arrived.
    pub until: Option<Timestamp>,
    /// Who completed the run that brought it.
    pub by: Principal,
    /// The run that brought it.
    pub promotion_id: PromotionId,
    /// Whether the environment was rolled back from it.
    pub left_by_rollback: bool,
    /// The commit that it was built from.
    pub source_sha: Option<SourceSha>,
    /// How many releases had come into the place with it, by promotion or rollback.
    pub arrivals: u64,
    /// How many of them by rollback.
    pub rollbacks: u64,
}

/// A promotion or rollback that is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRow {
    /// What lands where.
    pub promotion: Promotion,
    /// For a rollback: what it leaves.
    pub leaves: Option<Version>,
    /// Who is at it.
    pub holder: Principal,
    /// The entry that requested it.
    pub requested: Sequence,
    /// When it was requested.
    pub since: Timestamp,
    /// When the newest of its entries was recorded.
    pub last: Timestamp,
}

/// A lock, while it stands or after it was lifted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockRow {
    /// The pipeline.
    pub pipeline: Pipeline,
    /// The environment.
    pub environment: Environment,
    /// The lock.
    pub lock: facts::Lock,
    /// Who lifted it and when; absent while it stands.
    pub lifted: Option<Lifted>,
}

/// That a lock was lifted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lifted {
    /// The entry that says so.
    pub sequence: Sequence,
    /// When it was recorded.
    pub time: Timestamp,
    /// Who lifted it.
    pub by: Principal,
}

/// A failure that halted a pipeline, while it stands or after it was resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HaltRow {
    /// The pipeline.
    pub pipeline: Pipeline,
    /// The failure.
    pub halt: facts::Halt,
    /// How it was resolved; absent while it stands.
    pub resolved: Option<Resolved>,
}

/// That a failure was resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The entry that says so.
    pub sequence: Sequence,
    /// When it was recorded.
    pub time: Timestamp,
    /// Who says so.
    pub by: Principal,
    /// How.
    pub reason: Reason,
}

/// Rules, from where they came into force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdoptedRow {
    /// The rules.
    pub rules: Rules,
    /// The entry that holds them.
    pub sequence: Sequence,
    /// When it was recorded.
    pub time: Timestamp,
    /// Who adopted them.
    pub by: Principal,
}

/// A release that was made known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseRow {
    /// The pipeline.
    pub pipeline: Pipeline,
    /// The component.
    pub component: Component,
    /// Its name.
    pub version: Version,
    /// What it is.
    pub digest: Digest,
    /// The entry that made it known.
    pub registered: Sequence,
    /// The commit that it was built from.
    pub source_sha: Option<SourceSha>,
}

/// An entry, or a line of imported history, as a line of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRow {
    /// Its place.
    pub sequence: Sequence,
    /// The number of the line in the entry, from 1, and the time that it asserts; absent for the entry itself.
    pub asserted: Option<(u32, Timestamp)>,
    /// When it was recorded.
    pub time: Timestamp,
    /// Its type, which may be of a later format than this program knows.
    pub event_type: String,
    /// On whose behalf.
    pub actor: Principal,
    /// The pipeline that it is about.
    pub pipeline: Option<Pipeline>,
    /// The component.
    pub component: Option<Component>,
    /// The environment.
    pub environment: Option<Environment>,
    /// The release's name.
    pub version: Option<Version>,
    /// The release's digest.
    pub digest: Option<Digest>,
    /// The run that it belongs to.
    pub promotion_id: Option<PromotionId>,
    /// How it went, where the event says: `passed`, `warning`, `skipped`, `failed`, `refused`, `completed` or `aborted`.
    pub outcome: Option<String>,
    /// What happened, in a sentence.
    pub summary: String,
}

/// A body that entries name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyRow {
    /// What it is filed under.
    pub digest: BodyDigest,
    /// The entries that name it as evidence, in order.
    pub cited: Vec<Sequence>,
    /// The newest entry that says that it was removed.
    pub removed: Option<Sequence>,
}

impl TenureRow {
    /// The place.
    pub fn spot(&self) -> Spot {
        Spot { pipeline: self.pipeline.clone(), component: self.component.clone(), environment: self.environment.clone() }
    }

    /// The tenure as it stood then: not yet begun, or not yet ended.
    pub fn as_of(self, horizon: Horizon) -> Option<Self> {
        if !horizon.holds(self.from_sequence) {
            return None;
        }
        let ended = self.to_sequence.is_some_and(|to| horizon.holds(to));
        Some(if ended { self } else { Self { to_sequence: None, until: None, left_by_rollback: false, ..self } })
    }
}

impl RunRow {
    /// The place.
    pub fn spot(&self) -> Spot {
        let Promotion { pipeline, component, to, .. } = &self.promotion;
        Spot { pipeline: pipeline.clone(), component: component.clone(), environment: to.clone() }
    }
}

/// Guards that were passed on somebody's word, and that nobody else has looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverrideRow {
    /// Where the release went.
    pub spot: Spot,
    /// Where it was recorded.
    pub sequence: Sequence,
    /// The promotion that passed them.
    pub promotion_id: PromotionId,
    /// What went there.
    pub version: Version,
    /// The guards, in the order of checks.
    pub guards: Vec<Overridable>,
    /// Why.
    pub justification: Reason,
    /// Whose word.
    pub by: Principal,
    /// When.
    pub since: Timestamp,
}

/// Approvals that are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestRow {
    /// Where the release would go.
    pub spot: Spot,
    /// Where it was recorded.
    pub sequence: Sequence,
    /// What would go there.
    pub version: Version,
    /// Its digest.
    pub digest: Digest,
    /// Who asked.
    pub by: Principal,
    /// When.
    pub since: Timestamp,
    /// When the request is over.
    pub expires: Timestamp,
    /// How many were given.
    pub granted: u64,
}

impl Kind {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Promotion => "promotion",
            Self::Rollback => "rollback",
        }
    }

    /// The kind of that word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Promotion, Self::Rollback].into_iter().find(|kind| kind.as_str() == text)
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}
