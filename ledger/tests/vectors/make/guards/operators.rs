//! Guards of who: an environment that only some may change.

use serde_json::{Value, json};

use super::super::Case;
use super::super::hand::{Hand, Key};
use super::super::run::{PIPELINE, Run, with};
use super::{FIRST, adopted, bob, dave, demanding, last};

pub(super) fn all() -> Vec<Case> {
    [changes(), groups(), vec![dropped()]].into_iter().flatten().collect()
}

/// Members of the operators, and carol.
fn restricted() -> Value {
    json!({"authorization": {"groups": ["operators"], "operators": ["carol"]}})
}

fn lock() -> Value {
    json!({"environment": "dev", "pipeline": PIPELINE, "reason": "x"})
}

fn unlock(lock: u64) -> Value {
    json!({"environment": "dev", "lock": lock, "pipeline": PIPELINE})
}

/// An admin's grant for everything is no right where an environment names who may change it.
fn changes() -> Vec<Case> {
    let (alice, dave) = (Key::alice(), dave());
    let hand = adopted(&restricted(), &json!({}));
    let mut requested = hand.clone();
    requested.request(&dave, &FIRST);
    let mut moved = hand.clone();
    moved.carry_out(&dave, &FIRST, None, None, &[]);
    moved.register(&dave, "v1.1.0", 2);
    moved.carry_out(&dave, &Run::promotion(3, "v1.1.0", 2, "none", "dev"), Some(("v1.0.0", "newer")), Some(1), &[]);
    let back = Run::rollback(4, "dev", ("v1.0.0", 1), ("v1.1.0", 2), 1);
    let mut locked = hand.clone();
    let set = locked.write(&dave, "environment.locked", lock());
    let case = |hand: &Hand, name: &str, about: &str, (event_type, data): (&str, Value)| {
        last(hand, &format!("authorization-{name}"), about, "authorization", |hand| {
            hand.write(&alice, event_type, data);
        })
    };
    vec![
        case(&hand, "promotion", "A promotion by somebody who may not change the environment.", FIRST.request()),
        case(&moved, "rollback", "A rollback by somebody who may not change the environment.", back.request()),
        case(
            &requested,
            "take-over",
            "A promotion is taken over by somebody who may not change the environment.",
            ("promotion.taken_over", FIRST.taken_over("dave")),
        ),
        case(
            &requested,
            "abort",
            "A promotion is aborted by somebody who may not change the environment.",
            ("promotion.aborted", FIRST.aborted(&json!([]))),
        ),
        case(&hand, "lock", "A lock is set by somebody who may not change the environment.", ("environment.locked", lock())),
        case(
            &locked,
            "unlock",
            "A lock is lifted by somebody who may lift others', and may not change the environment.",
            ("environment.unlocked", unlock(set)),
        ),
    ]
}

/// Who belongs to a group, and who does not.
fn groups() -> Vec<Case> {
    let hand = adopted(&restricted(), &json!({}));
    let other = adopted(&json!({"authorization": {"groups": ["release"], "operators": []}}), &json!({}));
    vec![
        last(
            &hand,
            "authorization-key-of-a-member",
            "A key speaks for somebody else than the member it belongs to.",
            "authorization",
            |hand| {
                hand.write_as(&dave(), "erin", "promotion.requested", FIRST.request().1);
            },
        ),
        last(&other, "authorization-another-group", "A member of another group than the environment's.", "authorization", |hand| {
            hand.write(&dave(), "promotion.requested", FIRST.request().1);
        }),
        last(
            &other,
            "authorization-group-of-the-rules",
            "A member of a group of the rules that is not the environment's.",
            "authorization",
            |hand| {
                hand.write(&bob(), "promotion.requested", FIRST.request().1);
            },
        ),
    ]
}

/// An environment that the rules dropped, or no more restrict, restricts nobody.
fn dropped() -> Case {
    let (alice, dave) = (Key::alice(), dave());
    let mut hand = adopted(&restricted(), &json!({}));
    let set = hand.write(&dave, "environment.locked", lock());
    let rules = with(demanding(&json!({}), &json!({})), "environments", json!([{"gates": [], "name": "staging"}]));
    hand.write(&alice, "manifest.adopted", json!({"rules": rules}));
    hand.write(&alice, "environment.unlocked", unlock(set));
    hand.write(&alice, "manifest.adopted", json!({"rules": demanding(&either(), &json!({}))}));
    hand.write(&alice, "environment.locked", lock());
    hand.write_as(&bob(), "frank", "environment.locked", lock());
    let set = hand.write(&dave, "environment.locked", lock());
    hand.write(&dave, "environment.unlocked", unlock(set));
    hand.write_as(&dave, "erin", "environment.locked", lock());
    Case::valid(
        "authorization",
        "Environments are changed by operators, members by the rules and by a key, and by all once nothing restricts it.",
        &hand,
    )
}

/// Members of two groups, one of them of the rules, and somebody who is in none.
fn either() -> Value {
    json!({"authorization": {"groups": ["operators", "qa"], "operators": ["carol", "erin"]}})
}
