//! What parts of the rules are known by elsewhere in the log: hashes over texts, each behind its length.

use sha2::{Digest as _, Sha256};

use crate::meaning::digest::Digest;

/// Takes texts in, so that no two lists of them come to the same.
pub(super) struct Name(Sha256);

impl Name {
    /// Begins with what kind of thing it is, which ends in a line feed.
    pub(super) fn of(kind: &str) -> Self {
        Self(Sha256::new_with_prefix(kind))
    }

    /// A text behind its length in bytes, as an eight-byte number, the greatest byte first.
    pub(super) fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.update(text);
    }

    /// How many follow.
    pub(super) fn count(&mut self, count: usize) {
        self.0.update((count as u64).to_be_bytes());
    }

    pub(super) fn digest(self) -> Digest {
        Digest::from_sha256(&self.0.finalize().into())
    }
}
