//! `completions`: completions for a shell.

use clap::Args;
use clap_complete::Shell;

use crate::answer::Answer;
use crate::error::CommandError;

/// Prints a script that teaches a shell to complete what is typed.
///
/// For bash: promoledger completions bash > ~/.local/share/bash-completion/completions/promoledger
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// `command` is the whole command line, whose completions these are.
pub(crate) fn run(arguments: &Completions, mut command: clap::Command) -> Result<Answer, CommandError> {
    let mut script = Vec::new();
    let name = command.get_name().to_owned();
    clap_complete::generate(arguments.shell, &mut command, name, &mut script);
    Ok(Answer::raw(String::from_utf8_lossy(&script)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum as _;

    #[test]
    fn every_shell_is_taught_every_command() {
        let command = clap::Command::new("tool").subcommand(clap::Command::new("promote")).subcommand(clap::Command::new("verify"));
        for shell in Shell::value_variants() {
            let script = run(&Completions { shell: *shell }, command.clone()).unwrap().page.text();
            assert!(script.contains("promote") && script.contains("verify"), "{shell}: {script}");
        }
    }
}
