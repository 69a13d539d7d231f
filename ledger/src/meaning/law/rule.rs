//! The rules of the law by name, and how an event is said to break one.

use super::super::names::Pipeline;
use super::super::refusal::ExitCode;
use super::super::rules::Rules;
use super::super::state::State;

/// The level of the format that this program writes and understands.
pub const LEVEL: u32 = 1;

/// A rule of the law, by its name in `FORMAT.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// The type is one that the level of the format knows.
    Type,
    /// The data has the fields of its type, and no others.
    Shape,
    /// Whoever holds a key that is added proved it.
    Proof,
    /// No two entries have one id.
    UniqueId,
    /// Entry 0, and it alone, is `ledger.created`.
    Genesis,
    /// Times do not fall.
    Time,
    /// The key was added before and is not revoked.
    LiveKey,
    /// The actor is the key's principal, or one that it may act for.
    Actor,
    /// One grant of the key covers all that the event touches.
    Grant,
    /// The level of the format only rises.
    FormatLevel,
    /// Enough admins stand behind a change of keys.
    AdminThreshold,
    /// A public key is added once, ever.
    KeyReuse,
    /// What is revoked is there, and enough admins remain.
    Revocation,
    /// Proposals are open, and each principal endorses once.
    Endorsement,
    /// Pipeline, component and environment stand in the rules in force.
    Known,
    /// A version stands for one digest.
    ReleaseOnce,
    /// One promotion at a time for a component in an environment.
    Alone,
    /// While a failure of a pipeline is not resolved it takes no promotions; what is resolved stands.
    Halt,
    /// Locked environments take no promotions.
    Locks,
    /// A promotion is one step of the path, from where the release is.
    Path,
    /// What lands is what was registered, or what was there before.
    Release,
    /// The manifest named is the one in force.
    Manifest,
    /// A release that is there lands again only by force.
    Already,
    /// Events of a promotion belong to one that is under way, and agree with its request.
    UnderWay,
    /// The writer is the holder, in the epoch in force.
    Epoch,
    /// The downgrade guard's arithmetic is right, and passes.
    Downgrade,
    /// Nothing happens before the right to do it was decided.
    Authorized,
    /// Tags are those of the promotion, and were announced.
    Tags,
    /// Every gate that the rules demand has passed for this digest and environment.
    Gates,
    /// Tags that are not back where they were are named.
    TagsLeft,
    /// A rollback goes to a version that was there, and is numbered.
    RollbackTarget,
    /// A refusal names its reasons.
    Reasons,
    /// What is asserted lies before the entry that records it, and before what was recorded in its place.
    AssertedTime,
    /// A line of history is imported once.
    ImportedOnce,
    /// A lock that is lifted stands, and is one's own unless others' may be lifted.
    LockOwner,
    /// Nothing is promoted while an environment is frozen.
    Freeze,
    /// A release stays in an environment as long as the next one demands.
    Soak,
    /// Whoever changes an environment is one who may.
    Authorization,
    /// Whoever brought a digest into an environment does not bring it further, where duties are separated.
    Duties,
    /// An environment takes the versions that its rule names.
    Versions,
    /// Changes that break what others rely on are meant.
    Breaking,
    /// As many stand behind a promotion as the rules demand, none of them for themselves.
    Approvals,
    /// The policies in force were asked.
    Policy,
    /// A scanner's report stands behind the gate where the rules say what reports are judged by.
    Scan,
    /// The artifact's signature was checked where the rules demand it, and is good where they insist.
    Signature,
    /// A token is of an issuer that the rules believe, gives what that issuer may give, and is not over.
    Identity,
    /// An override names just what stood in the way.
    Override,
    /// An override is reviewed once, by somebody else.
    Review,
}

/// An event that may not stand where it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail} (law: {})", .rule.name())]
pub struct Unlawful {
    /// The rule that it breaks.
    pub rule: Rule,
    /// What was expected and what was found.
    pub detail: String,
}

impl Unlawful {
    /// An event that breaks the rule.
    pub fn new(rule: Rule, detail: impl Into<String>) -> Self {
        Self { rule, detail: detail.into() }
    }
}

impl Rule {
    /// Its name in `FORMAT.md`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Shape => "shape",
            Self::Proof => "proof",
            Self::UniqueId => "unique id",
            Self::Genesis => "genesis",
            Self::Time => "time",
            Self::LiveKey => "live key",
            Self::Actor => "actor",
            Self::Grant => "grant",
            Self::FormatLevel => "format level",
            Self::AdminThreshold => "admin threshold",
            Self::KeyReuse => "key reuse",
            Self::Revocation => "revocation",
            Self::Endorsement => "endorsement",
            Self::Known => "known",
            Self::ReleaseOnce => "release once",
            Self::Alone => "alone",
            Self::Halt => "halt",
            Self::Locks => "locks",
            Self::Path => "path",
            Self::Release => "release",
            Self::Manifest => "manifest",
            Self::Already => "already there",
            Self::UnderWay => "under way",
            Self::Epoch => "epoch",
            Self::Downgrade => "downgrade",
            Self::Authorized => "authorized",
            Self::Tags => "tags",
            Self::Gates => "gates",
            Self::TagsLeft => "tags left",
            Self::RollbackTarget => "rollback target",
            Self::Reasons => "reasons",
            Self::AssertedTime => "asserted time",
            Self::ImportedOnce => "imported once",
            Self::LockOwner => "lock owner",
            Self::Freeze => "freeze",
            Self::Soak => "soak",
            Self::Authorization => "authorization",
            Self::Duties => "duties",
            Self::Versions => "versions",
            Self::Breaking => "breaking",
            Self::Approvals => "approvals",
            Self::Policy => "policy",
            Self::Scan => "scan",
            Self::Signature => "signature",
            Self::Identity => "identity",
            Self::Override => "override",
            Self::Review => "review",
        }
    }
}

/// Fails with the rule, unless the condition holds.
pub(super) fn require(condition: bool, rule: Rule, detail: impl FnOnce() -> String) -> Result<(), Unlawful> {
    if condition { Ok(()) } else { Err(Unlawful::new(rule, detail())) }
}

/// The rules in force for a pipeline.
pub(super) fn rules<'a>(state: &'a State, pipeline: &Pipeline) -> Result<&'a Rules, Unlawful> {
    state.core().rules(pipeline).ok_or_else(|| Unlawful::new(Rule::Known, format!("no manifest was adopted for pipeline {pipeline}")))
}

/// A code that a refusal or a failure may name: neither success nor a verifier's verdict.
pub(super) fn is_refusal_code(code: ExitCode) -> bool {
    (1..ExitCode::Tampered.number()).contains(&code.number())
}
