//! Each type of event broken in a way of its own, so that no rule is left to luck.

use serde_json::{Value, json};

use super::{Hand, keys};
use crate::pen::Pen;

/// A type, a path in its data, and what is put there, as JSON.
const WAYS: [(&str, &str, &str); 24] = [
    ("artifact.registered", "/component", r#""elsewhere""#),
    ("authorization.decided", "/action", r#""abort""#),
    ("downgrade.decided", "/comparison", r#""incomparable""#),
    ("environment.unlocked", "/lock", "0"),
    ("gate.completed", "/status", r#""failed""#),
    ("history.imported", "/lines/0/time", r#""2026-12-31T00:00:00.000000Z""#),
    ("history.imported", "/lines/0/to", r#""nowhere""#),
    ("key.endorsed", "/proposal", "0"),
    ("promotion.aborted", "/epoch", "9"),
    ("promotion.aborted", "/tags_left", "[]"),
    ("promotion.completed", "/authorization_passed", "false"),
    ("promotion.completed", "/gates", "[]"),
    ("promotion.failed", "/code", "20"),
    (
        "promotion.failed",
        "/tags_left",
        r#"[{"digest":"sha256:0000000000000000000000000000000000000000000000000000000000000000","tag":"x"}]"#,
    ),
    ("promotion.refused", "/reasons", "[]"),
    ("promotion.refused", "/reasons/0/code", "0"),
    ("promotion.requested", "/manifest", "0"),
    ("promotion.requested", "/promotion/from", r#""prod""#),
    ("promotion.taken_over", "/from_holder", r#""somebody""#),
    ("registry.tagged", "/repository", r#""registry.harbour.example/other""#),
    ("rollback.completed", "/leaves/number", "9"),
    ("rollback.requested", "/leaves/number", "9"),
    ("rollback.requested", "/promotion/from", r#""none""#),
    ("step.started", "/purpose", r#""latest""#),
];

/// Some event of the ledger is broken in its own way; where there is none of that type, another way is tried.
pub(super) fn break_one(hand: &mut Hand) {
    for _ in 0..8 {
        let (event_type, path, value) = *hand.dice.pick(&WAYS);
        let places = places_of(hand, event_type);
        if !places.is_empty() {
            let place = *hand.dice.pick(&places);
            return hand.rewrite(place, |open, _| {
                if let Some(target) = open.value["data"].pointer_mut(path) {
                    *target = serde_json::from_str(value).expect("the table holds JSON");
                }
            });
        }
    }
}

/// An event that comes at the wrong time: a lock before a request, a request again, a key again.
pub(super) fn come_between(hand: &mut Hand) {
    let requests = places_of(hand, "promotion.requested");
    if requests.is_empty() || hand.dice.once_in(4) {
        let Some(first) = Pen::open(&hand.case.entries[0]) else { return };
        let key = first.value["data"]["keys"][hand.dice.below(3)].clone();
        let place = 1 + hand.dice.below(hand.case.entries.len());
        return keys::make(hand, place, "key.added", json!({"key": key}));
    }
    let place = *hand.dice.pick(&requests);
    let Some(mut open) = Pen::open(&hand.case.entries[place]) else { return };
    let promotion = open.value["data"]["promotion"].clone();
    if hand.dice.once_in(2) {
        let lock = json!({"environment": promotion["to"], "pipeline": promotion["pipeline"], "reason": "the quarter closes"});
        return keys::make(hand, place, "environment.locked", lock);
    }
    let end = completion(hand, &promotion).map_or(hand.case.entries.len(), |place| place + 1);
    open.value["time"] = Pen::open(&hand.case.entries[end - 1]).map_or(Value::Null, |before| before.value["time"].clone());
    open.value["data"]["promotion"]["promotion_id"] = json!(format!("0198f0a5-0000-7000-9000-{:012x}", hand.dice.next() >> 16));
    hand.insert(end, open, true);
}

fn places_of(hand: &Hand, event_type: &str) -> Vec<usize> {
    let name = format!("\"type\":\"{event_type}\"");
    let is = |note: &[u8]| note.windows(name.len()).any(|window| window == name.as_bytes());
    (0..hand.case.entries.len()).filter(|place| is(&hand.case.entries[*place])).collect()
}

/// Where that promotion was completed.
fn completion(hand: &Hand, promotion: &Value) -> Option<usize> {
    let of = |place: &usize| Pen::open(&hand.case.entries[*place]).is_some_and(|open| open.value["data"]["promotion"] == *promotion);
    places_of(hand, "promotion.completed").into_iter().find(of)
}
