//! How an entry is written, hashed, signed, chained and checked. `FORMAT.md` is the normative description of the bytes.
//!
//! No I/O and no clock: bytes in, facts or faults out.

pub mod bundle;
pub mod encoding;
pub mod hash;
pub mod keyring;
pub mod note;
pub mod tree;
