//! What a vulnerability scanner's report said, for machines.

use schemars::JsonSchema;
use serde::Serialize;

/// What a scanner's report said, and what follows for the gate. Texts of the report have control, bidirectional and
/// other unseen characters escaped.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ScanResult {
    /// Whose report it is: `trivy` or `grype`.
    pub(crate) scanner: String,
    /// Whether the report names by digest what was scanned.
    pub(crate) names_artifact: bool,
    /// How many findings there are of each severity, once for each id, package and version.
    pub(crate) counts: ScanCounts,
    /// The findings that failed the gate, the gravest first.
    pub(crate) blocking: Vec<Blocking>,
    /// How many were left out because there is no fix.
    pub(crate) ignored: u64,
    /// How many the scanner itself was told not to count.
    pub(crate) suppressed: u64,
}

/// How many findings there are of each severity.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ScanCounts {
    /// Critical.
    pub(crate) critical: u64,
    /// High.
    pub(crate) high: u64,
    /// Medium.
    pub(crate) medium: u64,
    /// Low.
    pub(crate) low: u64,
    /// Negligible.
    pub(crate) negligible: u64,
    /// Without an id or a severity that is known.
    pub(crate) unknown: u64,
}

/// A finding that failed the gate.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Blocking {
    /// Its id, such as `CVE-2024-0001`, where the scanner gives one.
    pub(crate) id: Option<String>,
    /// The package.
    pub(crate) package: String,
    /// The package's version in the artifact.
    pub(crate) installed_version: String,
    /// The versions that it is fixed in, where there are any.
    pub(crate) fixed_version: Option<String>,
    /// `CRITICAL`, `HIGH`, `MEDIUM`, `LOW`, `NEGLIGIBLE` or `UNKNOWN`.
    pub(crate) severity: String,
}
