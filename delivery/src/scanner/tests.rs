//! Reports as scanners write them, and files that must not be taken for reports.

mod changed;
mod judging;
mod reading;
mod refusing;

use promotion_ledger::meaning::digest::Digest;

use super::{Report, ReportError, read};

/// A fixture's text.
macro_rules! fixture {
    ($path:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/scanner/", $path))
    };
}
use fixture;

/// The image that the fixtures are about.
fn image() -> Digest {
    Digest::from_sha256(&[0x11; 32])
}

fn try_report(text: &str) -> Result<Report, ReportError> {
    read(text.as_bytes(), None, &image())
}

#[track_caller]
fn report(text: &str) -> Report {
    try_report(text).unwrap_or_else(|error| panic!("the file {error}"))
}

/// A Trivy report about nothing named, with these vulnerabilities.
fn trivy(vulnerabilities: &str) -> Report {
    report(&format!(
        r#"{{"SchemaVersion":2,"ArtifactName":"a","Results":[{{"Target":"a","Class":"os-pkgs","Vulnerabilities":[{vulnerabilities}]}}]}}"#
    ))
}
