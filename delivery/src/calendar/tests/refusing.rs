//! What is refused, and that each refusal says which field, what was expected, what was found, and what to do.

use super::*;

fn dates_error(from: &str, until: &str, zone: &str) -> InvalidFreeze {
    Freeze::dates("year end", &Dates { from, until, zone }).unwrap_err()
}

fn weekly_error(days: &[&str], from: &str, until: &str) -> InvalidFreeze {
    Freeze::weekly("weekend", &Weekly { days, from, until, zone: "UTC" }).unwrap_err()
}

fn rule_error(start: &str, rule: &str) -> InvalidFreeze {
    let lasting = Lasting::Duration("PT1H");
    Freeze::recurring("month end", &Recurring { start, rule, lasting, zone: "UTC" }).unwrap_err()
}

#[test]
fn dates_that_cannot_be_are_refused() {
    assert_eq!(
        dates_error("20.12.2026", "2027-01-02", "UTC").to_string(),
        "from: expected a date such as 2026-12-20, or a local time such as 2026-12-20T18:00, found \"20.12.2026\"; a time is local to the field zone and carries no offset of its own"
    );
    for (from, until, zone, field) in [
        ("2026-02-30", "2027-01-02", "UTC", "from"),
        ("2026-12-20T25:00", "2027-01-02", "UTC", "from"),
        ("2026-12-20T10:00Z", "2027-01-02", "UTC", "from"),
        ("2026-12-20T10:00+01:00", "2027-01-02", "UTC", "from"),
        ("1960-12-20", "2027-01-02", "UTC", "from"),
        ("2026-12-20", "9999-12-31", "UTC", "until"),
        ("2026-12-20", "2026-12-19", "UTC", "until"),
        ("2026-12-20T10:00", "2026-12-20T10:00", "UTC", "until"),
        ("2026-12-20", "2027-01-02", "Europe/Berln", "zone"),
        ("2026-12-20", "2027-01-02", "CET-1CEST", "zone"),
        ("2026-12-20", "2027-01-02", "Etc/Unknown", "zone"),
        ("2026-12-20", "2027-01-02", "", "zone"),
    ] {
        let error = dates_error(from, until, zone);
        assert_eq!(error.field(), field, "{error}");
    }
    assert_eq!(dates_error("2026-12-20", "2026-12-19", "UTC").to_string(), "until: expected a time after 2026-12-20, found \"2026-12-19\"");
}

#[test]
fn names_and_open_days_are_checked() {
    let error = Freeze::dates(" ", &Dates { from: "2026-12-20", until: "2026-12-21", zone: "UTC" }).unwrap_err();
    assert_eq!(error.field(), "name");
    let error = dates("2026-12-20", "2026-12-21", "UTC").leaving_open(&["2026-12-20", "2026-12-20"]).unwrap_err();
    assert_eq!((error.field(), error.place()), ("open", Some(1)));
    let error = dates("2026-12-20", "2026-12-21", "UTC").leaving_open(&["2026-12-20T10:00"]).unwrap_err();
    assert_eq!(error.to_string(), "open[0]: expected a date such as 2026-12-24, each once, found \"2026-12-20T10:00\"");
}

#[test]
fn weeks_that_cannot_be_are_refused() {
    for (days, from, until, field) in [
        (&["mon", "Moonday"][..], "10:00", "12:00", "days"),
        (&["mon", "monday"], "10:00", "12:00", "days"),
        (&["mon"], "24:00", "12:00", "from"),
        (&["mon"], "9:00", "12:00", "from"),
        (&["mon"], "10:00", "24:01", "until"),
        (&["mon"], "10:00", "12:60", "until"),
        (&["mon"], "10:00", "10:00", "until"),
        (&["mon"], "fri 10:00", "12:00", "from"),
        (&[], "10:00", "mon 08:00", "from"),
        (&[], "fri 10:00", "08:00", "until"),
        (&[], "fri 10:00", "fri 10:00", "until"),
    ] {
        let error = weekly_error(days, from, until);
        assert_eq!(error.field(), field, "{error}");
    }
    assert_eq!(weekly_error(&["mon", "Moonday"], "10:00", "12:00").place(), Some(1));
    assert_eq!(
        weekly_error(&["mon"], "10:00", "10:00").to_string(),
        "until: expected another time than from, 10:00, found \"10:00\"; a whole day is from 00:00 until 24:00"
    );
}

