//! How two versions compare: precedence of Semantic Versioning 2.0.0, with an optional `v` before it.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::names::Version;

/// How the version that would land compares with the one that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// Nothing is there.
    Empty,
    /// It is newer.
    Newer,
    /// It has the same precedence; build metadata does not count.
    Equal,
    /// It is older.
    Older,
    /// At least one of them is no semantic version.
    Incomparable,
}

/// Compares a candidate with what is there.
pub fn compare(candidate: &Version, current: Option<&Version>) -> Comparison {
    let Some(current) = current else { return Comparison::Empty };
    if candidate == current {
        return Comparison::Equal;
    }
    match (semantic(candidate), semantic(current)) {
        // `Ord` of the semver crate compares build metadata, which Semantic Versioning 2.0.0 section 10 excludes.
        (Some(candidate), Some(current)) => match candidate.cmp_precedence(&current) {
            Ordering::Greater => Comparison::Newer,
            Ordering::Equal => Comparison::Equal,
            Ordering::Less => Comparison::Older,
        },
        _ => Comparison::Incomparable,
    }
}

fn semantic(version: &Version) -> Option<semver::Version> {
    let text = version.as_str();
    semver::Version::parse(text.strip_prefix('v').unwrap_or(text)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    // proves: life.downgrade-guard
    #[test]
    fn precedence_is_that_of_semantic_versioning() {
        let cases = [
            ("v1.4.2", "v1.4.1", Comparison::Newer),
            ("1.4.2", "v1.4.2", Comparison::Equal),
            ("v1.10.0", "v1.9.9", Comparison::Newer),
            ("v1.4.0-rc.1", "v1.4.0", Comparison::Older),
            ("v1.4.0", "v1.4.0-rc.2", Comparison::Newer),
            ("v1.4.0-rc.2", "v1.4.0-rc.10", Comparison::Older),
            ("v1.3.9", "v1.4.0-rc.1", Comparison::Older),
            ("2024-11", "v1.0.0", Comparison::Incomparable),
            ("nightly", "nightly", Comparison::Equal),
            ("1.4", "1.5", Comparison::Incomparable),
        ];
        for (candidate, current, expected) in cases {
            let version = |text: &str| Version::new(text).unwrap();
            assert_eq!(compare(&version(candidate), Some(&version(current))), expected, "{candidate} over {current}");
        }
        assert_eq!(compare(&Version::new("v1.0.0").unwrap(), None), Comparison::Empty);
    }
}
