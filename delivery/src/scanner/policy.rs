//! What a report means for a promotion: a policy, and its verdict.

use std::collections::BTreeSet;

use promotion_ledger::meaning::event::artifact::GateStatus;
use promotion_ledger::meaning::event::scan::{Counts, Severity};
use promotion_ledger::meaning::rules::ScanRule;

use super::finding::Finding;
use super::report::Report;

/// Which findings stop a promotion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The severities that do.
    pub block_on: BTreeSet<Severity>,
    /// Whether findings without a fix are left out of everything but their number.
    pub ignore_unfixed: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self { block_on: BTreeSet::from([Severity::Critical, Severity::High]), ignore_unfixed: false }
    }
}

/// What a policy says of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Failed where something blocks, a warning where there is something else, otherwise passed.
    pub status: GateStatus,
    /// The findings by severity; those left out are not among them.
    pub counts: Counts,
    /// What stops the promotion, the gravest first.
    pub blocking: Vec<Finding>,
    /// What does not, the gravest first.
    pub lower: Vec<Finding>,
    /// How many were left out because there is no fix.
    pub ignored: u64,
    /// How many the scanner itself was told not to count.
    pub suppressed: u64,
}

impl From<&ScanRule> for Policy {
    fn from(rule: &ScanRule) -> Self {
        Self { block_on: rule.block_on.iter().copied().collect(), ignore_unfixed: rule.ignore_unfixed.is_some() }
    }
}

impl Policy {
    /// Judges a report.
    pub fn judge(&self, report: &Report) -> Verdict {
        let (counted, left_out): (Vec<&Finding>, Vec<&Finding>) =
            report.findings.iter().partition(|finding| finding.fixable || !self.ignore_unfixed);
        let counts = counts(&counted);
        let (blocking, lower): (Vec<Finding>, Vec<Finding>) = counted.into_iter().cloned().partition(|finding| self.blocks(finding));
        let status = match (blocking.is_empty(), lower.is_empty()) {
            (false, _) => GateStatus::Failed,
            (true, false) => GateStatus::Warning,
            (true, true) => GateStatus::Passed,
        };
        let ignored = u64::try_from(left_out.len()).unwrap_or(u64::MAX);
        Verdict { status, counts, blocking, lower, ignored, suppressed: report.suppressed }
    }

    /// A finding without an id still blocks by its severity: leaving the id out must let nothing pass.
    fn blocks(&self, finding: &Finding) -> bool {
        self.block_on.contains(&finding.severity) || self.block_on.contains(&finding.counted_as())
    }
}

fn counts(findings: &[&Finding]) -> Counts {
    let count = |severity| findings.iter().filter(|finding| finding.counted_as() == severity).map(|_| 1).sum();
    Counts {
        critical: count(Severity::Critical),
        high: count(Severity::High),
        low: count(Severity::Low),
        medium: count(Severity::Medium),
        negligible: count(Severity::Negligible),
        unknown: count(Severity::Unknown),
    }
}
