//! Keys: how they are named and written, which may be trusted, how they sign and how signatures are checked.
//!
//! * [`verifier`]: public keys with their names, and the check of a signature;
//! * [`secret`]: secret keys, and the contract of whatever signs;
//! * [`request`]: the proof that somebody holds the key that they ask to be added;
//! * [`tables`], [`shelf`]: the same check, made fast for keys under which many signatures stand.

pub mod request;
pub mod secret;
pub mod shelf;
pub mod tables;
pub mod verifier;

pub use request::{Claim, InvalidRequest, KeyRequest};
pub use secret::{InvalidSecretKey, SecretKey, SignError, Signer};
pub use shelf::Shelf;
pub use verifier::{InvalidVerifierKey, UnacceptableKey, Verifier, VerifierKey, key_id, verify};
