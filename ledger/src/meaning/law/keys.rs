//! The law of keys: who may add and revoke them, and how many it takes.

use std::collections::BTreeSet;

use super::super::core::KeyRecord;
use super::super::event::Recorded;
use super::super::event::ledger::{KeyAddition, KeyChange, KeyEndorsed, KeyProposed, KeyRevoked, LedgerCreated};
use super::super::grant::Grant;
use super::super::names::Principal;
use super::super::state::State;
use super::rule::{LEVEL, Rule, Unlawful, require};

pub(super) fn created(event: &LedgerCreated, entry: &Recorded) -> Result<(), Unlawful> {
    require(event.format == LEVEL, Rule::FormatLevel, || format!("a ledger must begin with format level {LEVEL}, found {}", event.format))?;
    let all = || event.keys.iter().chain(&event.recovery);
    let distinct: BTreeSet<_> = all().map(|key| key.public).collect();
    require(distinct.len() == all().count(), Rule::KeyReuse, || "the first keys must be different keys".to_owned())?;
    let admins: BTreeSet<&Principal> =
        event.keys.iter().filter(|key| key.grants.iter().any(Grant::is_admin)).map(|key| &key.principal).collect();
    let needed = usize::try_from(event.admin_threshold).unwrap_or(usize::MAX);
    require((1..=admins.len()).contains(&needed), Rule::AdminThreshold, || {
        format!("the admin threshold must be from 1 to the number of admins, {}, found {}", admins.len(), event.admin_threshold)
    })?;
    let signer = event.keys.iter().find(|key| key.name == entry.key.name && key.public == entry.key.public);
    let Some(signer) = signer else {
        return Err(Unlawful::new(Rule::LiveKey, format!("entry 0 must be signed by one of the first keys, found {}", entry.key.name)));
    };
    require(signer.grants.iter().any(Grant::is_admin), Rule::Grant, || "entry 0 must be signed by an admin's key".to_owned())?;
    require(signer.principal == entry.actor, Rule::Actor, || format!("the actor must be {}, found {}", signer.principal, entry.actor))
}

pub(super) fn added(state: &State, key: &KeyAddition, signer: &KeyRecord) -> Result<(), Unlawful> {
    alone(state, signer)?;
    addition(state, key)
}

pub(super) fn revoked(state: &State, event: &KeyRevoked, signer: &KeyRecord) -> Result<(), Unlawful> {
    alone(state, signer)?;
    revocation(state, event)
}

pub(super) fn proposed(state: &State, event: &KeyProposed, signer: &KeyRecord) -> Result<(), Unlawful> {
    admin(signer)?;
    change(state, &event.change)
}

pub(super) fn endorsed(state: &State, event: &KeyEndorsed, signer: &KeyRecord) -> Result<(), Unlawful> {
    admin(signer)?;
    let Some(proposal) = state.core().proposal(event.proposal) else {
        return Err(Unlawful::new(Rule::Endorsement, format!("entry {} must be a proposal that still waits", event.proposal)));
    };
    require(!proposal.endorsed_by.contains(&signer.principal), Rule::Endorsement, || {
        format!("{} already stands behind the proposal of entry {}", signer.principal, event.proposal)
    })?;
    let takes_effect = state.core().would_take_effect(event.proposal, &signer.principal);
    if takes_effect { change(state, &proposal.change) } else { Ok(()) }
}

/// Admins are counted by the principals of their keys, never by whom a key may act for.
fn admin(signer: &KeyRecord) -> Result<(), Unlawful> {
    require(signer.is_admin(), Rule::Endorsement, || format!("only admins propose and endorse changes of keys, found {}", signer.principal))
}

/// Whether the signer may change keys without others.
fn alone(state: &State, signer: &KeyRecord) -> Result<(), Unlawful> {
    let needed = state.core().admin_threshold;
    require(signer.recovery || needed == 1, Rule::AdminThreshold, || {
        format!("a change of keys takes {needed} admins: it must be proposed and endorsed, found it made by {} alone", signer.principal)
    })
}

fn change(state: &State, change: &KeyChange) -> Result<(), Unlawful> {
    match change {
        KeyChange::Add(key) => addition(state, key),
        KeyChange::Revoke(revoked) => revocation(state, revoked),
    }
}

fn addition(state: &State, key: &KeyAddition) -> Result<(), Unlawful> {
    let known = state.core().keys.iter().find(|record| record.key.public == key.public);
    require(known.is_none(), Rule::KeyReuse, || {
        let at = known.map_or(0, |record| record.added.get());
        format!("public key {} was added at entry {at}: a key is added once, ever", key.public)
    })
}

fn revocation(state: &State, event: &KeyRevoked) -> Result<(), Unlawful> {
    let core = state.core();
    let matches = |record: &&KeyRecord| record.key.name == event.name && record.key.public == event.public;
    let Some(record) = core.keys.iter().find(matches).filter(|record| record.is_live()) else {
        return Err(Unlawful::new(Rule::Revocation, format!("key {} must be live to be revoked", event.name)));
    };
    let remaining: BTreeSet<&Principal> =
        core.keys.iter().filter(|other| other.is_admin() && other.key != record.key).map(|other| &other.principal).collect();
    require(!record.is_admin() || remaining.len() >= core.needed(), Rule::Revocation, || {
        format!("revoking key {} would leave {} admins where {} are needed", event.name, remaining.len(), core.needed())
    })
}
