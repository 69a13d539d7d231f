//! To go on with, or to end, a promotion that is under way.

use super::super::command::Asker;
use super::super::core::KeyRecord;
use super::super::event::promotion::{PromotionAborted, PromotionTakenOver};
use super::super::event::{Event, EventType};
use super::super::facts::Run;
use super::super::id::PromotionId;
use super::super::names::Reason;
use super::super::refusal::{Because, ExitCode, Refusal};
use super::super::state::State;
use super::common::{Decision, environment_right, right};

pub(super) fn take_over(state: &State, asker: &Asker, signer: &KeyRecord, promotion: &PromotionId) -> Result<Decision, Refusal> {
    let run = under_way(state, promotion)?;
    let appends = [EventType::PromotionTakenOver, EventType::StepStarted, EventType::RegistryTagged];
    allowed(state, asker, signer, run, &appends)?;
    let taken = PromotionTakenOver { epoch: run.epoch.next(), from_holder: run.holder.clone(), promotion: run.promotion.clone() };
    Ok(Decision::append(vec![taken.into()]))
}

pub(super) fn abort(
    state: &State,
    asker: &Asker,
    signer: &KeyRecord,
    promotion: &PromotionId,
    reason: &Reason,
) -> Result<Decision, Refusal> {
    let run = under_way(state, promotion)?;
    allowed(state, asker, signer, run, &[EventType::PromotionAborted])?;
    Ok(Decision::append(vec![aborted(run, reason)]))
}

/// The event that ends it, naming what is not back where it was.
pub(super) fn aborted(run: &Run, reason: &Reason) -> Event {
    PromotionAborted { epoch: run.epoch, promotion: run.promotion.clone(), reason: reason.clone(), tags_left: run.tags_left() }.into()
}

fn under_way<'a>(state: &'a State, promotion: &PromotionId) -> Result<&'a Run, Refusal> {
    state.run(promotion).ok_or_else(|| {
        Because::new(ExitCode::NotFound, format!("promotion {promotion} is not under way"))
            .hint("`promoledger status` lists what is under way; `promoledger show` tells how a promotion ended")
            .into()
    })
}

fn allowed(state: &State, asker: &Asker, signer: &KeyRecord, run: &Run, appends: &[EventType]) -> Result<(), Because> {
    let granted = right(signer, appends, run.promotion.touches())?;
    let rules = state.core().rules(&run.promotion.pipeline);
    match rules.and_then(|rules| Some((rules, rules.environment(&run.promotion.to)?))) {
        Some((rules, rule)) => environment_right(rules, rule, signer, &asker.actor, granted).map(|_| ()),
        None => Ok(()),
    }
}
