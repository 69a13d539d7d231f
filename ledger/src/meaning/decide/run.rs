//! To go on with, or to end, a promotion that is under way.

use super::super::accepted::Accepted;
use super::super::command::Asker;
use super::super::core::KeyRecord;
use super::super::event::promotion::{Action, Promotion, PromotionAborted, PromotionTakenOver};
use super::super::event::{Event, EventType};
use super::super::facts::Run;
use super::super::guard;
use super::super::id::PromotionId;
use super::super::names::Reason;
use super::super::refusal::{Because, ExitCode, Refusal};
use super::super::state::State;
use super::common::{Decision, at, environment_right, refused_authorization, right};

/// What going on with it appends, or putting back what it wrote.
const TAKES_OVER: &[EventType] = &[EventType::PromotionTakenOver, EventType::StepStarted, EventType::RegistryTagged];

pub(super) fn take_over(state: &State, asker: &Asker, signer: &KeyRecord, promotion: &PromotionId) -> Result<Decision, Refusal> {
    let run = under_way(state, promotion)?;
    allowed(state, asker, signer, run, TAKES_OVER)?;
    let stops = guard::taking_over(state, run, &asker.actor, signer, at(state, asker));
    let mut reasons = stops.into_iter().map(|stop| Because { code: ExitCode::NotAuthorized, message: stop.message, hint: stop.hint });
    match reasons.next() {
        Some(first) => Err(not_theirs(run, first, reasons.collect())),
        None => Ok(Decision::append(vec![taken_over(run, false)])),
    }
}

/// Whoever may end a promotion may put back what it wrote, although they may not go on with it.
pub(super) fn take_over_to_abort(state: &State, asker: &Asker, signer: &KeyRecord, promotion: &PromotionId) -> Result<Decision, Refusal> {
    let run = under_way(state, promotion)?;
    allowed(state, asker, signer, run, TAKES_OVER)?;
    Ok(Decision::append(vec![taken_over(run, true)]))
}

fn taken_over(run: &Run, to_abort: bool) -> Event {
    PromotionTakenOver {
        epoch: run.epoch.next(),
        from_holder: run.holder.clone(),
        promotion: run.promotion.clone(),
        to_abort: Accepted::when(to_abort),
    }
    .into()
}

/// To go on is not theirs; that is recorded.
fn not_theirs(run: &Run, first: Because, others: Vec<Because>) -> Refusal {
    let Promotion { pipeline, component, to, .. } = &run.promotion;
    let record = refused_authorization(Action::TakeOver, pipeline, to, Some(component), &first, Some(run.promotion.clone()));
    Refusal::new(first, others, vec![record])
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
