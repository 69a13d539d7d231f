//! Running commands: each is shown on standard error before it runs, and its exit code is passed on.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

/// Why a task ended early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A command that was run said no, and said why itself.
    Exit(u8),
    /// Something that we have to say.
    Message(String),
}

impl Failure {
    /// Says what is left to say, and gives the exit code.
    pub(crate) fn report(self) -> ExitCode {
        match self {
            Self::Exit(code) => ExitCode::from(code),
            Self::Message(message) => {
                eprintln!("xtask: {message}");
                ExitCode::FAILURE
            }
        }
    }
}

/// How a task ends.
pub(crate) type Outcome = Result<(), Failure>;

/// The workspace's root folder.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("the package lies two folders below the root")
}

/// `cargo`, in the workspace's root. The `cargo` of `PATH`, not `$CARGO`: only that one understands `+nightly`.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    command("cargo", arguments)
}

/// A program, in the workspace's root.
pub(crate) fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root());
    command
}

/// Shows the command, runs it, and fails with its exit code.
pub(crate) fn run(command: &mut Command) -> Outcome {
    eprintln!("$ {}", shown(command));
    let status =
        command.status().map_err(|error| Failure::Message(format!("`{}` cannot be run: {error}", command.get_program().display())))?;
    match status.code() {
        Some(0) => Ok(()),
        Some(code) => Err(Failure::Exit(u8::try_from(code).unwrap_or(1))),
        None => Err(Failure::Message(format!("`{}` was ended by a signal", shown(command)))),
    }
}

/// Whether a command that only asks something succeeds. Nothing is shown.
pub(crate) fn succeeds(mut command: Command) -> bool {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// The command as one would type it.
pub(crate) fn shown(command: &Command) -> String {
    let mut line = String::new();
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            let _ = write!(line, "{}={} ", name.display(), quoted(&value.to_string_lossy()));
        }
    }
    line.push_str(&command.get_program().to_string_lossy());
    for argument in command.get_args() {
        let _ = write!(line, " {}", quoted(&argument.to_string_lossy()));
    }
    line
}

/// An argument, in quotes where a shell would split or expand it.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:+,@%^".contains(c);
    if !text.is_empty() && text.chars().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_typed() {
        let mut command = cargo(&["doc", "it's", ""]);
        command.env("RUSTDOCFLAGS", "-D warnings");
        assert_eq!(shown(&command), r"RUSTDOCFLAGS='-D warnings' cargo doc 'it'\''s' ''");
    }

    #[test]
    fn the_exit_code_is_passed_on() {
        assert!(run(&mut command("true", &[])).is_ok());
        assert!(matches!(run(&mut command("sh", &["-c", "exit 7"])), Err(Failure::Exit(7))));
        assert!(matches!(run(&mut command("no-such-program-anywhere", &[])), Err(Failure::Message(_))));
        assert!(matches!(run(&mut command("sh", &["-c", "kill -9 $$"])), Err(Failure::Message(_))));
    }

    #[test]
    fn the_root_is_the_workspace() {
        assert!(root().join(".cargo/config.toml").is_file());
    }
}
