//! The copy of the workspace that has the switches in it, and its test programs.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::mutant::Mutant;
use super::place::with_switches;
use super::suite::{self, Suites};
use crate::shell::{Failure, command, root, shown};

/// What is added to the library: the one switch that its environment turns off.
const SWITCHED: &str = "
/// Which check is switched off in this process, for a mutation run.
pub mod switched {
    static OFF: std::sync::LazyLock<Option<u32>> = std::sync::LazyLock::new(|| std::env::var(\"CHECK_OFF\").ok()?.parse().ok());

    /// Whether it is the check of that number.
    pub fn off(number: u32) -> bool {
        *OFF == Some(number)
    }

    /// A public key that is acceptable: the base point.
    pub fn base_point() -> crate::meaning::id::PublicKey {
        let mut bytes = [0x66; 32];
        bytes[0] = 0x58;
        crate::meaning::id::PublicKey::from_bytes(bytes)
    }

    /// An environment's rule that demands nothing.
    pub fn any_environment() -> &'static crate::meaning::rules::EnvironmentRule {
        let name = crate::meaning::names::Environment::new(\"any\").expect(\"a name\");
        Box::leak(Box::new(crate::meaning::rules::EnvironmentRule::new(name, Vec::new())))
    }

    /// A gate's result that lets pass.
    pub fn passed() -> crate::meaning::facts::GateResult {
        crate::meaning::facts::GateResult {
            sequence: crate::meaning::id::Sequence::new(0),
            time: crate::meaning::time::Timestamp::EPOCH,
            status: crate::meaning::event::artifact::GateStatus::Passed,
        }
    }

    /// A run as if the promotion had been requested, and all had been decided.
    pub fn run_of(promotion: &crate::meaning::event::promotion::Promotion) -> &'static crate::meaning::facts::Run {
        Box::leak(Box::new(crate::meaning::facts::Run {
            allow_downgrade: false,
            approved_by: Vec::new(),
            authorized_via: None,
            downgrade_passed: true,
            epoch: crate::meaning::id::Epoch::FIRST,
            gates: Vec::new(),
            hands: Vec::new(),
            holder: crate::meaning::names::Principal::new(\"nobody\").expect(\"a name\"),
            leaves: None,
            promotion: promotion.clone(),
            overridden: Vec::new(),
            requested: crate::meaning::id::Sequence::new(0),
            requested_at: crate::meaning::time::Timestamp::EPOCH,
            signature: None,
            tags: Vec::new(),
            unwinding: false,
        }))
    }
}
";

/// Makes the copy and builds the ledger's tests in it.
pub(crate) fn build(mutants: &[Mutant]) -> Result<Suites, Failure> {
    let (folder, target) = folders();
    copy(&folder, mutants)?;
    let targets: BTreeSet<&str> = mutants.iter().map(|mutant| mutant.caught.target()).collect();
    let targets = targets.into_iter().flat_map(|target| if target == "lib" { vec!["--lib"] } else { vec!["--test", target] });
    let arguments: Vec<&str> = ["test", "--package", "promotion-ledger", "--no-run"].into_iter().chain(targets).collect();
    let mut cargo = command("cargo", &arguments);
    cargo.current_dir(&folder).env("CARGO_TARGET_DIR", &target);
    cargo.env("CARGO_TERM_COLOR", "never");
    eprintln!("$ {}", shown(&cargo));
    let output = cargo.output().map_err(|error| Failure::Message(format!("cargo cannot be run: {error}")))?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(Failure::Message(format!("the copy with the switches in it does not build:\n{said}")));
    }
    suite::of_cargo(&said, &folder).map_err(Failure::Message)
}

/// The copy, and where it is built. Not where the workspace is built: cargo tells packages apart by their place in a workspace, and would
/// take what is built of one for the other.
fn folders() -> (PathBuf, PathBuf) {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder));
    let mutants = target.join("mutants");
    (mutants.join("workspace"), mutants.join("build"))
}

fn copy(folder: &Path, mutants: &[Mutant]) -> Result<(), Failure> {
    let failed = |path: &Path, error: io::Error| Failure::Message(format!("{} cannot be copied: {error}", path.display()));
    let mut wanted = files(root()).map_err(|error| failed(root(), error))?;
    wanted.retain(|path| !path.starts_with("benches/target"));
    let switched = switched_files(mutants)?;
    for path in &wanted {
        let bytes = match switched.get(path) {
            Some(text) => text.clone().into_bytes(),
            None => fs::read(root().join(path)).map_err(|error| failed(path, error))?,
        };
        put(&folder.join(path), &bytes).map_err(|error| failed(path, error))?;
    }
    for path in files(folder).unwrap_or_default().difference(&wanted) {
        fs::remove_file(folder.join(path)).map_err(|error| failed(path, error))?;
    }
    Ok(())
}

/// The files that differ from the workspace's, by their paths.
fn switched_files(mutants: &[Mutant]) -> Result<BTreeMap<PathBuf, String>, Failure> {
    let mut by_file: BTreeMap<PathBuf, Vec<(usize, &Mutant)>> = BTreeMap::new();
    for (number, mutant) in mutants.iter().enumerate() {
        by_file.entry(Path::new("ledger/src").join(mutant.file)).or_default().push((number, mutant));
    }
    let mut files = BTreeMap::new();
    for (path, mutants) in by_file {
        let text = source(&path)?;
        files.insert(path, with_switches(&text, &mutants).map_err(Failure::Message)?);
    }
    let library = PathBuf::from("ledger/src/lib.rs");
    let text = source(&library)? + SWITCHED;
    files.insert(library, text);
    Ok(files)
}

fn source(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(root().join(path)).map_err(|error| Failure::Message(format!("{} cannot be read: {error}", path.display())))
}

/// Every file below a folder by its path from there; what was built and what git keeps are left out.
fn files(folder: &Path) -> io::Result<BTreeSet<PathBuf>> {
    let mut found = BTreeSet::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(below) = folders.pop() {
        for entry in fs::read_dir(folder.join(&below))? {
            let entry = entry?;
            let path = below.join(entry.file_name());
            if !entry.file_type()?.is_dir() {
                found.insert(path);
            } else if ![OsStr::new("target"), OsStr::new(".git")].contains(&entry.file_name().as_os_str()) {
                folders.push(path);
            }
        }
    }
    Ok(found)
}

/// Writes a file unless it is there just so: what did not change is not built again.
fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, bytes)
}
