//! Moments that questions about the past name: a time, or a place in the log.

use promotion_ledger::meaning::id::Sequence;
use promotion_ledger::meaning::refusal::ExitCode;
use promotion_ledger::meaning::time::Timestamp;
use promotion_replay::models::horizon::Horizon;

use super::status::when::second;
use crate::error::CommandError;
use crate::page::count;
use crate::session::Opened;
use crate::views::moment::At;

/// What `--at` is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// After that entry, which is the last one known.
    Entry(Sequence),
    /// At that time.
    Time(Timestamp),
}

/// `seq:N`, a time, or a day, which stands for its end.
pub(crate) fn parse(text: &str) -> Result<Moment, String> {
    if let Some(digits) = text.strip_prefix("seq:") {
        let place: u64 = digits.parse().map_err(|_| "expected a number after seq:".to_owned())?;
        return Ok(Moment::Entry(Sequence::new(place)));
    }
    last_of(text).map(Moment::Time).map_err(|expected| format!("{expected}, or seq:N for the entry that is the last one known"))
}

/// A time, or the first moment of a day.
pub(crate) fn first_of(text: &str) -> Result<Timestamp, String> {
    time(text, "00:00:00.000000")
}

/// A time, or the last moment of a day.
pub(crate) fn last_of(text: &str) -> Result<Timestamp, String> {
    time(text, "23:59:59.999999")
}

fn time(text: &str, of_day: &str) -> Result<Timestamp, String> {
    let expected = || "expected a time such as 2026-01-15T14:45:00Z, or a day such as 2026-01-15, between 1970 and 9999".to_owned();
    let time = if text.len() == "2026-01-15".len() { format!("{text}T{of_day}Z") } else { text.to_owned() };
    let time: jiff::Timestamp = time.parse().map_err(|_| expected())?;
    Timestamp::from_micros(time.as_microsecond()).ok_or_else(expected)
}

impl Moment {
    /// How far a question about that moment looks.
    pub(crate) fn horizon(self, opened: &Opened) -> Result<Horizon, CommandError> {
        match self {
            Self::Time(time) => Ok(opened.index.at_time(time)?),
            Self::Entry(place) => opened.index.at_entry(place).ok_or_else(|| {
                let size = opened.index.head().size;
                let last = size.saturating_sub(1);
                let message =
                    format!("there is no entry {place}: the ledger has {}, the last is entry {last}", count(size, "entry", "entries"));
                CommandError::new(ExitCode::NotFound, message)
            }),
        }
    }
}

/// A moment that was asked about, as machines are told it; the end of the log where none was.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    /// What was asked for, if anything was.
    pub(crate) moment: Option<Moment>,
    pub(crate) horizon: Horizon,
    /// The time that was asked for, or when the last entry that counts was recorded.
    pub(crate) time: Option<Timestamp>,
}

impl Asked {
    pub(crate) fn new(opened: &Opened, moment: Option<Moment>) -> Result<Self, CommandError> {
        let horizon = moment.map_or(Ok(opened.index.now()), |moment| moment.horizon(opened))?;
        let time = match (moment, horizon.last()) {
            (Some(Moment::Time(time)), _) => Some(time),
            (_, Some(last)) => opened.index.time_of(last)?,
            (_, None) => None,
        };
        Ok(Self { moment, horizon, time })
    }

    /// What machines are told; nothing where nothing was asked for.
    pub(crate) fn at(&self) -> Option<At> {
        self.moment.map(|_| self.view())
    }

    pub(crate) fn view(&self) -> At {
        At { entry: self.horizon.last().map(Sequence::get), time: self.time.map(|time| time.to_string()) }
    }

    /// `entry 44, 2026-11-18 12:31:00 UTC`, what was asked for first.
    pub(crate) fn words(&self) -> String {
        let entry = self.horizon.last().map_or_else(|| "before the first entry".to_owned(), |last| format!("entry {last}"));
        match (self.moment, self.time) {
            (Some(Moment::Time(_)), Some(time)) => format!("{} UTC, {entry}", second(time)),
            (_, Some(time)) => format!("{entry}, {} UTC", second(time)),
            (_, None) => entry,
        }
    }

    /// What times are told from: the moment that was asked about, else the present one.
    pub(crate) fn now(&self, now: Timestamp) -> Timestamp {
        self.moment.and(self.time).unwrap_or(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_whole() {
        assert_eq!(first_of("2026-01-15").unwrap().to_string(), "2026-01-15T00:00:00.000000Z");
        assert_eq!(last_of("2026-01-15").unwrap().to_string(), "2026-01-15T23:59:59.999999Z");
        assert_eq!(first_of("2026-01-15T14:45:00+02:00").unwrap().to_string(), "2026-01-15T12:45:00.000000Z");
        for bad in ["", "today", "2026-02-30", "2026-01-15T14:45:00", "1969-12-31", "2026/01/15"] {
            assert!(first_of(bad).is_err() && parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_moment_is_a_time_or_a_place() {
        assert_eq!(parse("seq:12"), Ok(Moment::Entry(Sequence::new(12))));
        assert_eq!(parse("2026-01-15"), last_of("2026-01-15").map(Moment::Time));
        for bad in ["12", "seq:", "seq:-1", "seq:x"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
