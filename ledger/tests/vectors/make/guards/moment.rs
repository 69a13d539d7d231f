//! Guards of the moment: locks that expire, freezes, and the time that a release must have been in the environment before.

use promotion_ledger::meaning::time::Timestamp;
use serde_json::{Value, json};

use super::super::Case;
use super::super::hand::{Hand, Key, moment};
use super::super::history::{import, line};
use super::super::run::{PIPELINE, Run, with};
use super::approvals::{asking, granting};
use super::overriding::word;
use super::{STAGING, adopted, begun, bob, dave, last, request_with};

/// As many seconds as an entry can name.
const LONGEST: u64 = (1 << 53) - 1;

pub(super) fn all() -> Vec<Case> {
    [locks(), freezes(), soaks(), vec![soaked(), for_ever()]].into_iter().flatten().collect()
}

/// A lock on an environment until the time of that entry.
fn until(environment: &str, place: u64) -> Value {
    json!({"environment": environment, "expires": moment(place, 0), "pipeline": PIPELINE, "reason": "the quarter closes"})
}

fn locks() -> Vec<Case> {
    let alice = Key::alice();
    let hand = begun(&json!({}));
    let mut locked = hand.clone();
    locked.write(&alice, "environment.locked", until("staging", 12));
    let mut moved = hand.clone();
    moved.register(&alice, "v1.1.0", 2);
    moved.carry_out(&alice, &Run::promotion(3, "v1.1.0", 2, "none", "dev"), Some(("v1.0.0", "newer")), Some(1), &[]);
    let over = moved.next() + 1;
    moved.write(&bob(), "environment.locked", until("dev", over));
    let back = Run::rollback(4, "dev", ("v1.0.0", 1), ("v1.1.0", 2), 1);
    vec![
        last(&hand, "locks-over-at-once", "A lock that is over at the time that it is set.", "locks", |hand| {
            hand.write(&alice, "environment.locked", until("staging", 11));
        }),
        last(&hand, "locks-over-before", "A lock that was over before it is set.", "locks", |hand| {
            hand.write(&alice, "environment.locked", until("staging", 10));
        }),
        last(&locked, "locks-until", "A promotion one microsecond before the lock is over.", "locks", |hand| {
            hand.write_at(&alice, moment(12, -1), "promotion.requested", STAGING.request().1);
        }),
        last(&moved, "locks-until-of-others", "A rollback one microsecond before another's lock is over.", "locks", |hand| {
            hand.write_at(&alice, moment(over, -1), "rollback.requested", back.request().1);
        }),
    ]
}

fn freezes() -> Vec<Case> {
    let window = |from, to| json!({"from": moment(from, 0), "name": "the end of the year", "until": moment(to, 0)});
    let at = |windows: Value, place, micros| {
        let hand = begun(&json!({"freezes": {"known_until": moment(30, 0), "windows": windows}}));
        move |name: &str, about: &str| {
            last(&hand, name, about, "freeze", |hand| {
                hand.write_at(&Key::alice(), moment(place, micros), "promotion.requested", STAGING.request().1);
            })
        }
    };
    vec![
        at(json!([window(11, 15)]), 13, 0)("freeze", "A promotion in a freeze."),
        at(json!([window(13, 15)]), 13, 0)("freeze-begins", "A promotion at the time that a freeze begins."),
        at(json!([window(11, 15)]), 15, -1)("freeze-ends", "A promotion one microsecond before a freeze is over."),
        at(json!([window(1, 20), window(2, 3)]), 13, 0)(
            "freeze-the-longer",
            "A promotion in the longer of two freezes, the other one over.",
        ),
        at(json!([window(1, 2), window(12, 15)]), 13, 0)("freeze-the-second", "A promotion in the second of two freezes."),
        at(json!([]), 30, 0)("freeze-known-until", "A promotion at the time up to which freezes are written out."),
        at(json!([]), 31, 0)("freeze-not-known", "A promotion after the time up to which freezes are written out."),
    ]
}

/// A line that says when v1.0.0 came to dev, which asks for an hour before staging.
fn asserted(minute: u64) -> Hand {
    let mut hand = adopted(&json!({}), &json!({"soak_seconds": 3600}));
    let said = line(&moment(minute, 0).to_string(), "v1.0.0", 1, "none", "dev");
    hand.write_at(&Key::alice(), moment(3, 0), "history.imported", import(&[said]));
    hand
}

fn soaks() -> Vec<Case> {
    let alice = Key::alice();
    let hand = begun(&json!({"soak_seconds": 3600}));
    let accepting = || request_with(&STAGING, "accept_asserted", json!(true));
    let mut again = hand.clone();
    let forced = Run { number: 5, ..super::FIRST };
    again.write(&alice, "promotion.requested", with(forced.request().1, "forced", json!(true)));
    again.authorize(&alice, &forced);
    again.compare(&alice, &forced, Some(("v1.0.0", "equal")));
    again.tags(&alice, &forced, Some(1));
    let longest = begun(&json!({"soak_seconds": LONGEST}));
    let arrived = again.complete(&alice, &forced, &[]);
    vec![
        last(&hand, "soak", "A promotion one microsecond before the release has been in dev for an hour.", "soak", |hand| {
            hand.write_at(&alice, moment(70, -1), "promotion.requested", STAGING.request().1);
        }),
        last(&again, "soak-again", "The release came to dev a second time, less than an hour before.", "soak", |hand| {
            hand.write_at(&alice, moment(arrived + 60, -1), "promotion.requested", STAGING.request().1);
        }),
        last(&longest, "soak-longest", "One microsecond before the last time that there is, which no soak goes beyond.", "soak", |hand| {
            hand.write_at(&alice, end(-1), "promotion.requested", STAGING.request().1);
        }),
        last(&asserted(2), "soak-asserted", "Less than an hour after the time that history asserts.", "soak", |hand| {
            hand.write_at(&alice, moment(62, -1), "promotion.requested", accepting());
        }),
    ]
}

/// The last time that there is, and so many microseconds.
fn end(micros: i64) -> Timestamp {
    let end = Timestamp::parse("9999-12-30T22:00:00.000000Z").expect("a time").as_micros();
    Timestamp::from_micros(end + micros).expect("a time")
}

/// Times that would lie behind the last time are the last time.
fn for_ever() -> Case {
    let mut hand = begun(&json!({"approvals": {"count": 1, "groups": [], "valid_seconds": LONGEST}, "soak_seconds": LONGEST}));
    let request = hand.write(&dave(), "approval.requested", with(asking(12), "expires", json!(end(0))));
    hand.write_at(&bob(), end(-1), "approval.granted", granting(request));
    hand.write_at(&dave(), end(-1), "guard.overridden", word(&STAGING, &["soak"]));
    hand.write_at(&dave(), end(-1), "promotion.requested", STAGING.request().1);
    Case::valid("bounds-of-the-last-time", "Approvals that hold, and a soak that lasts, until the last time that there is.", &hand)
}

/// An hour after what history asserts.
fn soaked() -> Case {
    let mut hand = asserted(2);
    hand.write_at(&Key::alice(), moment(62, 0), "promotion.requested", request_with(&STAGING, "accept_asserted", json!(true)));
    Case::valid("soak-asserted", "A release has been in the environment before for as long as it must, as history asserts.", &hand)
}
