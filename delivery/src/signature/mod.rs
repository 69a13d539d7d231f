//! Signatures of artifacts, as cosign writes them: found in the registry, and held against a policy.
//!
//! Three shapes count: the tag `sha256-<hex>.sig` with its simple-signing payloads, a bundle made with a key, and a
//! bundle made with a certificate. Everything that a policy asks must hold for one and the same signature; what two
//! signatures have between them is nothing. Nothing here asks any other server than the registry.

mod annotations;
mod bundle;
mod cache;
mod error;
mod key;
mod keyless;
mod manifest;
mod pattern;
mod policy;
mod reason;
mod search;
mod shown;
mod simple;
mod statement;
#[cfg(test)]
mod tests;
mod trust_root;
mod verdict;

use jiff::Timestamp;
use promotion_ledger::meaning::digest::Digest;

use crate::registry::Registry;

pub use cache::{Cache, FolderCache, Kept, NothingKept, check_cached};
pub use error::{Rejected, SignatureError};
pub use key::KeyError;
pub use manifest::LONGEST_BLOB;
pub use pattern::{InvalidPattern, Pattern};
pub use policy::{Identity, Policy, PolicyError};
pub use reason::Reason;
pub use search::MOST_SIGNATURES;
pub use verdict::{Checked, LogInclusion, Shape, Signer};

/// Looks for a signature of the artifact that satisfies the policy, in the repository where the artifact is.
///
/// `now` is when this is asked: what claims to have been signed later does not count. The calls to the registry block.
///
/// # Errors
///
/// [`SignatureError`] tells an artifact that nobody signed from signatures that do not count, and both from a
/// repository that could not be read.
pub fn check(registry: &dyn Registry, digest: &Digest, policy: &Policy, now: Timestamp) -> Result<Checked, SignatureError> {
    search::run(registry, digest, policy, now)
}
