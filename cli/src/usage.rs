//! Arguments that make no sense, and the help that was asked for: what clap says of them, shown like everything else.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

use clap::CommandFactory as _;
use clap::builder::Styles;
use promotion_ledger::meaning::refusal::ExitCode as Code;

use crate::commands::Cli;
use crate::context;
use crate::hidden::{is_hidden, visible};
use crate::machine;

/// Prints what clap found wrong, or the help that was asked for.
pub(crate) fn explain(error: &clap::Error, environment: &BTreeMap<String, OsString>) -> ExitCode {
    let asked = !error.use_stderr();
    let unsafe_text = made_visible(error);
    if !asked && machine::asks_for_json(environment) {
        context::print_usage_object(environment, unsafe_text.as_deref().unwrap_or(&error.to_string()));
    }
    // Nothing is left to be done when even that cannot be printed.
    let _ = match unsafe_text {
        None => error.print(),
        Some(text) if asked => std::io::stdout().lock().write_all(text.as_bytes()),
        Some(text) => std::io::stderr().lock().write_all(text.as_bytes()),
    };
    let code = if asked { Code::Done } else { Code::Usage };
    ExitCode::from(code.number())
}

/// What clap says, without colour and with everything hidden in it made visible; nothing when it is safe as clap prints it.
///
/// Clap repeats arguments and variables as they are, between its own codes for colours. So it is asked again, for a text
/// without such codes, and about arguments that hide nothing.
fn made_visible(error: &clap::Error) -> Option<String> {
    let arguments = machine::arguments();
    let given: Vec<String> = arguments.iter().map(|argument| argument.to_string_lossy().into_owned()).collect();
    let shown: Vec<String> = given.iter().map(|argument| visible(argument)).collect();
    let plain = |arguments: &[String]| Cli::command().styles(Styles::plain()).try_get_matches_from(arguments).err();
    // Made visible, an argument may happen to be one that makes sense; then it is what was given that must be told.
    let told = plain(&shown).or_else(|| plain(&given));
    let text = told.as_ref().unwrap_or(error).render().ansi().to_string();
    let safe = given == shown && !text.contains(|character| character != '\n' && is_hidden(character));
    (!safe).then(|| text.lines().map(|line| visible(line) + "\n").collect())
}
