//! How asking a registry can fail: one sentence each, an exit code, and what to do.

use std::fmt;
use std::time::Duration;

use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::names::{Repository, TagName};
use promotion_ledger::meaning::refusal::ExitCode;

use super::authorities::UnusableAuthority;
use super::credentials::CredentialError;
use super::layout::error::LayoutError;

/// How asking a registry can fail. No variant ever holds a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// What was asked for is not there.
    #[error("{repository} does not have {what}")]
    NotFound {
        /// Where it was looked for.
        repository: Repository,
        /// What was looked for: a manifest's digest, or the repository itself.
        what: String,
    },
    /// No connection.
    #[error("cannot reach the registry {server}: {reason}")]
    Unreachable {
        /// `HOST[:PORT]`.
        server: String,
        /// What the network said.
        reason: String,
    },
    /// No safe connection.
    #[error("no safe connection to the registry {server}: {reason}")]
    Tls {
        /// `HOST[:PORT]`.
        server: String,
        /// What the TLS library said.
        reason: String,
    },
    /// The connection ended in the middle of an answer.
    #[error("the registry {server} broke off in the middle of its answer: {reason}")]
    BrokenOff {
        /// `HOST[:PORT]`.
        server: String,
        /// What the network said.
        reason: String,
    },
    /// No whole answer in time.
    #[error("the registry {server} gave no whole answer within {limit:?}")]
    TimedOut {
        /// `HOST[:PORT]`.
        server: String,
        /// How long it was waited for.
        limit: Duration,
    },
    /// The registry says that something is wrong with it (5xx).
    #[error("the registry {server} answered {status}: it cannot serve now")]
    Failing {
        /// `HOST[:PORT]`.
        server: String,
        /// The HTTP status.
        status: u16,
    },
    /// The registry was asked too often (429).
    #[error("the registry {server} answered 429: it was asked too often{}", asks_to_wait(*.wait))]
    Throttled {
        /// `HOST[:PORT]`.
        server: String,
        /// How long it asks to wait.
        wait: Option<Duration>,
    },
    /// It was tried several times, and this is how the last try failed.
    #[error("{last} (tried {attempts} times)")]
    GaveUp {
        /// How often it was tried.
        attempts: u32,
        /// How the last try failed.
        #[source]
        last: Box<RegistryError>,
    },
    /// A tag was not read or written, because the registry failed.
    #[error("tag {tag} of {repository} {step}: {last}")]
    Tag {
        /// Where the tag is.
        repository: Repository,
        /// The tag.
        tag: TagName,
        /// What did not come about.
        step: TagStep,
        /// How the registry failed.
        #[source]
        last: Box<RegistryError>,
    },
    /// The registry sends its callers elsewhere, and it is not safe to go there.
    #[error("the registry {server} redirects to {to}, where nobody is followed: {reason}")]
    Redirect {
        /// `HOST[:PORT]`.
        server: String,
        /// Where it redirects to.
        to: String,
        /// Why not.
        reason: String,
    },
    /// The registry wants to know who asks, and there is nothing to tell it.
    #[error("the registry {server} asks for a login, and there are no credentials for {repository}")]
    LoginNeeded {
        /// `HOST[:PORT]`.
        server: String,
        /// What was asked about.
        repository: Repository,
    },
    /// The registry knows nobody by these credentials (401).
    #[error("the registry {server} does not accept the credentials from {origin}")]
    LoginRefused {
        /// `HOST[:PORT]`.
        server: String,
        /// Where the credentials came from: a file, a helper, the command line.
        origin: String,
    },
    /// The registry knows who asks and says no (403).
    #[error("the registry {server} does not allow this for {repository}: {message}")]
    Forbidden {
        /// `HOST[:PORT]`.
        server: String,
        /// What was asked about.
        repository: Repository,
        /// What the registry said.
        message: String,
    },
    /// The registry will not do it, for a reason of its own (other 4xx).
    #[error("the registry {server} answered {status} for {repository}: {message}")]
    Refused {
        /// `HOST[:PORT]`.
        server: String,
        /// What was asked about.
        repository: Repository,
        /// The HTTP status.
        status: u16,
        /// What the registry said.
        message: String,
    },
    /// Bytes that are not those of the digest that they were asked by.
    #[error("{repository} gave bytes of digest {found} when asked for {expected}")]
    DigestDiffers {
        /// Where they were read.
        repository: Repository,
        /// What was asked for.
        expected: Digest,
        /// What the bytes are.
        found: Digest,
    },
    /// A tag that was just written points elsewhere.
    #[error("tag {tag} of {repository} was pointed at {expected}, and read back as {}", or_nothing(found.as_ref()))]
    ReadBackDiffers {
        /// Where it was written.
        repository: Repository,
        /// The tag.
        tag: TagName,
        /// What was written.
        expected: Digest,
        /// What was read.
        found: Option<Digest>,
    },
    /// More bytes than such an answer can have.
    #[error("{what} of {repository} is larger than the {limit} bytes that are read")]
    TooLarge {
        /// What was asked about.
        repository: Repository,
        /// What was asked for.
        what: &'static str,
        /// How many bytes are read.
        limit: usize,
    },
    /// An answer that no registry gives.
    #[error("{what} of {repository} cannot be read: {reason}")]
    Malformed {
        /// What was asked about.
        repository: Repository,
        /// What was asked for.
        what: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The repository's name is not an address.
    #[error("{repository} is not an address: {reason}")]
    Address {
        /// The name.
        repository: Repository,
        /// What is wrong with it.
        reason: String,
    },
    /// A certificate file that cannot be used.
    #[error(transparent)]
    CaFile(#[from] UnusableAuthority),
    /// Credentials that cannot be read.
    #[error(transparent)]
    Credentials(#[from] CredentialError),
    /// An image layout directory that cannot be used.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// What the machine did not give: a runtime, a client.
    #[error("cannot begin to talk to the registry {server}: {reason}")]
    Setup {
        /// `HOST[:PORT]`.
        server: String,
        /// What is missing.
        reason: String,
    },
}

/// What was to be done with a tag, in the words of its failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TagStep {
    /// It was looked up.
    LookUp,
    /// It was pointed at this digest.
    Write(Digest),
    /// It was read back after it had been pointed at this digest.
    ReadBack(Digest),
}

impl fmt::Display for TagStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LookUp => f.write_str("cannot be looked up"),
            Self::Write(digest) => write!(f, "is not known to point at {digest}"),
            Self::ReadBack(digest) => write!(f, "was pointed at {digest}, and cannot be read back"),
        }
    }
}

