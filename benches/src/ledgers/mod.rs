//! Plausible ledgers of any size, the same for the same seed: many pipelines with components and environments, releases on
//! their way through them, gates with and without evidence, failures, rollbacks, locks, refusals, keys that are rotated.
//!
//! Nothing is made up behind the law's back: what happens is asked for as commands, decided, and appended through the front
//! door with a complete state.
//!
//! * [`generate`]: the telling of it;
//! * `plan`: what is asked for, what comes of it, and why it may not;
//! * `cast`: who writes, and with which keys;
//! * `land`: pipelines, components, environments, and what is released there;
//! * `teller`: the ledger so far, its clock, and the one way to append to it;
//! * `days`: what happens next;
//! * `past`: what was imported from before;
//! * `walks`: promotions and rollbacks under way, and how they end;
//! * `upkeep`: keys, rules, clocks and bodies that change;
//! * `gathering`: a store that commits many appends at once.

mod cast;
mod days;
mod gathering;
mod land;
mod past;
mod plan;
mod teller;
mod upkeep;
mod walks;

use promotion_ledger::custody::ledger::AppendError;
use promotion_ledger::custody::store::{Head, Store};

use days::Days;
use gathering::Gathering;
pub use plan::{GenerateError, Made, Plan};

/// Fills an empty store.
pub fn generate(store: &dyn Store, plan: Plan) -> Result<Made, GenerateError> {
    if plan.entries < 100 {
        return Err(GenerateError::TooFew(plan.entries));
    }
    let gathering = Gathering::over(store);
    let made = Days::begin(&gathering, plan)?.tell()?;
    gathering.flush().map_err(|error| GenerateError::Append { size: plan.entries, error: Box::new(AppendError::Append(error)) })?;
    debug_assert_eq!(store.head(), Ok(Head { size: made.chain.size(), hash: *made.chain.head() }));
    Ok(made)
}
