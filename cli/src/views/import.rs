//! What `import` says to machines.

use promotion_delivery::history::BadLine;
use schemars::JsonSchema;
use serde::Serialize;

use crate::answer::View;
use crate::views::run::EntryRange;

/// History was imported.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct HistoryImported {
    /// The pipeline of lines that name none.
    pub(crate) pipeline: String,
    /// SHA-256 of the file.
    pub(crate) file: String,
    /// How many lines the file has; blank ones do not count.
    pub(crate) lines: u64,
    /// How many of them are new.
    pub(crate) imported: u64,
    /// How many were imported before, or stand in the file twice.
    pub(crate) repeated: u64,
    /// Bad lines that were left out, with --keep-going.
    pub(crate) left_out: Vec<BadLineRow>,
    /// Whether this was a dry run: nothing was written.
    pub(crate) dry_run: bool,
    /// The entries that this command appended.
    pub(crate) entries: Option<EntryRange>,
}

/// A line that cannot be imported.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct BadLineRow {
    /// Its number in the file, from 1.
    pub(crate) line: u64,
    /// The exit code that it stands for.
    pub(crate) code: u8,
    /// What was expected, what was found.
    pub(crate) reason: String,
}

impl View for HistoryImported {
    const SCHEMA: &'static str = "promoledger.history-imported/1";
}

impl From<&BadLine> for BadLineRow {
    fn from(bad: &BadLine) -> Self {
        Self { line: bad.number, code: bad.code.number(), reason: bad.reason.clone() }
    }
}
