//! What `verify`, `export`, `backup`, `replay` and `trust` print.

use schemars::JsonSchema;
use serde::Serialize;

use crate::answer::View;

/// What verification came to.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Verification {
    /// `sound`, `tampered`, `incomplete`, `unlawful`, or `not_verifiable`.
    pub(crate) verdict: String,
    /// The exit code.
    pub(crate) code: u8,
    /// What was verified: a ledger's URL, or the directory of an export.
    pub(crate) subject: String,
    /// How much the verdict rests on: `self-consistent` or `pinned`.
    pub(crate) level: String,
    /// What was held elsewhere and compared.
    pub(crate) pins: Vec<PinRow>,
    /// The ledger's name, as entry 0 says it.
    pub(crate) origin: Option<String>,
    /// The hash of entry 0.
    pub(crate) genesis: Option<String>,
    /// How many entries are authentic, from the first on.
    pub(crate) entries: u64,
    /// The hash of the last of them.
    pub(crate) head: String,
    /// The root of the Merkle tree over them (RFC 6962), in hexadecimal.
    pub(crate) tree_root: String,
    /// How many keys the ledger had, ever.
    pub(crate) keys: u64,
    /// How many pipelines have rules in force.
    pub(crate) pipelines: u64,
    /// How many bodies entries name.
    pub(crate) bodies: u64,
    /// How many of them an entry says were removed.
    pub(crate) bodies_removed: u64,
    /// What stands beside the log, judged again; null where that was not asked for, or the log is not sound.
    pub(crate) evidence: Option<Rejudged>,
    /// Entries of a later format, which are authentic and not understood here.
    pub(crate) not_understood: u64,
    /// The entry at which the chain broke, so that nothing was read from there on.
    pub(crate) broken_at: Option<u64>,
    /// What the last authentic entry was, in words.
    pub(crate) last: Option<String>,
    /// What is wrong, first things first.
    pub(crate) findings: Vec<FindingRow>,
    /// What is not wrong, and should be known.
    pub(crate) remarks: Vec<String>,
    /// What was not, or cannot be, checked.
    pub(crate) not_checked: Vec<String>,
}

impl View for Verification {
    const SCHEMA: &'static str = "promoledger.verification/1";
}

/// What judging evidence again came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Rejudged {
    /// Answers of policies that follow from their question.
    pub(crate) policies: u64,
    /// Results of scans that follow from their report.
    pub(crate) scans: u64,
    /// Tokens whose claims say what was recorded of them.
    pub(crate) tokens: u64,
    /// Results that name no evidence, or whose evidence was removed.
    pub(crate) without: u64,
    /// Results that do not follow from their evidence: each is a finding.
    pub(crate) contradicted: u64,
}

/// Something held elsewhere that the ledger was compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct PinRow {
    /// `origin`, `genesis`, `head`, or `key`.
    pub(crate) what: String,
    /// What it must be.
    pub(crate) value: String,
    /// `given` on the command line, or `trust`: what this user pinned.
    pub(crate) from: String,
}

/// What was found wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct FindingRow {
    /// The exit code that it stands for.
    pub(crate) code: u8,
    /// The same in one word.
    pub(crate) kind: String,
    /// The entry that it is about, where it is about one.
    pub(crate) entry: Option<u64>,
    /// What was expected, and what was found.
    pub(crate) message: String,
}

/// An export was written.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Exported {
    /// The directory.
    pub(crate) directory: String,
    /// The ledger's name.
    pub(crate) origin: String,
    /// The hash of entry 0, for the auditor to pin.
    pub(crate) genesis: String,
    /// How many entries it holds.
    pub(crate) entries: u64,
    /// The hash of the last of them.
    pub(crate) head: String,
    /// How many bodies it holds.
    pub(crate) bodies: u64,
    /// The command that verifies it.
    pub(crate) verify: String,
}

impl View for Exported {
    const SCHEMA: &'static str = "promoledger.exported/1";
}

/// A backup was made.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct BackedUp {
    /// The copy.
    pub(crate) file: String,
    /// How many entries it holds.
    pub(crate) entries: u64,
    /// The hash of the last of them.
    pub(crate) head: String,
}

impl View for BackedUp {
    const SCHEMA: &'static str = "promoledger.backed-up/1";
}

/// The index was compared with the log, or made again from it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Replayed {
    /// `same`, or `rebuilt`.
    pub(crate) outcome: String,
    /// How many entries were verified again.
    pub(crate) entries: u64,
    /// How many rows were compared; absent when the index was made again.
    pub(crate) rows: Option<u64>,
    /// How long it took.
    pub(crate) milliseconds: u64,
    /// The index's file; absent where none can be kept.
    pub(crate) index: Option<String>,
}

impl View for Replayed {
    const SCHEMA: &'static str = "promoledger.replayed/1";
}

/// The ledger is pinned.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Trusted {
    /// `pinned`, `advanced`, `unchanged`, or `replaced`.
    pub(crate) outcome: String,
    /// Where it is kept.
    pub(crate) ledger: String,
    /// What is pinned now.
    pub(crate) pin: Pinned,
    /// What was pinned before.
    pub(crate) before: Option<Pinned>,
}

impl View for Trusted {
    const SCHEMA: &'static str = "promoledger.trusted/1";
}

/// What is remembered of a ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Pinned {
    /// Its name.
    pub(crate) origin: String,
    /// The hash of entry 0.
    pub(crate) genesis: String,
    /// How many entries there were.
    pub(crate) size: u64,
    /// The hash of the last of them.
    pub(crate) head: String,
}
