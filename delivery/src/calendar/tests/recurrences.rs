//! Recurrences: the days that rules name, as another implementation of RFC 5545 computed them, and what each occurrence lasts.

use jiff::civil::Date;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

/// Start, rule, and the first six days (or all), computed with python-dateutil 2.9.
const DAYS: [(&str, &str, &str); 27] = [
    ("20260105", "FREQ=DAILY;INTERVAL=10", "20260105 20260115 20260125 20260204 20260214 20260224"),
    ("20260105", "FREQ=DAILY;BYMONTH=1,3;BYDAY=MO,FR;COUNT=12", "20260105 20260109 20260112 20260116 20260119 20260123"),
    ("20260105", "FREQ=DAILY;BYMONTHDAY=5,-1", "20260105 20260131 20260205 20260228 20260305 20260331"),
    ("20260106", "FREQ=WEEKLY", "20260106 20260113 20260120 20260127 20260203 20260210"),
    ("20260106", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO", "20260106 20260111 20260120 20260125 20260203 20260208"),
    ("20260106", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU", "20260106 20260118 20260120 20260201 20260203 20260215"),
    ("20260102", "FREQ=MONTHLY;BYDAY=1FR", "20260102 20260206 20260306 20260403 20260501 20260605"),
    ("20260130", "FREQ=MONTHLY;BYDAY=-1FR", "20260130 20260227 20260327 20260424 20260529 20260626"),
    ("20260131", "FREQ=MONTHLY", "20260131 20260331 20260531 20260731 20260831 20261031"),
    ("20260131", "FREQ=MONTHLY;BYMONTHDAY=-1", "20260131 20260228 20260331 20260430 20260531 20260630"),
    ("20260130", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "20260130 20260227 20260331 20260430 20260529 20260630"),
    ("20260213", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "20260213 20260313 20261113 20270813 20281013 20290413"),
    ("20260110", "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13", "20260110 20260207 20260307 20260411 20260509 20260613"),
    ("20260127", "FREQ=MONTHLY;INTERVAL=3;BYDAY=TU;BYSETPOS=-1", "20260127 20260428 20260728 20261027 20270126 20270427"),
    ("20260106", "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU", "20260106 20260113 20260120 20260127 20260303 20260310"),
    ("20241224", "FREQ=YEARLY", "20241224 20251224 20261224 20271224 20281224 20291224"),
    ("20240229", "FREQ=YEARLY", "20240229 20280229 20320229 20360229 20400229 20440229"),
    ("20260610", "FREQ=YEARLY;BYMONTH=6,7;COUNT=10", "20260610 20260710 20270610 20270710 20280610 20280710"),
    ("20260101", "FREQ=YEARLY;INTERVAL=3;BYYEARDAY=1,100,200", "20260101 20260410 20260719 20290101 20290410 20290719"),
    ("20261231", "FREQ=YEARLY;BYYEARDAY=-1", "20261231 20271231 20281231 20291231 20301231 20311231"),
    ("20260518", "FREQ=YEARLY;BYDAY=20MO", "20260518 20270517 20280515 20290514 20300520 20310519"),
    ("20261228", "FREQ=YEARLY;BYDAY=-1MO", "20261228 20271227 20281225 20291231 20301230 20311229"),
    ("20260305", "FREQ=YEARLY;BYDAY=TH;BYMONTH=3", "20260305 20260312 20260319 20260326 20270304 20270311"),
    (
        "20261103",
        "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
        "20261103 20301105 20341107 20381102 20421104 20461106",
    ),
    ("20261126", "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "20261126 20271125 20281123 20291122 20301128 20311127"),
    ("20261225", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24,25,26;BYSETPOS=2", "20261225 20271225 20281225 20291225 20301225 20311225"),
    ("20260105", "FREQ=DAILY;UNTIL=20260108", "20260105 20260106 20260107 20260108"),
];

/// The first days that a recurrence names.
fn days(start: &str, rule: &str, most: usize) -> Vec<String> {
    let freeze = recurring(start, rule, Lasting::Duration("PT1H"), "UTC");
    let limits = Limits { until: time("2400-01-01T00:00"), most };
    let found = expand(&[freeze], time("1971-01-01T00:00"), limits).unwrap();
    found.intervals.iter().map(|interval| interval.from.to_string()[..10].replace('-', "")).collect()
}

#[test]
fn rules_name_the_days_that_another_implementation_names() {
    for (start, rule, expected) in DAYS {
        assert_eq!(days(start, rule, 6).join(" "), expected, "{rule} from {start}");
    }
}

#[test]
fn a_count_and_a_last_start_end_a_rule() {
    assert_eq!(days("20260105", "FREQ=DAILY;COUNT=2", 9), ["20260105", "20260106"]);
    assert_eq!(days("20260105", "FREQ=DAILY;UNTIL=20260106T000000", 9), ["20260105", "20260106"]);
    let until = |until: &str, zone: &str| {
        let freeze = recurring("2026-01-05T23:30", &format!("FREQ=DAILY;UNTIL={until}"), Lasting::Duration("PT1H"), zone);
        expanded(&[freeze], "2026-01-01T00:00", "2026-02-01T00:00").intervals.len()
    };
    assert_eq!(until("20260107", "America/New_York"), 3);
    // 23:30 in New York is 04:30 of the next day in UTC.
    assert_eq!(until("20260107T043000Z", "America/New_York"), 2);
    assert_eq!(until("20260107T042959Z", "America/New_York"), 1);
}

#[test]
fn days_last_by_the_calendar_and_hours_by_the_clock() {
    let spring = |lasting, expected: &[&str]| {
        let freeze = recurring("2026-03-28T12:00", "FREQ=WEEKLY", lasting, "Europe/Berlin");
        assert_expands(freeze, "2026-03-27T00:00", "2026-04-08T00:00", expected);
    };
    spring(Lasting::Duration("P1D"), &["2026-03-28T11:00/2026-03-29T10:00", "2026-04-04T10:00/2026-04-05T10:00"]);
    spring(Lasting::Duration("PT24H"), &["2026-03-28T11:00/2026-03-29T11:00", "2026-04-04T10:00/2026-04-05T10:00"]);
    // An end is as far from each start as it is from the first.
    spring(Lasting::End("2026-03-29T12:00"), &["2026-03-28T11:00/2026-03-29T10:00", "2026-04-04T10:00/2026-04-05T09:00"]);
    spring(Lasting::End("2026-03-28"), &["2026-03-28T11:00/2026-03-28T23:00", "2026-04-04T10:00/2026-04-04T22:00"]);
}

#[test]
fn occurrences_that_overlap_are_one() {
    let freeze = recurring("2026-01-05", "FREQ=DAILY;COUNT=3", Lasting::Duration("P2D"), "UTC");
    assert_expands(freeze, "2026-01-01T00:00", "2026-02-01T00:00", &["2026-01-05T00:00/2026-01-09T00:00"]);
}

#[test]
fn a_rule_without_end_that_seldom_comes_back_does_not_hang() {
    assert_eq!(days("20240229", "FREQ=YEARLY;INTERVAL=999", 9), ["20240229"]);
    let freeze = recurring("1972-02-29", "FREQ=DAILY;INTERVAL=7;BYMONTH=2;BYMONTHDAY=29", Lasting::Duration("P1D"), "UTC");
    let found = expand(&[freeze], time("2026-01-01T00:00"), Limits { until: time("2030-01-01T00:00"), most: 500 }).unwrap();
    assert_eq!((found.intervals.len(), found.known_until), (1, Some(time("2030-01-01T00:00"))));
}

fn a_rule() -> impl Strategy<Value = String> {
    let list = |values: Vec<&'static str>| prop::sample::subsequence(values, 1..4).prop_map(|values| values.join(","));
    prop_oneof![
        (1..9_u8).prop_map(|interval| format!("FREQ=DAILY;INTERVAL={interval}")),
        list(vec!["MO", "TU", "WE", "TH", "FR", "SA", "SU"]).prop_map(|days| format!("FREQ=WEEKLY;BYDAY={days}")),
        list(vec!["1", "13", "28", "31", "-1"]).prop_map(|days| format!("FREQ=MONTHLY;BYMONTHDAY={days}")),
        list(vec!["1MO", "-1FR", "5SU", "SA"]).prop_map(|days| format!("FREQ=MONTHLY;BYDAY={days}")),
        list(vec!["1", "60", "366", "-1"]).prop_map(|days| format!("FREQ=YEARLY;BYYEARDAY={days}")),
    ]
}

/// What the wall says there at that time: the day and the minute of the day.
fn wall(zone: &str, time: Timestamp) -> (Date, i16) {
    let zone = jiff::tz::TimeZoneDatabase::bundled().get(zone).unwrap();
    let there = zone.to_datetime(jiff::Timestamp::from_microsecond(time.as_micros()).unwrap());
    (there.date(), i16::from(there.hour()) * 60 + i16::from(there.minute()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// Wherever clocks are, an occurrence begins at the written time of a day, or, where that time is skipped, within the hour after it.
    #[test]
    fn every_interval_begins_when_the_rule_says(
        rule in a_rule(),
        minute in prop_oneof![0..1440_i16, 60..240_i16],
        zone in select(vec!["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]),
    ) {
        let utc = days_from(&rule);
        prop_assume!(utc.is_some());
        let utc = utc.unwrap();
        let start = format!("{}T{:02}:{:02}", utc[0], minute / 60, minute % 60);
        let freeze = recurring(&start, &rule, Lasting::Duration("PT20M"), zone);
        let limits = Limits { until: time("2028-01-01T00:00"), most: 200 };
        let found = expand(&[freeze], time("2025-12-01T00:00"), limits).unwrap();
        prop_assert!(found.intervals.len() > 1);
        for (interval, day) in found.intervals.iter().zip(&utc) {
            let (there, at) = wall(zone, interval.from);
            prop_assert_eq!(there.to_string(), day.as_str());
            prop_assert!(at == minute || (at > minute && at - minute <= 60 && (60..240).contains(&at)), "{at} for {minute}");
            let lasted = interval.until.as_micros() - interval.from.as_micros();
            prop_assert_eq!(lasted, 20 * 60_000_000);
        }
    }
}

/// The days that a rule names from the first in January 2026 on, where clocks never change.
fn days_from(rule: &str) -> Option<Vec<String>> {
    let starts = (1..=31).map(|day| format!("2026-01-{day:02}"));
    let reads =
        |start: &String| Freeze::recurring("probe", &Recurring { start, rule, lasting: Lasting::Duration("PT20M"), zone: "UTC" }).ok();
    let freeze = starts.collect::<Vec<_>>().iter().find_map(reads)?;
    let limits = Limits { until: time("2028-01-01T00:00"), most: 200 };
    let found = expand(&[freeze], time("2025-12-01T00:00"), limits).unwrap();
    Some(found.intervals.iter().map(|interval| interval.from.to_string()[..10].to_owned()).collect())
}
