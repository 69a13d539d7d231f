//! A verdict as a gate's result holds it: cut so that an entry has room for it.

use promotion_ledger::meaning::event::scan::{Blocking, ScanFound, Scanner};
use promotion_ledger::meaning::names::Reason;

use super::finding::Finding;
use super::policy::Verdict;
use super::text::shortened;

/// How many findings are named. The report, which is kept beside the log, has them all.
const MOST: usize = 50;

/// The most characters of an id, a package or a version.
const PART: usize = 100;

impl Verdict {
    /// The verdict on a report of that scanner, for the record.
    pub fn recorded(&self, scanner: Scanner) -> ScanFound {
        ScanFound {
            blocked: u64::try_from(self.blocking.len()).unwrap_or(u64::MAX),
            blocking: self.blocking.iter().take(MOST).map(blocking).collect(),
            counts: self.counts,
            ignored: self.ignored,
            scanner,
            suppressed: self.suppressed,
        }
    }
}

fn blocking(finding: &Finding) -> Blocking {
    Blocking {
        fixed: finding.fixed.as_deref().and_then(part),
        id: finding.id.as_deref().and_then(part),
        installed: part(&finding.installed),
        package: part(&finding.package),
        severity: finding.severity,
    }
}

fn part(text: &str) -> Option<Reason> {
    Reason::new(shortened(text, PART)).ok()
}
