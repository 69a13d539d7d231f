//! What a vulnerability scanner found, as a gate's result holds it.

use serde::{Deserialize, Serialize};

use crate::meaning::names::Reason;

/// A scanner whose reports are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scanner {
    /// Trivy, of Aqua Security.
    Trivy,
    /// Grype, of Anchore.
    Grype,
}

/// How grave a finding is, from what nobody rated to the gravest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Not rated, or rated in a word that is not known.
    Unknown,
    /// Rated by Grype as next to nothing.
    Negligible,
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
    /// Critical.
    Critical,
}

/// How many findings there are of each severity. What has no id counts as unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Critical.
    pub critical: u64,
    /// High.
    pub high: u64,
    /// Low.
    pub low: u64,
    /// Medium.
    pub medium: u64,
    /// Negligible.
    pub negligible: u64,
    /// Without an id, not rated, or rated in a word that is not known.
    pub unknown: u64,
}

/// A finding that stops a promotion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blocking {
    /// The versions that it is fixed in, where they are named.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub fixed: Option<Reason>,
    /// Its id, where the scanner gives one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub id: Option<Reason>,
    /// The package's version in the artifact, where the scanner gives one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub installed: Option<Reason>,
    /// The package, where the scanner names one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub package: Option<Reason>,
    /// How grave it is.
    pub severity: Severity,
}

/// What a report of a vulnerability scanner comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScanFound {
    /// How many findings stop a promotion.
    pub blocked: u64,
    /// The gravest of them, as many as an entry has room for.
    pub blocking: Vec<Blocking>,
    /// The findings by severity; those that were left out are not among them.
    pub counts: Counts,
    /// How many were left out because they have no fix.
    pub ignored: u64,
    /// Who wrote the report.
    pub scanner: Scanner,
    /// How many the scanner itself was told not to count.
    pub suppressed: u64,
}

impl Severity {
    /// All of them, the gravest first.
    pub const ALL: [Self; 6] = [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Negligible, Self::Unknown];

    /// In capital letters, as Trivy writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "CRITICAL",
            Self::High => "HIGH",
            Self::Medium => "MEDIUM",
            Self::Low => "LOW",
            Self::Negligible => "NEGLIGIBLE",
            Self::Unknown => "UNKNOWN",
        }
    }
}

impl Counts {
    /// How many there are of that severity.
    pub const fn of(&self, severity: Severity) -> u64 {
        match severity {
            Severity::Critical => self.critical,
            Severity::High => self.high,
            Severity::Medium => self.medium,
            Severity::Low => self.low,
            Severity::Negligible => self.negligible,
            Severity::Unknown => self.unknown,
        }
    }
}

impl std::fmt::Display for Severity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

impl std::fmt::Display for Scanner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Trivy => "Trivy",
            Self::Grype => "Grype",
        })
    }
}
