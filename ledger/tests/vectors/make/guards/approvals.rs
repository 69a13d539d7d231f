//! Approvals: requests for them, and promotions that need them.

use serde_json::{Value, json};

use super::super::Case;
use super::super::hand::{Hand, Key, moment};
use super::super::run::{COMPONENT, PIPELINE, Run, digest, with};
use super::{STAGING, begun, bob, dave, demanding, last};

pub(super) fn all() -> Vec<Case> {
    [asked(), needed(), versions()].into_iter().flatten().collect()
}

/// Staging takes so many approvals, for an hour.
pub(super) fn needing(count: u32, groups: &Value) -> Value {
    json!({"approvals": {"count": count, "groups": groups, "valid_seconds": 3600}})
}

/// Asks for approvals of v1.0.0 for staging, up to the time of that entry.
pub(super) fn asking(until: u64) -> Value {
    json!({
        "component": COMPONENT, "digest": digest(1), "environment": "staging", "expires": moment(until, 0), "from": "dev", "manifest": 1,
        "pipeline": PIPELINE, "version": "v1.0.0",
    })
}

/// Grants what that entry asked for.
pub(super) fn granting(request: u64) -> Value {
    json!({"component": COMPONENT, "digest": digest(1), "environment": "staging", "pipeline": PIPELINE, "request": request})
}

/// The same, with the group by which it counts.
pub(super) fn by_group(answer: Value, group: &str) -> Value {
    with(answer, "group", json!(group))
}

/// Rejects what that entry asked for.
pub(super) fn rejecting(request: u64) -> Value {
    with(granting(request), "reason", json!("not on a Friday"))
}

/// A request, which stands at entry 11.
fn asked() -> Vec<Case> {
    let hand = begun(&needing(1, &json!([])));
    let free = begun(&json!({}));
    let case = |hand: &Hand, name: &str, about: &str, rule, data: Value| {
        last(hand, name, about, rule, |hand| {
            hand.write(&Key::alice(), "approval.requested", data);
        })
    };
    let asking_with = |field: &str, value: Value| with(asking(71), field, value);
    let late = moment(71, 1);
    vec![
        case(&free, "approvals-not-demanded", "Approvals are asked for where none are needed.", "approvals", asking(71)),
        case(&hand, "approvals-over-at-once", "A request that is over at the time that it is made.", "approvals", asking(11)),
        case(
            &hand,
            "approvals-too-long",
            "A request that is over one microsecond later than it may be.",
            "approvals",
            asking_with("expires", json!(late)),
        ),
        case(
            &hand,
            "manifest-of-approvals",
            "Approvals are asked for under an entry that adopted no manifest.",
            "manifest",
            asking_with("manifest", json!(2)),
        ),
        case(&hand, "path-of-approvals", "Approvals are asked for a step that is none.", "path", asking_with("from", json!("none"))),
        case(
            &hand,
            "release-of-approvals",
            "Approvals are asked for another digest than the version stands for.",
            "release",
            asking_with("digest", json!(digest(2))),
        ),
        case(
            &hand,
            "release-unknown-of-approvals",
            "Approvals are asked for a version that was never registered.",
            "release",
            asking_with("version", json!("v9.9.9")),
        ),
        case(
            &hand,
            "known-approvals",
            "Approvals are asked for in an environment that the rules do not know.",
            "known",
            asking_with("environment", json!("prod")),
        ),
    ]
}

/// Promotions at entry 13 of what was asked for at entry 11 and granted at entry 12, or was not.
fn needed() -> Vec<Case> {
    let (alice, bob, dave) = (Key::alice(), bob(), dave());
    let none = begun(&needing(1, &json!([])));
    let mut asked = none.clone();
    let request = asked.write(&dave, "approval.requested", asking(60));
    let mut granted = asked.clone();
    granted.write(&bob, "approval.granted", granting(request));
    let mut rejected = granted.clone();
    rejected.write(&alice, "approval.rejected", rejecting(request));
    let mut anew = granted.clone();
    anew.write(&dave, "approval.requested", asking(20));
    let mut by_frank = asked.clone();
    by_frank.write_as(&bob, "frank", "approval.granted", granting(request));
    let mut two = begun(&needing(2, &json!([])));
    let request = two.write(&dave, "approval.requested", asking(20));
    two.write(&bob, "approval.granted", granting(request));
    let mut spent = granted.clone();
    spent.carry_out(&dave, &STAGING, None, None, &[]);
    let mut changed = granted.clone();
    let manifest = changed.write(&alice, "manifest.adopted", json!({"rules": demanding(&json!({}), &needing(1, &json!([])))}));
    let case = |hand: &Hand, key: &Key, name: &str, about: &str| {
        last(hand, &format!("approvals-{name}"), about, "approvals", |hand| {
            hand.request(key, &STAGING);
        })
    };
    let approvals = "approvals";
    vec![
        case(&none, &dave, "none", "A promotion that nobody was asked to approve."),
        case(&asked, &dave, "missing", "A promotion that was asked for, and that nobody approved."),
        case(&rejected, &dave, "rejected", "A promotion that one approved and another rejected."),
        case(&anew, &dave, "of-an-older-request", "A promotion that was asked for anew after it was approved."),
        case(&two, &dave, "too-few", "A promotion with one of two approvals."),
        case(&granted, &bob, "own", "A promotion with no approval but that of whoever promotes."),
        last(&granted, "approvals-own-key", "A promotion with no approval but that of the key's own principal.", approvals, |hand| {
            hand.write_as(&bob, "frank", "promotion.requested", STAGING.request().1);
        }),
        last(&by_frank, "approvals-own-name", "A promotion with no approval but that in the same name.", approvals, |hand| {
            hand.write_as(&bob, "frank", "promotion.requested", STAGING.request().1);
        }),
        last(&granted, "approvals-over", "A promotion at the time that its approvals are over.", approvals, |hand| {
            hand.write_at(&dave, moment(60, 0), "promotion.requested", STAGING.request().1);
        }),
        last(&spent, "approvals-spent", "A promotion anew by approvals that one was completed with.", approvals, |hand| {
            hand.write(&dave, "promotion.requested", with(Run { number: 5, ..STAGING }.request().1, "forced", json!(true)));
        }),
        last(&changed, "approvals-of-another-manifest", "A promotion that was approved under an earlier manifest.", approvals, |hand| {
            hand.request(&dave, &Run { manifest, ..STAGING });
        }),
    ]
}

/// Two versions of one digest: an approval names which.
fn versions() -> Vec<Case> {
    let (alice, bob, dave) = (Key::alice(), bob(), dave());
    let mut hand = begun(&needing(1, &json!([])));
    hand.register(&alice, "v1.0.1", 1);
    hand.carry_out(&alice, &Run::promotion(3, "v1.0.1", 1, "none", "dev"), Some(("v1.0.0", "newer")), Some(1), &[]);
    let request = hand.write(&dave, "approval.requested", asking(40));
    hand.write(&bob, "approval.granted", granting(request));
    let about = "A promotion of a digest under another version than was approved.";
    vec![last(&hand, "approvals-of-another-version", about, "approvals", |hand| {
        hand.request(&dave, &Run { version: "v1.0.1", ..STAGING });
    })]
}
