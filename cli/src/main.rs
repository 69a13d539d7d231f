//! `promoledger`: the one record of what was promoted where.
//!
//! Arguments become a parsed intent, the intent a command, the command's answer a page for people or an object for
//! machines. Standard output is data, standard error is conversation.

mod answer;
mod args;
mod commands;
mod context;
mod error;
mod examiner;
mod formats;
mod hidden;
mod interrupt;
mod keys;
mod machine;
mod near;
mod page;
mod report;
mod session;
mod shown;
mod token;
mod trust;
mod usage;
mod views;

use std::process::ExitCode;

use clap::Parser as _;

use commands::Cli;
use context::Context;

fn main() -> ExitCode {
    let environment = machine::environment();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage::explain(&error, &environment),
    };
    let context = Context::new(cli.global, environment);
    let outcome = commands::run(&context, cli.command);
    context.finish(outcome)
}
