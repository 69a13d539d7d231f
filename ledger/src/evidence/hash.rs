//! The hashes of a ledger: SHA-256, with the prefixes of RFC 6962 section 2.1 that keep leaves and nodes apart.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::meaning::digest::{BodyDigest, EntryHash, to_hex};

const LEAF: [u8; 1] = [0x00];
const NODE: [u8; 1] = [0x01];

/// The hash of a subtree: of a single entry (a leaf), of two subtrees, or of the whole tree (its root).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeHash([u8; 32]);

impl NodeHash {
    /// From its 32 bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl From<EntryHash> for NodeHash {
    fn from(leaf: EntryHash) -> Self {
        Self(*leaf.as_bytes())
    }
}

impl fmt::Display for NodeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&to_hex(&self.0))
    }
}

impl fmt::Debug for NodeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NodeHash({self})")
    }
}

/// SHA-256 of `bytes`.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// An entry's hash: SHA-256 of 0x00 and the whole entry as stored, signature line included.
pub fn leaf_hash(entry: &[u8]) -> EntryHash {
    EntryHash::from_bytes(Sha256::new().chain_update(LEAF).chain_update(entry).finalize().into())
}

/// The hash of two subtrees beside each other: SHA-256 of 0x01, left and right.
pub fn node_hash(left: &NodeHash, right: &NodeHash) -> NodeHash {
    NodeHash(Sha256::new().chain_update(NODE).chain_update(left.0).chain_update(right.0).finalize().into())
}

/// What names a body: SHA-256 of its salt and its bytes. Without the salt, whoever guesses a short body could
/// confirm the guess from the entry that outlives it.
pub fn body_digest(salt: &[u8; 16], bytes: &[u8]) -> BodyDigest {
    BodyDigest::from_bytes(Sha256::new().chain_update(salt).chain_update(bytes).finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sha256_is_sha256() {
        assert_eq!(to_hex(&sha256(b"")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(to_hex(&sha256(b"abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn leaves_hash_as_in_rfc_6962() {
        assert_eq!(leaf_hash(b"").to_string(), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        assert_eq!(leaf_hash(b"event 2").to_string(), "9b0b2f1d58bf086890b4146f09efa42ca13e525aa03393921560c5814ff53088");
    }

    #[test]
    fn a_leaf_that_spells_a_node_is_not_that_node() {
        let (left, right) = (NodeHash::from(leaf_hash(b"left")), NodeHash::from(leaf_hash(b"right")));
        let spelled = [&NODE[..], left.as_bytes(), right.as_bytes()].concat();
        assert_ne!(NodeHash::from(leaf_hash(&spelled)), node_hash(&left, &right));
        assert_eq!(sha256(&spelled), *node_hash(&left, &right).as_bytes());
    }

    #[test]
    fn a_body_is_named_with_its_salt() {
        let digest = body_digest(b"0123456789abcdef", b"report");
        assert_eq!(*digest.as_bytes(), sha256(b"0123456789abcdefreport"));
        assert_ne!(digest, body_digest(b"0123456789abcdeg", b"report"));
    }
}
