//! Dates, clock times and days of the week, as people write them.

use std::fmt;

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::{Error, ToSpan};

use super::error::InvalidFreeze;

/// The years that a freeze may name: times around them are times that the log can hold, whatever the zone.
const YEARS: std::ops::RangeInclusive<i16> = 1971..=9900;

/// A moment on somebody's wall: a whole day, or a time of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    Day(Date),
    Moment(DateTime),
}

/// Reads a date or a local time: `2026-12-20`, `2026-12-20T18:00`, `2026-12-20 18:00:30`, and as RFC 5545 spells them `20261220`,
/// `20261220T180030`.
pub(super) fn written(field: &'static str, text: &str) -> Result<Written, InvalidFreeze> {
    let expected = "a date such as 2026-12-20, or a local time such as 2026-12-20T18:00";
    let invalid = || InvalidFreeze::text(field, expected, text);
    let shape: String = text.chars().map(|sign| if sign.is_ascii_digit() { '0' } else { sign }).collect();
    let read = match shape.as_str() {
        "0000-00-00" | "00000000" => Written::Day(text.parse().map_err(|_| invalid())?),
        "0000-00-00T00:00" | "0000-00-00 00:00" | "0000-00-00T00:00:00" | "0000-00-00 00:00:00" | "00000000T000000" => {
            Written::Moment(text.parse().map_err(|_| invalid())?)
        }
        _ => return Err(invalid().hinting("a time is local to the field zone and carries no offset of its own")),
    };
    let year = read.date().year();
    if YEARS.contains(&year) { Ok(read) } else { Err(InvalidFreeze::text(field, "a year between 1971 and 9900", text)) }
}

impl Written {
    /// The day, or the day of the time.
    pub(super) fn date(self) -> Date {
        match self {
            Self::Day(date) => date,
            Self::Moment(moment) => moment.date(),
        }
    }

    /// The time, or the first of the day.
    pub(super) fn start(self) -> DateTime {
        match self {
            Self::Day(date) => date.at(0, 0, 0, 0),
            Self::Moment(moment) => moment,
        }
    }

    /// The time, or the first of the next day, so that a day that is named is covered.
    pub(super) fn end(self) -> Result<DateTime, Error> {
        match self {
            Self::Day(date) => Ok(date.tomorrow()?.at(0, 0, 0, 0)),
            Self::Moment(moment) => Ok(moment),
        }
    }
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(date) => write!(f, "{date}"),
            Self::Moment(moment) => write!(f, "{} {:02}:{:02}:{:02}", moment.date(), moment.hour(), moment.minute(), moment.second()),
        }
    }
}

/// A time of any day, to the minute: 00:00 to 24:00, the last only where something ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Clock(i16);

impl Clock {
    const END_OF_DAY: Self = Self(24 * 60);

    /// Reads `HH:MM`.
    pub(super) fn read(field: &'static str, text: &str, ends: bool) -> Result<Self, InvalidFreeze> {
        let expected =
            if ends { "a clock time such as 08:00, from 00:00 to 24:00" } else { "a clock time such as 16:00, from 00:00 to 23:59" };
        let read = || {
            let (hours, minutes) = text.split_once(':')?;
            let two = |part: &str| (part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit())).then(|| part.parse::<i16>().ok());
            let (hours, minutes) = (two(hours)??, two(minutes)??);
            (hours <= 24 && minutes < 60).then_some(Self(hours * 60 + minutes))
        };
        let last = if ends { Self::END_OF_DAY } else { Self(24 * 60 - 1) };
        read().filter(|clock| *clock <= last).ok_or_else(|| InvalidFreeze::text(field, expected, text))
    }

    /// That time of a day; 24:00 is the first moment of the next.
    pub(super) fn on(self, day: Date) -> Result<DateTime, Error> {
        day.to_datetime(Time::midnight()).checked_add(i64::from(self.0).minutes())
    }
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// The days of the week by the words that people write and the letters of RFC 5545, from Monday on.
const DAYS: [(Weekday, &str, &str, &str); 7] = [
    (Weekday::Monday, "mon", "monday", "MO"),
    (Weekday::Tuesday, "tue", "tuesday", "TU"),
    (Weekday::Wednesday, "wed", "wednesday", "WE"),
    (Weekday::Thursday, "thu", "thursday", "TH"),
    (Weekday::Friday, "fri", "friday", "FR"),
    (Weekday::Saturday, "sat", "saturday", "SA"),
    (Weekday::Sunday, "sun", "sunday", "SU"),
];

/// Reads a day of the week: `fri` or `friday`, in any letter case.
pub(super) fn weekday(field: &'static str, text: &str) -> Result<Weekday, InvalidFreeze> {
    let named = DAYS.iter().find(|(_, short, long, _)| text.eq_ignore_ascii_case(short) || text.eq_ignore_ascii_case(long));
    named.map(|day| day.0).ok_or_else(|| InvalidFreeze::text(field, "a day: mon, tue, wed, thu, fri, sat or sun", text))
}

/// The day that RFC 5545 writes with those two letters.
pub(super) fn weekday_by_letters(letters: &str) -> Option<Weekday> {
    DAYS.iter().find(|day| day.3 == letters).map(|day| day.0)
}

/// `mon` to `sun`.
pub(super) fn short_name(day: Weekday) -> &'static str {
    DAYS.iter().find(|known| known.0 == day).map_or("", |known| known.1)
}
