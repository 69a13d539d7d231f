//! What benches and long tests have in common: ledgers to measure, plausible ones of any size, and measuring over them.

pub mod ledgers;
pub mod scribe;
pub mod size;
