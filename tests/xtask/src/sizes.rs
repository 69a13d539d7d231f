//! Ledgers of any size, and what `promoledger` costs over them.

use crate::shell::{Failure, Outcome, cargo, run};

/// Makes a plausible ledger.
pub(crate) fn generate(arguments: &[&str]) -> Outcome {
    if arguments.is_empty() {
        return Err(Failure::Message("usage: cargo xtask generate ENTRIES [SEED] [FILE]".to_owned()));
    }
    program("generate", arguments)
}

/// Measures whole processes over generated ledgers, as release builds.
pub(crate) fn bench_size(arguments: &[&str]) -> Outcome {
    run(&mut cargo(&["build", "--release", "--package", "promoledger"]))?;
    program("bench-size", arguments)
}

fn program(name: &str, arguments: &[&str]) -> Outcome {
    run(cargo(&["run", "--release", "--package", "promoledger-benches", "--bin", name, "--"]).args(arguments))
}
