//! `completions`: completions for a shell.

use clap::{Args, Command};
use clap_complete::Shell;

use crate::answer::Answer;
use crate::error::CommandError;

/// Completions for a shell.
///
/// Prints a script that teaches the shell to complete what is typed. For bash: promoledger completions bash >
/// ~/.local/share/bash-completion/completions/promoledger
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// `command` is the whole command line, whose completions these are.
pub(crate) fn run(arguments: &Completions, command: Command) -> Result<Answer, CommandError> {
    Ok(Answer::script(script(arguments.shell, command)))
}

/// The script for that shell.
pub(crate) fn script(shell: Shell, mut command: Command) -> String {
    let mut script = Vec::new();
    let name = command.get_name().to_owned();
    clap_complete::generate(shell, &mut command, name, &mut script);
    String::from_utf8_lossy(&script).into_owned()
}
