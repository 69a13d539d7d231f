//! Finding a Python for the second verifier. There may be several, and a newer one often lacks the package that it needs.

use std::path::PathBuf;
use std::process::{Command, Stdio};

/// What to say where [`python`] finds none.
pub const NO_PYTHON: &str = "the second verifier needs Python 3.11 or later with the package `cryptography`, and none was found on PATH or \
    in /usr/bin; install it as root:\n    apt-get update && apt-get install -y --no-install-recommends python3-cryptography";

/// The first Python, on `PATH` and then in `/usr/bin`, that is new enough and has `cryptography`.
#[must_use]
pub fn python() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/bin")]);
    folders.map(|folder| folder.join("python3")).find(|python| python.is_file() && will_do(python))
}

fn will_do(python: &PathBuf) -> bool {
    let asks = "import sys, cryptography.hazmat.primitives.asymmetric.ed25519; sys.exit(sys.version_info < (3, 11))";
    let asked = Command::new(python).args(["-c", asks]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    asked.is_ok_and(|status| status.success())
}
