//! Guards of a take-over: whoever goes on with a promotion is one who could have begun it.

use super::stop::{Asked, Guard, Stop};
use super::who::duties;
use crate::meaning::core::KeyRecord;
use crate::meaning::facts::Run;
use crate::meaning::names::Principal;
use crate::meaning::state::State;
use crate::meaning::time::Timestamp;

/// Why they may not go on with the run. Nothing stops whoever has a hand in it already, or goes on with a rollback.
pub fn taking_over(state: &State, run: &Run, actor: &Principal, key: &KeyRecord, at: Timestamp) -> Vec<Stop> {
    let at_it = |person| run.hands.contains(person);
    if run.leaves.is_some() || at_it(actor) && at_it(&key.principal) {
        return Vec::new();
    }
    let asked = Asked { promotion: &run.promotion, actor, key, at, accept_asserted: false, allow_breaking: false };
    let rules = state.core().rules(&run.promotion.pipeline);
    // An environment that the rules dropped since separates no duties.
    let moved = rules.and_then(|rules| duties(state, rules.environment(&run.promotion.to)?, &asked));
    let id = &run.promotion.promotion_id;
    let hint = format!("have somebody else go on with it, or end it: promoledger abort {id} --reason …");
    moved.into_iter().chain(approved(run, &asked)).map(|stop| stop.hint(hint.clone())).collect()
}

/// Nobody carries out what they approved.
fn approved(run: &Run, asked: &Asked<'_>) -> Option<Stop> {
    let own = run.approved_by.iter().find(|by| *by == asked.actor || **by == asked.key.principal)?;
    let promotion = &run.promotion;
    let message = format!(
        "{own} approved the promotion of {} {} to {}, and nobody carries out what they approved",
        promotion.component, promotion.version, promotion.to
    );
    Some(Stop::new(Guard::Approvals, message))
}
