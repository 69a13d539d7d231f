//! Reports of vulnerability scanners: Trivy's and Grype's JSON, read strictly, and judged by a policy.
//!
//! A report is recognised by what it holds. What is not recognised is an error, never a report without findings.
//! The shapes are those of Trivy's `pkg/types` (`SchemaVersion` 2, and the bare array of releases before it) and of
//! Grype's `grype/presenter/models`.

mod error;
mod finding;
mod grype;
mod object;
mod policy;
mod recognise;
mod recorded;
mod report;
mod sentence;
mod severity;
mod subject;
#[cfg(test)]
mod tests;
mod text;
mod trivy;

pub use error::ReportError;
pub use finding::Finding;
pub use policy::{Policy, Verdict};
pub use promotion_ledger::meaning::event::scan::{Counts, Scanner, Severity};
pub use report::Report;
pub use severity::{UnknownSeverity, severity};
pub use text::LONGEST;

use promotion_ledger::meaning::digest::Digest;

use recognise::Shape;

/// Reads a report about the artifact of that digest. A caller who knows which scanner wrote it says so, and is held to it.
///
/// # Errors
///
/// Whatever is not certainly a report of one of the scanners, whole, and about that artifact where it names one.
pub fn read(bytes: &[u8], expected: Option<Scanner>, about: &Digest) -> Result<Report, ReportError> {
    let text = text::decode(bytes)?;
    let shape = recognise::shape(text)?;
    let scanner = shape.scanner();
    if let Some(expected) = expected.filter(|expected| *expected != scanner) {
        return Err(ReportError::OtherScanner { expected, found: scanner });
    }
    let report = match shape {
        Shape::Trivy => trivy::read(text),
        Shape::TrivyArray => trivy::read_array(text),
        Shape::Grype => grype::read(text),
    }?;
    report.subject.expect(about)?;
    Ok(Report {
        scanner,
        findings: report.findings.into_sorted(),
        suppressed: report.suppressed,
        names_artifact: !report.subject.is_unnamed(),
    })
}
