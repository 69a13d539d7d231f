//! Each type of event broken in a way of its own, so that no rule is left to luck.

use serde_json::{Value, json};

use super::{Hand, keys};
use crate::pen::Pen;

/// A type, the path of a field in its data, and what is put there, as JSON; the field is taken away for `null`.
const WAYS: [(&str, &str, &str); 59] = [
    ("approval.granted", "/group", r#""nobody""#),
    ("approval.granted", "/group", "null"),
    ("approval.granted", "/request", "0"),
    ("approval.rejected", "/group", r#""crew""#),
    ("approval.rejected", "/request", "0"),
    ("approval.requested", "/expires", r#""2027-01-01T00:00:00.000000Z""#),
    ("approval.requested", "/from", r#""none""#),
    ("artifact.registered", "/component", r#""elsewhere""#),
    ("authorization.decided", "/action", r#""abort""#),
    ("downgrade.decided", "/comparison", r#""incomparable""#),
    ("environment.locked", "/expires", r#""2026-03-01T08:00:00.000000Z""#),
    ("environment.unlocked", "/lock", "0"),
    ("gate.completed", "/policy/promotion_id", r#""0198f0a5-0000-7000-8000-00000000e09e""#),
    ("gate.completed", "/status", r#""failed""#),
    ("guard.overridden", "/guards", "[]"),
    ("guard.overridden", "/guards/0/guard", r#""lock""#),
    ("history.imported", "/lines/0/time", r#""2026-12-31T00:00:00.000000Z""#),
    ("history.imported", "/lines/0/to", r#""nowhere""#),
    ("identity.proven", "/expires", r#""2026-03-01T08:00:00.000000Z""#),
    ("identity.proven", "/groups", "[]"),
    ("identity.proven", "/groups", r#"["pilots","gulls"]"#),
    ("identity.proven", "/groups", r#"["crew"]"#),
    ("identity.proven", "/issuer", r#""https://nowhere.example""#),
    ("key.endorsed", "/proposal", "0"),
    ("manifest.adopted", "/rules/environments/0/freezes", r#"{"known_until":"2026-03-01T08:20:00.000000Z","windows":[]}"#),
    ("manifest.adopted", "/rules/environments/0/versions", r#"{"below":"1.2.0"}"#),
    ("manifest.adopted", "/rules/environments/1/approvals", r#"{"count":1,"groups":[],"valid_seconds":60}"#),
    ("manifest.adopted", "/rules/environments/1/authorization", r#"{"groups":["night-watch"],"operators":["ana"]}"#),
    ("manifest.adopted", "/rules/environments/2/authorization", r#"{"groups":["night-watch"],"operators":["ana"]}"#),
    ("manifest.adopted", "/rules/environments/1/max_age", r#"[{"gate":"smoke","seconds":60}]"#),
    ("manifest.adopted", "/rules/environments/1/separation_of_duties", "true"),
    ("manifest.adopted", "/rules/environments/1/signature", r#""enforce""#),
    ("manifest.adopted", "/rules/environments/1/soak_seconds", "7000"),
    ("manifest.adopted", "/rules/issuers", "null"),
    ("override.reviewed", "/override", "0"),
    ("pipeline.halted", "/environment", r#""nowhere""#),
    ("pipeline.resumed", "/environment", r#""dev""#),
    ("pipeline.resumed", "/halt", "0"),
    ("promotion.aborted", "/epoch", "9"),
    ("promotion.aborted", "/tags_left", "[]"),
    ("promotion.completed", "/authorization_passed", "false"),
    ("promotion.completed", "/gates", "[]"),
    ("promotion.completed", "/signature_status", r#""verified""#),
    ("promotion.failed", "/code", "20"),
    (
        "promotion.failed",
        "/tags_left",
        r#"[{"digest":"sha256:0000000000000000000000000000000000000000000000000000000000000000","tag":"x"}]"#,
    ),
    ("promotion.refused", "/reasons", "[]"),
    ("promotion.refused", "/reasons/0/code", "0"),
    ("promotion.requested", "/allow_breaking", "null"),
    ("promotion.requested", "/manifest", "0"),
    ("promotion.requested", "/promotion/from", r#""prod""#),
    ("promotion.taken_over", "/from_holder", r#""somebody""#),
    ("promotion.taken_over", "/to_abort", "null"),
    ("promotion.taken_over", "/to_abort", "true"),
    ("registry.tagged", "/repository", r#""registry.harbour.example/other""#),
    ("rollback.completed", "/leaves/number", "9"),
    ("rollback.requested", "/leaves/number", "9"),
    ("rollback.requested", "/promotion/from", r#""none""#),
    ("signature.checked", "/found", r#""invalid""#),
    ("step.started", "/purpose", r#""latest""#),
];

/// Some event of the ledger is broken in its own way; where there is none of that type, another way is tried.
pub(super) fn break_one(hand: &mut Hand) {
    for _ in 0..24 {
        let (event_type, path, value) = *hand.dice.pick(&WAYS);
        let places = places_of(hand, event_type);
        if !places.is_empty() {
            let place = *hand.dice.pick(&places);
            return hand.rewrite(place, |open, _| {
                let (parent, name) = path.rsplit_once('/').expect("the table holds paths");
                let Some(Value::Object(fields)) = open.value["data"].pointer_mut(parent) else { return };
                match serde_json::from_str(value).expect("the table holds JSON") {
                    Value::Null => drop(fields.remove(name)),
                    value => drop(fields.insert(name.to_owned(), value)),
                }
            });
        }
    }
}

/// An event that comes at the wrong time: a lock or a halt before a request, a request again, lines again, a key again.
pub(super) fn come_between(hand: &mut Hand) {
    let imports = places_of(hand, "history.imported");
    if !imports.is_empty() && hand.dice.once_in(6) {
        let place = *hand.dice.pick(&imports);
        let Some(open) = Pen::open(&hand.case.entries[place]) else { return };
        return hand.insert(place + 1, open, true);
    }
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
        let stop = json!({"environment": promotion["to"], "pipeline": promotion["pipeline"], "reason": "the quarter closes"});
        let event_type = if hand.dice.once_in(2) { "environment.locked" } else { "pipeline.halted" };
        return keys::make(hand, place, event_type, stop);
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
