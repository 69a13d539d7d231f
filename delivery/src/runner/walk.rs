//! The walk itself: one tag after another; then the completion.

use promotion_ledger::evidence::chain::Verified;
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::event::overriding::Overridable;
use promotion_ledger::meaning::event::promotion::{Promotion, PromotionCompleted, RollbackCompleted};
use promotion_ledger::meaning::facts::SignatureDemanded;
use promotion_ledger::meaning::guard;
use promotion_ledger::meaning::id::{Epoch, PromotionId};
use promotion_ledger::meaning::refusal::ExitCode;
use promotion_ledger::meaning::state::State;

use super::ending::{RunError, Runner};
use super::tag::{Stopped, Write, about, held, interrupted, look, lost, run, write_tag};
use super::unwind;

/// Walks a run that this process holds until it is complete.
pub(super) fn to_the_end(
    runner: &mut Runner<'_, '_>,
    id: PromotionId,
    mut entries: Vec<Verified>,
) -> Result<(Promotion, Vec<Verified>), RunError> {
    let epoch = run(runner, id)?.epoch;
    loop {
        let state = look(runner, id)?;
        let run = held(&state, id, epoch)?.clone();
        if !run.overridden.contains(&Overridable::Gates)
            && let Err(missing) = guard::gates(&state, &run.promotion, &run.gates, run.requested_at)
        {
            return Err(unwind::fail(runner, id, ExitCode::GateFailed, missing.to_string(), &mut entries));
        }
        let Some((tag, purpose)) = run.next_tag() else {
            entries.extend(complete(runner, id, epoch)?);
            return Ok((run.promotion, entries));
        };
        let manifest = runner.registry.manifest(&run.promotion.digest).map_err(|error| interrupted(error.into(), id))?;
        let write = Write { run: &run, tag: &tag, purpose, manifest: &manifest };
        match write_tag(runner, &write, &mut entries) {
            Ok(()) => {}
            Err(Stopped::Conflict(message)) => {
                return Err(unwind::fail(runner, id, ExitCode::TagConflict, message, &mut entries));
            }
            Err(Stopped::Registry(error)) if error.exit_code() == ExitCode::Immutability => {
                return Err(unwind::fail(runner, id, ExitCode::Immutability, error.to_string(), &mut entries));
            }
            Err(Stopped::Registry(error)) => return Err(interrupted(error.into(), id)),
            Err(Stopped::Session(error)) => return Err(lost(error, id)),
        }
    }
}

fn complete(runner: &mut Runner<'_, '_>, id: PromotionId, epoch: Epoch) -> Result<Vec<Verified>, RunError> {
    let about = about(runner, id)?;
    let appended = runner.session.append(|state| completion(state, id, epoch).into_iter().collect(), &about);
    let entries = appended.map_err(|error| lost(error, id))?;
    if entries.is_empty() {
        // Somebody took it over between the last look and this one, and ended it.
        held(&look(runner, id)?, id, epoch)?;
    }
    Ok(entries)
}

/// The completion as the state backs it; an unfounded one is for the law to refuse.
fn completion(state: &State, id: PromotionId, epoch: Epoch) -> Option<Event> {
    let run = state.run(&id)?;
    let authorized_via = run.authorized_via.clone()?;
    let promotion = run.promotion.clone();
    Some(match run.leaves.clone() {
        Some(leaves) => RollbackCompleted { authorization_passed: true, authorized_via, epoch, leaves, promotion }.into(),
        None => PromotionCompleted {
            authorization_passed: true,
            authorized_via,
            epoch,
            gates: guard::cited(state, &promotion, &run.gates, run.requested_at),
            promotion,
            signature_status: SignatureDemanded::status(run.signature.as_ref()),
        }
        .into(),
    })
}
