//! `promoledger`: the one record of what was promoted where.
//!
//! Arguments become a parsed intent, the intent a command, the command's answer a page for people or an object for
//! machines. Standard output is data, standard error is conversation.

mod answer;
mod args;
mod commands;
mod context;
mod error;
mod keys;
mod machine;
mod page;
mod report;
mod session;
mod trust;
mod views;

use std::process::ExitCode;

use clap::Parser;
use promotion_ledger::meaning::refusal::ExitCode as Code;

use args::Global;
use commands::Command;
use context::Context;

/// The one record of what was promoted where: a signed, hash-chained ledger of promotions, rollbacks, locks and gates.
#[derive(Debug, Parser)]
#[command(name = "promoledger", version, about, max_term_width = 100)]
#[command(after_help = "Exit codes: 0 done, 2 usage, 3 not found, 5 unavailable, 7 busy, 8 gate, 9 path, 10 tag, 11 never there, 12 not allowed,\n13 locked, 14 downgrade, 20 tampered, 21 incomplete, 22 not verifiable, 23 unlawful. All of them: docs/exit-codes.md")]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

fn main() -> ExitCode {
    let environment = machine::environment();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let context = Context::new(cli.global, environment);
    let outcome = commands::run(&context, cli.command);
    context.finish(outcome)
}

/// Prints what clap found wrong, or the help that was asked for.
fn usage(error: &clap::Error) -> ExitCode {
    let asked = !error.use_stderr();
    // Nothing is left to be done when even that cannot be printed.
    let _ = error.print();
    let code = if asked { Code::Done } else { Code::Usage };
    ExitCode::from(code.number())
}
