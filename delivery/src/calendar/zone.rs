//! Time zones, by their IANA names, from the database inside the program.
//!
//! The machine's own database is never asked: two machines that adopt one manifest come to the same intervals.

use std::fmt;

use jiff::civil::{Date, DateTime};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Error, Timestamp};

use super::error::InvalidFreeze;

/// A time zone that has a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Zone(TimeZone);

impl Zone {
    /// Finds a zone by its name, in any letter case.
    pub(super) fn named(name: &str) -> Result<Self, InvalidFreeze> {
        let expected = "an IANA time zone such as Europe/Berlin, or UTC";
        let invalid = || InvalidFreeze::text("zone", expected, name);
        let zone = TimeZoneDatabase::bundled().get(name).map_err(|_| invalid())?;
        // Etc/Unknown is a stand-in that behaves like UTC, and nobody means that.
        if zone.is_unknown() { Err(invalid()) } else { Ok(Self(zone)) }
    }

    /// When a clock on the wall shows that time. A time that is skipped when clocks go forward is as much later as they go forward; of
    /// a time that comes twice when clocks go back, the first counts. This is how RFC 5545 reads local times.
    pub(super) fn instant(&self, local: DateTime) -> Result<Timestamp, Error> {
        self.0.to_ambiguous_timestamp(local).compatible()
    }

    /// The day that it is there.
    pub(super) fn date(&self, moment: Timestamp) -> Date {
        self.0.to_datetime(moment).date()
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.iana_name().unwrap_or("UTC"))
    }
}
