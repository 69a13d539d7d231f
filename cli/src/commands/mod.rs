//! The commands, one file each: its arguments beside what it does. This file lists them.

pub(crate) mod abort;
pub(crate) mod approve;
pub(crate) mod backup;
pub(crate) mod completions;
pub(crate) mod demo;
mod diff;
pub(crate) mod doctor;
pub(crate) mod export;
pub(crate) mod halt;
pub(crate) mod history;
pub(crate) mod impact;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod keys;
pub(crate) mod lock;
pub(crate) mod manifest;
mod moment;
pub(crate) mod promote;
pub(crate) mod record;
pub(crate) mod register;
pub(crate) mod replay;
pub(crate) mod resolve;
pub(crate) mod resume;
pub(crate) mod review;
pub(crate) mod rollback;
pub(crate) mod schema;
pub(crate) mod show;
pub(crate) mod status;
pub(crate) mod trust;
pub(crate) mod unlock;
pub(crate) mod verify;
pub(crate) mod whereabouts;

use clap::{CommandFactory as _, Parser, Subcommand};

use crate::answer::Answer;
use crate::args::{Global, Output};
use crate::context::Context;
use crate::error::CommandError;

/// The one record of what was promoted where: a signed, hash-chained ledger of promotions, rollbacks, locks and gates.
#[derive(Debug, Parser)]
#[command(name = "promoledger", version, about, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 done, 2 usage, 3 not found, 5 unavailable, 7 busy, 8 gate, 9 path, 10 tag, 11 never there, 12 not allowed,\n13 locked, 14 downgrade, 15 halted, 20 tampered, 21 incomplete, 22 not verifiable, 23 unlawful. All of them: docs/exit-codes.md"
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(init::Init),
    Register(register::Register),
    Promote(promote::Promote),
    Rollback(rollback::Rollback),
    Resume(resume::Resume),
    Abort(abort::Abort),
    Approve(approve::Approve),
    Reject(approve::Reject),
    Review(review::Review),
    Lock(lock::Lock),
    Unlock(unlock::Unlock),
    Halt(halt::Halt),
    Resolve(resolve::Resolve),
    Record(record::Record),
    Status(status::Status),
    History(history::History),
    Show(show::Show),
    Where(whereabouts::Where),
    Diff(diff::Diff),
    Impact(impact::Impact),
    Verify(verify::Verify),
    Export(export::Export),
    Import(import::Import),
    Backup(backup::Backup),
    Replay(replay::Replay),
    #[command(subcommand)]
    Keys(keys::Keys),
    #[command(subcommand)]
    Manifest(manifest::Manifest),
    Trust(trust::Trust),
    Doctor(doctor::Doctor),
    Schema(schema::Schema),
    Completions(completions::Completions),
    Demo(demo::Demo),
}

impl Command {
    /// Whether the answer is a list, which CSV can say. The others are refused before they do anything.
    fn answers_with_rows(&self) -> bool {
        matches!(self, Self::Status(_) | Self::History(_) | Self::Where(_) | Self::Diff(_))
    }
}

/// Carries the command out.
pub(crate) fn run(context: &Context, command: Command) -> Result<Answer, CommandError> {
    if context.global.output == Output::Csv && !command.answers_with_rows() {
        return Err(CommandError::usage("this command's answer is no list, and --output csv prints the rows of one")
            .hint("status, history, where and diff have rows; here, use --output table, json or yaml"));
    }
    match command {
        Command::Init(arguments) => init::run(context, arguments),
        Command::Register(arguments) => register::run(context, arguments),
        Command::Promote(arguments) => promote::run(context, arguments),
        Command::Rollback(arguments) => rollback::run(context, arguments),
        Command::Resume(arguments) => resume::run(context, &arguments),
        Command::Abort(arguments) => abort::run(context, &arguments),
        Command::Approve(arguments) => approve::approve(context, arguments),
        Command::Reject(arguments) => approve::reject(context, arguments),
        Command::Review(arguments) => review::run(context, arguments),
        Command::Lock(arguments) => lock::run(context, arguments),
        Command::Unlock(arguments) => unlock::run(context, arguments),
        Command::Halt(arguments) => halt::run(context, arguments),
        Command::Resolve(arguments) => resolve::run(context, arguments),
        Command::Record(arguments) => record::run(context, arguments),
        Command::Status(arguments) => status::run(context, &arguments),
        Command::History(arguments) => history::run(context, &arguments),
        Command::Show(arguments) => show::run(context, &arguments),
        Command::Where(arguments) => whereabouts::run(context, &arguments),
        Command::Diff(arguments) => diff::run(context, &arguments),
        Command::Impact(arguments) => impact::run(context, &arguments),
        Command::Verify(arguments) => verify::run(context, &arguments),
        Command::Export(arguments) => export::run(context, &arguments),
        Command::Import(arguments) => import::run(context, &arguments),
        Command::Backup(arguments) => backup::run(context, &arguments),
        Command::Replay(arguments) => replay::run(context, &arguments),
        Command::Keys(arguments) => keys::run(context, arguments),
        Command::Manifest(arguments) => manifest::run(context, &arguments),
        Command::Trust(arguments) => trust::run(context, &arguments),
        Command::Doctor(arguments) => doctor::run(context, &arguments),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments, Cli::command()),
        Command::Demo(arguments) => demo::run(context, &arguments),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_of_every_command_make_sense() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_shell_is_taught_every_command() {
        use clap::ValueEnum as _;
        let commands: Vec<String> = Cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect();
        for shell in clap_complete::Shell::value_variants() {
            let script = completions::script(*shell, Cli::command());
            let missing: Vec<&String> = commands.iter().filter(|command| !script.contains(command.as_str())).collect();
            assert!(missing.is_empty(), "{shell}: {missing:?}");
        }
    }
}
