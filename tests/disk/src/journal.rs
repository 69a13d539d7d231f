//! What happened to the files of one folder, in order.

use std::collections::BTreeMap;

/// A file, whatever its name is by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub(crate) u32);

/// One thing that happened. Only what took effect is written down: of a torn write the bytes that were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// An empty file was made.
    Created {
        /// Its name in the folder.
        name: String,
        /// The file.
        file: FileId,
    },
    /// Bytes were written.
    Written {
        /// The file.
        file: FileId,
        /// Where they begin.
        at: u64,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// A file was given a size.
    Cut {
        /// The file.
        file: FileId,
        /// Its size.
        size: u64,
    },
    /// The file's bytes and size were made durable.
    Synced {
        /// The file.
        file: FileId,
    },
    /// The file was to be made durable, and the disk said no. A later sync does not bring back what this one lost:
    /// Linux takes pages that could not be written for written.
    NotSynced {
        /// The file.
        file: FileId,
    },
    /// A name was removed.
    Removed {
        /// The name.
        name: String,
    },
    /// A file was given another name, in place of whatever had it.
    Renamed {
        /// Its name before.
        from: String,
        /// Its name.
        to: String,
    },
    /// The names in the folder were made durable.
    NamesSynced,
    /// The test was told that this much of its work is done for good. It only grows.
    Acknowledged(u64),
}

/// What was in a folder when it began to be watched, and all that happened to it since.
#[derive(Debug, Clone, Default)]
pub struct Journal {
    /// What was there at first, and durable.
    pub(crate) base: BTreeMap<String, (FileId, Vec<u8>)>,
    /// What happened.
    pub(crate) changes: Vec<Change>,
}

impl Journal {
    /// What happened, in order.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// The same, as it would have looked if nobody had asked for anything to be durable: a disk that lies, or a program
    /// that forgets. For testing the tests.
    #[must_use]
    pub fn without_syncs(&self) -> Self {
        let is_sync = |change: &Change| matches!(change, Change::Synced { .. } | Change::NamesSynced);
        let changes = self.changes.iter().filter(|change| !is_sync(change)).cloned().collect();
        Self { base: self.base.clone(), changes }
    }
}
