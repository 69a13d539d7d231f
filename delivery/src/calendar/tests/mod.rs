//! Freezes: what people write, what it comes to, and what is refused.

mod expanding;
mod membership;
mod recurrences;
mod refusing;

use promotion_ledger::meaning::time::Timestamp;

use super::*;

/// A time to the minute: `2026-03-27T16:00`, in UTC.
fn time(text: &str) -> Timestamp {
    Timestamp::parse(&format!("{text}:00.000000Z")).unwrap()
}

fn dates(from: &str, until: &str, zone: &str) -> Freeze {
    Freeze::dates("year end", &Dates { from, until, zone }).unwrap_or_else(|error| panic!("{error}"))
}

fn weekly(days: &[&str], from: &str, until: &str, zone: &str) -> Freeze {
    Freeze::weekly("weekend", &Weekly { days, from, until, zone }).unwrap_or_else(|error| panic!("{error}"))
}

fn recurring(start: &str, rule: &str, lasting: Lasting<'_>, zone: &str) -> Freeze {
    Freeze::recurring("month end", &Recurring { start, rule, lasting, zone }).unwrap_or_else(|error| panic!("{error}"))
}

fn expanded(freezes: &[Freeze], from: &str, until: &str) -> Expanded {
    expand(freezes, time(from), Limits { until: time(until), most: Limits::MOST }).unwrap()
}

/// The intervals as `from/until`, to the minute.
fn spelled(expanded: &Expanded) -> Vec<String> {
    let to_minute = |time: Timestamp| time.to_string().get(..16).unwrap().to_owned();
    expanded.intervals.iter().map(|interval| format!("{}/{}", to_minute(interval.from), to_minute(interval.until))).collect()
}

#[track_caller]
fn assert_expands(freeze: Freeze, from: &str, until: &str, expected: &[&str]) {
    assert_eq!(spelled(&expanded(&[freeze], from, until)), expected);
}
