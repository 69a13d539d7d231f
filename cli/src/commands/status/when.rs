//! Times as people read them: in UTC, short for what is near, with how long ago it was.

use jiff::tz::TimeZone;
use promotion_ledger::meaning::time::Timestamp;

use crate::page::ago;

/// How long a day of the week alone says which day is meant.
const NEAR_DAYS: i64 = 6;

/// `10:02` today, `Tue 18:40` in the days before, else `2026-11-03`; with the time of day for what lies ahead.
pub(in crate::commands) fn moment(time: Timestamp, now: Timestamp) -> String {
    let (then, today) = (zoned(time), zoned(now));
    let days = today.date().duration_since(then.date()).as_hours() / 24;
    let format = match days {
        0 => "%H:%M",
        1..=NEAR_DAYS => "%a %H:%M",
        ..0 => "%Y-%m-%d %H:%M",
        _ => "%Y-%m-%d",
    };
    then.strftime(format).to_string()
}

/// The moment, and how long ago it was: `10:02 (2 h)`.
pub(in crate::commands) fn since(time: Timestamp, now: Timestamp) -> String {
    if time > now {
        return moment(time, now);
    }
    format!("{} ({})", moment(time, now), ago(time, now))
}

/// To the second, for lists that are read as a log: `2026-01-15 14:45:03`.
pub(in crate::commands) fn second(time: Timestamp) -> String {
    zoned(time).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// When the log was last written: the time of day is enough for today.
pub(super) fn last_entry(time: Timestamp, now: Timestamp) -> String {
    if zoned(time).date() == zoned(now).date() { format!("{} UTC", moment(time, now)) } else { time.to_minute() }
}

fn zoned(time: Timestamp) -> jiff::Zoned {
    let time = jiff::Timestamp::from_microsecond(time.as_micros()).expect("every time of the record lies between 1970 and 9999");
    time.to_zoned(TimeZone::UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn near_times_are_short_and_far_times_are_dates() {
        let now = at("2026-11-18T12:31:00.000000Z");
        let cases = [
            ("2026-11-18T10:02:59.999999Z", "10:02 (2 h)"),
            ("2026-11-18T12:30:30.000000Z", "12:30 (30 s)"),
            ("2026-11-17T18:40:00.000000Z", "Tue 18:40 (17 h)"),
            ("2026-11-12T00:00:00.000000Z", "Thu 00:00 (6 d)"),
            ("2026-11-11T23:59:00.000000Z", "2026-11-11 (6 d)"),
            ("2025-11-18T12:31:00.000000Z", "2025-11-18 (365 d)"),
            ("2026-11-18T12:31:01.000000Z", "12:31"),
            ("2026-11-19T00:00:00.000000Z", "2026-11-19 00:00"),
        ];
        for (time, expected) in cases {
            assert_eq!(since(at(time), now), expected, "{time}");
        }
        assert_eq!(last_entry(at("2026-11-18T10:02:00.000000Z"), now), "10:02 UTC");
        assert_eq!(last_entry(at("2026-11-17T10:02:00.000000Z"), now), "2026-11-17 10:02 UTC");
        assert_eq!(second(at("2026-01-15T14:45:03.999999Z")), "2026-01-15 14:45:03");
    }
}
