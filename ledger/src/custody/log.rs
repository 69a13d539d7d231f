//! What can be verified: the bytes of a log and of its bodies, from a live store or from an export.

use std::ops::ControlFlow;

use super::store::{Body, Store, StoreError};
use crate::meaning::digest::{BodyDigest, EntryHash};
use crate::meaning::id::EntryId;
use crate::meaning::refusal::ExitCode;

/// An entry as it is kept, with what stands beside it to find it by. The columns prove nothing and must agree.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The entry.
    pub note: Vec<u8>,
    /// The id and the hash that it is filed under, where it is filed under any.
    pub filed: Option<(EntryId, EntryHash)>,
}

/// Why a log could not be read to its end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// What is kept is not what was kept.
    #[error("{detail}")]
    Damaged {
        /// What is wrong.
        detail: String,
    },
    /// Something that should be there is missing.
    #[error("{detail}")]
    Missing {
        /// What is missing.
        detail: String,
    },
    /// It cannot be read here.
    #[error("{detail}")]
    Unreadable {
        /// What stood in the way.
        detail: String,
    },
}

impl LogError {
    /// The exit code of a verification that ends with it.
    pub const fn exit_code(&self) -> ExitCode {
        match self {
            Self::Damaged { .. } => ExitCode::Tampered,
            Self::Missing { .. } => ExitCode::Incomplete,
            Self::Unreadable { .. } => ExitCode::NotVerifiable,
        }
    }
}

/// The bytes of a log and of its bodies, to be read and trusted in nothing.
pub trait Log {
    /// Calls `each` for every entry in order, until it breaks or the log ends.
    fn entries(&self, each: &mut dyn FnMut(Kept) -> ControlFlow<()>) -> Result<(), LogError>;

    /// The body filed under that digest.
    fn body(&self, digest: &BodyDigest) -> Result<Option<Body>, LogError>;

    /// Calls `each` for the digest of every body.
    fn bodies(&self, each: &mut dyn FnMut(BodyDigest) -> ControlFlow<()>) -> Result<(), LogError>;

    /// Whether what helps to find entries agrees with them. Plain files have nothing of the kind.
    fn check(&self) -> Result<(), LogError> {
        Ok(())
    }
}

/// A live store, read as a log.
pub struct Live<'a>(pub &'a dyn Store);

impl Log for Live<'_> {
    fn entries(&self, each: &mut dyn FnMut(Kept) -> ControlFlow<()>) -> Result<(), LogError> {
        self.0.read(0..u64::MAX, &mut |entry| each(Kept { note: entry.note, filed: Some((entry.id, entry.hash)) }))?;
        Ok(())
    }

    fn body(&self, digest: &BodyDigest) -> Result<Option<Body>, LogError> {
        Ok(self.0.body(digest)?)
    }

    fn bodies(&self, each: &mut dyn FnMut(BodyDigest) -> ControlFlow<()>) -> Result<(), LogError> {
        Ok(self.0.bodies(each)?)
    }

    fn check(&self) -> Result<(), LogError> {
        Ok(self.0.check()?)
    }
}

impl From<StoreError> for LogError {
    fn from(error: StoreError) -> Self {
        let detail = error.to_string();
        match error {
            StoreError::Damaged { .. } => Self::Damaged { detail },
            _ => Self::Unreadable { detail },
        }
    }
}
