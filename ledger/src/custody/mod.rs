//! Where entries are kept, and the front door that appends them.

mod ahead;
pub mod audit;
pub mod clock;
pub mod export;
pub mod ledger;
pub mod log;
pub mod random;
pub mod store;
