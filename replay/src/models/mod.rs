//! The read models: what each verified entry changes in them. A pure fold, of the entry and nothing else; where the
//! changes are kept is the index's business.

pub mod asserted;
pub mod filters;
mod history;
pub mod horizon;
pub mod past;
pub mod places;
pub mod rows;
mod summary;

use promotion_ledger::evidence::chain::Verified;
use promotion_ledger::meaning::digest::BodyDigest;
use promotion_ledger::meaning::event::approval::ApprovalRequested;
use promotion_ledger::meaning::event::artifact::ArtifactRegistered;
use promotion_ledger::meaning::event::environment::EnvironmentLocked;
use promotion_ledger::meaning::event::halt::{PipelineHalted, PipelineResumed};
use promotion_ledger::meaning::event::history::Asserted;
use promotion_ledger::meaning::event::overriding::{GuardOverridden, OverrideReviewed};
use promotion_ledger::meaning::event::promotion::Promotion;
use promotion_ledger::meaning::event::{Event, Recorded};
use promotion_ledger::meaning::id::{PromotionId, Sequence};
use promotion_ledger::meaning::names::{Pipeline, Principal, Version};
use promotion_ledger::meaning::rules::Rules;
use promotion_ledger::meaning::time::Timestamp;

pub use history::{Line, passed_over};
use rows::Kind;
pub(crate) use summary::told;

/// A place in the log and its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The place.
    pub sequence: Sequence,
    /// The time.
    pub time: Timestamp,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The release is in the environment.
    Completed,
    /// It is not: something failed.
    Failed,
    /// It is not: somebody ended the run.
    Aborted,
}

/// One change of one read model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change<'a> {
    /// The history has a line more.
    Recorded(Line<'a>),
    /// Rules are in force.
    Adopted {
        /// Which ones.
        rules: &'a Rules,
        /// Where that was recorded.
        at: Sequence,
    },
    /// Somebody said what happened before it was recorded.
    Asserted {
        /// In which pipeline.
        pipeline: &'a Pipeline,
        /// What.
        line: &'a Asserted,
        /// The line's number in its entry, from 1.
        number: u32,
        /// Where that was recorded.
        at: Sequence,
    },
    /// A release is known.
    Registered {
        /// Which one.
        release: &'a ArtifactRegistered,
        /// Where that was recorded.
        at: Sequence,
    },
    /// A run began.
    RunBegan {
        /// What is to land where.
        promotion: &'a Promotion,
        /// What kind of run it is.
        kind: Kind,
        /// What a rollback leaves.
        leaves: Option<&'a Version>,
        /// When.
        at: Moment,
    },
    /// A run ended.
    RunEnded {
        /// Which one.
        promotion_id: PromotionId,
        /// How.
        ending: Ending,
        /// When.
        at: Moment,
    },
    /// Whatever was in the environment is there no more.
    TenureEnded {
        /// What takes its place.
        promotion: &'a Promotion,
        /// Whether that is a rollback.
        by_rollback: bool,
        /// When.
        at: Moment,
    },
    /// A release is in the environment.
    TenureBegan {
        /// What landed where.
        promotion: &'a Promotion,
        /// How it came.
        kind: Kind,
        /// Who completed the run.
        by: &'a Principal,
        /// When.
        at: Moment,
    },
    /// A lock stands.
    Locked {
        /// What it locks, and why.
        lock: &'a EnvironmentLocked,
        /// Who set it.
        owner: &'a Principal,
        /// When.
        at: Moment,
    },
    /// A lock stands no more.
    Unlocked {
        /// The entry that set it.
        lock: Sequence,
        /// Who lifted it.
        by: &'a Principal,
        /// When.
        at: Moment,
    },
    /// A failure halts a pipeline.
    Halted {
        /// What failed where.
        halted: &'a PipelineHalted,
        /// Who says so.
        by: &'a Principal,
        /// When.
        at: Moment,
    },
    /// A failure is resolved.
    Resolved {
        /// Which, and how.
        resumed: &'a PipelineResumed,
        /// Who says so.
        by: &'a Principal,
        /// When.
        at: Moment,
    },
    /// Guards were passed on somebody's word.
    Overridden {
        /// Which, and for which promotion.
        overridden: &'a GuardOverridden,
        /// Whose word.
        by: &'a Principal,
        /// When.
        at: Moment,
    },
    /// Somebody else looked at an override.
    Reviewed {
        /// What they found.
        reviewed: &'a OverrideReviewed,
        /// Who.
        by: &'a Principal,
        /// When.
        at: Moment,
    },
    /// Approvals are asked for.
    ApprovalAsked {
        /// Of what.
        request: &'a ApprovalRequested,
        /// By whom.
        by: &'a Principal,
        /// When.
        at: Moment,
    },
    /// One was given.
    ApprovalGiven {
        /// The entry that asked.
        request: Sequence,
    },
    /// A request was rejected.
    ApprovalClosed {
        /// The entry that asked.
        request: Sequence,
        /// Where that was recorded.
        at: Sequence,
    },
    /// What was granted is spent.
    ApprovalSpent {
        /// The promotion that it was granted for.
        promotion: &'a Promotion,
        /// Where that was recorded.
        at: Sequence,
    },
    /// An entry names a body as evidence.
    BodyCited {
        /// The body.
        digest: BodyDigest,
        /// The entry.
        at: Sequence,
    },
    /// A body was removed.
    BodyRemoved {
        /// The body.
        digest: BodyDigest,
        /// The entry that says so.
        at: Sequence,
    },
}

