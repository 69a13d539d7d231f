//! What an error of SQLite or of the system means to who uses the store.

use std::path::Path;

use rusqlite::{Error, ErrorCode};

use crate::custody::store::StoreError;

/// Sorts an error: somebody was writing, the file is wrong, or the machine stood in the way.
pub(super) fn fault(path: &Path, error: Error) -> StoreError {
    let path = path.to_owned();
    let detail = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed) => StoreError::Busy { path },
        // The layout is checked when a file is opened, so a statement that does not fit it means that the file changed.
        Some(
            ErrorCode::DatabaseCorrupt
            | ErrorCode::NotADatabase
            | ErrorCode::ConstraintViolation
            | ErrorCode::TypeMismatch
            | ErrorCode::SchemaChanged
            | ErrorCode::Unknown,
        ) => StoreError::Damaged { path, detail },
        Some(_) => StoreError::Unavailable { path, detail },
        None if is_of_a_row(&error) => StoreError::Damaged { path, detail },
        None => StoreError::Unavailable { path, detail },
    }
}

/// Whether a row held something that no entry and no body has.
fn is_of_a_row(error: &Error) -> bool {
    matches!(
        error,
        Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::InvalidColumnType(..)
            | Error::Utf8Error(..)
            | Error::QueryReturnedNoRows
    )
}

/// An error of the system.
pub(super) fn unavailable(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Unavailable { path: path.to_owned(), detail: error.to_string() }
}