#[test]
fn rules_that_cannot_be_are_refused() {
    for (rule, says) in [
        ("FREQ=SECONDLY", "what comes back within a day is a freeze for each time"),
        ("FREQ=HOURLY", "expected FREQ=DAILY"),
        ("BYDAY=MO", "expected FREQ=DAILY"),
        ("FREQ=DAILY;", "with ; between them"),
        ("FREQ=DAILY;FREQ=WEEKLY", "FREQ once"),
        ("FREQ=DAILY;BYHOUR=1", "write a freeze for each time"),
        ("FREQ=YEARLY;BYWEEKNO=1", "expected days by BYMONTH"),
        ("FREQ=DAILY;BYEASTER=1", "expected one of FREQ"),
        ("freq=daily", "expected one of FREQ"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL with numbers between 1 and 999"),
        ("FREQ=DAILY;COUNT=0", "COUNT between 1"),
        ("FREQ=DAILY;COUNT=18446744073709551615", "COUNT between 1"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20270101", "not both"),
        ("FREQ=DAILY;UNTIL=soon", "UNTIL as a date"),
        ("FREQ=DAILY;UNTIL=20270101Z", "UNTIL as a date"),
        ("FREQ=DAILY;UNTIL=20250101", "UNTIL not before the start"),
        ("FREQ=MONTHLY;BYDAY=xMO", "BYDAY with numbers"),
        ("FREQ=MONTHLY;BYDAY=0MO", "BYDAY with numbers"),
        ("FREQ=MONTHLY;BYDAY=ü", "BYDAY with the days"),
        ("FREQ=WEEKLY;BYDAY=1MO", "with FREQ=MONTHLY or FREQ=YEARLY alone"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "no BYMONTHDAY with FREQ=WEEKLY"),
        ("FREQ=MONTHLY;BYYEARDAY=1", "BYYEARDAY with FREQ=YEARLY alone"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "between 1 and 31"),
        ("FREQ=MONTHLY;BYMONTH=-1", "between 1 and 12"),
        ("FREQ=MONTHLY;BYSETPOS=1", "another BY part"),
        ("FREQ=WEEKLY;BYDAY=MO,WE;BYSETPOS=1", "in a week BYDAY names the day"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "undefined in RFC 5545"),
        ("FREQ=WEEKLY;BYDAY=TU", "begin on a day that the rule names"),
    ] {
        let error = rule_error("2026-01-05", rule).to_string();
        assert!(error.contains(says), "{rule}: {error}");
    }
    assert_eq!(rule_error("2026-01-05", "FREQ=WEEKLY;BYDAY=TU").field(), "start");
}

#[test]
fn lengths_that_cannot_be_are_refused() {
    let error =
        |lasting| Freeze::recurring("month end", &Recurring { start: "2026-01-05", rule: "FREQ=DAILY", lasting, zone: "UTC" }).unwrap_err();
    for text in
        ["", "P", "PT", "1D", "P0D", "PT0S", "-P1D", "P1Y", "P1M", "P1W2D", "P1.5D", "PT1M1H", "P1D1H", "P367D", "P9999999999D", "P1DT"]
    {
        assert_eq!(error(Lasting::Duration(text)).field(), "duration", "{text:?}");
    }
    for text in ["2026-01-04", "2026-01-05T00:00", "2028-01-05"] {
        assert_eq!(error(Lasting::End(text)).field(), "end", "{text:?}");
    }
    for good in ["PT8H", "P1D", "P2W", "P1DT12H", "PT1H30M", "PT90S", "P366D"] {
        recurring("2026-01-05", "FREQ=DAILY", Lasting::Duration(good), "UTC");
    }
}
