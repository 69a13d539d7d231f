//! Installing what a task needs and does not find.

use std::process::Command;

use crate::shell::{Failure, Outcome, cargo, command, run, succeeds};

/// Makes sure that the programs the tests drive are there, from Debian's packages where they are not.
pub(crate) fn test_programs() -> Outcome {
    let packages: Vec<&str> = xtask::missing().into_iter().map(|program| program.package).collect();
    if packages.is_empty() {
        return Ok(());
    }
    let Some(root) = root_prefix().filter(|_| xtask::find("apt-get").is_some()) else {
        return Err(absent(&packages));
    };
    run(&mut apt_get(root, &["update", "-q"]))?;
    run(&mut apt_get(root, &[&["install", "-q", "-y", "--no-install-recommends"], &packages[..]].concat()))?;
    if xtask::missing().is_empty() { Ok(()) } else { Err(absent(&packages)) }
}

/// Makes sure that the cargo command `name` is there; `version` is what `cargo install` is asked for.
pub(crate) fn cargo_command(name: &str, version: &str) -> Outcome {
    if succeeds(cargo(&[name, "--version"])) {
        return Ok(());
    }
    run(&mut cargo(&["install", "--locked", &format!("cargo-{name}"), "--version", version]))
}

/// Makes sure that a nightly compiler is there: fuzzing needs its sanitizers.
pub(crate) fn nightly() -> Outcome {
    if succeeds(cargo(&["+nightly", "--version"])) {
        return Ok(());
    }
    run(&mut command("rustup", &["toolchain", "install", "nightly", "--profile", "minimal"]))
}

/// What to put before a command that needs root: nothing, or a `sudo` that asks no password; `None` where neither will do.
fn root_prefix() -> Option<&'static [&'static str]> {
    if succeeds(command("sh", &["-c", r#"[ "$(id -u)" = 0 ]"#])) {
        return Some(&[]);
    }
    succeeds(command("sudo", &["-n", "true"])).then_some(&["sudo", "-n"])
}

/// `apt-get`, asking no questions. The variable is set by `env` since `sudo` clears the environment.
fn apt_get(root: &[&str], arguments: &[&str]) -> Command {
    let line = [root, &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"], arguments].concat();
    let (program, rest) = line.split_first().expect("the line holds at least env");
    command(program, rest)
}

fn absent(packages: &[&str]) -> Failure {
    Failure::Message(format!(
        "the tests need programs that are not on PATH, from the Debian packages {}; install them as root:\n    \
         apt-get update && apt-get install -y --no-install-recommends {}",
        packages.join(", "),
        packages.join(" ")
    ))
}
