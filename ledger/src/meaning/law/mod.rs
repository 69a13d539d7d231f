//! The law of format level 1: which event may stand where it stands.
//!
//! `append` asks it before writing; `verify` and every replay ask it for every entry, so that a patched client cannot
//! skip it. The rules are named in `FORMAT.md`, and each refusal names its rule.

mod environment;
mod gate;
mod guards;
mod halt;
mod history;
mod identity;
mod keys;
mod promotion;
mod rule;

pub(super) use identity::proven;
pub use rule::{LEVEL, Rule, Unlawful};

use super::core::KeyRecord;
use super::event::{Event, EventType, Recorded};
use super::grant::Permission;
use super::state::State;
use rule::require;

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
        Event::KeyProposed(event) => keys::proposed(state, event, signer),
        Event::KeyEndorsed(event) => keys::endorsed(state, event, signer),
        Event::KeyAdded(event) => keys::added(state, &event.key, signer),
        Event::KeyRevoked(event) => keys::revoked(state, event, signer),
        Event::ManifestAdopted(_) => Ok(()),
        Event::ArtifactRegistered(event) => promotion::registered(state, event),
        Event::GateCompleted(event) => gate::completed(state, event),
        Event::AuthorizationDecided(event) => promotion::authorization(state, event, entry),
        Event::DowngradeDecided(event) => promotion::downgrade(state, event, entry),
        Event::PromotionRequested(event) => {
            promotion::requested(state, event)?;
            guards::requested(state, event, entry, signer)
        }
        Event::SignatureChecked(event) => guards::signature(state, event, entry),
        Event::ApprovalRequested(event) => guards::approval_requested(state, event, entry),
        Event::ApprovalGranted(event) => guards::granted(state, event, entry, signer),
        Event::ApprovalRejected(event) => guards::rejected(state, event, entry, signer),
        Event::GuardOverridden(event) => guards::overridden(state, event, entry, signer),
        Event::OverrideReviewed(event) => guards::reviewed(state, event, entry),
        Event::PromotionRefused(event) => promotion::refused(&event.reasons),
        Event::RollbackRefused(event) => promotion::refused(&event.reasons),
        Event::RollbackRequested(event) => {
            promotion::rollback_requested(state, event, entry)?;
            guards::not_overridden(state, &event.promotion)?;
            guards::authorized(state, &event.promotion.pipeline, &event.promotion.to, entry, signer)
        }
        Event::PromotionTakenOver(event) => {
            promotion::taken_over(state, event)?;
            guards::authorized(state, &event.promotion.pipeline, &event.promotion.to, entry, signer)?;
            guards::taken_over(state, event, entry, signer)
        }
        Event::StepStarted(event) => promotion::step_started(state, event, entry),
        Event::RegistryTagged(event) => promotion::tagged(state, event, entry),
        Event::PromotionCompleted(event) => promotion::completed(state, event, entry),
        Event::RollbackCompleted(event) => promotion::rollback_completed(state, event, entry),
        Event::PromotionFailed(event) => {
            promotion::failure_code(event.code)?;
            promotion::ended(state, &event.promotion, event.epoch, &event.tags_left, entry, Some(false))
        }
        Event::RollbackFailed(event) => {
            promotion::failure_code(event.code)?;
            promotion::ended(state, &event.promotion, event.epoch, &event.tags_left, entry, Some(true))
        }
        Event::PromotionAborted(event) => {
            promotion::aborted(state, event)?;
            guards::authorized(state, &event.promotion.pipeline, &event.promotion.to, entry, signer)
        }
        Event::HistoryImported(event) => history::imported(state, event, entry),
        Event::IdentityProven(event) => identity::proven(state, event, entry.time),
        Event::PipelineHalted(event) => halt::halted(state, event),
        Event::PipelineResumed(event) => {
            halt::resumed(state, event)?;
            guards::authorized(state, &event.pipeline, &event.environment, entry, signer)
        }
        Event::EnvironmentLocked(event) => {
            environment::locked(state, event, entry)?;
            guards::authorized(state, &event.pipeline, &event.environment, entry, signer)
        }
        Event::EnvironmentUnlocked(event) => {
            environment::unlocked(state, event, entry, signer)?;
            guards::authorized(state, &event.pipeline, &event.environment, entry, signer)
        }
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
