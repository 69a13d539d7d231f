//! The storage contract: a box for bytes.
//!
//! A store keeps entries in order, bodies by digest, and says who holds a run. It knows nothing of events, of the tree
//! or of the law: hashes are names to it, and it never computes one.

pub mod memory;
#[cfg(feature = "sqlite")]
pub mod sqlite;

use std::fmt;
use std::ops::{ControlFlow, Range};
use std::path::PathBuf;

use crate::meaning::digest::{BodyDigest, EntryHash};
use crate::meaning::id::{EntryId, Sequence};
use crate::meaning::refusal::ExitCode;

/// Where the log ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// How many entries there are; also the sequence of the next one.
    pub size: u64,
    /// The hash of the last entry; [`EntryHash::NONE`] when there is none.
    pub hash: EntryHash,
}

impl Head {
    /// The head of a store without entries.
    pub const EMPTY: Self = Self { size: 0, hash: EntryHash::NONE };
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} entries ending in {}", self.size, self.hash)
    }
}

/// An entry to append. Its sequence follows from the head that it is appended to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// The writer's idempotency key, unique in the store.
    pub id: EntryId,
    /// What the next entry chains to, unique in the store.
    pub hash: EntryHash,
    /// The entry as signed.
    pub note: Vec<u8>,
}

/// An entry as stored. `id` and `hash` are an index and no evidence: who verifies compares them with the note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEntry {
    /// Its place.
    pub sequence: Sequence,
    /// What it was filed under as its id.
    pub id: EntryId,
    /// What it was filed under as its hash.
    pub hash: EntryHash,
    /// The entry as signed.
    pub note: Vec<u8>,
}

/// Bytes kept beside the log. That the digest is theirs is for evidence to check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// What it is filed under.
    pub digest: BodyDigest,
    /// What was hashed before the bytes, so that a removed body cannot be guessed from its digest.
    pub salt: [u8; 16],
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// Keeps the bytes of one ledger.
///
/// Callbacks run while nothing is locked: they may use the store.
pub trait Store: Send + Sync {
    /// Where the log ends now.
    fn head(&self) -> Result<Head, StoreError>;

    /// Calls `each` for the entries of `range` in order, until it breaks or the log ends. Memory does not grow with the
    /// range. A gap in the sequence is [`StoreError::Damaged`]; a range that ends behind the head is no error.
    fn read(&self, range: Range<u64>, each: &mut dyn FnMut(StoredEntry) -> ControlFlow<()>) -> Result<(), StoreError>;

    /// The entry filed under that id.
    fn find(&self, id: &EntryId) -> Result<Option<StoredEntry>, StoreError>;

    /// The entry filed under that hash.
    fn find_hash(&self, hash: &EntryHash) -> Result<Option<StoredEntry>, StoreError>;

    /// Appends all entries and files all bodies, or nothing; only if the head is still `expected`; durable once it
    /// returns `Ok`. A body that is already filed stays as it is. An append of nothing only compares the head.
    fn append(&self, expected: &Head, entries: &[NewEntry], bodies: &[Body]) -> Result<(), AppendError>;

    /// The body filed under that digest.
    fn body(&self, digest: &BodyDigest) -> Result<Option<Body>, StoreError>;

    /// Calls `each` for the digest of every body, in the order of their bytes, until it breaks. A body that comes or
    /// goes meanwhile may be missed or named.
    fn bodies(&self, each: &mut dyn FnMut(BodyDigest) -> ControlFlow<()>) -> Result<(), StoreError>;

    /// Takes a body away for good, and says whether it was there.
    fn remove_body(&self, digest: &BodyDigest) -> Result<bool, StoreError>;

    /// Whether the store finds by id and hash just what it holds: damage that reading entry after entry would not meet.
    fn check(&self) -> Result<(), StoreError>;

    /// Takes the run of that name until the guard is dropped or this process dies, however it dies.
    fn hold(&self, name: &str) -> Result<Box<dyn Hold>, HoldError>;
}

/// A run that this process holds. Dropping it releases the run.
pub trait Hold: fmt::Debug + Send + Sync {
    /// The name it was taken under.
    fn name(&self) -> &str;
}

