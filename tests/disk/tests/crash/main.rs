//! The power goes, or the disk fails, at every point of what the program does to its files.
//!
//! * `script`: what is written, the same every time, and how it looks undisturbed;
//! * `points`: the power goes at points of a journal, and what is left is looked at;
//! * `faults`: the disk fails at the n-th of its acts, and the work goes on;
//! * `append`, `import`, `backup`, `index`: what is done, one file a workload;
//! * `control`: that all this would notice a loss.
//!
//! `cargo xtask crash [SEEDS]` tries every point and every act; here, a sample. What fails says how to try it again.
#![cfg(target_os = "linux")]

mod append;
mod backup;
mod control;
mod faults;
mod import;
mod index;
mod points;
mod script;

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A folder for files that live shortly, in memory where the system has such a place.
fn scratch() -> (TempDir, PathBuf) {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    let folder = folder.expect("a folder for tests");
    let path = fs::canonicalize(folder.path()).expect("its own path");
    (folder, path)
}
