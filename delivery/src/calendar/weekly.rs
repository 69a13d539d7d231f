//! Freezes that come back every week.

use std::fmt;

use jiff::civil::{Date, Weekday as Day};
use jiff::{Error, Timestamp, ToSpan};

use super::clock::{Clock, short_name, weekday};
use super::error::InvalidFreeze;
use super::window::Window;
use super::zone::Zone;

/// A weekly freeze, as it was written. Either `days` names the days and `from` and `until` are clock times (`18:00`), for each of those
/// days, into the next one where `until` is earlier; or `days` is empty and both name their day (`fri 16:00` to `mon 08:00`).
#[derive(Debug, Clone, Copy)]
pub struct Weekly<'a> {
    /// The days on which it begins; empty where `from` names the day.
    pub days: &'a [&'a str],
    /// When it begins.
    pub from: &'a str,
    /// When it is open again. `24:00` is the end of a day.
    pub until: &'a str,
    /// The time zone.
    pub zone: &'a str,
}

/// A window of every week, or one on each of several days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Week {
    days: Vec<Day>,
    from: Clock,
    /// How many days after the one on which it begins a window ends.
    later: i64,
    until: Clock,
    zone: Zone,
    /// Whether the text named one day with `from` and another with `until`.
    spans: bool,
}

impl Week {
    pub(super) fn read(text: &Weekly<'_>) -> Result<Self, InvalidFreeze> {
        let zone = Zone::named(text.zone)?;
        if text.days.is_empty() { Self::from_day_to_day(text, zone) } else { Self::on_days(text, zone) }
    }

    fn on_days(text: &Weekly<'_>, zone: Zone) -> Result<Self, InvalidFreeze> {
        let mut days = Vec::new();
        for (place, name) in text.days.iter().enumerate() {
            let day = weekday("days", name).map_err(|error| error.of_list(place))?;
            if days.contains(&day) {
                return Err(InvalidFreeze::text("days", "each day once", name).of_list(place));
            }
            days.push(day);
        }
        days.sort_by_key(|day| day.to_monday_zero_offset());
        let (from, until) = (Clock::read("from", text.from, false)?, Clock::read("until", text.until, true)?);
        if from == until {
            let hint = "a whole day is from 00:00 until 24:00";
            return Err(InvalidFreeze::text("until", format!("another time than from, {from}"), text.until).hinting(hint));
        }
        Ok(Self { days, from, later: i64::from(until < from), until, zone, spans: false })
    }

    fn from_day_to_day(text: &Weekly<'_>, zone: Zone) -> Result<Self, InvalidFreeze> {
        let (first, from) = day_and_clock("from", text.from, false)?;
        let (last, until) = day_and_clock("until", text.until, true)?;
        let apart = i64::from(last.since(first));
        let later = if apart == 0 && until < from { 7 } else { apart };
        if later == 0 && from == until {
            let hint = "to freeze an environment for good, lock it";
            return Err(InvalidFreeze::text("until", format!("another time than from, {}", text.from), text.until).hinting(hint));
        }
        Ok(Self { days: vec![first], from, later, until, zone, spans: true })
    }

    /// Its windows in order: all that have not ended before that moment, and perhaps some that have.
    pub(super) fn windows(&self, from: Timestamp) -> impl Iterator<Item = Window> {
        // The longest window lasts a week, and a day more where clocks change.
        let first = self.zone.date(from).saturating_sub(9.days());
        let days = std::iter::successors(Some(first), |day| day.tomorrow().ok());
        // Only in the last days of the year 9999 has a window no place in time.
        days.filter(|day| self.days.contains(&day.weekday())).filter_map(|day| self.window(day).ok().flatten())
    }

    /// The window that begins on that day: none where the clocks go forward over all of it.
    fn window(&self, day: Date) -> Result<Option<Window>, Error> {
        let starts = self.zone.instant(self.from.on(day)?)?;
        let ends = self.zone.instant(self.until.on(day.checked_add(self.later.days())?)?)?;
        Ok(Window::new(starts, ends))
    }

    pub(super) fn zone(&self) -> &Zone {
        &self.zone
    }
}

fn day_and_clock(field: &'static str, text: &str, ends: bool) -> Result<(Day, Clock), InvalidFreeze> {
    let Some((day, clock)) = text.split_once(' ') else {
        let hint = "with a clock time alone, days says on which days it holds";
        return Err(InvalidFreeze::text(field, "a day and a clock time such as fri 16:00", text).hinting(hint));
    };
    Ok((weekday(field, day)?, Clock::read(field, clock.trim_start(), ends)?))
}

/// For people: `every week fri 16:00 to mon 08:00, Europe/Berlin`, or `sat, sun 00:00 to 24:00, UTC`.
impl fmt::Display for Week {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days: Vec<&str> = self.days.iter().map(|day| short_name(*day)).collect();
        write!(f, "every week {} {} to ", days.join(", "), self.from)?;
        if let (true, Some(first)) = (self.spans, self.days.first()) {
            write!(f, "{} ", short_name(first.wrapping_add(self.later)))?;
        }
        write!(f, "{}, {}", self.until, self.zone)
    }
}
