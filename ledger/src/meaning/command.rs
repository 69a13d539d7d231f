//! Commands: what somebody asks for, with what was seen outside that the decision rests on.

use super::digest::Digest;
use super::event::artifact::GateCompleted;
use super::event::history::Asserted;
use super::event::identity::IdentityProven;
use super::event::ledger::{KeyAddition, KeyRevoked};
use super::event::overriding::Finding;
use super::event::promotion::Promotion;
use super::event::signature::SignatureFound;
use super::id::{PromotionId, Sequence, SigningKey};
use super::names::{Component, Environment, GateName, Pipeline, Principal, Reason, SourceSha, Version};
use super::needs::About;
use super::rules::{Rules, Source};
use super::time::Timestamp;

/// Who asks: the key that will sign, and on whose behalf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    /// The key.
    pub key: SigningKey,
    /// On whose behalf.
    pub actor: Principal,
    /// The time by the asker's clock, which the entries will bear unless the log is ahead of it.
    pub now: Timestamp,
    /// What a token said of them, if they showed one.
    pub proven: Option<Box<IdentityProven>>,
}

/// What somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// To make a release known.
    Register(Register),
    /// To promote a release.
    Promote(Promote),
    /// To roll an environment back.
    Rollback(Rollback),
    /// To go on where another holder stopped.
    TakeOver(PromotionId),
    /// To put back what another holder wrote, and then to end it.
    TakeOverToAbort(PromotionId),
    /// To end a promotion whose tags were put back as far as possible.
    Abort(PromotionId, Reason),
    /// To say yes or no to a promotion that is asked for.
    Approve(Approve),
    /// To say what came of looking at an override.
    Review(Review),
    /// To lock an environment.
    Lock(Lock),
    /// To lift locks.
    Unlock(Unlock),
    /// To halt a pipeline after a failure.
    Halt(Halt),
    /// To say that failures are resolved.
    Resolve(Resolve),
    /// To record a gate's result.
    RecordGate(GateCompleted),
    /// To assert what happened before the ledger recorded it.
    Import(Import),
    /// To put rules in force.
    AdoptManifest(Rules),
    /// To add a key.
    AddKey(KeyAddition),
    /// To revoke a key.
    RevokeKey(KeyRevoked),
    /// To stand behind a proposed change of keys.
    Endorse(Sequence),
    /// To lower the floor of time.
    CorrectClock(Reason),
}

/// To make a release known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Register {
    /// The pipeline.
    pub pipeline: Pipeline,
    /// The component.
    pub component: Component,
    /// The release's name.
    pub version: Version,
    /// What it stands for.
    pub digest: Digest,
    /// The commit that it was built from.
    pub source_sha: Option<SourceSha>,
    /// Changes in it that break what others rely on.
    pub breaking: Vec<Reason>,
}

/// To promote a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promote {
    /// The id that the run will carry.
    pub promotion_id: PromotionId,
    /// The pipeline.
    pub pipeline: Pipeline,
    /// The component.
    pub component: Component,
    /// The release.
    pub version: Version,
    /// Where it comes from.
    pub from: Source,
    /// Where it goes.
    pub to: Environment,
    /// Imported history may stand for what was recorded.
    pub accept_asserted: bool,
    /// Changes that break what others rely on are meant.
    pub allow_breaking: bool,
    /// A downgrade is meant.
    pub allow_downgrade: bool,
    /// Why guards are to be passed on the asker's word.
    pub break_glass: Option<Reason>,
    /// The tags are to be made again although the release is there.
    pub force: bool,
    /// Why.
    pub reason: Option<Reason>,
    /// What the registry said.
    pub seen: Seen,
}

impl Promote {
    /// What lands where, once it is known what the version stands for.
    pub fn promotion(&self, digest: &Digest) -> Promotion {
        Promotion {
            component: self.component.clone(),
            digest: digest.clone(),
            from: self.from.clone(),
            pipeline: self.pipeline.clone(),
            promotion_id: self.promotion_id,
            to: self.to.clone(),
            version: self.version.clone(),
        }
    }
}

/// What was seen just before the decision: what the registry said, and what gates did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seen {
    /// Results of gates that belong to this decision, and are recorded with it.
    pub gates: Vec<GateCompleted>,
    /// Gates that are yet to be run, should nothing else stand in the way: what they say is not known.
    pub pending: Vec<GateName>,
    /// Where the immutable tag of the environment it comes from points, when it comes from one.
    pub source_tag: Option<Digest>,
    /// Where the tag that is to be made points already.
    pub target_tag: Option<Digest>,
    /// What was found of the artifact's signature, where the rules ask for one.
    pub signature: Option<SignatureSeen>,
}

/// What somebody found who looked at an artifact's signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureSeen {
    /// What was found.
    pub found: SignatureFound,
    /// In words.
    pub message: Reason,
    /// SHA-256 of the policy that was asked.
    pub policy: Digest,
}

/// To say yes or no to a promotion that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approve {
    /// The pipeline.
    pub pipeline: Pipeline,
    /// The component.
    pub component: Component,
    /// What would land.
    pub digest: Digest,
    /// Where it would land.
    pub environment: Environment,
    /// The place of the entry that asked for it, as the approver saw it.
    pub request: Sequence,
    /// Yes, with what is to be said of it, or no and why.
    pub verdict: Verdict,
}

