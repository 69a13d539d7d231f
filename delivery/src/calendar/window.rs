//! One stretch of time that a freeze covers.

use jiff::Timestamp;

/// From a moment on, up to another and without it. It is never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
}

impl Window {
    /// None where nothing lies between the two.
    pub(super) fn new(from: Timestamp, until: Timestamp) -> Option<Self> {
        (from < until).then_some(Self { from, until })
    }
}
