//! Recurrence rules of RFC 5545 (3.3.10), read strictly: days by date, never clock times, since the start says the time of day.

use jiff::Timestamp;
use jiff::civil::{DateTime, Weekday};

use super::clock::{Written, weekday_by_letters, written};
use super::error::InvalidFreeze;

/// A rule that says on which days something comes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) every: Every,
    pub(super) interval: i64,
    pub(super) ends: Ends,
    pub(super) months: Vec<i16>,
    pub(super) month_days: Vec<i16>,
    pub(super) year_days: Vec<i16>,
    pub(super) days: Vec<NthDay>,
    pub(super) positions: Vec<i16>,
    pub(super) week_starts: Weekday,
}

/// The period that a rule counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Every {
    Day,
    Week,
    Month,
    Year,
}

/// When a rule is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    Never,
    After(u32),
    /// The last moment at which it may begin, on a wall in its zone.
    Local(DateTime),
    /// The same, in UTC.
    Utc(Timestamp),
}

/// A day of the week: each, or the nth of a month or year, counted from its end where negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NthDay {
    pub(super) nth: Option<i16>,
    pub(super) day: Weekday,
}

const RULE: &str = "rule";

impl Rule {
    /// Reads what stands after `RRULE:`.
    pub(super) fn read(text: &str) -> Result<Self, InvalidFreeze> {
        let text = text.strip_prefix("RRULE:").unwrap_or(text);
        let parts = parts(text)?;
        let value = |name: &str| parts.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        let rule = Self {
            every: every(value("FREQ"), text)?,
            interval: value("INTERVAL").map_or(Ok(1), |value| number("INTERVAL", value, 1, 999)).map(i64::from)?,
            ends: ends(value("COUNT"), value("UNTIL"))?,
            months: numbers("BYMONTH", value("BYMONTH"), 1, 12, false)?,
            month_days: numbers("BYMONTHDAY", value("BYMONTHDAY"), 1, 31, true)?,
            year_days: numbers("BYYEARDAY", value("BYYEARDAY"), 1, 366, true)?,
            days: value("BYDAY").map_or(Ok(Vec::new()), |list| list.split(',').map(nth_day).collect())?,
            positions: numbers("BYSETPOS", value("BYSETPOS"), 1, 366, true)?,
            week_starts: value("WKST").map_or(Ok(Weekday::Monday), |day| weekday_by_letters(day).ok_or_else(|| wrong_day("WKST", day)))?,
        };
        rule.fits(text)
    }

    /// Refuses what RFC 5545 forbids together.
    fn fits(self, text: &str) -> Result<Self, InvalidFreeze> {
        let by_day = [&self.months, &self.month_days, &self.year_days].iter().any(|list| !list.is_empty()) || !self.days.is_empty();
        let wrong = [
            (!self.month_days.is_empty() && self.every == Every::Week, "no BYMONTHDAY with FREQ=WEEKLY"),
            (!self.year_days.is_empty() && self.every != Every::Year, "BYYEARDAY with FREQ=YEARLY alone"),
            (
                self.days.iter().any(|day| day.nth.is_some()) && matches!(self.every, Every::Day | Every::Week),
                "a BYDAY with a number, such as 2MO, with FREQ=MONTHLY or FREQ=YEARLY alone",
            ),
            (!self.positions.is_empty() && !by_day, "another BY part beside BYSETPOS, whose days it chooses from"),
            // Implementations disagree on what the first week, which the start cuts, has to choose from.
            (
                !self.positions.is_empty() && self.every == Every::Week,
                "BYSETPOS with FREQ=MONTHLY or FREQ=YEARLY; in a week BYDAY names the day",
            ),
        ];
        match wrong.iter().find(|(is, _)| *is) {
            Some((_, expected)) => Err(InvalidFreeze::text(RULE, *expected, text)),
            None => Ok(self),
        }
    }
}

const KNOWN: [&str; 10] = ["FREQ", "INTERVAL", "COUNT", "UNTIL", "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYDAY", "BYSETPOS", "WKST"];

