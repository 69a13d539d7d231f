//! `calver`: versions named after dates, such as `2026.01`, `v26.1.0` or `2026-01-15-rc2`.
//!
//! A calendar version is, from its front to its end: one `v`, if there; numbers of 1 to 18 decimal digits with one `.`, `-` or `_`
//! between each two; and a modifier, if there: at most one `.`, `-` or `_`, then letters, then up to 18 digits.

use std::cmp::Ordering;

use super::super::names::Version;
use super::precedence::{number, numbers};

const SEPARATORS: [char; 3] = ['.', '-', '_'];

/// A calendar version, read.
struct Calendar<'a> {
    numbers: Vec<u64>,
    modifier: Option<Modifier<'a>>,
}

/// What follows the numbers: its letters, and the number after them, or 0.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Modifier<'a> {
    letters: &'a str,
    number: u64,
}

/// How one version stands to the other; none where one is no calendar version.
pub(super) fn order(landing: &Version, current: &Version) -> Option<Ordering> {
    let (landing, current) = (read(landing.as_str())?, read(current.as_str())?);
    let by_modifier = || match (&landing.modifier, &current.modifier) {
        (None, None) => Ordering::Equal,
        // A modifier marks what leads up to the release without one: `dev`, `alpha`, `rc1`.
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (Some(landing), Some(current)) => landing.cmp(current),
    };
    Some(numbers(&landing.numbers, &current.numbers).then_with(by_modifier))
}

fn read(text: &str) -> Option<Calendar<'_>> {
    let (first, mut rest) = number(text.strip_prefix('v').unwrap_or(text))?;
    let mut numbers = vec![first];
    while let Some((next, after)) = rest.strip_prefix(SEPARATORS).and_then(number) {
        numbers.push(next);
        rest = after;
    }
    if rest.is_empty() {
        return Some(Calendar { numbers, modifier: None });
    }
    Some(Calendar { numbers, modifier: Some(modifier(rest.strip_prefix(SEPARATORS).unwrap_or(rest))?) })
}

fn modifier(text: &str) -> Option<Modifier<'_>> {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (letters, digits) = text.split_at(letters);
    let (number, rest) = if digits.is_empty() { (0, "") } else { number(digits)? };
    (!letters.is_empty() && rest.is_empty()).then_some(Modifier { letters, number })
}
