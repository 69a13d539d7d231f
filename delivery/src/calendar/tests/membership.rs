//! Weekly freezes, minute by minute, against a reading of them that knows nothing of time zones but the hour at which clocks change.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::*;

const DAY: i64 = 24 * 60;
const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// One change of clocks: when, in minutes since 1970, and how far local clocks are ahead of UTC before and after, in minutes.
#[derive(Debug, Clone, Copy)]
struct Change {
    zone: &'static str,
    at: i64,
    before: i64,
    after: i64,
}

fn changes() -> Vec<Change> {
    let change = |zone, at, before, after| Change { zone, at: minutes(time(at)), before, after };
    vec![
        change("Europe/Berlin", "2026-03-29T01:00", 60, 120),
        change("Europe/Berlin", "2026-10-25T01:00", 120, 60),
        change("America/New_York", "2026-03-08T07:00", -300, -240),
        change("America/New_York", "2026-11-01T06:00", -240, -300),
    ]
}

fn minutes(time: Timestamp) -> i64 {
    time.as_micros() / 60_000_000
}

impl Change {
    /// The minute of UTC at which clocks show that local minute: the first of two, and as much later as the clocks skip.
    fn utc(self, local: i64) -> i64 {
        let (early, late) = (local - self.before, local - self.after);
        if early >= self.at && late >= self.at { late } else { early }
    }
}

/// A weekly freeze in numbers: days from Monday, the minute of the day at which it begins, how many minutes later by the wall it ends.
#[derive(Debug, Clone)]
struct Window {
    days: Vec<i64>,
    from: i64,
    until: i64,
    later: i64,
}

impl Window {
    /// Whether a minute of UTC is frozen.
    fn holds(&self, change: Change, minute: i64) -> bool {
        let today = (minute + change.before).div_euclid(DAY);
        (today - 9..=today + 1).any(|day| {
            // 1970-01-01 was a Thursday.
            let begins = self.days.contains(&(day + 3).rem_euclid(7));
            begins && change.utc(day * DAY + self.from) <= minute && minute < change.utc((day + self.later) * DAY + self.until)
        })
    }
}

fn clock(minute: i64) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn a_minute() -> impl Strategy<Value = i64> {
    // Half of the times lie around the hour at which clocks change.
    prop_oneof![0..DAY, 45..200_i64]
}

/// A freeze, and what it says in numbers.
fn on_days() -> impl Strategy<Value = (Vec<String>, String, String, Window)> {
    (subsequence((0..7_i64).collect::<Vec<_>>(), 1..=7), a_minute(), prop_oneof![a_minute(), Just(DAY)])
        .prop_filter("empty", |(_, from, until)| from != until)
        .prop_map(|(days, from, until)| {
            let names = days.iter().map(|day| NAMES[usize::try_from(*day).unwrap()].to_owned()).collect();
            (names, clock(from), clock(until), Window { days, from, until, later: i64::from(until < from) })
        })
}

fn from_day_to_day() -> impl Strategy<Value = (Vec<String>, String, String, Window)> {
    let day = || prop_oneof![0..7_i64, Just(6_i64)];
    (day(), day(), a_minute(), a_minute()).prop_filter("empty", |(first, last, from, until)| (first, from) != (last, until)).prop_map(
        |(first, last, from, until)| {
            let named = |day: i64, minute: i64| format!("{} {}", NAMES[usize::try_from(day).unwrap()], clock(minute));
            let apart = (last - first).rem_euclid(7);
            let later = if apart == 0 && until < from { 7 } else { apart };
            (Vec::new(), named(first, from), named(last, until), Window { days: vec![first], from, until, later })
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_minute_around_a_change_of_clocks_is_judged_alike(
        change in select(changes()),
        (days, from, until, window) in prop_oneof![on_days(), from_day_to_day()],
    ) {
        let days: Vec<&str> = days.iter().map(String::as_str).collect();
        let freeze = weekly(&days, &from, &until, change.zone);
        let (first, last) = (change.at - 9 * DAY, change.at + 9 * DAY);
        let at = |minute: i64| Timestamp::from_micros(minute * 60_000_000).unwrap();
        let limits = Limits { until: at(last), most: Limits::MOST };
        let frozen: Vec<(i64, i64)> = expand(&[freeze], at(first), limits).unwrap().intervals.iter()
            .map(|interval| (minutes(interval.from), minutes(interval.until))).collect();
        for pair in frozen.windows(2) {
            prop_assert!(pair[0].1 < pair[1].0, "{:?} overlap or touch", pair);
        }
        for minute in first..last {
            let found = frozen.iter().any(|(from, until)| *from <= minute && minute < *until);
            prop_assert_eq!(found, window.holds(change, minute), "{}", at(minute));
        }
    }
}
