//! Gates: how old a result may be.

use serde_json::{Value, json};

use super::super::Case;
use super::super::hand::{Hand, Key, moment};
use super::super::run::{GATE, gate, with};
use super::{STAGING, begun, last};

pub(super) fn all() -> Vec<Case> {
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
