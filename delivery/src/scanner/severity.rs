//! How grave a finding is.

use std::fmt;
use std::str::FromStr;

/// How grave a finding is, from what nobody rated to the gravest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

/// A word that is no severity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is no severity: expected CRITICAL, HIGH, MEDIUM, LOW, NEGLIGIBLE or UNKNOWN")]
pub struct UnknownSeverity {
    found: String,
}

impl Severity {
    /// All of them, the gravest first.
    pub const ALL: [Self; 6] = [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Negligible, Self::Unknown];

    /// What a scanner wrote, in any letter case. A word that is not known rates nothing.
    pub(super) fn of(word: Option<&str>) -> Self {
        word.and_then(|word| word.parse().ok()).unwrap_or(Self::Unknown)
    }

    /// In capital letters, as Trivy writes it.
    pub fn as_str(self) -> &'static str {
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

impl FromStr for Severity {
    type Err = UnknownSeverity;
    fn from_str(text: &str) -> Result<Self, UnknownSeverity> {
        let word = text.trim();
        let known = Self::ALL.into_iter().find(|severity| severity.as_str().eq_ignore_ascii_case(word));
        known.ok_or_else(|| UnknownSeverity { found: text.chars().take(80).collect() })
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
