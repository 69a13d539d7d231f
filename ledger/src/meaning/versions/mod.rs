//! How two versions compare, by the scheme that a component's versions follow.
//!
//! Everything here is a function of texts and places in the log, so that a verifier in any language agrees:
//! there are no regular expressions and no locale. `FORMAT.md` has the rules in prose.

mod calver;
mod pattern;
mod precedence;
mod range;
mod recency;
mod scheme;
mod semantic;
#[cfg(test)]
mod tests;

pub use pattern::{InvalidTemplate, Template};
pub use range::{InvalidRange, Range};
pub use scheme::{InvalidScheme, Scheme};

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::id::Sequence;
use super::names::Version;

/// How the version that would land compares with the one that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// Nothing is there.
    Empty,
    /// It is newer.
    Newer,
    /// It has the same precedence.
    Equal,
    /// It is older.
    Older,
    /// The scheme cannot read at least one of them.
    Incomparable,
}

/// Compares the version that would land with the one that is there, as Semantic Versioning does.
pub fn compare(landing: &Version, current: Option<&Version>) -> Comparison {
    compare_by(&Scheme::Semver, landing, current, (None, None))
}

/// Compares the version that would land with the one that is there, by a scheme. `registered` says where in the log the two were
/// registered, in the same order; only [`Scheme::Recency`] looks at it.
pub fn compare_by(
    scheme: &Scheme,
    landing: &Version,
    current: Option<&Version>,
    registered: (Option<Sequence>, Option<Sequence>),
) -> Comparison {
    let Some(current) = current else { return Comparison::Empty };
    if landing == current {
        return Comparison::Equal;
    }
    let ordering = match scheme {
        Scheme::Semver => semantic::order(landing, current),
        Scheme::Calver => calver::order(landing, current),
        Scheme::Pattern(template) => template.order(landing, current),
        Scheme::Recency => recency::order(registered.0, registered.1),
    };
    match ordering {
        Some(Ordering::Greater) => Comparison::Newer,
        Some(Ordering::Equal) => Comparison::Equal,
        Some(Ordering::Less) => Comparison::Older,
        None => Comparison::Incomparable,
    }
}
