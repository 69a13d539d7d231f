//! Gates: how old a result may be, and what those that are advice stop.

use serde_json::{Value, json};

use super::super::Case;
use super::super::hand::{Hand, Key, moment};
use super::super::run::{GATE, cited, gate, with};
use super::overriding::{lock, word};
use super::standing::result;
use super::{STAGING, begun, bob, last};

pub(super) fn all() -> Vec<Case> {
    [ages(), advice(), completions()].into_iter().flatten().collect()
}

fn ages() -> Vec<Case> {
    let alice = Key::alice();
    let aged = |seconds: u64| json!({"gates": [GATE], "max_age": [{"gate": GATE, "seconds": seconds}]});
    let requested = |fields: &Value, micros: i64| {
        let mut hand = begun(fields);
        hand.gate(&alice, 1, "passed");
        hand.write_at(&alice, moment(12, micros), "promotion.requested", STAGING.request().1);
        hand.authorize(&alice, &STAGING);
        hand.compare(&alice, &STAGING, None);
        hand
    };
    let old = requested(&aged(60), 1);
    let mut renewed = old.clone();
    let new = renewed.gate(&alice, 1, "passed");
    let step = |hand: &Hand, name: &str, about: &str| {
        last(hand, &format!("gates-{name}"), about, "gates", |hand| {
            hand.write(&alice, "step.started", STAGING.start("immutable", 1, None));
        })
    };
    let second = with(aged(60), "gates", json!([GATE, "tests"]));
    let mut both = requested(&second, 1);
    both.write(&alice, "gate.completed", with(gate(1, "passed"), "gate", json!("tests")));
    vec![
        step(&old, "too-old", "A gate passed a minute and a microsecond before the request, and a minute is what it may be."),
        step(&both, "one-too-old", "Of two gates, one passed too long before the request."),
        fresh(&requested(&aged(60), 0), "gates-max-age", "A gate passed just as long before the request as it may have.", 11),
        fresh(&renewed, "gates-renewed", "A gate passed too long before the request, and once more since.", new),
    ]
}

/// The promotion goes on to its end.
fn fresh(hand: &Hand, name: &str, about: &str, cited: u64) -> Case {
    let (mut hand, alice) = (hand.clone(), Key::alice());
    hand.tags(&alice, &STAGING, None);
    hand.complete(&alice, &STAGING, &[cited]);
    Case::valid(name, about, &hand)
}

/// The result of that gate as a completion cites it.
pub(super) fn of(gate: &str, entry: u64, status: &str) -> Value {
    with(cited(entry, status), "gate", json!(gate))
}

/// Staging demands three gates, of which two are advice.
fn advised() -> Value {
    json!({"advisory": ["tests", "costs"], "gates": ["costs", GATE, "tests"], "max_age": [{"gate": "tests", "seconds": 60}]})
}

/// A promotion to staging is under way: the one gate passed that is none, and of those that are advice this was said two minutes before.
fn asked_with(said: &[(&str, &str)]) -> Hand {
    let alice = Key::alice();
    let mut hand = begun(&advised());
    for (name, status) in said {
        hand.write(&alice, "gate.completed", result(name, status));
    }
    hand.gate(&alice, 1, "passed");
    hand.write_at(&alice, moment(hand.next(), 60_000_000), "promotion.requested", STAGING.request().1);
    hand.authorize(&alice, &STAGING);
    hand.compare(&alice, &STAGING, None);
    hand
}

/// What advice stops: nothing.
fn advice() -> Vec<Case> {
    let alice = Key::alice();
    let carried = |said: &[(&str, &str)], name: &str, about: &str, gates: Value| {
        let mut hand = asked_with(said);
        hand.tags(&alice, &STAGING, None);
        hand.write(&alice, "promotion.completed", with(STAGING.completed(&[]).1, "gates", gates));
        Case::valid(name, about, &hand)
    };
    let both: &[(&str, &str)] = &[("tests", "skipped"), ("costs", "failed")];
    let mut failed = asked_with(both);
    failed.gate(&alice, 1, "failed");
    let mut locked = begun(&advised());
    locked.gate(&alice, 1, "passed");
    locked.write(&alice, "gate.completed", result("tests", "failed"));
    locked.write(&alice, "environment.locked", lock());
    let mut said = locked.clone();
    said.write(&bob(), "guard.overridden", word(&STAGING, &["lock"]));
    vec![
        carried(
            both,
            "gates-advice-failed",
            "Two gates that are advice did not pass, and are cited.",
            json!([of("costs", 12, "failed"), cited(13, "passed"), of("tests", 11, "skipped")]),
        ),
        carried(
            &[("tests", "failed"), ("tests", "passed")],
            "gates-advice-too-old",
            "A gate that is advice passed longer before the request than it may, and is cited; another was not asked.",
            json!([cited(13, "passed"), of("tests", 12, "passed")]),
        ),
        Case::valid("gates-advice-not-overridden", "A word on a lock, where a gate that is advice failed.", &said),
        last(&failed, "gates-none-of-advice", "A tag is announced after a gate failed that is not advice.", "gates", |hand| {
            hand.write(&alice, "step.started", STAGING.start("immutable", 1, None));
        }),
        last(&locked, "override-of-advice", "A word on a gate that is advice.", "override", |hand| {
            hand.write(&bob(), "guard.overridden", word(&STAGING, &["lock", "gates"]));
        }),
    ]
}

/// All tags are written, and one gate that is advice failed twice; the completion cites something else.
fn completions() -> Vec<Case> {
    let alice = Key::alice();
    let mut hand = asked_with(&[("tests", "failed"), ("tests", "failed")]);
    hand.tags(&alice, &STAGING, None);
    let mut since = hand.clone();
    since.write(&alice, "gate.completed", result("costs", "passed"));
    let citing = |hand: &Hand, name: &str, about: &str, gates: Value| {
        last(hand, &format!("gates-advice-{name}"), about, "gates", |hand| {
            hand.write(&alice, "promotion.completed", with(STAGING.completed(&[]).1, "gates", gates));
        })
    };
    let (gate, tests) = (cited(13, "passed"), of("tests", 12, "failed"));
    vec![
        citing(&hand, "left-out", "A completion leaves out what a gate said that is advice.", json!([gate])),
        citing(
            &hand,
            "called-passed",
            "A completion says of a gate that is advice and failed that it passed.",
            json!([gate, of("tests", 12, "passed")]),
        ),
        citing(
            &hand,
            "outdated",
            "A completion cites of a gate that is advice what it said before.",
            json!([gate, of("tests", 11, "failed")]),
        ),
        citing(&hand, "out-of-order", "A completion cites advice before a gate that the rules list before.", json!([tests, gate])),
        citing(
            &hand,
            "of-nobody",
            "A completion cites a gate that is advice and was not asked.",
            json!([of("costs", 11, "failed"), gate, tests]),
        ),
        citing(&since, "left-out-since", "A completion leaves out what a gate said meanwhile that is advice.", json!([gate, tests])),
    ]
}
