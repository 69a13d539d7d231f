//! Where entries are kept, and the front door that appends them.

pub mod clock;
pub mod store;
