//! The programs that the tests drive, and the Debian packages that bring them.
//!
//! One list for two readers: `cargo xtask test` installs what is missing, the test harness names it where it cannot go on.

mod python;

use std::path::PathBuf;

pub use python::{NO_PYTHON, python};

/// A program that tests run, and where Debian has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Program {
    /// What is looked for on `PATH`.
    pub name: &'static str,
    /// The Debian package that brings it.
    pub package: &'static str,
}

/// Every program that the tests run beside `promoledger` itself.
pub const PROGRAMS: [Program; 5] = [
    Program { name: "docker-registry", package: "docker-registry" },
    Program { name: "skopeo", package: "skopeo" },
    Program { name: "htpasswd", package: "apache2-utils" },
    Program { name: "openssl", package: "openssl" },
    Program { name: "strace", package: "strace" },
];

/// What brings a Python that will do: the package depends on the interpreter.
const PYTHON: Program = Program { name: "python3", package: "python3-cryptography" };

/// The Debian package that brings `program`, if it is one of [`PROGRAMS`].
#[must_use]
pub fn package_of(program: &str) -> Option<&'static str> {
    PROGRAMS.iter().find(|known| known.name == program).map(|known| known.package)
}

/// Those of [`PROGRAMS`] that are not on `PATH`, and Python where there is none that the second verifier can run on.
#[must_use]
pub fn missing() -> Vec<Program> {
    let python = python().is_none().then_some(PYTHON);
    PROGRAMS.into_iter().filter(|program| find(program.name).is_none()).chain(python).collect()
}

/// Where on `PATH` a program lies.
#[must_use]
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_program_names_its_package() {
        assert_eq!(package_of("htpasswd"), Some("apache2-utils"));
        assert_eq!(package_of("emacs"), None);
    }

    #[test]
    fn only_programs_that_exist_are_found() {
        assert!(find("sh").is_some_and(|file| file.is_absolute()));
        assert_eq!(find("no-such-program-anywhere"), None);
    }
}