/// Why a store could not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// There is nothing at the path.
    #[error("there is no ledger at {path}: check the path, or create the ledger first", path = .path.display())]
    Missing {
        /// Where it was expected.
        path: PathBuf,
    },
    /// There is something where a ledger was to be created.
    #[error("{path} is there already: a new ledger needs a path where nothing is", path = .path.display())]
    Exists {
        /// What is in the way.
        path: PathBuf,
    },
    /// The file is something else.
    #[error("{path} is not a ledger: expected a promoledger file, found {found}", path = .path.display())]
    NotALedger {
        /// The file.
        path: PathBuf,
        /// What it is.
        found: String,
    },
    /// A newer program laid out the file.
    #[error("{path} has layout {found} and this program knows layouts up to {known}: use a newer promoledger", path = .path.display())]
    LaterLayout {
        /// The file.
        path: PathBuf,
        /// Its layout.
        found: u32,
        /// The latest layout known here.
        known: u32,
    },
    /// The file system cannot keep what the store promises.
    #[error("{path} is on {kind}, a network file system, where two machines can overwrite each other: keep the ledger on a local disk", path = .path.display())]
    NetworkFileSystem {
        /// Where the ledger is or was to be.
        path: PathBuf,
        /// The file system's type as the kernel names it.
        kind: String,
    },
    /// Somebody else was writing for as long as this store waits.
    #[error("{path} is being written by another process: try again", path = .path.display())]
    Busy {
        /// The ledger.
        path: PathBuf,
    },
    /// What is stored is not what was stored.
    #[error("{path} is damaged: {detail}; keep the file as it is and compare with a backup", path = .path.display())]
    Damaged {
        /// The ledger.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// The disk, the permissions or the system stood in the way.
    #[error("{path} cannot be used: {detail}", path = .path.display())]
    Unavailable {
        /// What was to be used.
        path: PathBuf,
        /// What stood in the way.
        detail: String,
    },
    /// The store was opened for reading only.
    #[error("{path} was opened for reading only: open it for writing", path = .path.display())]
    ReadOnly {
        /// The ledger.
        path: PathBuf,
    },
}

impl StoreError {
    /// How a process ends that cannot go on for this.
    pub const fn exit_code(&self) -> ExitCode {
        match self {
            Self::Exists { .. } | Self::NotALedger { .. } | Self::NetworkFileSystem { .. } => ExitCode::Usage,
            Self::LaterLayout { .. } => ExitCode::NotVerifiable,
            Self::Busy { .. } => ExitCode::Busy,
            Self::Damaged { .. } => ExitCode::Tampered,
            Self::Missing { .. } | Self::Unavailable { .. } => ExitCode::Unavailable,
            Self::ReadOnly { .. } => ExitCode::Failure,
        }
    }
}

/// Why a batch was not appended, or may not have been.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// The log moved on since it was read. Nothing was appended.
    #[error("the log moved on: expected {expected}, found {found}; read what is new and decide again")]
    HeadMoved {
        /// The head that the batch was made for.
        expected: Head,
        /// The head now.
        found: Head,
    },
    /// An entry of the batch has the id of another entry, stored or in the batch. Nothing was appended.
    #[error("entry id {id} is taken: an id names one entry only")]
    IdTaken {
        /// The id.
        id: EntryId,
    },
    /// An entry of the batch has the hash of another entry, stored or in the batch. Nothing was appended.
    #[error("entry hash {hash} is taken: no two entries have one hash")]
    HashTaken {
        /// The hash.
        hash: EntryHash,
    },
    /// The last step failed, and only the log can say whether it took effect.
    #[error("whether the batch was appended is unknown ({cause}): open the ledger again and look for its entry ids")]
    OutcomeUnknown {
        /// What failed.
        cause: StoreError,
    },
    /// The store failed before the last step. Nothing was appended.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AppendError {
    /// How a process ends that cannot go on for this.
    pub const fn exit_code(&self) -> ExitCode {
        match self {
            Self::HeadMoved { .. } => ExitCode::Busy,
            Self::IdTaken { .. } | Self::HashTaken { .. } => ExitCode::Failure,
            Self::OutcomeUnknown { .. } => ExitCode::Unavailable,
            Self::Store(error) => error.exit_code(),
        }
    }
}

/// Why a run could not be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HoldError {
    /// Somebody has it.
    #[error("{name} is held by {holder}: wait until it is done", holder = .by.as_deref().unwrap_or("another process"))]
    Held {
        /// The run.
        name: String,
        /// Who has it, as far as they said: informational.
        by: Option<String>,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl HoldError {
    /// How a process ends that cannot go on for this.
    pub const fn exit_code(&self) -> ExitCode {
        match self {
            Self::Held { .. } => ExitCode::Busy,
            Self::Store(error) => error.exit_code(),
        }
    }
}
