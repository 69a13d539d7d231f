//! `cargo xtask`: one command for everything that is done to this workspace.

mod crash;
mod faults;
mod independent;
mod install;
mod mutants;
mod shell;
mod simulate;
mod sizes;
mod tasks;

use std::process::ExitCode;

use shell::{Failure, Outcome};

const HELP: &str = "\
The commands of this workspace. Each shows on standard error what it runs.

Usage: cargo xtask COMMAND [ARGUMENTS]

  test [-- FILTER…]         build promoledger, then run every test, or those whose names hold a FILTER;
                            installs the programs that the tests drive (docker-registry, skopeo, htpasswd, openssl,
                            strace, Python with cryptography) from Debian's packages where they are missing and we may
  check                     formatting, lints, documentation, and the bans, licences and sources of dependencies
  ci                        check, then test
  advisories                known vulnerabilities in dependencies; not part of check, since it fetches the advisory
                            database, and so needs a network beyond the package registry
  bench [-- ARGUMENT…]      the benchmarks; arguments go to criterion
  bench-size [ENTRIES…]     whole processes over generated ledgers of that size (10k, 100k and 1M unless named), each
                            beside its floor: docs/performance.md
  generate ENTRIES [SEED] [FILE]
                            a plausible ledger, the same for the same seed
  fuzz [TARGET [SECONDS]]   fuzz one target, or all of them, for 60 seconds each or as many as given;
                            installs a nightly compiler and cargo-fuzz where they are missing
  faults [FILTER…]          kill a promotion and a rollback before and after every request to a real registry, and let the
                            registry fail, throttle, break off and lie at every request; takes about half an hour
  independent [COUNT [SEED]]
                            hold the second verifier, in Python, against ours on so many mutations of sound ledgers
                            (100000 where none are named), from a seed on
  crash [SEEDS]             cut the power at every point of what is done to a ledger, an index and a backup, with as many
                            seeds as given for what is drawn by lot (3), and let every act of the disk fail
  simulate [RUNS [SEED]]    seeded histories of commands with deaths, faults and jumping clocks, against a small model, from
                            that seed on; one run tells what happens in it
  mutants [FILTER…]         switch off each check of the verifier in turn, or those whose names hold a FILTER, and
                            compare which vectors and tests fail with those that must
  docs [ARGUMENT…]          the documentation of every crate; --open shows it
  demo [ARGUMENT…]          the guided tour, as a release build
  help                      this text";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match dispatch(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn dispatch(words: &[&str]) -> Outcome {
    match words {
        [] | ["help" | "--help" | "-h", ..] | [_, "--help" | "-h", ..] => {
            println!("{HELP}");
            Ok(())
        }
        ["check"] => tasks::check(),
        ["advisories"] => tasks::advisories(),
        ["ci"] => tasks::ci(),
        ["test", rest @ ..] => tasks::test(without_dashes(rest)),
        ["bench", rest @ ..] => tasks::bench(without_dashes(rest)),
        ["bench-size", rest @ ..] => sizes::bench_size(without_dashes(rest)),
        ["generate", rest @ ..] => sizes::generate(without_dashes(rest)),
        ["fuzz", rest @ ..] => tasks::fuzz(rest),
        ["crash", rest @ ..] => crash::crash(rest),
        ["faults", rest @ ..] => faults::faults(without_dashes(rest)),
        ["independent", rest @ ..] => independent::independent(rest),
        ["simulate", rest @ ..] => simulate::simulate(rest),
        ["mutants", rest @ ..] => mutants::run(without_dashes(rest)),
        ["docs", rest @ ..] => tasks::docs(rest),
        ["demo", rest @ ..] => tasks::demo(rest),
        ["check" | "advisories" | "ci", ..] => Err(Failure::Message(format!("`{}` takes no arguments", words[0]))),
        [unknown, ..] => Err(Failure::Message(format!("no command `{unknown}`; `cargo xtask help` lists them"))),
    }
}

/// The arguments with or without the `--` that may stand before them.
fn without_dashes<'a, 'b>(arguments: &'b [&'a str]) -> &'b [&'a str] {
    arguments.strip_prefix(&["--"]).unwrap_or(arguments)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_words_are_refused_by_name() {
        let message = |words: &[&str]| match dispatch(words) {
            Err(Failure::Message(message)) => message,
            other => panic!("expected a message, got {other:?}"),
        };
        assert!(message(&["chekc"]).contains("`chekc`"));
        assert!(message(&["check", "--fast"]).contains("`check` takes no arguments"));
        assert!(message(&["fuzz", "a", "b", "c"]).contains("usage"));
        assert!(message(&["crash", "many"]).contains("`many` is not a number"));
        assert!(message(&["fuzz", "a", "soon"]).contains("`soon` is not a number"));
    }

    #[test]
    fn the_dashes_before_filters_may_be_left_out() {
        assert_eq!(without_dashes(&["--", "a"]), ["a"]);
        assert_eq!(without_dashes(&["a"]), ["a"]);
        assert!(without_dashes(&["--"]).is_empty());
    }
}
