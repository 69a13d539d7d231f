//! From freezes to intervals: clocks that change, days that stay open, overlaps, the horizon and the limits.

use super::*;

#[test]
fn dates_are_frozen_from_the_first_moment_to_the_end_of_the_last_day() {
    assert_expands(
        dates("2026-12-20", "2027-01-02", "Europe/Berlin"),
        "2026-01-01T00:00",
        "2026-02-01T00:00",
        &["2026-12-19T23:00/2027-01-02T23:00"],
    );
    assert_expands(
        dates("2026-12-24T12:00", "2026-12-24T18:30", "UTC"),
        "2026-12-24T15:00",
        "2027-01-01T00:00",
        &["2026-12-24T12:00/2026-12-24T18:30"],
    );
    assert_expands(dates("2026-12-24", "2026-12-24", "UTC"), "2026-12-25T00:00", "2027-01-01T00:00", &[]);
}

#[test]
fn a_weekend_is_as_long_as_the_clocks_make_it() {
    let weekend = weekly(&[], "fri 16:00", "mon 08:00", "Europe/Berlin");
    // Clocks go forward on 2026-03-29, back on 2026-10-25.
    assert_expands(weekend.clone(), "2026-03-25T00:00", "2026-04-01T00:00", &["2026-03-27T15:00/2026-03-30T06:00"]);
    assert_expands(weekend.clone(), "2026-10-20T00:00", "2026-10-27T00:00", &["2026-10-23T14:00/2026-10-26T07:00"]);
    // What began before is there whole.
    assert_expands(weekend, "2026-03-30T05:59", "2026-04-01T00:00", &["2026-03-27T15:00/2026-03-30T06:00"]);
}

#[test]
fn a_time_that_is_skipped_is_later_and_one_that_comes_twice_is_the_first() {
    let night = |from, until| weekly(&["sun"], from, until, "Europe/Berlin");
    let spring = |freeze, expected: &[&str]| assert_expands(freeze, "2026-03-28T12:00", "2026-03-30T00:00", expected);
    spring(night("02:15", "02:45"), &["2026-03-29T01:15/2026-03-29T01:45"]);
    spring(night("02:30", "03:00"), &[]);
    spring(night("01:00", "02:30"), &["2026-03-29T00:00/2026-03-29T01:30"]);
    let autumn = |freeze, expected: &[&str]| assert_expands(freeze, "2026-10-24T12:00", "2026-10-26T00:00", expected);
    autumn(night("02:30", "04:00"), &["2026-10-25T00:30/2026-10-25T03:00"]);
    autumn(night("01:00", "02:30"), &["2026-10-24T23:00/2026-10-25T00:30"]);
}

#[test]
fn nights_wrap_and_days_that_touch_are_one() {
    assert_expands(
        weekly(&["mon", "wed"], "22:00", "06:00", "America/New_York"),
        "2026-01-05T00:00",
        "2026-01-12T00:00",
        &["2026-01-06T03:00/2026-01-06T11:00", "2026-01-08T03:00/2026-01-08T11:00"],
    );
    assert_expands(
        weekly(&["sun", "Saturday"], "00:00", "24:00", "UTC"),
        "2026-01-05T00:00",
        "2026-01-12T00:00",
        &["2026-01-10T00:00/2026-01-12T00:00"],
    );
    assert_expands(
        weekly(&[], "mon 08:00", "mon 07:00", "UTC"),
        "2026-01-05T08:00",
        "2026-01-12T08:00",
        &["2026-01-05T08:00/2026-01-12T07:00"],
    );
}

#[test]
fn open_days_are_cut_out_in_the_zone_of_the_freeze() {
    let weekend = weekly(&[], "fri 16:00", "mon 08:00", "Europe/Berlin").leaving_open(&["2026-01-10", "2026-02-01"]).unwrap();
    assert_expands(
        weekend,
        "2026-01-06T00:00",
        "2026-01-12T00:00",
        &["2026-01-09T15:00/2026-01-09T23:00", "2026-01-10T23:00/2026-01-12T07:00"],
    );
    let week = dates("2026-12-21", "2026-12-23", "UTC").leaving_open(&["2026-12-21", "2026-12-22", "2026-12-23"]).unwrap();
    assert_expands(week, "2026-01-01T00:00", "2027-01-01T00:00", &[]);
}

