//! What a disk is told to refuse.

/// Something that a program asks of a disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// SQLite reads from a file.
    Read,
    /// SQLite writes to a file.
    Write,
    /// SQLite gives a file a size.
    Cut,
    /// A file is made durable.
    Sync,
    /// The names in the folder are made durable.
    SyncNames,
    /// A file is opened, or made.
    Open,
    /// A name is removed.
    Remove,
    /// A file gets another name.
    Rename,
    /// SQLite asks for memory that processes share.
    Share,
}

impl Act {
    /// Every act.
    pub const ALL: [Self; 9] =
        [Self::Read, Self::Write, Self::Cut, Self::Sync, Self::SyncNames, Self::Open, Self::Remove, Self::Rename, Self::Share];
}

/// What fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// What is refused.
    pub act: Act,
    /// Which one, counted from 1 since the fault was set.
    pub nth: u64,
    /// Whether all that follow fail too.
    pub lasting: bool,
    /// Whether the first half of the bytes of a write gets through.
    pub torn: bool,
}

impl Fault {
    /// The `nth` such act fails, and the ones after it go well.
    #[must_use]
    pub const fn once(act: Act, nth: u64) -> Self {
        Self { act, nth, lasting: false, torn: false }
    }

    /// The `nth` such act fails, and all that follow.
    #[must_use]
    pub const fn from(act: Act, nth: u64) -> Self {
        Self { lasting: true, ..Self::once(act, nth) }
    }

    /// The first half of the `nth` write gets through.
    #[must_use]
    pub const fn torn(nth: u64) -> Self {
        Self { torn: true, ..Self::once(Act::Write, nth) }
    }
}
