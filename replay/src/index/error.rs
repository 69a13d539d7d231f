//! What can stand in the way of an index, and of its following the log.

use std::path::{Path, PathBuf};

use promotion_ledger::custody::store::StoreError;
use promotion_ledger::evidence::chain::Fault;
use promotion_ledger::meaning::digest::EntryHash;
use promotion_ledger::meaning::id::Sequence;
use promotion_ledger::meaning::refusal::ExitCode;
use rusqlite::{Error, ErrorCode};

/// Why an index cannot be used. The ledger is not touched by any of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// The file is somebody else's database.
    #[error("{path} is a database that is not an index of promoledger: choose another path for the index", path = .path.display())]
    NotAnIndex {
        /// The file.
        path: PathBuf,
    },
    /// The file is not what was written.
    #[error("the index {path} is damaged: {detail}; delete it, and it is made again from the ledger", path = .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// Another process was writing it for as long as this one waits.
    #[error("the index {path} is being written by another process: try again", path = .path.display())]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// The disk, the permissions or the system stood in the way.
    #[error("the index {path} cannot be used: {detail}; make its folder writable, or choose another", path = .path.display())]
    Unavailable {
        /// The file.
        path: PathBuf,
        /// What stood in the way.
        detail: String,
    },
}

/// Why an index could not follow the log to its end. What it had verified until then it keeps.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// The log holds an entry that was tampered with, or that is not lawful.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The log does not hold any more what was verified before.
    #[error("the ledger was rewritten: expected entry {sequence} to be {expected}, as it was verified before, found {found}; keep the file as it is and compare with a backup", found = .found.map_or_else(|| "no such entry".to_owned(), |hash| hash.to_string()))]
    Diverged {
        /// The first entry that is another.
        sequence: Sequence,
        /// Its hash when it was verified.
        expected: EntryHash,
        /// Its hash now; absent when the log ends before it.
        found: Option<EntryHash>,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The index failed.
    #[error(transparent)]
    Index(#[from] IndexError),
}

impl IndexError {
    /// How a process ends that cannot go on for this.
    pub const fn exit_code(&self) -> ExitCode {
        match self {
            Self::NotAnIndex { .. } => ExitCode::Usage,
            Self::Damaged { .. } => ExitCode::Failure,
            Self::Busy { .. } => ExitCode::Busy,
            Self::Unavailable { .. } => ExitCode::Unavailable,
        }
    }

    /// Sorts an error of SQLite: somebody was writing, the file is wrong, or the machine stood in the way.
    pub(super) fn of(path: &Path, error: &Error) -> Self {
        let path = path.to_owned();
        let detail = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed) => Self::Busy { path },
            Some(
                ErrorCode::DatabaseCorrupt
                | ErrorCode::NotADatabase
                | ErrorCode::ConstraintViolation
                | ErrorCode::TypeMismatch
                | ErrorCode::SchemaChanged
                | ErrorCode::Unknown,
            ) => Self::Damaged { path, detail },
            Some(_) => Self::Unavailable { path, detail },
            // Without a code it is a row that holds what no index holds.
            None => Self::Damaged { path, detail },
        }
    }
}

impl FollowError {
    /// How a process ends that cannot go on for this.
    pub const fn exit_code(&self) -> ExitCode {
        match self {
            Self::Fault(fault) => fault.fault.exit_code(),
            Self::Diverged { .. } => ExitCode::Tampered,
            Self::Store(error) => error.exit_code(),
            Self::Index(error) => error.exit_code(),
        }
    }
}