#[test]
fn freezes_keep_their_names_and_stand_in_order() {
    let freezes = [dates("2026-01-10", "2026-01-20", "UTC"), weekly(&["sat"], "00:00", "24:00", "UTC")];
    let found = expanded(&freezes, "2026-01-05T00:00", "2026-01-25T00:00");
    let named: Vec<(&str, String)> = found.intervals.iter().map(|interval| (interval.name.as_str(), interval.from.to_minute())).collect();
    let expected = [("weekend", "2026-01-10"), ("year end", "2026-01-10"), ("weekend", "2026-01-17"), ("weekend", "2026-01-24")];
    assert_eq!(named, expected.map(|(name, day)| (name, format!("{day} 00:00 UTC"))));
    assert_eq!(found.known_until, Some(time("2026-01-25T00:00")));
}

#[test]
fn the_calendar_says_up_to_when_it_is_known() {
    let known = |freezes: &[Freeze]| expanded(freezes, "2026-01-05T00:00", "2026-06-01T00:00").known_until;
    assert_eq!(known(&[]), None);
    assert_eq!(known(&[dates("2030-01-01", "2030-01-02", "UTC")]), None);
    let yearly = |rule| recurring("2026-12-24", rule, Lasting::Duration("P1D"), "UTC");
    assert_eq!(known(&[yearly("FREQ=YEARLY;COUNT=4")]), None);
    assert_eq!(known(&[yearly("FREQ=YEARLY;UNTIL=20301224")]), None);
    assert_eq!(known(&[yearly("FREQ=YEARLY")]), Some(time("2026-06-01T00:00")));
    assert_eq!(expanded(&[yearly("FREQ=YEARLY;UNTIL=20301224")], "2026-01-05T00:00", "2026-06-01T00:00").intervals.len(), 5);
}

#[test]
fn no_freeze_comes_to_more_intervals_than_the_limit() {
    let daily = recurring("2026-01-05T08:00", "FREQ=DAILY;COUNT=999999", Lasting::Duration("PT1H"), "UTC");
    let from = time("2026-01-05T00:00");
    let found = expand(std::slice::from_ref(&daily), from, Limits { until: time("2030-01-01T00:00"), most: 3 }).unwrap();
    assert_eq!((found.intervals.len(), found.known_until), (3, Some(time("2026-01-08T08:00"))));
    let found = expand(&[daily], from, Limits::two_years_from(from)).unwrap();
    assert_eq!(found.intervals.len(), Limits::MOST);
    let found = expand(&[weekly(&["sat"], "00:00", "24:00", "UTC")], from, Limits::two_years_from(from)).unwrap();
    assert_eq!((found.intervals.len(), found.known_until), (104, Some(time("2028-01-05T00:00"))));
    // Open days make two intervals of one; the limit counts what is left of the last as not known.
    let split = dates("2026-02-01", "2026-02-28", "UTC").leaving_open(&["2026-02-10"]).unwrap();
    let found = expand(&[split], from, Limits { until: time("2030-01-01T00:00"), most: 1 }).unwrap();
    assert_eq!((found.intervals.len(), found.known_until), (1, Some(time("2026-02-11T00:00"))));
}

#[test]
fn limits_that_leave_nothing_are_refused() {
    let from = time("2026-01-05T00:00");
    assert!(matches!(expand(&[], from, Limits { until: from, most: 1 }), Err(CalendarError::Horizon { .. })));
    assert!(matches!(expand(&[], from, Limits { until: time("2027-01-01T00:00"), most: 0 }), Err(CalendarError::NoIntervals)));
}

#[test]
fn a_freeze_is_told_in_words() {
    let told = |freeze: Freeze| freeze.to_string();
    assert_eq!(told(dates("2026-12-20", "2027-01-02T08:00", "utc")), "year end: 2026-12-20 to 2027-01-02 08:00:00, UTC");
    let weekend = weekly(&[], "Friday 16:00", "mon 08:00", "europe/berlin").leaving_open(&["2026-12-19"]).unwrap();
    assert_eq!(told(weekend), "weekend: every week fri 16:00 to mon 08:00, Europe/Berlin, not on 2026-12-19");
    assert_eq!(told(weekly(&["sun", "sat"], "00:00", "24:00", "UTC")), "weekend: every week sat, sun 00:00 to 24:00, UTC");
    let month_end = recurring("2026-01-30T16:00", "FREQ=MONTHLY;BYDAY=-1FR", Lasting::Duration("P2DT8H"), "UTC");
    assert_eq!(told(month_end), "month end: from 2026-01-30 16:00:00 for 2 d 8 h, FREQ=MONTHLY;BYDAY=-1FR, UTC");
}
