//! Why a file is not taken for a scanner's report.

use promotion_ledger::meaning::digest::Digest;

use promotion_ledger::meaning::event::scan::Scanner;

/// Why a file is not taken for a scanner's report: a sentence that goes on after the file's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// Too large to be read.
    #[error("has {size} bytes or more: a report may have at most {most}")]
    TooLarge {
        /// How many bytes were seen.
        size: u64,
        /// How many it may have.
        most: u64,
    },
    /// Nothing in it, or white space alone.
    #[error("is empty: expected the JSON report of Trivy or Grype; a scanner that finds nothing still writes one")]
    Empty,
    /// UTF-16, as some shells write what they redirect.
    #[error("is written in UTF-16, as PowerShell redirects output: expected JSON in UTF-8")]
    Utf16,
    /// Bytes that are no text.
    #[error("is no UTF-8 text from byte {at} on: expected JSON in UTF-8")]
    NotText {
        /// The place of the first byte that is none, from 0.
        at: usize,
    },
    /// Text that is no JSON.
    #[error("is not JSON as a scanner writes it ({reason}); it begins with {begins:?}")]
    NotJson {
        /// What the parser says.
        reason: String,
        /// Its first line, shortened.
        begins: String,
    },
    /// JSON, and something else after it.
    #[error("has more text after its JSON, from line {line} on: {found:?}")]
    Trailing {
        /// The line where it begins, from 1.
        line: usize,
        /// Its first line, shortened.
        found: String,
    },
    /// JSON of something else.
    #[error("is {what}: expected a vulnerability report in the JSON of Trivy or Grype")]
    NotAReport {
        /// What it is.
        what: String,
    },
    /// A version of Trivy's report that is not known.
    #[error("is a Trivy report with SchemaVersion {found}: expected 2")]
    Schema {
        /// The version it names, as it is written.
        found: String,
    },
    /// The other scanner's report.
    #[error("is a report of {found}: expected one of {expected}")]
    OtherScanner {
        /// Whose report it was said to be.
        expected: Scanner,
        /// Whose it is.
        found: Scanner,
    },
    /// A report that breaks its scanner's own form.
    #[error("is a report of {scanner} that cannot be understood: {reason}")]
    Malformed {
        /// Whose report it is.
        scanner: Scanner,
        /// What was expected, what was found, and where.
        reason: String,
    },
    /// A report of other examinations than one for vulnerabilities.
    #[error("is a Trivy report without a vulnerability scan: it holds results of class {classes} alone")]
    NotScanned {
        /// The classes of its results.
        classes: String,
    },
    /// A report about something else.
    #[error("is about {named}, not about {about}")]
    OtherImage {
        /// The digests that it names.
        named: String,
        /// The digest that was asked about.
        about: Digest,
    },
}

impl ReportError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::OtherScanner { .. } => "name the scanner that wrote it, or leave it to be recognised".to_owned(),
            Self::OtherImage { about, .. } => format!("scan the image by its digest, IMAGE@{about}, and give that report"),
            Self::NotScanned { .. } => {
                "let Trivy look for vulnerabilities: trivy image --scanners vuln --format json --output FILE".to_owned()
            }
            Self::TooLarge { .. } => "let the scanner list vulnerabilities alone, not every package".to_owned(),
            _ => "let the scanner write the file itself: trivy image --format json --output FILE IMAGE@DIGEST, \
                  or grype IMAGE@DIGEST --output json --file FILE"
                .to_owned(),
        }
    }
}
