//! The schemas of freezes, in the three ways that people write them.

use serde_json::{Value, json};

use super::super::shape::{DATES, EVERY_WEEK, MOST_OPEN_DAYS, MOST_WEEKDAYS, RECURRING, WEEKLY};
use super::forms::{about, insert, list, object, text};

/// A freeze, in any of the ways.
pub(super) fn freeze() -> Value {
    json!({"oneOf": [dates(), every_week(), recurring()]})
}

fn dates() -> Value {
    object(DATES, &["name", "from", "until", "zone"], "A freeze between two dates.", [freeze_name(), date(), date(), zone(), open()])
}

fn every_week() -> Value {
    let days = list(about("A day such as sat.", text()), 1, MOST_WEEKDAYS, "The days on which it begins.");
    let clock = || about("A clock time such as 16:00; without days, a day before it, such as fri 16:00.", text());
    let weekly = object(WEEKLY, &["from", "until"], "When, every week.", [days, clock(), clock()]);
    object(EVERY_WEEK, &["name", "weekly", "zone"], "A freeze that comes back every week.", [freeze_name(), weekly, zone(), open()])
}

fn recurring() -> Value {
    let rule = about("An RRULE of RFC 5545, such as FREQ=MONTHLY;BYDAY=2TU.", text());
    let lasting = about("How long it lasts each time, as in RFC 5545: PT8H, P2D.", text());
    let values = [freeze_name(), rule, date(), lasting, date(), zone(), open()];
    let mut schema = object(RECURRING, &["name", "rule", "start", "zone"], "A freeze that comes back by a rule.", values);
    insert(&mut schema, "oneOf", json!([{"required": ["duration"]}, {"required": ["end"]}]));
    schema
}

fn freeze_name() -> Value {
    about("Why nothing is promoted then.", text())
}

fn date() -> Value {
    about("A date or a local time, 2026-12-20 or 2026-12-20T18:00.", text())
}

fn zone() -> Value {
    about("An IANA time zone such as Europe/Berlin, or UTC.", text())
}

fn open() -> Value {
    list(about("A date.", text()), 0, MOST_OPEN_DAYS, "Days that stay open.")
}
