//! The two verifiers against each other, for longer than a test run has time for.

use crate::install;
use crate::shell::{Failure, Outcome, cargo, run};

/// How many mutations are made where nobody says how many.
const USUAL: &str = "100000";

/// Mutations of sound ledgers, as many as given, from a seed on: whatever one verifier says of them, the other must say.
pub(crate) fn independent(arguments: &[&str]) -> Outcome {
    let (count, seed) = match arguments {
        [] => (USUAL, "0"),
        [count] => (*count, "0"),
        [count, seed] => (*count, *seed),
        _ => return Err(Failure::Message("usage: cargo xtask independent [COUNT [SEED]]".to_owned())),
    };
    for number in [count, seed] {
        if number.parse::<u64>().is_err() {
            return Err(Failure::Message(format!("`{number}` is not a number")));
        }
    }
    install::test_programs()?;
    let mutations = ["test", "--package", "promoledger-tests", "--test", "independent", "--", "--nocapture", "on_mutations"];
    run(cargo(&mutations).env("PROMOLEDGER_MUTATIONS", count).env("PROMOLEDGER_SEED", seed))
}
