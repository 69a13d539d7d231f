//! How finding credentials can fail.

use std::path::PathBuf;

use super::helper::HelperError;

/// How finding credentials can fail. Secrets are never part of it.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// A file that was named is not there.
    #[error("the credentials file {} does not exist, and {variable} names it", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
        /// The environment variable that names it.
        variable: &'static str,
    },
    /// A file that cannot be read.
    #[error("cannot read the credentials file {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the file system said.
        source: std::io::Error,
    },
    /// A file that is not what docker and podman write.
    #[error("the credentials file {} is not valid: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong and where, without what stands there.
        reason: String,
    },
    /// A credential helper failed.
    #[error("the credential helper {helper}, named in {}, {source}", path.display())]
    Helper {
        /// Its program.
        helper: String,
        /// The file that names it.
        path: PathBuf,
        /// How it failed.
        source: HelperError,
    },
}

impl CredentialError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Missing { variable, .. } => format!("unset {variable}, or log in with it set: `podman login REGISTRY`"),
            Self::Unreadable { .. } => "make the file readable for the user that runs this command".to_owned(),
            Self::Malformed { .. } => "correct the entry, or remove it and log in again".to_owned(),
            Self::Helper { helper, .. } => format!("install or repair {helper}, or remove it from the file and log in again"),
        }
    }
}
