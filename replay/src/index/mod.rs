//! The index: a SQLite file in the reader's cache folder that keeps what was verified, so that nothing is folded from
//! entry 0 when a question is asked or a command decided.
//!
//! * `layout`, `connect`, `picture`: what is in the file, how it is opened, and the index at hand;
//! * `position`, `facts`: how far it has verified the log, and the state there;
//! * `follow`, `write`: verifying new entries and taking them in;
//! * `places`, `runs`, `releases`, `history`: questions;
//! * `columns`, `error`: how values are read, and what can go wrong.

mod columns;
mod connect;
mod error;
mod facts;
mod follow;
mod history;
pub(crate) mod layout;
mod picture;
mod places;
mod position;
mod releases;
mod runs;
mod write;

pub use error::{FollowError, IndexError};
pub use follow::Followed;
pub use picture::Index;
