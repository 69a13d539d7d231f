//! Events of promotions and rollbacks: what was asked, what was decided, what was done, how it ended.

use serde::{Deserialize, Serialize};

use super::artifact::GateStatus;
use crate::meaning::accepted::Accepted;
use crate::meaning::digest::Digest;
use crate::meaning::exit_code::ExitCode;
use crate::meaning::grant::{Reach, Touches};
use crate::meaning::id::{Epoch, PromotionId, Sequence};
use crate::meaning::names::{Component, Environment, GateName, Pipeline, Principal, Reason, Repository, TagName, Version};
use crate::meaning::rules::Source;
use crate::meaning::versions::{Comparison, Scheme};

/// What every event of a promotion carries: which release goes where. A rollback is a promotion from an environment into itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promotion {
    /// The component.
    pub component: Component,
    /// What lands.
    pub digest: Digest,
    /// Where it comes from.
    pub from: Source,
    /// The pipeline.
    pub pipeline: Pipeline,
    /// Which run this is.
    pub promotion_id: PromotionId,
    /// Where it lands.
    pub to: Environment,
    /// The name of what lands.
    pub version: Version,
}

impl Promotion {
    /// What its events touch, as grants see it.
    pub const fn touches(&self) -> Touches<'_> {
        Touches {
            pipeline: Reach::One(&self.pipeline),
            component: Reach::One(&self.component),
            environment: Reach::One(&self.to),
            gate: Reach::Nothing,
        }
    }
}

/// What a rollback leaves behind, and its number among the rollbacks to that version in that environment, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leaves {
    /// The digest that was there.
    pub digest: Digest,
    /// Which rollback to this version this is.
    pub number: u32,
    /// The version that was there.
    pub version: Version,
}

/// What somebody asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// To promote.
    Promote,
    /// To roll back.
    Rollback,
    /// To lock.
    Lock,
    /// To lift a lock.
    Unlock,
    /// To halt a pipeline after a failure.
    Halt,
    /// To say that a failure is resolved.
    Resolve,
    /// To go on with what another holder left.
    TakeOver,
    /// To end what is under way.
    Abort,
    /// To say yes to a promotion that is asked for.
    Approve,
    /// To say no to it.
    Reject,
}

/// How a decision went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It may go ahead.
    Passed,
    /// It may not.
    Refused,
}

/// Whether a principal may do what it asks, and by what right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorizationDecided {
    /// What was asked for.
    pub action: Action,
    /// By what right, or what was missing.
    pub authorized_via: Reason,
    /// The component, where one was named.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub component: Option<Component>,
    /// The environment.
    pub environment: Environment,
    /// How it went.
    pub outcome: Outcome,
    /// The pipeline.
    pub pipeline: Pipeline,
    /// The promotion that it is about.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub promotion: Option<Promotion>,
}

/// Whether the version that would land may replace the one that is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DowngradeDecided {
    /// Whether the caller said that a downgrade is meant.
    pub allow_downgrade: bool,
    /// How the two compare.
    pub comparison: Comparison,
    /// The version that is there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub current: Option<Version>,
    /// How it went.
    pub outcome: Outcome,
    /// What would land where.
    pub promotion: Promotion,
    /// By which scheme they were compared; absent, as semantic versions.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub scheme: Option<Scheme>,
}

/// A promotion is asked for and may go ahead. Its first entry, durable before anything is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromotionRequested {
    /// That imported history may stand for what was recorded.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub accept_asserted: Option<Accepted>,
    /// That changes which break what others rely on are meant.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub allow_breaking: Option<Accepted>,
    /// Whether the caller said that a downgrade is meant.
    pub allow_downgrade: bool,
    /// Whether the tags are to be made again although the release is there.
    pub forced: bool,
    /// The place of the manifest that was in force.
    pub manifest: Sequence,
    /// What lands where.
    pub promotion: Promotion,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<Reason>,
}

/// One reason why something was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefusedBecause {
    /// The exit code that it stands for.
    pub code: ExitCode,
    /// In words.
    pub message: Reason,
}

/// A promotion was asked for and may not go ahead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromotionRefused {
    /// What would have landed where.
    pub promotion: Promotion,
    /// Every reason, in the order of checks; the first gave the exit code.
    pub reasons: Vec<RefusedBecause>,
}

/// What a tag is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TagPurpose {
    /// `<version>-<environment>`, made once and never moved.
    Immutable,
    /// `latest-<environment>`, moved with every promotion and rollback.
    Latest,
    /// `<version>-<environment>-rollback-<N>`, made once and never moved.
    Rollback,
}

