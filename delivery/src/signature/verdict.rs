//! A signature that counts: whose it is, in which shape it was found, and whether a log has it.

use std::fmt;

use jiff::Timestamp;
use promotion_ledger::meaning::digest::Digest;
use serde::{Deserialize, Serialize};

use super::shown::shown;

/// A signature that satisfies the whole policy by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checked {
    /// Whether a transparency log has it.
    pub log: LogInclusion,
    /// In which shape it was found.
    pub shape: Shape,
    /// The digest of the blob that was signed, or that holds what was signed.
    pub signature: Digest,
    /// Whose it is.
    pub signer: Signer,
}

/// Whose a signature is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Signer {
    /// A key that the policy names.
    Key {
        /// SHA-256 of its SubjectPublicKeyInfo.
        fingerprint: Digest,
    },
    /// Somebody whom a certificate names.
    Identity {
        /// Whom it names.
        identity: String,
        /// Who told the authority so.
        issuer: String,
    },
}

/// In which of the shapes that cosign writes a signature was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// A simple-signing payload, mostly under the tag `sha256-<hex>.sig`.
    SimpleSigning,
    /// A bundle made with a key.
    KeyBundle,
    /// A bundle made with a certificate.
    KeylessBundle,
}

/// Whether a transparency log has a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum LogInclusion {
    /// Nobody asked: a key vouches by itself.
    NotAsked,
    /// The log's proof holds under the trust root.
    Proven {
        /// When the log took it, where the log says so itself.
        at: Option<Timestamp>,
    },
}

impl fmt::Display for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key { fingerprint } => write!(f, "the key {fingerprint}"),
            Self::Identity { identity, issuer } => write!(f, "{} (issuer {})", shown(identity), shown(issuer)),
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SimpleSigning => "a simple-signing payload",
            Self::KeyBundle => "a bundle",
            Self::KeylessBundle => "a bundle with a certificate",
        })
    }
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature verified: made by {}, in {}", self.signer, self.shape)?;
        match self.log {
            LogInclusion::NotAsked => Ok(()),
            LogInclusion::Proven { at: None } => f.write_str(", in the transparency log"),
            LogInclusion::Proven { at: Some(at) } => write!(f, ", in the transparency log since {at}"),
        }
    }
}