/// What the entry changes, in the order in which to take it in.
pub fn changes(entry: &Verified) -> Vec<Change<'_>> {
    let recorded = entry.recorded();
    let mut changes = vec![Change::Recorded(history::line(recorded, *entry.hash()))];
    changes.extend(recorded.event.evidence().map(|evidence| Change::BodyCited { digest: evidence.digest, at: recorded.sequence }));
    changes.extend(of_event(recorded));
    changes
}

fn of_event(entry: &Recorded) -> Vec<Change<'_>> {
    let at = Moment { sequence: entry.sequence, time: entry.time };
    let began = |promotion, kind, leaves| vec![Change::RunBegan { promotion, kind, leaves, at }];
    let ended = |promotion: &Promotion, ending| vec![Change::RunEnded { promotion_id: promotion.promotion_id, ending, at }];
    match &entry.event {
        Event::ManifestAdopted(event) => vec![Change::Adopted { rules: &event.rules, at: at.sequence }],
        Event::HistoryImported(event) => (1..)
            .zip(event.lines.as_slice())
            .map(|(number, line)| Change::Asserted { pipeline: &event.pipeline, line, number, at: at.sequence })
            .collect(),
        Event::ArtifactRegistered(release) => vec![Change::Registered { release, at: at.sequence }],
        Event::PromotionRequested(event) => began(&event.promotion, Kind::Promotion, None),
        Event::RollbackRequested(event) => began(&event.promotion, Kind::Rollback, Some(&event.leaves.version)),
        Event::PromotionCompleted(event) => {
            let mut changes = landed(&event.promotion, Kind::Promotion, entry, at);
            changes.push(Change::ApprovalSpent { promotion: &event.promotion, at: at.sequence });
            changes
        }
        Event::GuardOverridden(overridden) => vec![Change::Overridden { overridden, by: &entry.actor, at }],
        Event::OverrideReviewed(reviewed) => vec![Change::Reviewed { reviewed, by: &entry.actor, at }],
        Event::ApprovalRequested(request) => vec![Change::ApprovalAsked { request, by: &entry.actor, at }],
        Event::ApprovalGranted(event) => vec![Change::ApprovalGiven { request: event.request }],
        Event::ApprovalRejected(event) => vec![Change::ApprovalClosed { request: event.request, at: at.sequence }],
        Event::RollbackCompleted(event) => landed(&event.promotion, Kind::Rollback, entry, at),
        Event::PromotionFailed(event) => ended(&event.promotion, Ending::Failed),
        Event::RollbackFailed(event) => ended(&event.promotion, Ending::Failed),
        Event::PromotionAborted(event) => ended(&event.promotion, Ending::Aborted),
        Event::EnvironmentLocked(lock) => vec![Change::Locked { lock, owner: &entry.actor, at }],
        Event::EnvironmentUnlocked(event) => vec![Change::Unlocked { lock: event.lock, by: &entry.actor, at }],
        Event::PipelineHalted(halted) => vec![Change::Halted { halted, by: &entry.actor, at }],
        Event::PipelineResumed(resumed) => vec![Change::Resolved { resumed, by: &entry.actor, at }],
        Event::BodyRemoved(event) => vec![Change::BodyRemoved { digest: event.digest, at: at.sequence }],
        _ => Vec::new(),
    }
}

fn landed<'a>(promotion: &'a Promotion, kind: Kind, entry: &'a Recorded, at: Moment) -> Vec<Change<'a>> {
    vec![
        Change::RunEnded { promotion_id: promotion.promotion_id, ending: Ending::Completed, at },
        Change::TenureEnded { promotion, by_rollback: kind == Kind::Rollback, at },
        Change::TenureBegan { promotion, kind, by: &entry.actor, at },
    ]
}

impl Ending {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Aborted => "aborted",
        }
    }
}
