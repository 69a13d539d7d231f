//! A disk that fails and forgets, for crash tests.
//!
//! Whoever tests watches a folder ([`Disk::watch`]). From then on everything that this process does to the files in it,
//! through SQLite or through the standard library, is written into one ordered [`Journal`], and can be made to fail
//! ([`Fault`], [`Disk::leave_room`]). Afterwards a [`Platter`] plays the journal back and says what a disk may hold when
//! the power goes at any point of it ([`Loss`]).
//!
//! * `vfs`: what happens to the bytes of SQLite's files. A shim over SQLite's own file system, which does all the work,
//!   so locks and shared memory are the real ones;
//! * `system`: what happens to names, and what the standard library does. The C library's functions for it, with the same
//!   names;
//! * `disk`, `watched`, `fault`, `journal`: what is watched, what fails, what was seen;
//! * `platter`: what is left after a crash.
//!
//! Production code knows nothing of it: the shim becomes the process's default file system, and hands every path that is
//! not watched to SQLite's own. Bytes that the standard library writes are not seen, only SQLite's are: the ledger
//! writes nothing of worth otherwise.
//!
//! Crates that write file systems for SQLite in Rust (`sqlite-vfs`, `sqlite-plugin`) replace the file system instead of
//! standing over it: locks and the shared memory of a write-ahead log would be theirs, not those that users have.
#![cfg(target_os = "linux")]

mod disk;
mod fault;
mod journal;
mod platter;
mod system;
mod vfs;
mod watched;

pub use disk::Disk;
pub use fault::{Act, Fault};
pub use journal::{Change, FileId, Journal};
pub use platter::{Image, Loss, Platter};
