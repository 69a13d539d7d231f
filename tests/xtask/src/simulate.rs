//! `cargo xtask simulate`: many seeded runs of the simulator, or one of them with its story.

use crate::shell::{Failure, Outcome, cargo, run};

/// Without arguments, as many runs as fit into a few minutes.
const RUNS: &str = "5000";

/// So many runs from that seed on; one run tells what happens in it.
pub(crate) fn simulate(arguments: &[&str]) -> Outcome {
    let (runs, seed) = match arguments {
        [] => (RUNS, "0"),
        [runs] => (*runs, "0"),
        [runs, seed] => (*runs, *seed),
        _ => return Err(Failure::Message("usage: cargo xtask simulate [RUNS [SEED]]".to_owned())),
    };
    if let Some(word) = [runs, seed].into_iter().find(|word| word.parse::<u64>().is_err()) {
        return Err(Failure::Message(format!("`{word}` is not a number")));
    }
    let test = ["--package", "promoledger-tests", "--test", "simulator", "--", "--ignored", "--nocapture", "as_many_as_asked_for"];
    match runs {
        "1" => run(cargo(&["test"]).args(test).env("PROMOLEDGER_SIM_SEED", seed)),
        // A release build takes minutes to make, and then runs several times as fast.
        _ => run(cargo(&["test", "--release"]).args(test).env("PROMOLEDGER_SIM_RUNS", runs).env("PROMOLEDGER_SIM_FROM", seed)),
    }
}
