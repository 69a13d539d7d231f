//! To go on with, or to end, a promotion that is under way.

use super::super::accepted::Accepted;
use super::super::command::Asker;
use super::super::core::KeyRecord;
use super::super::event::promotion::{Action, Promotion, PromotionAborted, PromotionTakenOver};
use super::super::event::{Event, EventType};
use super::super::facts::Run;
use super::super::guard::{self, Guard, Person};
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
    let now = at(state, asker);
    let who = Person::new(state, &run.promotion.pipeline, signer, &asker.actor, now);
    let stops = guard::taking_over(state, run, who, now);
    let mut reasons = stops.into_iter().map(|stop| Because { code: code_of(stop.guard), message: stop.message, hint: stop.hint });
    match reasons.next() {
        Some(first) => Err(stopped(run, first, reasons.collect())),
        None => Ok(Decision::append(vec![taken_over(run, false)])),
    }
}

/// Whoever may end a promotion may put back what it wrote, although they may not go on with it.
pub(super) fn take_over_to_abort(state: &State, asker: &Asker, signer: &KeyRecord, promotion: &PromotionId) -> Result<Decision, Refusal> {
    let run = under_way(state, promotion)?;
    allowed(state, asker, signer, run, TAKES_OVER)?;
    Ok(Decision::append(vec![taken_over(run, true)]))
}

/// Whoever is stopped from going on may not go on, whichever guard it was; but where everybody is stopped that has its own code.
const fn code_of(guard: Guard) -> ExitCode {
    match guard {
        Guard::Halt => guard.code(),
        _ => ExitCode::NotAuthorized,
    }
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

/// Where to go on is not theirs, that is recorded.
fn stopped(run: &Run, first: Because, others: Vec<Because>) -> Refusal {
    let Promotion { pipeline, component, to, .. } = &run.promotion;
    let not_theirs = std::iter::once(&first).chain(&others).find(|reason| reason.code == ExitCode::NotAuthorized);
    let record = not_theirs
        .map(|reason| refused_authorization(Action::TakeOver, pipeline, to, Some(component), reason, Some(run.promotion.clone())))
        .into_iter()
        .collect();
    Refusal::new(first, others, record)
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
        Some((rules, rule)) => {
            let who = Person::new(state, &run.promotion.pipeline, signer, &asker.actor, at(state, asker));
            environment_right(rules, rule, &who, granted).map(|_| ())
        }
        None => Ok(()),
    }
}
