//! Decisions: `(state, who asks, command) -> events, or a refusal`. Pure: the same question gets the same answer.
//!
//! The order of checks is the order of a refusal's reasons, and the first gives the exit code: names that are known,
//! busy, locks, authorization, path and source, tag, version guards, gates.

mod common;
mod environment;
pub mod import;
mod keys;
mod promote;
mod rollback;
mod run;

pub use common::Decision;

use super::command::{Asker, Command};
use super::core::KeyRecord;
use super::refusal::{Because, ExitCode, Refusal};
use super::state::State;

/// Decides. The state must hold what `needs` names for the command.
pub fn decide(state: &State, asker: &Asker, command: &Command) -> Result<Decision, Refusal> {
    let signer = signer(state, asker)?;
    match command {
        Command::Register(register) => promote::register(state, signer, register),
        Command::Promote(promote) => promote::promote(state, signer, promote),
        Command::Rollback(rollback) => rollback::rollback(state, asker, signer, rollback),
        Command::TakeOver(promotion) => run::take_over(state, signer, promotion),
        Command::Abort(promotion, reason) => run::abort(state, signer, promotion, reason),
        Command::Lock(lock) => environment::lock(state, signer, lock),
        Command::Unlock(unlock) => environment::unlock(state, asker, signer, unlock),
        Command::RecordGate(gate) => environment::record_gate(state, signer, gate),
        Command::Import(import) => import::import(state, signer, import),
        Command::AdoptManifest(rules) => keys::adopt(state, signer, rules),
        Command::AddKey(key) => keys::add(state, signer, key),
        Command::RevokeKey(key) => keys::revoke(state, signer, key),
        Command::Endorse(proposal) => keys::endorse(state, signer, *proposal),
        Command::CorrectClock(reason) => keys::correct_clock(signer, reason),
    }
}

/// The live key that will sign, standing for the actor.
fn signer<'a>(state: &'a State, asker: &Asker) -> Result<&'a KeyRecord, Refusal> {
    let name = &asker.key.name;
    let Some(record) = state.core().key(&asker.key) else {
        let message = format!("key {name} is not in this ledger");
        return Err(Because::new(ExitCode::NotAuthorized, message)
            .hint("ask an admin to add it: `promoledger keys request` makes what they need")
            .into());
    };
    if let Some(at) = record.revoked {
        return Err(Because::new(ExitCode::NotAuthorized, format!("key {name} was revoked at entry {at}")).into());
    }
    if !record.may_act_for(&asker.actor) {
        let message = format!("key {name} stands for {} and may not act for {}", record.principal, asker.actor);
        return Err(Because::new(ExitCode::NotAuthorized, message).into());
    }
    Ok(record)
}
