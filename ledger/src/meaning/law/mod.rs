//! The law of format level 1: which event may stand where it stands.
//!
//! `append` asks it before writing; `verify` and every replay ask it for every entry, so that a patched client cannot
//! skip it. The rules are numbered in `FORMAT.md`, and each refusal names its rule.

mod environment;
mod keys;
mod promotion;

use super::core::KeyRecord;
use super::event::{Event, EventType, Recorded};
use super::grant::Permission;
use super::refusal::ExitCode;
use super::rules::Rules;
use super::state::State;

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
    /// A lock that is lifted stands, and is one's own unless others' may be lifted.
    LockOwner,
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
            Self::LockOwner => "lock owner",
        }
    }
}

/// Fails with the rule, unless the condition holds.
fn require(condition: bool, rule: Rule, detail: impl FnOnce() -> String) -> Result<(), Unlawful> {
    if condition { Ok(()) } else { Err(Unlawful::new(rule, detail())) }
}

/// Whether the event may stand where it stands. The state must hold what `needs` names for the event.
pub fn lawful(state: &State, entry: &Recorded) -> Result<(), Unlawful> {
    let begins = matches!(entry.event, Event::LedgerCreated(_));
    require(begins == (entry.sequence.get() == 0), Rule::Genesis, || "entry 0, and no other, must be ledger.created".to_owned())?;
    if let Event::LedgerCreated(created) = &entry.event {
        return keys::created(created, entry);
    }
    time(state, entry)?;
    let signer = signer(state, entry)?;
    granted(signer, entry)?;
    match &entry.event {
        Event::LedgerCreated(_) | Event::ClockCorrected(_) | Event::BodyRemoved(_) => Ok(()),
        Event::FormatRaised(event) => require(event.level > state.core().format, Rule::FormatLevel, || {
            format!("the level must rise above {}, found {}", state.core().format, event.level)
        }),
        Event::KeyProposed(event) => keys::proposed(state, event),
        Event::KeyEndorsed(event) => keys::endorsed(state, event, entry),
        Event::KeyAdded(event) => keys::added(state, &event.key, signer),
        Event::KeyRevoked(event) => keys::revoked(state, event, signer),
        Event::ManifestAdopted(_) => Ok(()),
        Event::ArtifactRegistered(event) => promotion::registered(state, event),
        Event::GateCompleted(event) => environment::gate(state, event),
        Event::AuthorizationDecided(event) => promotion::authorization(state, event, entry),
        Event::DowngradeDecided(event) => promotion::downgrade(state, event, entry),
        Event::PromotionRequested(event) => promotion::requested(state, event),
        Event::PromotionRefused(event) => promotion::refused(&event.reasons),
        Event::RollbackRefused(event) => promotion::refused(&event.reasons),
        Event::RollbackRequested(event) => promotion::rollback_requested(state, event, entry),
        Event::PromotionTakenOver(event) => promotion::taken_over(state, event),
        Event::StepStarted(event) => promotion::step_started(state, event, entry),
        Event::RegistryTagged(event) => promotion::tagged(state, event, entry),
        Event::PromotionCompleted(event) => promotion::completed(state, event, entry),
        Event::RollbackCompleted(event) => promotion::rollback_completed(state, event, entry),
        Event::PromotionFailed(event) => promotion::ended(state, &event.promotion, event.epoch, &event.tags_left, entry, Some(false)),
        Event::RollbackFailed(event) => promotion::ended(state, &event.promotion, event.epoch, &event.tags_left, entry, Some(true)),
        Event::PromotionAborted(event) => promotion::aborted(state, event),
        Event::EnvironmentLocked(event) => {
            environment::known(state, &event.pipeline, &event.environment, event.component.as_ref()).map(|_| ())
        }
        Event::EnvironmentUnlocked(event) => environment::unlocked(state, event, entry, signer),
    }
}

fn time(state: &State, entry: &Recorded) -> Result<(), Unlawful> {
    let Some(floor) = state.core().floor else { return Ok(()) };
    let corrected = matches!(entry.event, Event::ClockCorrected(_));
    require(corrected || entry.time >= floor, Rule::Time, || {
        format!("its time must not be before that of the entry before, {floor}, found {}", entry.time)
    })
}

fn signer<'a>(state: &'a State, entry: &Recorded) -> Result<&'a KeyRecord, Unlawful> {
    let record = state.core().key(&entry.key);
    let Some(record) = record.filter(|record| record.is_live()) else {
        let found = record.and_then(|record| record.revoked);
        let found = found.map_or("one that was never added".to_owned(), |at| format!("one that was revoked at entry {at}"));
        return Err(Unlawful::new(Rule::LiveKey, format!("the signing key {} must be live here, found {found}", entry.key.name)));
    };
    require(record.may_act_for(&entry.actor), Rule::Actor, || {
        format!("the actor must be {}, or one whom key {} may act for, found {}", record.principal, record.key.name, entry.actor)
    })?;
    Ok(record)
}

fn granted(signer: &KeyRecord, entry: &Recorded) -> Result<(), Unlawful> {
    let event = &entry.event;
    if event.event_type().is_refusal() || is_refused_authorization(event) {
        return Ok(());
    }
    if signer.recovery {
        let keys_only = matches!(event.event_type(), EventType::KeyAdded | EventType::KeyRevoked);
        return require(keys_only, Rule::Grant, || {
            format!("the recovery key may add and revoke keys, and not append {}", event.event_type())
        });
    }
    let permission = Permission::Append(event.event_type());
    require(signer.grant_for(permission, event.touches()).is_some(), Rule::Grant, || {
        format!("key {} of {} holds no grant for {} here", signer.key.name, signer.principal, event.event_type())
    })
}

/// Whoever is refused may say so, whatever else the key may not do.
fn is_refused_authorization(event: &Event) -> bool {
    matches!(event, Event::AuthorizationDecided(decided) if decided.outcome == super::event::promotion::Outcome::Refused)
}

/// The rules in force for a pipeline.
fn rules<'a>(state: &'a State, pipeline: &super::names::Pipeline) -> Result<&'a Rules, Unlawful> {
    state.core().rules(pipeline).ok_or_else(|| Unlawful::new(Rule::Known, format!("no manifest was adopted for pipeline {pipeline}")))
}

/// A code that a refusal or a failure may name: neither success nor a verifier's verdict.
fn is_refusal_code(code: ExitCode) -> bool {
    (1..ExitCode::Tampered.number()).contains(&code.number())
}
