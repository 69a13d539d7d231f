//! The index: a SQLite file in the reader's cache folder that keeps what was verified, so that nothing is folded from
//! entry 0 when a question is asked or a command decided.
//!
//! * `layout`, `connect`, `picture`: what is in the file, how it is opened, and the index at hand;
//! * `position`, `facts`: how far it has verified the log, and the state there;
//! * `follow`, `write`: verifying new entries and taking them in;
//! * `horizon`: where a time or an entry lies in the log, for questions about the past;
//! * `places`, `tenures`, `locks`, `halts`, `runs`, `rules`, `asserted`, `changes`, `releases`, `history`, `lines`: questions;
//! * `intervals`, `prefix`: how the past and the beginnings of hashes are found without reading everything;
//! * `columns`, `error`: how values are read, and what can go wrong.

mod asserted;
mod changes;
mod columns;
mod connect;
mod error;
mod facts;
mod follow;
mod halts;
mod history;
mod horizon;
mod intervals;
pub(crate) mod layout;
mod lines;
mod locks;
mod picture;
mod places;
mod position;
mod prefix;
mod releases;
mod rules;
mod runs;
mod statement;
mod tenures;
mod words;
mod write;

pub use changes::PlaceChange;
pub use error::{FollowError, IndexError};
pub use follow::Followed;
pub use picture::Index;
