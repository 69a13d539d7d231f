//! Guards of a take-over: whoever goes on with a promotion is one who could have begun it.

use super::halt::halts;
use super::person::Person;
use super::stop::{Asked, Guard, Stop};
use super::who::duties;
use crate::meaning::facts::Run;
use crate::meaning::state::State;
use crate::meaning::time::Timestamp;

/// Why they may not go on with the run. Nothing stops whoever goes on with a rollback; whoever has a hand in a promotion already
/// is stopped by failures alone.
pub fn taking_over(state: &State, run: &Run, who: Person<'_>, at: Timestamp) -> Vec<Stop> {
    if run.leaves.is_some() {
        return Vec::new();
    }
    let mut stops = halts(state, &run.promotion.pipeline);
    let at_it = |person| run.hands.contains(person);
    if !(at_it(who.actor) && at_it(&who.key.principal)) {
        stops.extend(others(state, run, who, at));
    }
    stops
}

/// Why somebody may not go on with it who had no hand in it.
fn others(state: &State, run: &Run, who: Person<'_>, at: Timestamp) -> Vec<Stop> {
    let asked = Asked { promotion: &run.promotion, who, at, accept_asserted: false, allow_breaking: false };
    let rules = state.core().rules(&run.promotion.pipeline);
    // An environment that the rules dropped since separates no duties.
    let moved = rules.and_then(|rules| duties(state, rules.environment(&run.promotion.to)?, &asked));
    let id = &run.promotion.promotion_id;
    let hint = format!("have somebody else go on with it, or end it: promoledger abort {id} --reason …");
    moved.into_iter().chain(approved(run, &asked)).map(|stop| stop.hint(hint.clone())).collect()
}

/// Nobody carries out what they approved.
fn approved(run: &Run, asked: &Asked<'_>) -> Option<Stop> {
    let own = run.approved_by.iter().find(|by| asked.who.is(by))?;
    let promotion = &run.promotion;
    let message = format!(
        "{own} approved the promotion of {} {} to {}, and nobody carries out what they approved",
        promotion.component, promotion.version, promotion.to
    );
    Some(Stop::new(Guard::Approvals, message))
}
