//! Where the keys of an issuer come from, and how they can fail to come.

use std::time::Duration;

use promotion_ledger::meaning::exit_code::ExitCode;

use super::address::InvalidAddress;
use super::issuer::Issuer;
use super::key_set::{KeySet, KeySetError};
use super::object::ObjectError;
use crate::registry::UnusableAuthority;

/// Where the keys of an issuer come from.
pub trait KeySource {
    /// The keys of the issuer. Where they are pinned they are those, and nobody is asked.
    ///
    /// # Errors
    ///
    /// [`KeysError`] when there are none to be had.
    fn keys(&self, issuer: &Issuer) -> Result<KeySet, KeysError>;
}

/// Pinned keys, and no others: nothing is fetched.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pinned;

impl KeySource for Pinned {
    fn keys(&self, issuer: &Issuer) -> Result<KeySet, KeysError> {
        issuer.pinned_keys().cloned().ok_or_else(|| KeysError::NotPinned { issuer: issuer.url().to_owned() })
    }
}

/// How the keys of an issuer can fail to come.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// They are not in the rules, and may not be fetched.
    #[error("the keys of the issuer {issuer} are not pinned in the rules, and are not to be fetched here")]
    NotPinned {
        /// The issuer.
        issuer: String,
    },
    /// No connection, or one that broke.
    #[error("cannot read {url}: {reason}")]
    Unreachable {
        /// What was asked for.
        url: String,
        /// What the network said.
        reason: String,
    },
    /// No whole answer in time.
    #[error("cannot read {url}: there was no whole answer within {limit:?}")]
    TimedOut {
        /// What was asked for.
        url: String,
        /// How long it was waited for.
        limit: Duration,
    },
    /// An answer that is none.
    #[error("{url} answered {status}: expected 200")]
    Status {
        /// What was asked for.
        url: String,
        /// The HTTP status.
        status: u16,
    },
    /// Whoever is sent elsewhere no longer speaks to the issuer.
    #[error("{url} redirects to {to}, where nobody is followed: expected the same scheme, host and port")]
    Redirect {
        /// What was asked for.
        url: String,
        /// Where it redirects to.
        to: String,
    },
    /// More bytes than such an answer can have.
    #[error("{url} is larger than the {limit} bytes that are read")]
    TooLarge {
        /// What was asked for.
        url: String,
        /// How many bytes are read.
        limit: usize,
    },
    /// An answer that is not the JSON of what was asked for.
    #[error("what {url} says {reason}")]
    Malformed {
        /// What was asked for.
        url: String,
        /// What is wrong with it.
        #[source]
        reason: ObjectError,
    },
    /// A description without what is needed of it.
    #[error("what {url} says has no text as {name:?}: expected it, as OpenID Connect Discovery 1.0, 3 does")]
    Incomplete {
        /// What was asked for.
        url: String,
        /// What is not there.
        name: &'static str,
    },
    /// A description of somebody else.
    #[error("{url} describes the issuer {found:?}: expected {expected}")]
    OtherIssuer {
        /// What was asked for.
        url: String,
        /// Who was meant.
        expected: String,
        /// Whom it describes, shortened.
        found: String,
    },
    /// Keys kept where anybody could change them on the way.
    #[error("{url} says that the keys are at an address that is not used: {reason}")]
    Address {
        /// What was asked for.
        url: String,
        /// What is wrong with it.
        #[source]
        reason: InvalidAddress,
    },
    /// Keys that are none.
    #[error("the keys at {url} cannot be used: {reason}")]
    Keys {
        /// What was asked for.
        url: String,
        /// What is wrong with them.
        #[source]
        reason: KeySetError,
    },
    /// It was tried several times, and this is how the last try failed.
    #[error("{last} (tried {attempts} times)")]
    GaveUp {
        /// How often it was tried.
        attempts: u32,
        /// How the last try failed.
        #[source]
        last: Box<KeysError>,
    },
    /// A certificate file that cannot be used.
    #[error(transparent)]
    CaFile(#[from] UnusableAuthority),
    /// What the machine did not give: a runtime, a client.
    #[error("cannot begin to talk to the issuer {issuer}: {reason}")]
    Setup {
        /// The issuer.
        issuer: String,
        /// What is missing.
        reason: String,
    },
}

impl KeysError {
    /// The exit code of a command that this ends.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::NotPinned { .. } | Self::CaFile(_) => ExitCode::Usage,
            Self::Setup { .. } => ExitCode::Failure,
            Self::GaveUp { last, .. } => last.exit_code(),
            _ => ExitCode::Unavailable,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::GaveUp { last, .. } => last.hint(),
            Self::NotPinned { .. } => "let the rules pin the issuer's keys, or let them be fetched",
            Self::CaFile(_) => "give a file with one or more certificates in PEM form",
            Self::Unreachable { .. } | Self::TimedOut { .. } | Self::Status { .. } | Self::Setup { .. } => {
                "check the issuer's address and the network, and run the command again; or let the rules pin the issuer's keys"
            }
            _ => "ask whoever keeps the issuer, or let the rules pin its keys",
        }
    }
}
