//! Facts: the small pieces that the state is made of, each under the key of what it is about.
//!
//! Every judgement names the facts that it needs (`needs`), so that an index can bring just those.

mod run;

use std::fmt;

use serde::{Deserialize, Serialize};

use super::digest::{Digest, LineId};
use super::event::artifact::GateStatus;
use super::event::overriding::Overridable;
use super::event::promotion::Promotion;
use super::id::{PromotionId, Sequence, SigningKey};
use super::names::{Component, Environment, GateName, Pipeline, Principal, Reason, SourceSha, Version};
use super::time::Timestamp;
pub use run::{GateDemanded, Pending, Run, SignatureDemanded, TagState};

/// What a fact is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FactKey {
    /// A release.
    Release(Pipeline, Component, Version),
    /// A component in an environment.
    Place(Pipeline, Component, Environment),
    /// The locks of an environment.
    Locks(Pipeline, Environment),
    /// The failures of a pipeline that are not resolved.
    Halts(Pipeline),
    /// A version in an environment.
    Visit(Pipeline, Component, Environment, Version),
    /// The newest result of a gate for a digest and an environment.
    Gate(Pipeline, Component, Environment, GateName, Digest),
    /// A promotion or rollback, under way or ended.
    Run(PromotionId),
    /// What the policies answered to a promotion, until it ends.
    PolicyAnswer(PromotionId),
    /// Who stands behind a digest going into an environment.
    Approvals(Pipeline, Component, Environment, Digest),
    /// Who brought a digest into an environment.
    Movers(Pipeline, Component, Environment, Digest),
    /// The guards that a promotion passed on somebody's word.
    Override(PromotionId),
    /// The newest line of imported history about a version in an environment, by asserted time.
    Asserted(Pipeline, Component, Environment, Version),
    /// A line of imported history.
    Line(LineId),
}

/// A spelling that no two keys share: names hold no spaces.
impl fmt::Display for FactKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Release(pipeline, component, version) => write!(f, "release {pipeline} {component} {version}"),
            Self::Place(pipeline, component, environment) => write!(f, "place {pipeline} {component} {environment}"),
            Self::Locks(pipeline, environment) => write!(f, "locks {pipeline} {environment}"),
            Self::Halts(pipeline) => write!(f, "halts {pipeline}"),
            Self::Visit(pipeline, component, environment, version) => write!(f, "visit {pipeline} {component} {environment} {version}"),
            Self::Gate(pipeline, component, environment, gate, digest) => {
                write!(f, "gate {pipeline} {component} {environment} {gate} {digest}")
            }
            Self::Run(promotion) => write!(f, "run {promotion}"),
            Self::PolicyAnswer(promotion) => write!(f, "policy {promotion}"),
            Self::Approvals(pipeline, component, environment, digest) => {
                write!(f, "approvals {pipeline} {component} {environment} {digest}")
            }
            Self::Movers(pipeline, component, environment, digest) => write!(f, "movers {pipeline} {component} {environment} {digest}"),
            Self::Override(promotion) => write!(f, "override {promotion}"),
            Self::Asserted(pipeline, component, environment, version) => {
                write!(f, "asserted {pipeline} {component} {environment} {version}")
            }
            Self::Line(line) => write!(f, "line {line}"),
        }
    }
}

/// A fact of any kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// Under [`FactKey::Release`].
    Release(Release),
    /// Under [`FactKey::Place`].
    Place(Place),
    /// Under [`FactKey::Locks`].
    Locks(Vec<Lock>),
    /// Under [`FactKey::Halts`].
    Halts(Vec<Halt>),
    /// Under [`FactKey::Visit`].
    Visit(Visit),
    /// Under [`FactKey::Gate`].
    Gate(GateResult),
    /// Under [`FactKey::Run`], while it is under way.
    Run(Box<Run>),
    /// Under [`FactKey::Run`], once it ended: its id is never used again.
    Ended,
    /// Under [`FactKey::PolicyAnswer`].
    PolicyAnswer(PolicyAnswer),
    /// Under [`FactKey::Approvals`].
    Approvals(Approvals),
    /// Under [`FactKey::Movers`], in ascending order.
    Movers(Vec<Principal>),
    /// Under [`FactKey::Override`].
    Override(Override),
    /// Under [`FactKey::Asserted`].
    Asserted(AssertedVisit),
    /// Under [`FactKey::Line`], once it was imported: it is never imported again.
    Imported,
}

/// What a version stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// The artifact.
    pub digest: Digest,
    /// Where it was registered.
    pub registered: Sequence,
    /// The commit that it was built from.
    pub source_sha: Option<SourceSha>,
    /// Whether it changes what others rely on.
    pub breaking: bool,
}

