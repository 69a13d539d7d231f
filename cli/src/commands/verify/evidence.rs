//! `verify --evidence`: what stands beside the log, judged again once the log itself was found sound.

use promotion_delivery::again::{self, Again};
use promotion_ledger::custody::audit::{Finding, Report};
use promotion_ledger::custody::log::Log;
use promotion_ledger::meaning::refusal::ExitCode;

use crate::views::audit::Rejudged;

/// Judges the evidence of a sound log again; what does not follow from it becomes findings.
pub(super) fn judge(log: &dyn Log, report: &mut Report) -> Option<Rejudged> {
    if report.exit_code() != ExitCode::Done {
        return None;
    }
    match again::judge(log) {
        Ok(again) => {
            let Again { policies, scans, tokens, without, contradictions } = again;
            let rejudged = Rejudged { policies, scans, tokens, without, contradicted: contradictions.len() as u64 };
            let finding = |found: again::Contradiction| Finding {
                code: ExitCode::Unlawful,
                entry: Some(found.entry),
                message: format!("it does not follow from its evidence: {}", found.message),
            };
            report.findings.extend(contradictions.into_iter().map(finding));
            Some(rejudged)
        }
        Err(error) => {
            report.findings.push(Finding { code: error.exit_code(), entry: None, message: error.to_string() });
            None
        }
    }
}
