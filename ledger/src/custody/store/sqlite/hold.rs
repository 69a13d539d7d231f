//! Runs that one process at a time holds: an exclusive advisory lock of the system on a file beside the ledger.
//!
//! The system lets go of the lock when the process ends, by `kill -9` too. The file stays: if a holder unlinked it,
//! somebody who had it open and somebody who made it anew could both believe that they hold the run. What is written in
//! it says who has it and decides nothing.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::connect::beside;
use super::fault::unavailable;
use crate::custody::store::{Hold, HoldError, StoreError};
use crate::meaning::digest::to_hex;

/// The longest name that is used as a file name as it is.
const LONGEST_NAME: usize = 100;

/// A run that is held. Closing the file releases it.
#[derive(Debug)]
pub(super) struct HeldRun {
    name: String,
    _locked: File,
}

impl Hold for HeldRun {
    fn name(&self) -> &str {
        &self.name
    }
}

/// Takes the run of that name, or says who has it.
pub(super) fn hold(ledger: &Path, name: &str) -> Result<HeldRun, HoldError> {
    let path = lock_file(ledger, name)?;
    let mut file =
        OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(|error| unavailable(&path, &error))?;
    match file.try_lock() {
        Ok(()) => {
            sign(&mut file).map_err(|error| unavailable(&path, &error))?;
            Ok(HeldRun { name: name.to_owned(), _locked: file })
        }
        Err(TryLockError::WouldBlock) => Err(HoldError::Held { name: name.to_owned(), by: holder(file) }),
        Err(TryLockError::Error(error)) => Err(unavailable(&path, &error).into()),
    }
}

/// The file of a run, in a directory that is made if need be.
fn lock_file(ledger: &Path, name: &str) -> Result<PathBuf, StoreError> {
    let runs = beside(ledger, ".runs");
    match fs::create_dir(&runs) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(unavailable(&runs, &error)),
        _ => Ok(runs.join(file_name(name))),
    }
}

/// A name of plain characters is its own file name, any other is hashed: a name can be anything, also a path.
/// `~` is not a plain character, so the two never meet.
fn file_name(name: &str) -> String {
    let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-');
    if !name.is_empty() && name.len() <= LONGEST_NAME && name.bytes().all(plain) {
        return format!("{name}.lock");
    }
    format!("~{}.lock", to_hex(&Sha256::digest(name)))
}

fn sign(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    writeln!(file, "{}", std::process::id())
}

/// Who signed the file: a process id, or nothing that can be told.
fn holder(file: File) -> Option<String> {
    let mut text = String::new();
    file.take(32).read_to_string(&mut text).ok()?;
    text.trim().parse::<u32>().ok().map(|id| format!("process {id}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_are_file_names_and_others_are_hashed() {
        assert_eq!(file_name("delivery.shop-1_a"), "delivery.shop-1_a.lock");
        for name in ["", "../../etc/passwd", "Shop", "a b", "café", &"a".repeat(101)] {
            let file = file_name(name);
            assert!(file.starts_with('~') && file.len() == 70, "{name}: {file}");
        }
    }
}