/// Yes or no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Yes, and what is to be said of it.
    Yes(Option<Reason>),
    /// No, and why.
    No(Reason),
}

/// To say what came of looking at an override.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// The promotion that passed guards.
    pub promotion_id: PromotionId,
    /// What was found.
    pub finding: Finding,
    /// What is to be said of it.
    pub note: Reason,
}

/// To roll an environment back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rollback {
    /// The id that the run will carry.
    pub promotion_id: PromotionId,
    /// The pipeline.
    pub pipeline: Pipeline,
    /// The component.
    pub component: Component,
    /// The release to go back to.
    pub version: Version,
    /// The environment.
    pub environment: Environment,
    /// Imported history may stand for what was recorded.
    pub accept_asserted: bool,
    /// Why.
    pub reason: Reason,
    /// Where the tag that is to be made points already.
    pub target_tag: Option<Digest>,
}

/// To assert what happened before the ledger recorded it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The pipeline.
    pub pipeline: Pipeline,
    /// SHA-256 of the file that the lines were read from.
    pub file: Digest,
    /// What is asserted.
    pub lines: Vec<NumberedLine>,
    /// Components and environments that the rules do not list are to be taken as they come.
    pub declare: bool,
    /// The time by the asker's clock: nothing later can be asserted.
    pub now: Timestamp,
}

/// A line of a file, as people count them: from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberedLine {
    /// Its number.
    pub number: u64,
    /// What it says.
    pub line: Asserted,
}

/// To lock an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// The pipeline.
    pub pipeline: Pipeline,
    /// The environment.
    pub environment: Environment,
    /// The only component to lock; absent, all are.
    pub component: Option<Component>,
    /// When the lock is over by itself.
    pub expires: Option<Timestamp>,
    /// Why.
    pub reason: Reason,
}

/// To lift locks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlock {
    /// The pipeline.
    pub pipeline: Pipeline,
    /// The environment.
    pub environment: Environment,
    /// Only locks that are narrowed to this component; absent, those of the whole environment and of any component.
    pub component: Option<Component>,
    /// Others' locks too.
    pub others: bool,
    /// Why.
    pub reason: Option<Reason>,
}

/// To halt a pipeline after a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Halt {
    /// The pipeline.
    pub pipeline: Pipeline,
    /// Where something failed.
    pub environment: Environment,
    /// What failed, where one component did.
    pub component: Option<Component>,
    /// What failed, in words.
    pub reason: Reason,
}

/// To say that failures are resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolve {
    /// The pipeline.
    pub pipeline: Pipeline,
    /// Where it failed.
    pub environment: Environment,
    /// Only failures of this component; absent, those of the whole environment and of any component.
    pub component: Option<Component>,
    /// How it was resolved.
    pub reason: Reason,
}

impl Command {
    /// Whether it is asked who somebody is, beyond what their key may append.
    pub const fn asks_who(&self) -> bool {
        matches!(
            self,
            Self::Promote(_)
                | Self::Rollback(_)
                | Self::TakeOver(_)
                | Self::TakeOverToAbort(_)
                | Self::Abort(..)
                | Self::Approve(_)
                | Self::Lock(_)
                | Self::Unlock(_)
                | Self::Resolve(_)
        )
    }

    /// What deciding it is about.
    pub fn about(&self) -> About {
        match self {
            Self::Register(register) => About {
                subject: Some((register.pipeline.clone(), register.component.clone())),
                versions: vec![register.version.clone()],
                ..About::default()
            },
            Self::Promote(promote) => About {
                subject: Some((promote.pipeline.clone(), promote.component.clone())),
                versions: vec![promote.version.clone()],
                environment: Some(promote.to.clone()),
                source: promote.from.environment().cloned(),
                run: Some(promote.promotion_id),
                ..About::default()
            },
            Self::Rollback(rollback) => About {
                subject: Some((rollback.pipeline.clone(), rollback.component.clone())),
                versions: vec![rollback.version.clone()],
                environment: Some(rollback.environment.clone()),
                run: Some(rollback.promotion_id),
                ..About::default()
            },
            Self::TakeOver(run) | Self::TakeOverToAbort(run) | Self::Abort(run, _) => About { run: Some(*run), ..About::default() },
            Self::Review(review) => About { run: Some(review.promotion_id), ..About::default() },
            Self::Approve(approve) => About {
                subject: Some((approve.pipeline.clone(), approve.component.clone())),
                environment: Some(approve.environment.clone()),
                digests: vec![approve.digest.clone()],
                ..About::default()
            },
            Self::Lock(lock) => About { locks: Some((lock.pipeline.clone(), lock.environment.clone())), ..About::default() },
            Self::Unlock(unlock) => About { locks: Some((unlock.pipeline.clone(), unlock.environment.clone())), ..About::default() },
            Self::Halt(halt) => About { halts: Some(halt.pipeline.clone()), ..About::default() },
            Self::Resolve(resolve) => About { halts: Some(resolve.pipeline.clone()), ..About::default() },
            Self::Import(import) => {
                let lines = import.lines.iter().map(|numbered| numbered.line.clone()).collect();
                About { lines: Some((import.pipeline.clone(), lines)), ..About::default() }
            }
            Self::RecordGate(_)
            | Self::AdoptManifest(_)
            | Self::AddKey(_)
            | Self::RevokeKey(_)
            | Self::Endorse(_)
            | Self::CorrectClock(_) => About::default(),
        }
    }
}
