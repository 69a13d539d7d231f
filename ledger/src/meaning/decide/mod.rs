//! Decisions: `(state, who asks, command) -> events, or a refusal`. Pure: the same question gets the same answer.
//!
//! The order of checks is the order of a refusal's reasons, and the first gives the exit code: names that are known,
//! halted, busy, locks, freezes and soak, authorization and duties, path and source, tag, version guards, approvals, signature, gates.

mod approve;
mod common;
mod environment;
mod gates;
mod halt;
mod identity;
pub mod import;
mod keys;
mod obstacles;
mod promote;
mod register;
mod rollback;
mod run;
mod seen;

pub use common::Decision;

use super::command::{Asker, Command};
use super::core::KeyRecord;
use super::refusal::Refusal;
use super::state::State;
use common::{at, signer};

/// Decides. The state must hold what `needs` names for the command.
pub fn decide(state: &State, asker: &Asker, command: &Command) -> Result<Decision, Refusal> {
    let signer = signer(state, asker)?;
    match identity::to_record(state, asker, signer, command)? {
        None => judge(state, asker, signer, command),
        Some(proven) => {
            let foreseen = state.foreseeing_identity(proven, &asker.key, &asker.actor, at(state, asker));
            identity::behind(proven, judge(&foreseen, asker, signer, command))
        }
    }
}

fn judge(state: &State, asker: &Asker, signer: &KeyRecord, command: &Command) -> Result<Decision, Refusal> {
    match command {
        Command::Register(register) => register::register(state, signer, register),
        Command::Promote(promote) => promote::promote(state, asker, signer, promote),
        Command::Rollback(rollback) => rollback::rollback(state, asker, signer, rollback),
        Command::TakeOver(promotion) => run::take_over(state, asker, signer, promotion),
        Command::TakeOverToAbort(promotion) => run::take_over_to_abort(state, asker, signer, promotion),
        Command::Abort(promotion, reason) => run::abort(state, asker, signer, promotion, reason),
        Command::Approve(approve) => approve::approve(state, asker, signer, approve),
        Command::Review(review) => approve::review(state, asker, signer, review),
        Command::Lock(lock) => environment::lock(state, asker, signer, lock),
        Command::Unlock(unlock) => environment::unlock(state, asker, signer, unlock),
        Command::Halt(halt) => halt::halt(state, signer, halt),
        Command::Resolve(resolve) => halt::resolve(state, asker, signer, resolve),
        Command::RecordGate(gate) => environment::record_gate(state, signer, gate),
        Command::Import(import) => import::import(state, signer, import),
        Command::AdoptManifest(rules) => keys::adopt(state, signer, rules),
        Command::AddKey(key) => keys::add(state, signer, key),
        Command::RevokeKey(key) => keys::revoke(state, signer, key),
        Command::Endorse(proposal) => keys::endorse(state, signer, *proposal),
        Command::CorrectClock(reason) => keys::correct_clock(signer, reason),
    }
}
