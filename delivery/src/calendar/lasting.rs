//! How long each occurrence of a recurrence lasts (RFC 5545, 3.3.6).

use std::fmt;

use jiff::civil::DateTime;
use jiff::{Error, SignedDuration, Timestamp, ToSpan};

use super::error::InvalidFreeze;
use super::zone::Zone;

/// The longest that an occurrence may last: a year of days.
const LONGEST: i64 = 366 * 24 * 60 * 60;

/// Days by the calendar, then seconds by the clock: `P1D` ends at the same time of the next day whatever the clocks do, `PT24H` does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Length {
    days: i64,
    seconds: i64,
}

impl Length {
    /// Reads a duration of RFC 5545: `PT8H`, `P1D`, `P2W`, `P1DT12H30M`.
    pub(super) fn read(text: &str) -> Result<Self, InvalidFreeze> {
        let expected = "a duration of RFC 5545 such as PT8H, P1D, P2W or P1DT12H, longer than nothing and at most 366 days";
        parse(text).and_then(Self::checked).ok_or_else(|| InvalidFreeze::text("duration", expected, text))
    }

    /// The exact time between two moments, as RFC 5545 wants it of a recurrence with an end.
    pub(super) fn between(from: Timestamp, until: Timestamp) -> Option<Self> {
        Self { days: 0, seconds: until.duration_since(from).as_secs() }.checked()
    }

    fn checked(self) -> Option<Self> {
        let all = self.days.checked_mul(24 * 60 * 60)?.checked_add(self.seconds)?;
        (1..=LONGEST).contains(&all).then_some(self)
    }

    /// When what begins at that local time is over.
    pub(super) fn end(self, zone: &Zone, local: DateTime) -> Result<Timestamp, Error> {
        zone.instant(local.checked_add(self.days.days())?)?.checked_add(SignedDuration::from_secs(self.seconds))
    }
}

fn parse(text: &str) -> Option<Length> {
    let text = text.strip_prefix('P')?;
    if let Some(weeks) = text.strip_suffix('W') {
        return Some(Length { days: count(weeks)?.checked_mul(7)?, seconds: 0 });
    }
    let (date, time) = text.split_once('T').map_or((text, None), |(date, time)| (date, Some(time)));
    let (days, nothing) = part(date, 'D')?;
    let mut seconds = 0;
    if let Some(time) = time {
        let (hours, rest) = part(time, 'H')?;
        let (minutes, rest) = part(rest, 'M')?;
        let (more, rest) = part(rest, 'S')?;
        if time.is_empty() || !rest.is_empty() {
            return None;
        }
        seconds = hours * 3600 + minutes * 60 + more;
    }
    nothing.is_empty().then_some(Length { days, seconds })
}

/// The count before a letter and what follows it; 0 and all of the text where the letter is not there.
fn part(text: &str, letter: char) -> Option<(i64, &str)> {
    text.split_once(letter).map_or(Some((0, text)), |(digits, rest)| Some((count(digits)?, rest)))
}

/// A count of at most nine digits, so that no sum of a few can overflow.
fn count(digits: &str) -> Option<i64> {
    let plain = (1..=9).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [(self.days, "d"), (self.seconds / 3600, "h"), (self.seconds / 60 % 60, "min"), (self.seconds % 60, "s")];
        let told: Vec<String> = units.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count} {unit}")).collect();
        f.write_str(&told.join(" "))
    }
}
