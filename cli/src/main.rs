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

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;
use promotion_ledger::meaning::refusal::ExitCode as Code;

use commands::Cli;
use context::Context;

fn main() -> ExitCode {
    let environment = machine::environment();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error, &environment),
    };
    let context = Context::new(cli.global, environment);
    let outcome = commands::run(&context, cli.command);
    context.finish(outcome)
}

/// Prints what clap found wrong, or the help that was asked for.
fn usage(error: &clap::Error, environment: &BTreeMap<String, OsString>) -> ExitCode {
    let asked = !error.use_stderr();
    if !asked && machine::asks_for_json(environment) {
        context::print_usage_object(environment, &error.to_string());
    }
    // Nothing is left to be done when even that cannot be printed.
    let _ = error.print();
    let code = if asked { Code::Done } else { Code::Usage };
    ExitCode::from(code.number())
}
