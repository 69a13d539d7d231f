//! How looking for a signature that counts can end without one.

use std::fmt;

use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::exit_code::ExitCode;

use super::reason::Reason;
use super::shown::shown;
use crate::registry::RegistryError;

/// How many signatures that do not count a sentence names.
const NAMED: usize = 5;

/// A signature that was found and does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Which one: the digest of what it lies in, as its finder names it.
    pub found_in: String,
    /// Why it does not count.
    pub reason: Reason,
}

/// How looking for a signature that counts can end without one.
#[derive(Debug, thiserror::Error)]
pub enum SignatureError {
    /// The repository was read, and holds no signature of it.
    #[error("Artifact is unsigned: there is no signature of {digest} beside it")]
    Missing {
        /// The artifact.
        digest: Digest,
    },
    /// There are signatures, and none counts.
    #[error("no signature of {digest} counts: {}", Listed(.found))]
    Bad {
        /// The artifact.
        digest: Digest,
        /// What was found; never empty.
        found: Vec<Rejected>,
    },
    /// There are signatures, and all are of a form that is not checked here.
    #[error("the signatures of {digest} cannot be checked: {}", Listed(.found))]
    Unsupported {
        /// The artifact.
        digest: Digest,
        /// What was found; never empty.
        found: Vec<Rejected>,
    },
    /// The place where the artifact is kept can hold no signatures.
    #[error("no signature of {digest} can be looked for: what other tools attach to artifacts cannot be read where it is kept")]
    NoStore {
        /// The artifact.
        digest: Digest,
    },
    /// The repository could not be read: nobody knows whether there is a signature.
    #[error("the signatures of {digest} cannot be read: {source}")]
    Unavailable {
        /// The artifact.
        digest: Digest,
        /// What the registry said.
        #[source]
        source: RegistryError,
    },
}

impl SignatureError {
    /// The exit code of a command that this ends.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::Signature
    }

    /// What is said where a signature is wished for and not demanded.
    pub fn warning(&self) -> String {
        match self {
            Self::Missing { .. } => "WARNING: Artifact is unsigned".to_owned(),
            other => format!("WARNING: {other}"),
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Missing { digest } => format!("sign it by its digest, cosign sign IMAGE@{digest}, and run the command again"),
            Self::Bad { .. } => "let somebody whom the rules name sign it; do not use it if you cannot say where it comes from".to_owned(),
            Self::Unsupported { .. } => "sign it again with cosign 3, which writes bundles".to_owned(),
            Self::NoStore { .. } => "keep the artifact in a registry or an image layout".to_owned(),
            Self::Unavailable { source, .. } => source.hint().unwrap_or_else(|| "run the command again later".to_owned()),
        }
    }
}

/// The first few of what does not count.
struct Listed<'a>(&'a [Rejected]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, rejected) in self.0.iter().take(NAMED).enumerate() {
            let between = if at == 0 { "" } else { "; " };
            write!(f, "{between}{}: {}", shown(&rejected.found_in), rejected.reason)?;
        }
        match self.0.len().saturating_sub(NAMED) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}
