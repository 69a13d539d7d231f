//! Plausible ledgers of any size, the same for the same seed: many pipelines with components and environments, releases on
//! their way through them, gates with and without evidence, failures, rollbacks, locks, refusals, keys that are rotated.
//!
//! Nothing is made up behind the law's back: what happens is asked for as commands, decided, and appended through the front
//! door with a complete state.
//!
//! * [`Plan`], [`generate`]: what is asked for, and the telling of it;
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
mod teller;
mod upkeep;
mod walks;

use promotion_ledger::custody::ledger::AppendError;
use promotion_ledger::custody::store::{Head, Store};
use promotion_ledger::evidence::chain::Chain;
use promotion_ledger::evidence::keyring::SecretKey;
use promotion_ledger::meaning::refusal::Refusal;

use days::Days;
use gathering::Gathering;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// How many entries, 100 at least.
    pub entries: u64,
    /// What chance follows from: the same seed gives the same bytes.
    pub seed: u64,
}

/// Why a ledger could not be made.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    /// There is no story in so few entries.
    #[error("a ledger of {0} entries cannot be made: expected 100 at least")]
    TooFew(u64),
    /// The store, or the law, did not take what was to be appended.
    #[error("after {size} entries: {error}")]
    Append {
        /// How many there were.
        size: u64,
        /// Why it was not taken.
        error: Box<AppendError>,
    },
    /// Something that must always be possible was refused.
    #[error("after {size} entries: refused: {refusal}")]
    Refused {
        /// How many there were.
        size: u64,
        /// Why it was refused.
        refusal: Box<Refusal>,
    },
}

/// What was made.
#[derive(Debug)]
pub struct Made {
    /// The chain at the ledger's end, with the complete state.
    pub chain: Chain,
    /// The key of an admin that is live there.
    pub admin: SecretKey,
}

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
