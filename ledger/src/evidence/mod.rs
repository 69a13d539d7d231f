//! How an entry is written, hashed, signed, chained and checked. `FORMAT.md` is the normative description of the bytes.
//!
//! No I/O and no clock: bytes in, facts or faults out.

pub mod b64;
pub mod bundle;
pub mod chain;
pub mod encoding;
pub mod entry;
pub mod hash;
pub mod keyring;
pub mod malformed;
pub mod note;
pub mod opened;
pub mod tree;
pub mod trial;