impl RegistryError {
    /// The same failure with the tag that it befell, where its own sentence speaks of the server alone.
    pub(super) fn of_tag(self, repository: &Repository, tag: &TagName, step: TagStep) -> Self {
        let of_the_server = match &self {
            Self::GaveUp { last, .. } => last.is_of_the_server(),
            other => other.is_of_the_server(),
        };
        if !of_the_server {
            return self;
        }
        Self::Tag { repository: repository.clone(), tag: tag.clone(), step, last: Box::new(self) }
    }

    fn is_of_the_server(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. } | Self::BrokenOff { .. } | Self::TimedOut { .. } | Self::Failing { .. } | Self::Throttled { .. }
        )
    }

    /// The exit code that this failure means for a command that it ends.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::NotFound { .. } => ExitCode::NotFound,
            Self::Unreachable { .. }
            | Self::Tls { .. }
            | Self::BrokenOff { .. }
            | Self::TimedOut { .. }
            | Self::Failing { .. }
            | Self::Throttled { .. }
            | Self::Redirect { .. }
            | Self::Malformed { .. } => ExitCode::Unavailable,
            Self::GaveUp { last, .. } | Self::Tag { last, .. } => last.exit_code(),
            Self::LoginNeeded { .. }
            | Self::LoginRefused { .. }
            | Self::Forbidden { .. }
            | Self::Address { .. }
            | Self::CaFile(_)
            | Self::Credentials(_) => ExitCode::Usage,
            Self::DigestDiffers { .. } | Self::ReadBackDiffers { .. } => ExitCode::Immutability,
            Self::Refused { .. } | Self::TooLarge { .. } | Self::Setup { .. } => ExitCode::Failure,
            Self::Layout(error) => error.exit_code(),
        }
    }

    /// What to do about it, where that can be said.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::GaveUp { last, .. } | Self::Tag { last, .. } => return last.hint(),
            Self::Credentials(error) => return Some(error.hint()),
            Self::Layout(error) => return error.hint(),
            Self::LoginNeeded { server, .. } => format!("log in with `docker login {server}` or `podman login {server}`"),
            Self::LoginRefused { server, .. } => format!("log in again with `docker login {server}` or `podman login {server}`"),
            Self::Forbidden { .. } => "ask whoever keeps the registry for the right to pull and push there".to_owned(),
            Self::Tls { server, .. } => format!(
                "give the certificate of the registry's authority as a CA file; if {server} speaks plain http, write http:// before its name"
            ),
            Self::Unreachable { .. } | Self::TimedOut { .. } | Self::BrokenOff { .. } => {
                "check the registry's name and the network, and run the command again: it goes on where it stopped".to_owned()
            }
            Self::Failing { .. } | Self::Throttled { .. } => "run the command again later: it goes on where it stopped".to_owned(),
            Self::ReadBackDiffers { .. } => "somebody else moves this tag, or the registry does not allow it to move".to_owned(),
            Self::DigestDiffers { .. } => "do not use this artifact: ask whoever keeps the registry what happened to it".to_owned(),
            Self::CaFile(_) => "give a file with one or more certificates in PEM form".to_owned(),
            Self::NotFound { .. }
            | Self::Redirect { .. }
            | Self::Refused { .. }
            | Self::TooLarge { .. }
            | Self::Malformed { .. }
            | Self::Address { .. }
            | Self::Setup { .. } => return None,
        };
        Some(hint)
    }
}

