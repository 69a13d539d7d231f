//! What an auditor brings, and what verification came to.

use crate::evidence::hash::NodeHash;
use crate::evidence::keyring::VerifierKey;
use crate::meaning::digest::EntryHash;
use crate::meaning::id::Sequence;
use crate::meaning::names::Origin;
use crate::meaning::refusal::ExitCode;

/// What an auditor holds from elsewhere.
#[derive(Debug, Clone, Default)]
pub struct Pins {
    /// The ledger's name.
    pub origin: Option<Origin>,
    /// The hash of entry 0.
    pub genesis: Option<EntryHash>,
    /// An earlier end of the log: how many entries there were, and the hash of the last.
    pub head: Option<(u64, EntryHash)>,
    /// A key that must be among the first keys.
    pub key: Option<VerifierKey>,
}

/// How a log is gone through. It makes no difference to the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Effort {
    /// One entry after another, each signature by one plain, strict check: the reference.
    #[default]
    Plain,
    /// Signatures by tables where a key has many, and the work spread over threads.
    Fast {
        /// How many threads there are to work with.
        threads: usize,
    },
}

/// How much a verdict rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing from outside was given: the log agrees with itself.
    SelfConsistent,
    /// The genesis hash or an earlier head that is held elsewhere agrees.
    Pinned,
}

/// What was found wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The exit code that it stands for.
    pub code: ExitCode,
    /// The entry, where it is about one.
    pub entry: Option<Sequence>,
    /// In words: what was expected, what was found.
    pub message: String,
}

/// What verification came to.
#[derive(Debug, Clone)]
pub struct Report {
    /// The ledger's name, as entry 0 says it.
    pub origin: Option<Origin>,
    /// The hash of entry 0.
    pub genesis: Option<EntryHash>,
    /// How many entries are authentic, from the first on.
    pub sound: u64,
    /// The hash of the last of them.
    pub head: EntryHash,
    /// The root of the Merkle tree over them (RFC 6962).
    pub root: NodeHash,
    /// How many keys the ledger had, ever.
    pub keys: usize,
    /// How many pipelines have rules in force.
    pub pipelines: usize,
    /// How many bodies are named by entries.
    pub bodies_named: usize,
    /// How many of them were removed by an entry that says so.
    pub bodies_removed: usize,
    /// Entries that are authentic, of a later level of the format, and not understood here.
    pub not_understood: u64,
    /// What the last sound entry was, for people.
    pub last: Option<String>,
    /// What is wrong, first things first.
    pub findings: Vec<Finding>,
    /// What is not wrong, and should be known.
    pub remarks: Vec<String>,
    /// How much the verdict rests on.
    pub level: Level,
}

impl Report {
    /// The verdict: tampering outweighs a gap, a gap outweighs unlawfulness, and that what is not understood.
    pub fn exit_code(&self) -> ExitCode {
        [ExitCode::Tampered, ExitCode::Incomplete, ExitCode::Unlawful, ExitCode::NotVerifiable]
            .into_iter()
            .find(|code| self.findings.iter().any(|finding| finding.code == *code))
            .unwrap_or(ExitCode::Done)
    }
}
