//! To change keys, rules and the floor of time.

use std::collections::BTreeSet;

use super::super::core::KeyRecord;
use super::super::event::EventType;
use super::super::event::ledger::{
    ClockCorrected, KeyAdded, KeyAddition, KeyChange, KeyEndorsed, KeyProposed, KeyRevoked, ManifestAdopted,
};
use super::super::grant::{Reach, Touches};
use super::super::id::Sequence;
use super::super::names::Reason;
use super::super::refusal::{Because, ExitCode, Refusal};
use super::super::rules::Rules;
use super::super::state::State;
use super::common::{Decision, right};

pub(super) fn adopt(state: &State, signer: &KeyRecord, rules: &Rules) -> Result<Decision, Refusal> {
    let touches = Touches { pipeline: Reach::One(rules.pipeline()), ..Touches::everything() };
    right(signer, &[EventType::ManifestAdopted], touches)?;
    if state.core().rules(rules.pipeline()) == Some(rules) {
        return Ok(Decision::nothing());
    }
    Ok(Decision::append(vec![ManifestAdopted { rules: rules.clone() }.into()]))
}

/// Whether a change can still be made: it may have been made, or overtaken, since it was proposed.
fn still_possible(state: &State, change: &KeyChange) -> Result<(), Refusal> {
    let core = state.core();
    let live = |record: &&KeyRecord| record.is_live();
    match change {
        KeyChange::Add(key) => match core.keys.iter().find(|record| record.key.public == key.public) {
            Some(record) => Err(overtaken(format!("key {} was added meanwhile, at entry {}", key.name, record.added))),
            None => Ok(()),
        },
        KeyChange::Revoke(key) => {
            let found = core.keys.iter().filter(live).find(|record| record.key.name == key.name && record.key.public == key.public);
            let Some(record) = found else { return Err(overtaken(format!("key {} is not live any more", key.name))) };
            enough_admins_remain(state, record)
        }
    }
}

fn overtaken(message: String) -> Refusal {
    Because::new(ExitCode::Usage, message).hint("the proposal came too late; make a new one if it is still wanted").into()
}

/// Whether enough admins would be left without that key.
fn enough_admins_remain(state: &State, record: &KeyRecord) -> Result<(), Refusal> {
    let core = state.core();
    let others = core.keys.iter().filter(|other| other.is_admin() && other.key != record.key);
    let remaining: BTreeSet<_> = others.map(|other| &other.principal).collect();
    if !record.is_admin() || remaining.len() >= core.needed() {
        return Ok(());
    }
    let message =
        format!("revoking key {} would leave {} admins: expected at least {}", record.key.name, remaining.len(), core.admin_threshold);
    Err(Because::new(ExitCode::NotAuthorized, message).hint("add another admin's key first").into())
}

/// One admin adds it where one is enough; else it is proposed.
pub(super) fn add(state: &State, signer: &KeyRecord, key: &KeyAddition) -> Result<Decision, Refusal> {
    let known = state.core().keys.iter().find(|record| record.key.public == key.public);
    if let Some(record) = known {
        let message = format!("the public key of {} was added at entry {} as {}", key.name, record.added, record.key.name);
        return Err(Because::new(ExitCode::Usage, message).hint("a key is added once, ever; make a fresh one").into());
    }
    change(state, signer, EventType::KeyAdded, KeyAdded { key: key.clone() }.into(), KeyChange::Add(key.clone()))
}

pub(super) fn revoke(state: &State, signer: &KeyRecord, key: &KeyRevoked) -> Result<Decision, Refusal> {
    let matches = |record: &&KeyRecord| record.key.name == key.name && record.key.public == key.public;
    let Some(record) = state.core().keys.iter().find(matches) else {
        return Err(Because::new(ExitCode::NotFound, format!("key {} is not in this ledger", key.name)).into());
    };
    if !record.is_live() {
        return Ok(Decision::nothing());
    }
    enough_admins_remain(state, record)?;
    change(state, signer, EventType::KeyRevoked, key.clone().into(), KeyChange::Revoke(key.clone()))
}

fn change(
    state: &State,
    signer: &KeyRecord,
    needed: EventType,
    at_once: super::super::event::Event,
    change: KeyChange,
) -> Result<Decision, Refusal> {
    if signer.recovery {
        return Ok(Decision::append(vec![at_once]));
    }
    if state.core().needed() <= 1 {
        right(signer, &[needed], Touches::everything())?;
        return Ok(Decision::append(vec![at_once]));
    }
    right(signer, &[EventType::KeyProposed, EventType::KeyAdded], Touches::everything())?;
    Ok(Decision::append(vec![KeyProposed { change }.into()]))
}

pub(super) fn endorse(state: &State, signer: &KeyRecord, proposal: Sequence) -> Result<Decision, Refusal> {
    right(signer, &[EventType::KeyEndorsed], Touches::everything())?;
    right(signer, &[EventType::KeyAdded], Touches::everything())?;
    let Some(waiting) = state.core().proposal(proposal) else {
        let message = format!("entry {proposal} is not a proposal that waits for endorsements");
        return Err(Because::new(ExitCode::NotFound, message).hint("`promoledger keys list` shows those that do").into());
    };
    if waiting.endorsed_by.contains(&signer.principal) {
        return Ok(Decision::nothing());
    }
    if state.core().would_take_effect(proposal, &signer.principal) {
        still_possible(state, &waiting.change)?;
    }
    Ok(Decision::append(vec![KeyEndorsed { proposal }.into()]))
}

pub(super) fn correct_clock(signer: &KeyRecord, reason: &Reason) -> Result<Decision, Refusal> {
    right(signer, &[EventType::ClockCorrected], Touches::everything())?;
    Ok(Decision::append(vec![ClockCorrected { reason: reason.clone() }.into()]))
}
