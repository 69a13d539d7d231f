//! What reports of vulnerability scanners are judged by.

use promotion_ledger::meaning::accepted::Accepted;
use promotion_ledger::meaning::event::scan::{Scanner, Severity};
use promotion_ledger::meaning::rules::ScanRule;

use super::cursor::{Cursor, listed};
use super::error::ManifestError;
use super::near::nearest;
use super::shape::{SCANNERS, SECURITY_SCAN};

/// The severities that stop a promotion where nobody says which.
const BLOCK_ON: [Severity; 2] = [Severity::Critical, Severity::High];

/// Reads `security_scan`.
pub(super) fn security_scan(at: &Cursor<'_>) -> Result<ScanRule, ManifestError> {
    let fields = at.fields(SECURITY_SCAN)?;
    Ok(ScanRule {
        block_on: fields.read("block_on_severity", severities)?.unwrap_or_else(|| BLOCK_ON.into()),
        ignore_unfixed: fields.read("ignore_unfixed", |at| at.flag())?.and_then(Accepted::when),
        scanner: fields.read("scanner_format", |at| at.choice(SCANNERS))?.unwrap_or(Scanner::Trivy),
    })
}

/// The gravest first, as rules hold them.
fn severities(at: &Cursor<'_>) -> Result<Vec<Severity>, ManifestError> {
    let mut found = at.each("a list of severities", Severity::ALL.len(), |at, earlier: &[Severity]| {
        let severity = severity(at)?;
        if earlier.contains(&severity) { Err(at.again("severity", severity.as_str())) } else { Ok(severity) }
    })?;
    if found.is_empty() {
        return Err(at.unlike("at least one severity").hinting("leave the key out for CRITICAL and HIGH".to_owned()));
    }
    found.sort_by(|one, other| other.cmp(one));
    Ok(found)
}

/// One word, in any letter case: scanners do not agree on one.
fn severity(at: &Cursor<'_>) -> Result<Severity, ManifestError> {
    let known = Severity::ALL.map(Severity::as_str);
    let text = at.text(&listed(&known))?;
    Severity::ALL.into_iter().find(|severity| severity.as_str().eq_ignore_ascii_case(text)).ok_or_else(|| {
        let lower = known.map(str::to_ascii_lowercase);
        let near =
            nearest(text, &lower.each_ref().map(String::as_str)).map(|near| format!("did you mean `{}`?", near.to_ascii_uppercase()));
        at.unlike(listed(&known)).hinting(near)
    })
}