/// The parts of a rule, each by its name and once.
fn parts(text: &str) -> Result<Vec<(&str, &str)>, InvalidFreeze> {
    let mut parts: Vec<(&str, &str)> = Vec::new();
    for part in text.split(';') {
        let expected = "parts such as FREQ=WEEKLY;BYDAY=FR, with ; between them";
        let (name, value) = part.split_once('=').ok_or_else(|| InvalidFreeze::text(RULE, expected, part))?;
        if matches!(name, "BYHOUR" | "BYMINUTE" | "BYSECOND") {
            let hint = "the start says at which time of day it begins; write a freeze for each time";
            return Err(InvalidFreeze::text(RULE, "days alone, no clock times", part).hinting(hint));
        }
        if name == "BYWEEKNO" {
            let hint = "a window of some week of the year is a recurrence with BYYEARDAY, or dates";
            return Err(InvalidFreeze::text(RULE, "days by BYMONTH, BYMONTHDAY, BYYEARDAY or BYDAY", part).hinting(hint));
        }
        if !KNOWN.contains(&name) {
            return Err(InvalidFreeze::text(RULE, format!("one of {}", KNOWN.join(", ")), name));
        }
        if parts.iter().any(|(known, _)| *known == name) {
            return Err(InvalidFreeze::text(RULE, format!("{name} once"), part));
        }
        parts.push((name, value));
    }
    Ok(parts)
}

fn every(value: Option<&str>, text: &str) -> Result<Every, InvalidFreeze> {
    let expected = "FREQ=DAILY, FREQ=WEEKLY, FREQ=MONTHLY or FREQ=YEARLY";
    match value {
        Some("DAILY") => Ok(Every::Day),
        Some("WEEKLY") => Ok(Every::Week),
        Some("MONTHLY") => Ok(Every::Month),
        Some("YEARLY") => Ok(Every::Year),
        Some(other @ ("HOURLY" | "MINUTELY" | "SECONDLY")) => {
            Err(InvalidFreeze::text(RULE, expected, other).hinting("what comes back within a day is a freeze for each time"))
        }
        other => Err(InvalidFreeze::text(RULE, expected, other.unwrap_or(text))),
    }
}

fn ends(count: Option<&str>, until: Option<&str>) -> Result<Ends, InvalidFreeze> {
    match (count, until) {
        (None, None) => Ok(Ends::Never),
        (Some(_), Some(until)) => Err(InvalidFreeze::text(RULE, "COUNT or UNTIL, not both (RFC 5545)", until)),
        (Some(count), None) => {
            let most = "COUNT between 1 and 999999";
            let read =
                count.parse().ok().filter(|number| (1..1_000_000).contains(number) && count.bytes().all(|byte| byte.is_ascii_digit()));
            read.map(Ends::After).ok_or_else(|| InvalidFreeze::text(RULE, most, count))
        }
        (None, Some(text)) => last_start(text),
    }
}

fn last_start(text: &str) -> Result<Ends, InvalidFreeze> {
    let invalid = || InvalidFreeze::text(RULE, "UNTIL as a date such as 20271231, or as a time such as 20271231T235959Z", text);
    let utc = text.strip_suffix('Z');
    match written(RULE, utc.unwrap_or(text)).map_err(|_| invalid())? {
        Written::Moment(moment) if utc.is_some() => {
            moment.to_zoned(jiff::tz::TimeZone::UTC).map(|zoned| Ends::Utc(zoned.timestamp())).map_err(|_| invalid())
        }
        Written::Day(_) if utc.is_some() => Err(invalid()),
        Written::Moment(moment) => Ok(Ends::Local(moment)),
        Written::Day(day) => Ok(Ends::Local(day.at(23, 59, 59, 0))),
    }
}

fn numbers(name: &str, list: Option<&str>, least: i16, most: i16, from_the_end: bool) -> Result<Vec<i16>, InvalidFreeze> {
    let read = |text: &str| match text.strip_prefix('-') {
        Some(back) if from_the_end => number(name, back, least, most).map(|number| -number),
        _ => number(name, text.strip_prefix('+').unwrap_or(text), least, most),
    };
    list.map_or(Ok(Vec::new()), |list| list.split(',').map(read).collect())
}

fn number(name: &str, text: &str, least: i16, most: i16) -> Result<i16, InvalidFreeze> {
    let plain = (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let read = text.parse().ok().filter(|number| plain && (least..=most).contains(number));
    read.ok_or_else(|| InvalidFreeze::text(RULE, format!("{name} with numbers between {least} and {most}"), text))
}

fn nth_day(text: &str) -> Result<NthDay, InvalidFreeze> {
    let (nth, letters) = text.split_at_checked(text.len().saturating_sub(2)).ok_or_else(|| wrong_day("BYDAY", text))?;
    let day = weekday_by_letters(letters).ok_or_else(|| wrong_day("BYDAY", text))?;
    let nth = if nth.is_empty() { None } else { numbers("BYDAY", Some(nth), 1, 53, true)?.first().copied() };
    Ok(NthDay { nth, day })
}

fn wrong_day(name: &str, found: &str) -> InvalidFreeze {
    InvalidFreeze::text(RULE, format!("{name} with the days MO, TU, WE, TH, FR, SA, SU"), found)
}
