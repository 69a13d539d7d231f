//! `cargo xtask crash`: the power goes at every point of what is done to a ledger, an index and a backup, and every act of a
//! disk fails. The tests of every day take a sample of these.

use crate::shell::{Failure, Outcome, cargo, run};

/// Tries everything, and what is drawn by lot with so many seeds.
pub(crate) fn crash(arguments: &[&str]) -> Outcome {
    let seeds = match arguments {
        [] => "3",
        [seeds] => seeds,
        _ => return Err(Failure::Message("usage: cargo xtask crash [SEEDS]".to_owned())),
    };
    if seeds.parse::<u64>().is_err() {
        return Err(Failure::Message(format!("`{seeds}` is not a number of seeds")));
    }
    let mut tests = cargo(&["test", "--release", "--package", "promoledger-faulty-disk", "--test", "crash", "--", "--nocapture"]);
    run(tests.env("PROMOLEDGER_CRASH_SEEDS", seeds))
}
