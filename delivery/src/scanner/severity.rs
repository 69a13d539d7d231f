//! How grave a finding is, as scanners and people write it.

use promotion_ledger::meaning::event::scan::Severity;

/// A word that is no severity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is no severity: expected CRITICAL, HIGH, MEDIUM, LOW, NEGLIGIBLE or UNKNOWN")]
pub struct UnknownSeverity {
    found: String,
}

/// Reads a severity, in any letter case.
///
/// # Errors
///
/// A word that is none.
pub fn severity(text: &str) -> Result<Severity, UnknownSeverity> {
    let word = text.trim();
    let known = Severity::ALL.into_iter().find(|severity| severity.as_str().eq_ignore_ascii_case(word));
    known.ok_or_else(|| UnknownSeverity { found: text.chars().take(80).collect() })
}

/// What a scanner wrote. A word that is not known rates nothing.
pub(super) fn rated(word: Option<&str>) -> Severity {
    word.and_then(|word| severity(word).ok()).unwrap_or(Severity::Unknown)
}