/// A tag is about to be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepStarted {
    /// What the tag is to point at.
    pub digest: Digest,
    /// Who is writing.
    pub epoch: Epoch,
    /// What the tag points at now, where it is there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub previous: Option<Digest>,
    /// The promotion.
    pub promotion: Promotion,
    /// What the tag is for.
    pub purpose: TagPurpose,
    /// The tag.
    pub tag: TagName,
}

/// A tag was written and read back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistryTagged {
    /// What the tag points at.
    pub digest: Digest,
    /// Who wrote.
    pub epoch: Epoch,
    /// The promotion.
    pub promotion: Promotion,
    /// What the tag is for.
    pub purpose: TagPurpose,
    /// Where.
    pub repository: Repository,
    /// The tag.
    pub tag: TagName,
}

/// A gate's result that a completion rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GateCited {
    /// The place of the entry that recorded it.
    pub entry: Sequence,
    /// The gate.
    pub gate: GateName,
    /// How it ended.
    pub status: GateStatus,
}

/// Whether the artifact's signature was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignatureStatus {
    /// The rules in force ask for no artifact signature, and none was looked for.
    NotRequired,
    /// A signature keeps every condition.
    Verified,
    /// None does, or it could not be found out, and the rules in force only warn.
    Warned,
}

impl std::fmt::Display for SignatureStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::NotRequired => "not_required",
            Self::Verified => "verified",
            Self::Warned => "warned",
        })
    }
}

/// The release is in the environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromotionCompleted {
    /// Whether the principal was found to be allowed.
    pub authorization_passed: bool,
    /// By what right.
    pub authorized_via: Reason,
    /// Who completed it.
    pub epoch: Epoch,
    /// The gates that the rules demanded, and the results that satisfied them.
    pub gates: Vec<GateCited>,
    /// What landed where.
    pub promotion: Promotion,
    /// Whether the artifact's signature was looked at.
    pub signature_status: SignatureStatus,
}

/// A tag that this run wrote, or may have written, and that does not point where it pointed before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TagLeft {
    /// What it was to point at.
    pub digest: Digest,
    /// The tag.
    pub tag: TagName,
}

/// The promotion ended without the release in the environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromotionFailed {
    /// The exit code that it stands for.
    pub code: ExitCode,
    /// Who found it failed.
    pub epoch: Epoch,
    /// In words.
    pub message: Reason,
    /// What landed nowhere.
    pub promotion: Promotion,
    /// Tags that are not back where they were.
    pub tags_left: Vec<TagLeft>,
}

/// Somebody ended the promotion, or a rollback took its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromotionAborted {
    /// Who ended it.
    pub epoch: Epoch,
    /// What landed nowhere.
    pub promotion: Promotion,
    /// Why.
    pub reason: Reason,
    /// Tags that are not back where they were.
    pub tags_left: Vec<TagLeft>,
}

/// Somebody goes on where another holder stopped. Events of earlier epochs are unlawful from here on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromotionTakenOver {
    /// The new epoch, one above the one before.
    pub epoch: Epoch,
    /// The holder before.
    pub from_holder: Principal,
    /// The promotion.
    pub promotion: Promotion,
    /// That it is taken over to be ended, and goes no further.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub to_abort: Option<Accepted>,
}

/// A rollback is asked for and may go ahead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RollbackRequested {
    /// That imported history may stand for what was recorded.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub accept_asserted: Option<Accepted>,
    /// What it leaves.
    pub leaves: Leaves,
    /// The place of the manifest that was in force.
    pub manifest: Sequence,
    /// What lands where.
    pub promotion: Promotion,
    /// Why.
    pub reason: Reason,
}

/// A rollback was asked for and may not go ahead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RollbackRefused {
    /// What would have landed where.
    pub promotion: Promotion,
    /// Every reason, in the order of checks; the first gave the exit code.
    pub reasons: Vec<RefusedBecause>,
}

/// The earlier release is in the environment again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RollbackCompleted {
    /// Whether the principal was found to be allowed.
    pub authorization_passed: bool,
    /// By what right.
    pub authorized_via: Reason,
    /// Who completed it.
    pub epoch: Epoch,
    /// What it left.
    pub leaves: Leaves,
    /// What landed where.
    pub promotion: Promotion,
}

/// The rollback ended without the earlier release in the environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RollbackFailed {
    /// The exit code that it stands for.
    pub code: ExitCode,
    /// Who found it failed.
    pub epoch: Epoch,
    /// In words.
    pub message: Reason,
    /// What landed nowhere.
    pub promotion: Promotion,
    /// Tags that are not back where they were.
    pub tags_left: Vec<TagLeft>,
}
