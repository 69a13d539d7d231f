//! How using an image layout directory can fail.

use std::io;
use std::path::{Path, PathBuf};

use promotion_ledger::meaning::exit_code::ExitCode;

/// The version of image layouts that is known here.
pub(super) const VERSION: &str = "1.0.0";

/// How using an image layout directory can fail.
#[derive(Debug, thiserror::Error)]
pub enum LayoutError {
    /// The directory has no `oci-layout` file.
    #[error("{} is not an OCI image layout: it has no file `oci-layout`", directory.display())]
    NotALayout {
        /// The directory.
        directory: PathBuf,
    },
    /// A layout of a version that is not known here.
    #[error("{} is an image layout of version {found}: expected {VERSION}", directory.display())]
    Version {
        /// The directory.
        directory: PathBuf,
        /// The version found, or what stands in its place.
        found: String,
    },
    /// A file of the layout that does not say what it must.
    #[error("{} cannot be used: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The file system said no.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io {
        /// What was to be done with it.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
}

impl LayoutError {
    /// The exit code that this failure means for a command that it ends.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::NotALayout { .. } | Self::Io { .. } => ExitCode::Unavailable,
            Self::Version { .. } | Self::Malformed { .. } => ExitCode::Failure,
        }
    }

    /// What to do about it, where that can be said.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotALayout { .. } => {
                Some("make one with `skopeo copy SOURCE oci:DIR:TAG`, or correct the path after oci-layout:".to_owned())
            }
            Self::Version { .. } | Self::Malformed { .. } | Self::Io { .. } => None,
        }
    }

    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { doing, path: path.to_owned(), source }
    }
}
