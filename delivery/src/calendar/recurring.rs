//! Freezes that come back by a rule of RFC 5545.

use std::fmt;

use jiff::civil::{Date, DateTime};
use jiff::{Error, Timestamp};

use super::clock::written;
use super::error::InvalidFreeze;
use super::lasting::Length;
use super::rule::{Ends, Rule};
use super::window::Window;
use super::zone::Zone;

/// A recurring freeze, as it was written.
#[derive(Debug, Clone, Copy)]
pub struct Recurring<'a> {
    /// `DTSTART`: when it begins for the first time, a date or a local time.
    pub start: &'a str,
    /// `RRULE`: when it comes back, such as `FREQ=MONTHLY;BYDAY=-1FR`.
    pub rule: &'a str,
    /// How long it lasts each time.
    pub lasting: Lasting<'a>,
    /// The time zone of the start.
    pub zone: &'a str,
}

/// How long a recurring freeze lasts each time.
#[derive(Debug, Clone, Copy)]
pub enum Lasting<'a> {
    /// `DURATION`: days by the calendar, hours by the clock.
    Duration(&'a str),
    /// `DTEND`: when it ends for the first time; a date is frozen to its end. Each time lasts exactly as long.
    End(&'a str),
}

/// A rule, from its first day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Recurrence {
    start: DateTime,
    rule: Rule,
    written_rule: String,
    length: Length,
    zone: Zone,
}

impl Recurrence {
    pub(super) fn read(text: &Recurring<'_>) -> Result<Self, InvalidFreeze> {
        let zone = Zone::named(text.zone)?;
        let start = written("start", text.start)?.start();
        let rule = Rule::read(text.rule)?;
        if !rule.names(start.date(), start.date()) {
            let hint = "what a rule does that leaves out its own start is undefined in RFC 5545; begin on a day that the rule names";
            return Err(InvalidFreeze::text("start", format!("a day that {} names", text.rule), text.start).hinting(hint));
        }
        let length = match text.lasting {
            Lasting::Duration(duration) => Length::read(duration)?,
            Lasting::End(end) => between(&zone, start, end)?,
        };
        let recurrence = Self { start, rule, written_rule: text.rule.to_owned(), length, zone };
        if !recurrence.goes_on(start) {
            return Err(InvalidFreeze::text("rule", format!("UNTIL not before the start, {}", text.start), text.rule));
        }
        Ok(recurrence)
    }

    /// Whether it comes back for ever.
    pub(super) fn is_endless(&self) -> bool {
        self.rule.ends == Ends::Never
    }

    /// Its windows in order, from the first: at most one on each day up to the year 9999.
    pub(super) fn windows(&self) -> impl Iterator<Item = Window> {
        let first = self.start.date();
        let days = std::iter::successors(Some(first), |day| day.tomorrow().ok());
        let starts = days.filter(move |day| self.rule.names(first, *day)).map(|day| self.on(day));
        let most = if let Ends::After(count) = self.rule.ends { usize::try_from(count).unwrap_or(usize::MAX) } else { usize::MAX };
        // Only in the last days of the year 9999 has a window no place in time.
        starts.take(most).take_while(|start| self.goes_on(*start)).filter_map(|start| self.window(start).ok().flatten())
    }

    fn on(&self, day: Date) -> DateTime {
        day.to_datetime(self.start.time())
    }

    /// Whether the rule still holds for what begins at that time.
    fn goes_on(&self, start: DateTime) -> bool {
        match self.rule.ends {
            Ends::Never | Ends::After(_) => true,
            Ends::Local(last) => start <= last,
            Ends::Utc(last) => self.zone.instant(start).is_ok_and(|start| start <= last),
        }
    }

    fn window(&self, start: DateTime) -> Result<Option<Window>, Error> {
        Ok(Window::new(self.zone.instant(start)?, self.length.end(&self.zone, start)?))
    }

    pub(super) fn zone(&self) -> &Zone {
        &self.zone
    }
}

fn between(zone: &Zone, start: DateTime, end: &str) -> Result<Length, InvalidFreeze> {
    let ends = written("end", end)?.end().and_then(|end| zone.instant(end));
    let moments: Option<(Timestamp, Timestamp)> = zone.instant(start).ok().zip(ends.ok());
    let length = moments.and_then(|(starts, ends)| Length::between(starts, ends));
    length.ok_or_else(|| InvalidFreeze::text("end", "a time after the start and at most 366 days later", end))
}

/// For people: `from 2026-01-30 16:00:00 for 2 d 8 h, FREQ=MONTHLY;BYDAY=-1FR, Europe/Berlin`.
impl fmt::Display for Recurrence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (day, time) = (self.start.date(), self.start.time());
        write!(f, "from {day} {time} for {}, {}, {}", self.length, self.written_rule, self.zone)
    }
}
