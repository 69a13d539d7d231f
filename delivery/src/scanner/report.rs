//! What a scanner's report says.

use super::finding::{Collected, Finding};
use super::subject::Subject;
use promotion_ledger::meaning::event::scan::Scanner;

/// What a scanner's report says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Who wrote it.
    pub scanner: Scanner,
    /// One finding for each id, package and version, the gravest first.
    pub findings: Vec<Finding>,
    /// How many further findings the scanner was told not to count: its ignore file, its rules, VEX documents.
    pub suppressed: u64,
    /// Whether it names by digest what was scanned.
    pub names_artifact: bool,
}

/// What is taken from a report before it is known to be about the right artifact.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pub(super) findings: Collected,
    pub(super) suppressed: u64,
    pub(super) subject: Subject,
}
