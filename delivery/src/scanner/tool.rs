//! Which scanner.

use std::fmt;

/// A scanner whose reports are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scanner {
    /// Trivy, of Aqua Security.
    Trivy,
    /// Grype, of Anchore.
    Grype,
}

impl fmt::Display for Scanner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Trivy => "Trivy",
            Self::Grype => "Grype",
        })
    }
}
