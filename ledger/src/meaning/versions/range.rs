//! Which versions an environment takes: a range with a lower bound, an upper bound or both.
//!
//! People write `^2`, `~1.4` or `>=1.2, <2`. What the log holds are bounds alone, so that a verifier compares two pairs of versions and
//! needs no such grammar. Prereleases inside the bounds are inside. An upper bound that names no prerelease leaves out the prereleases
//! that lead up to it as well: `3.0.0-rc.1` is no `^2`, so `^2` ends below `3.0.0-0`, the lowest version that begins with `3.0.0`.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use semver::{BuildMetadata, Comparator, Op, Prerelease, Version as Semantic, VersionReq};
use serde::{Deserialize, Serialize};

use super::super::names::Version;
use super::semantic;

/// Versions from a bound on, up to another and without it, by precedence of Semantic Versioning 2.0.0.
/// Spelled `{"at_least":"2.0.0","below":"3.0.0-0"}`, either of them alone, never neither.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Spelled", into = "Spelled")]
pub struct Range {
    at_least: Option<Semantic>,
    below: Option<Semantic>,
}

/// A range that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRange {
    /// The text is no range.
    #[error("{found:?} is no range of versions ({reason}): expected one such as ^2, ~1.4 or >=1.2, <2")]
    Unreadable {
        /// What was given, shortened.
        found: String,
        /// What the grammar says.
        reason: String,
    },
    /// A bound is no plain semantic version.
    #[error("{found:?} is no bound of versions: expected a semantic version without v and without build metadata, such as 2.0.0")]
    Bound {
        /// What was given, shortened.
        found: String,
    },
    /// Everything is inside.
    #[error("the range takes every version: expected a bound; leave the range away if every version is welcome")]
    Unbounded,
    /// Nothing is inside.
    #[error("the range from {at_least} up to, without it, {below} takes no version: expected a lower bound below the upper one")]
    Empty {
        /// The lower bound.
        at_least: Semantic,
        /// The upper bound.
        below: Semantic,
    },
    /// A bound would come to lie above the largest number that versions may have.
    #[error("a number in the range is the largest that versions may have: expected one below {}", u64::MAX)]
    TooLarge,
}

impl Range {
    /// Reads a range as people write it, in the grammar of Cargo's version requirements.
    pub fn parse(text: &str) -> Result<Self, InvalidRange> {
        let unreadable = |error: semver::Error| InvalidRange::Unreadable { found: shortened(text), reason: error.to_string() };
        let read: VersionReq = text.parse().map_err(unreadable)?;
        let (mut at_least, mut below) = (None, None);
        for comparator in &read.comparators {
            let (lower, upper) = bounds(comparator).ok_or(InvalidRange::TooLarge)?;
            at_least = tighter(at_least, lower, Ordering::Greater);
            below = tighter(below, upper, Ordering::Less);
        }
        Self::between(at_least, below)
    }

    fn between(at_least: Option<Semantic>, below: Option<Semantic>) -> Result<Self, InvalidRange> {
        match (&at_least, &below) {
            (None, None) => Err(InvalidRange::Unbounded),
            (Some(lower), Some(upper)) if lower.cmp_precedence(upper).is_ge() => {
                Err(InvalidRange::Empty { at_least: lower.clone(), below: upper.clone() })
            }
            _ => Ok(Self { at_least, below }),
        }
    }

    /// Whether a version is inside. None where it is no semantic version, with or without `v`.
    pub fn contains(&self, version: &Version) -> Option<bool> {
        let version = semantic::read(version)?;
        let above = self.at_least.as_ref().is_none_or(|lower| version.cmp_precedence(lower).is_ge());
        let under = self.below.as_ref().is_none_or(|upper| version.cmp_precedence(upper).is_lt());
        Some(above && under)
    }
}

/// The bound that lets fewer versions in; `side` is how a tighter bound stands to a looser one.
fn tighter(so_far: Option<Semantic>, next: Option<Semantic>, side: Ordering) -> Option<Semantic> {
    match (so_far, next) {
        (Some(one), Some(other)) => Some(if one.cmp_precedence(&other) == side { one } else { other }),
        (one, other) => one.or(other),
    }
}

type Bounds = (Option<Semantic>, Option<Semantic>);

