//! What benches and long tests have in common: plausible ledgers of any size.

pub mod ledgers;
