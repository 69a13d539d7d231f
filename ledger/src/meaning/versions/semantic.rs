//! `semver`: precedence of Semantic Versioning 2.0.0, with an optional `v` before it.

use std::cmp::Ordering;

use super::super::names::Version;

/// How one version stands to the other; none where one is no semantic version.
pub(super) fn order(landing: &Version, current: &Version) -> Option<Ordering> {
    // `Ord` of the semver crate compares build metadata, which Semantic Versioning 2.0.0 section 10 excludes.
    Some(read(landing)?.cmp_precedence(&read(current)?))
}

/// The version as Semantic Versioning reads it, without its `v`.
pub(super) fn read(version: &Version) -> Option<semver::Version> {
    let text = version.as_str();
    semver::Version::parse(text.strip_prefix('v').unwrap_or(text)).ok()
}
