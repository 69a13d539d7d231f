//! What is asked for, what comes of it, and why it may not.

use promotion_ledger::custody::ledger::AppendError;
use promotion_ledger::evidence::chain::Chain;
use promotion_ledger::evidence::keyring::SecretKey;
use promotion_ledger::meaning::refusal::Refusal;

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
