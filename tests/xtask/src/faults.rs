//! `cargo xtask faults`: everything that can be done to a promotion and a rollback between here and a real registry.
//!
//! Every way to be killed at every request, and every answer of a registry at every request. The tests of every day take
//! a spread of these.

use crate::install;
use crate::shell::{Outcome, cargo, run};

/// The long versions are tests like others, left out when not asked for.
pub(crate) fn faults(filters: &[&str]) -> Outcome {
    install::test_programs()?;
    run(&mut cargo(&["build", "--package", "promoledger"]))?;
    let names = if filters.is_empty() { &["interrupted::"] } else { filters };
    // One after the other: each keeps the machine busy by itself.
    run(cargo(&["test", "--package", "promoledger-tests", "--test", "e2e", "--", "--ignored", "--test-threads", "1"]).args(names))
}
