//! The two hashes of the record: of a set of policies, and of a question to it.

use std::fmt;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::input::Input;

/// What the hash of a set of policies begins with.
const POLICIES: &[u8] = b"promoledger policies 1\n";

/// What the hash of a question begins with.
const DECISION: &[u8] = b"promoledger policy decision 1\n";

/// Which policies: SHA-256 over `promoledger policies 1` and a line feed, then for each policy, in order, its name and its
/// text, each behind its length in bytes as eight bytes, the greatest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyDigest([u8; 32]);

impl PolicyDigest {
    pub(super) fn of(sources: &[(&str, &str)]) -> Self {
        let mut hash = Sha256::new();
        hash.update(POLICIES);
        for part in sources.iter().flat_map(|(name, text)| [name, text]) {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Self(hash.finalize().into())
    }

    /// The 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Which question: SHA-256 over `promoledger policy decision 1` and a line feed, the 32 bytes of the policies' digest, and the
/// input as canonical JSON (RFC 8785). Whoever has policies and input computes it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DecisionId([u8; 32]);

impl DecisionId {
    pub(super) fn of(policies: &PolicyDigest, canonical: &[u8]) -> Self {
        let mut hash = Sha256::new();
        hash.update(DECISION);
        hash.update(policies.0);
        hash.update(canonical);
        Self(hash.finalize().into())
    }

    /// The 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl Input {
    /// The document as canonical JSON (RFC 8785), which the decision's id is made of.
    #[must_use]
    pub fn canonical(&self) -> Vec<u8> {
        canonical(self)
    }
}

/// The input as canonical JSON.
pub(super) fn canonical(input: &Input) -> Vec<u8> {
    serde_json_canonicalizer::to_vec(input).expect("an input is made of text, integers, lists and maps by text")
}

fn spelled(f: &mut fmt::Formatter<'_>, bytes: &[u8; 32]) -> fmt::Result {
    f.write_str("sha256:")?;
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

impl fmt::Display for PolicyDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        spelled(f, &self.0)
    }
}

impl fmt::Display for DecisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        spelled(f, &self.0)
    }
}

impl Serialize for PolicyDigest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for DecisionId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
