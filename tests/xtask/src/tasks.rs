//! The tasks: which commands each one runs, in which order.

use crate::install;
use crate::shell::{Failure, Outcome, cargo, root, run, succeeds};

/// Formatting, lints, documentation and dependencies.
pub(crate) fn check() -> Outcome {
    run(&mut cargo(&["fmt", "--all", "--check"]))?;
    run(&mut cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    // A verifier builds without any storage engine; the line above never builds it so.
    run(&mut cargo(&["clippy", "--package", "promotion-ledger", "--no-default-features", "--", "-D", "warnings"]))?;
    run(cargo(&["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))?;
    deny(&["bans", "licenses", "sources"])
}

/// Known vulnerabilities in dependencies.
pub(crate) fn advisories() -> Outcome {
    deny(&["advisories"])
}

/// Every test of the workspace, or those whose names hold one of `filters`. The runner's summary stands last.
pub(crate) fn test(filters: &[&str]) -> Outcome {
    install::test_programs()?;
    // Tests that cross crates drive the program itself, and cargo builds it for no package but its own. With the whole workspace, so
    // that what it stands on is built once, with the features that the tests have it built with.
    run(&mut cargo(&["build", "--workspace", "--bins"]))?;
    let documented = run(cargo(&["test", "--workspace", "--doc", "--"]).args(filters));
    let tested = run(runner().arg("--").args(filters));
    if documented.is_err() && tested.is_ok() {
        eprintln!("xtask: the tests above pass, but examples in the documentation do not (first run)");
    }
    tested.and(documented)
}

/// cargo-nextest where it is installed, the built-in runner where it is not; neither stops at the first failure.
fn runner() -> std::process::Command {
    if succeeds(cargo(&["nextest", "--version"])) {
        return cargo(&["nextest", "run", "--workspace"]);
    }
    cargo(&["test", "--workspace", "--tests", "--no-fail-fast"])
}

/// `check`, then `test`.
pub(crate) fn ci() -> Outcome {
    check()?;
    test(&[])
}

/// The benchmarks; `arguments` go to criterion.
pub(crate) fn bench(arguments: &[&str]) -> Outcome {
    run(cargo(&["bench", "--package", "promoledger-benches", "--"]).args(arguments))
}

/// The documentation of every crate; `arguments` go to `cargo doc`.
pub(crate) fn docs(arguments: &[&str]) -> Outcome {
    run(cargo(&["doc", "--workspace", "--no-deps"]).args(arguments))
}

/// The guided tour, as a release build.
pub(crate) fn demo(arguments: &[&str]) -> Outcome {
    run(cargo(&["run", "--release", "--package", "promoledger", "--", "demo"]).args(arguments))
}

/// One fuzz target, or all of them, each for so many seconds.
pub(crate) fn fuzz(arguments: &[&str]) -> Outcome {
    let (target, seconds) = match arguments {
        [] => (None, "60"),
        [target] => (Some(*target), "60"),
        [target, seconds] => (Some(*target), *seconds),
        _ => return Err(Failure::Message("usage: cargo xtask fuzz [TARGET [SECONDS]]".to_owned())),
    };
    if seconds.parse::<u32>().is_err() {
        return Err(Failure::Message(format!("`{seconds}` is not a number of seconds")));
    }
    let targets = chosen(target, fuzz_targets()?)?;
    install::nightly()?;
    install::cargo_command("fuzz", "^0.13")?;
    let limit = format!("-max_total_time={seconds}");
    for target in &targets {
        run(cargo(&["+nightly", "fuzz", "run", target, "--", &limit]).current_dir(root().join("ledger")))?;
    }
    Ok(())
}

fn chosen(target: Option<&str>, known: Vec<String>) -> Result<Vec<String>, Failure> {
    match target {
        None => Ok(known),
        Some(name) if known.iter().any(|known| known == name) => Ok(vec![name.to_owned()]),
        Some(name) => Err(Failure::Message(format!("no fuzz target `{name}`; there are: {}", known.join(", ")))),
    }
}

/// The names of the files in `ledger/fuzz/fuzz_targets`, in order.
fn fuzz_targets() -> Result<Vec<String>, Failure> {
    let folder = root().join("ledger/fuzz/fuzz_targets");
    let files = std::fs::read_dir(&folder).map_err(|error| Failure::Message(format!("{} cannot be read: {error}", folder.display())))?;
    let mut targets: Vec<String> = files
        .filter_map(|file| {
            let path = file.ok()?.path();
            (path.extension()? == "rs").then(|| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()))?
        })
        .collect();
    targets.sort();
    Ok(targets)
}

fn deny(checks: &[&str]) -> Outcome {
    install::cargo_command("deny", "^0.20")?;
    run(cargo(&["deny", "--workspace", "check"]).args(checks))
}
