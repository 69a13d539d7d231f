//! Running the programs that a test machine has to have.

use std::io;
use std::process::{Child, Command, Output, Stdio};

/// A command that reads nothing and whose two outputs are kept.
pub(crate) fn quiet(program: &str) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Starts the command; a missing program is named with the package that brings it.
pub(crate) fn spawn(command: &mut Command) -> Child {
    command.spawn().unwrap_or_else(|error| cannot_run(command, &error))
}

/// Runs the command to its end, whatever it says.
pub(crate) fn output(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|error| cannot_run(command, &error))
}

/// Runs the command and gives its standard output; a failure shows everything.
pub(crate) fn stdout(command: &mut Command) -> Vec<u8> {
    let output = output(command);
    assert!(output.status.success(), "{command:?} ended with {}:\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn cannot_run(command: &Command, error: &io::Error) -> ! {
    let program = command.get_program().to_string_lossy();
    // A working folder that is not there gives the same error as a program that is not there.
    if xtask::find(&program).is_none()
        && let Some(package) = xtask::package_of(&program)
    {
        panic!("{}", advice(&program, package));
    }
    let folder = command.get_current_dir().map(|folder| format!(" in {}", folder.display())).unwrap_or_default();
    panic!("`{program}` cannot be run{folder}: {error}")
}

fn advice(program: &str, package: &str) -> String {
    format!(
        "the test needs `{program}`, of the Debian package {package}: `cargo xtask test` installs it, \
         or run `apt-get install --no-install-recommends {package}`"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "cannot be run")]
    fn an_unknown_program_is_named() {
        output(&mut quiet("no-such-program-anywhere"));
    }

    #[test]
    #[should_panic(expected = "`skopeo` cannot be run in /no/such/folder")]
    fn a_missing_folder_is_not_a_missing_program() {
        output(quiet("skopeo").current_dir("/no/such/folder"));
    }

    #[test]
    fn a_missing_program_names_its_package() {
        let advice = advice("htpasswd", "apache2-utils");
        assert!(advice.contains("`htpasswd`") && advice.contains("apt-get install --no-install-recommends apache2-utils"));
    }

    #[test]
    #[should_panic(expected = "no such word")]
    fn a_failure_shows_what_was_said() {
        stdout(quiet("sh").args(["-c", "echo no such word >&2; exit 3"]));
    }
}