/// The bounds of one comparator; none where a number would overflow.
fn bounds(comparator: &Comparator) -> Option<Bounds> {
    let first = first(comparator);
    Some(match comparator.op {
        Op::Greater => (Some(beyond(comparator)?), None),
        Op::GreaterEq => (Some(first), None),
        Op::Less => (None, Some(if first.pre.is_empty() { before(first) } else { first })),
        Op::LessEq => (None, Some(beyond(comparator)?)),
        Op::Tilde => (Some(first), Some(past_tilde(comparator)?)),
        Op::Caret => (Some(first), Some(past_caret(comparator)?)),
        // `=1.4` and `1.4.*` alike: whatever the numbers that are written begin. The enum may grow: what is unknown is held to the most.
        _ => (Some(first), Some(beyond(comparator)?)),
    })
}

/// The version that a comparator names; numbers that are left out are 0.
fn first(comparator: &Comparator) -> Semantic {
    let Comparator { major, minor, patch, pre, .. } = comparator;
    let (minor, patch) = (minor.unwrap_or(0), patch.unwrap_or(0));
    Semantic { major: *major, minor, patch, pre: pre.clone(), build: BuildMetadata::EMPTY }
}

/// The lowest version above all those that begin with what a comparator names.
fn beyond(comparator: &Comparator) -> Option<Semantic> {
    let version = first(comparator);
    match (comparator.minor, comparator.patch) {
        (None, _) => next_major(&version),
        (_, None) => next_minor(&version),
        _ if version.pre.is_empty() => next_patch(&version),
        // A prerelease with one part more is the next one above: nothing lies between rc.1 and rc.1.0.
        _ => Some(Semantic { pre: Prerelease::new(&format!("{}.0", version.pre)).ok()?, ..version }),
    }
}

fn past_tilde(comparator: &Comparator) -> Option<Semantic> {
    let version = first(comparator);
    if comparator.minor.is_some() { next_minor(&version) } else { next_major(&version) }
}

/// Above everything that keeps the leftmost number that is not 0.
fn past_caret(comparator: &Comparator) -> Option<Semantic> {
    let version = first(comparator);
    match (comparator.major, comparator.minor, comparator.patch) {
        (0, Some(0), Some(_)) => next_patch(&version),
        (0, Some(_), _) => next_minor(&version),
        _ => next_major(&version),
    }
}

fn next_major(version: &Semantic) -> Option<Semantic> {
    Some(before(Semantic::new(version.major.checked_add(1)?, 0, 0)))
}

fn next_minor(version: &Semantic) -> Option<Semantic> {
    Some(before(Semantic::new(version.major, version.minor.checked_add(1)?, 0)))
}

fn next_patch(version: &Semantic) -> Option<Semantic> {
    Some(before(Semantic::new(version.major, version.minor, version.patch.checked_add(1)?)))
}

/// The lowest prerelease that leads up to a release: 3.0.0-0 for 3.0.0.
fn before(release: Semantic) -> Semantic {
    Semantic { pre: Prerelease::new("0").expect("0 is a prerelease"), ..release }
}

fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}

/// For people: `at least 2.0.0 and below 3.0.0-0`.
impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.at_least, &self.below) {
            (Some(lower), Some(upper)) => write!(f, "at least {lower} and below {upper}"),
            (Some(lower), None) => write!(f, "at least {lower}"),
            (None, Some(upper)) => write!(f, "below {upper}"),
            (None, None) => f.write_str("any version"),
        }
    }
}

impl FromStr for Range {
    type Err = InvalidRange;
    fn from_str(text: &str) -> Result<Self, InvalidRange> {
        Self::parse(text)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Spelled {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    at_least: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    below: Option<String>,
}

impl TryFrom<Spelled> for Range {
    type Error = InvalidRange;
    fn try_from(spelled: Spelled) -> Result<Self, InvalidRange> {
        Self::between(spelled.at_least.map(bound).transpose()?, spelled.below.map(bound).transpose()?)
    }
}

fn bound(text: String) -> Result<Semantic, InvalidRange> {
    let plain = Semantic::parse(&text).ok().filter(|version| version.build.is_empty());
    plain.ok_or_else(|| InvalidRange::Bound { found: shortened(&text) })
}

impl From<Range> for Spelled {
    fn from(range: Range) -> Self {
        Self { at_least: range.at_least.map(|bound| bound.to_string()), below: range.below.map(|bound| bound.to_string()) }
    }
}