/// Who is in an environment for a component, and what is under way there.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Place {
    /// When the first promotion or rollback was requested there. History asserted for the place ends there.
    pub first: Option<Timestamp>,
    /// The release that is there.
    pub holder: Option<Holder>,
    /// The promotion or rollback that is under way.
    pub run: Option<PromotionId>,
}

/// A release that is in an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Its digest.
    pub digest: Digest,
    /// The run that brought it.
    pub promotion_id: PromotionId,
    /// Where its arrival was recorded.
    pub since: Sequence,
    /// Its name.
    pub version: Version,
}

/// A lock that stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// The only component that is locked; absent, all are.
    pub component: Option<Component>,
    /// Who set it.
    pub owner: Principal,
    /// Why.
    pub reason: Reason,
    /// Where it was recorded: the lock's name.
    pub sequence: Sequence,
    /// When.
    pub since: Timestamp,
    /// When it is over by itself.
    pub expires: Option<Timestamp>,
}

/// A failure that is not resolved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Halt {
    /// Who said so.
    pub by: Principal,
    /// What failed, where one component did.
    pub component: Option<Component>,
    /// Where it failed.
    pub environment: Environment,
    /// What failed, in words.
    pub reason: Reason,
    /// Where it was recorded: its name.
    pub sequence: Sequence,
    /// When.
    pub since: Timestamp,
}

/// A version that was promoted into an environment at least once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// Its digest.
    pub digest: Digest,
    /// Where it was last promoted or rolled back into the environment.
    pub entered: Sequence,
    /// When.
    pub since: Timestamp,
    /// Where the environment was last rolled back from it, if it was not promoted again since.
    pub left_by_rollback: Option<Sequence>,
    /// How many rollbacks to it there were.
    pub rollbacks: u32,
}

/// What imported history says last of a version in an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssertedVisit {
    /// The digest that it names.
    pub digest: Option<Digest>,
    /// Whether the version was taken out of the environment.
    pub removed: bool,
    /// When that is said to have happened.
    pub time: Timestamp,
    /// The entry that recorded it.
    pub sequence: Sequence,
}

/// The newest result of a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateResult {
    /// Where it was recorded.
    pub sequence: Sequence,
    /// When.
    pub time: Timestamp,
    /// How it ended.
    pub status: GateStatus,
}

/// What the policies answered to a promotion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyAnswer {
    /// The component that they were asked about.
    pub component: Component,
    /// The digest.
    pub digest: Digest,
    /// Where it would land.
    pub environment: Environment,
    /// In which pipeline.
    pub pipeline: Pipeline,
    /// What they answered last.
    pub result: GateResult,
}

impl PolicyAnswer {
    /// Whether it was this that they were asked about.
    pub fn is_about(&self, promotion: &Promotion) -> bool {
        let Promotion { component, digest, pipeline, to, .. } = promotion;
        self.component == *component && self.digest == *digest && self.environment == *to && self.pipeline == *pipeline
    }
}

/// Who stands behind a digest going into an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approvals {
    /// Where it was asked for.
    pub request: Sequence,
    /// By whom, the key's own principal too, in ascending order.
    pub requested_by: Vec<Principal>,
    /// The manifest that was in force.
    pub manifest: Sequence,
    /// When the request is over.
    pub expires: Timestamp,
    /// Under which name.
    pub version: Version,
    /// Who gave it.
    pub granted: Vec<Granted>,
    /// Who rejected it.
    pub rejected: Option<Granted>,
}

/// Somebody's word for or against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Granted {
    /// Whose.
    pub by: Principal,
    /// Where it was recorded.
    pub entry: Sequence,
    /// Whom the key stands for that signed it.
    pub signed_by: Principal,
}

/// The guards that a promotion passed on somebody's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// Where that was recorded.
    pub sequence: Sequence,
    /// In whose name.
    pub actor: Principal,
    /// The key that signed it.
    pub key: SigningKey,
    /// Whose word, the key's own principal too, in ascending order.
    pub by: Vec<Principal>,
    /// The guards.
    pub guards: Vec<Overridable>,
    /// The promotion.
    pub promotion: Promotion,
    /// Where somebody else looked at it.
    pub reviewed: Option<Sequence>,
}

impl Granted {
    /// Whether it is the word of somebody who acts so, by a key that stands for somebody so: nobody's word counts twice.
    pub fn is_of(&self, actor: &Principal, principal: &Principal) -> bool {
        [actor, principal].into_iter().any(|person| self.by == *person || self.signed_by == *person)
    }
}

impl Lock {
    /// Whether it still stands at that time.
    pub fn stands(&self, at: Timestamp) -> bool {
        self.expires.is_none_or(|expires| at < expires)
    }
}
