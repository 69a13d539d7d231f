//! What reports of vulnerability scanners are judged by.

use promotion_ledger::meaning::event::scan::Severity;
use promotion_ledger::meaning::rules::{Rules, SECURITY_SCAN, ScanRule};

use super::found::{Found, only};

pub(super) fn scan(old: &Rules, new: &Rules, found: &mut Found) {
    match (old.security_scan(), new.security_scan()) {
        (Some(before), Some(now)) => terms(before, now, found),
        (Some(_), None) => found.loosens(format!("results of gate {SECURITY_SCAN} are no longer held against a scanner's report")),
        (None, Some(now)) => {
            let unfixed = if now.ignore_unfixed.is_some() { ", those without a fix left out" } else { "" };
            let (scanner, stop) = (now.scanner, joined(&now.block_on));
            found.note(format!("gate {SECURITY_SCAN} now needs a report of {scanner}, and findings of {stop} stop it{unfixed}"));
        }
        (None, None) => {}
    }
}

fn terms(before: &ScanRule, now: &ScanRule, found: &mut Found) {
    let (fewer, more) = (only(&before.block_on, &now.block_on), only(&now.block_on, &before.block_on));
    if !fewer.is_empty() {
        found.loosens(format!("findings of {} no longer stop a promotion", joined(&fewer)));
    }
    if !more.is_empty() {
        found.note(format!("findings of {} now stop a promotion", joined(&more)));
    }
    match (before.ignore_unfixed, now.ignore_unfixed) {
        (None, Some(_)) => found.loosens("findings without a fix no longer count"),
        (Some(_), None) => found.note("findings without a fix now count"),
        _ => {}
    }
    if before.scanner != now.scanner {
        // What one scanner finds, the other may not.
        found.loosens(format!("reports of {} now count (those of {} did)", now.scanner, before.scanner));
    }
}

fn joined(severities: &[Severity]) -> String {
    severities.iter().map(|severity| severity.as_str()).collect::<Vec<_>>().join(", ")
}
