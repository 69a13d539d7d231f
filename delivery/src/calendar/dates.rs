//! Freezes between two dates.

use std::fmt;

use super::clock::{Written, written};
use super::error::InvalidFreeze;
use super::window::Window;
use super::zone::Zone;

/// A freeze between two dates or local times, as it was written.
#[derive(Debug, Clone, Copy)]
pub struct Dates<'a> {
    /// When it begins: a date (its first moment) or a local time.
    pub from: &'a str,
    /// When it ends: a date, which is frozen to its end, or a local time, which is open again.
    pub until: &'a str,
    /// The time zone of both.
    pub zone: &'a str,
}

/// A stretch between two local times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stretch {
    from: Written,
    until: Written,
    zone: Zone,
    window: Window,
}

impl Stretch {
    pub(super) fn read(text: &Dates<'_>) -> Result<Self, InvalidFreeze> {
        let zone = Zone::named(text.zone)?;
        let (from, until) = (written("from", text.from)?, written("until", text.until)?);
        let starts = zone.instant(from.start());
        let ends = until.end().and_then(|end| zone.instant(end));
        let window = starts.ok().zip(ends.ok()).and_then(|(starts, ends)| Window::new(starts, ends));
        let window = window.ok_or_else(|| InvalidFreeze::text("until", format!("a time after {}", text.from), text.until))?;
        Ok(Self { from, until, zone, window })
    }

    pub(super) fn window(&self) -> Window {
        self.window
    }

    pub(super) fn zone(&self) -> &Zone {
        &self.zone
    }
}

/// For people: `2026-12-20 to 2027-01-02, Europe/Berlin`.
impl fmt::Display for Stretch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}, {}", self.from, self.until, self.zone)
    }
}
