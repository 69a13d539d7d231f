//! `cargo xtask`: one command for everything that is done to this workspace.

mod faults;
mod install;
mod shell;
mod tasks;

use std::process::ExitCode;

use shell::{Failure, Outcome};

const HELP: &str = "\
The commands of this workspace. Each shows on standard error what it runs.

Usage: cargo xtask COMMAND [ARGUMENTS]

  test [-- FILTER…]         build promoledger, then run every test, or those whose names hold a FILTER;
                            installs the programs that the tests drive (docker-registry, skopeo, htpasswd, openssl,
                            strace) from Debian's packages where they are missing and we may
  check                     formatting, lints, documentation, and the bans, licences and sources of dependencies
  ci                        check, then test
  advisories                known vulnerabilities in dependencies; not part of check, since it fetches the advisory
                            database, and so needs a network beyond the package registry
  bench [-- ARGUMENT…]      the benchmarks; arguments go to criterion
  fuzz [TARGET [SECONDS]]   fuzz one target, or all of them, for 60 seconds each or as many as given;
                            installs a nightly compiler and cargo-fuzz where they are missing
  faults [FILTER…]          kill a promotion and a rollback before and after every request to a real registry, and let the
                            registry fail, throttle, break off and lie at every request; takes about half an hour
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
        ["fuzz", rest @ ..] => tasks::fuzz(rest),
        ["faults", rest @ ..] => faults::faults(without_dashes(rest)),
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
        assert!(message(&["fuzz", "a", "soon"]).contains("`soon` is not a number"));
    }

    #[test]
    fn the_dashes_before_filters_may_be_left_out() {
        assert_eq!(without_dashes(&["--", "a"]), ["a"]);
        assert_eq!(without_dashes(&["a"]), ["a"]);
        assert!(without_dashes(&["--"]).is_empty());
    }
}
