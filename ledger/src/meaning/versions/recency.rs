//! `recency`: the version that was registered later is newer, whatever it is called.

use std::cmp::Ordering;

use super::super::id::Sequence;

/// How one place in the log stands to the other; none where one was never registered.
pub(super) fn order(landing: Option<Sequence>, current: Option<Sequence>) -> Option<Ordering> {
    Some(landing?.cmp(&current?))
}