fn asks_to_wait(wait: Option<Duration>) -> String {
    wait.map(|wait| format!(", and asks to wait {} s", wait.as_secs())).unwrap_or_default()
}

fn or_nothing(found: Option<&Digest>) -> &str {
    found.map_or("nothing", Digest::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_servers_failure_names_the_tag_that_it_befell() {
        let (repository, tag) = (Repository::new("r.example/api").unwrap(), TagName::new("latest-dev").unwrap());
        let failing = RegistryError::Failing { server: "r.example".into(), status: 500 };
        let error = RegistryError::GaveUp { attempts: 4, last: Box::new(failing) }.of_tag(&repository, &tag, TagStep::LookUp);
        let sentence =
            "tag latest-dev of r.example/api cannot be looked up: the registry r.example answered 500: it cannot serve now (tried 4 times)";
        assert_eq!(error.to_string(), sentence);
        assert_eq!(error.exit_code(), ExitCode::Unavailable);
        assert!(error.hint().is_some());
        let login = RegistryError::LoginNeeded { server: "r.example".into(), repository: repository.clone() };
        assert!(matches!(login.of_tag(&repository, &tag, TagStep::LookUp), RegistryError::LoginNeeded { .. }));
    }

    #[test]
    fn giving_up_ends_as_the_last_try_did() {
        let last = RegistryError::Throttled { server: "r.example".into(), wait: Some(Duration::from_secs(30)) };
        let error = RegistryError::GaveUp { attempts: 4, last: Box::new(last) };
        assert_eq!(error.exit_code(), ExitCode::Unavailable);
        assert!(error.hint().is_some());
        assert_eq!(error.to_string(), "the registry r.example answered 429: it was asked too often, and asks to wait 30 s (tried 4 times)");
    }
}
