//! Answers to requests for approvals: who may say yes or no, and to what.

use serde_json::{Value, json};

use super::super::Case;
use super::super::hand::{Hand, Key, everything, moment};
use super::super::run::{COMPONENT, PIPELINE, digest, with};
use super::approvals::{asking, by_group, granting, needing, rejecting};
use super::{FIRST, adopted, begun, bob, dave, demanding, last};

pub(super) fn all() -> Vec<Case> {
    [requests(), persons(), groups(), everybody(), vec![minds()]].into_iter().flatten().collect()
}

/// A request of dave's at entry 11, which is over at the time of entry 20.
fn asked(groups: &Value) -> (Hand, u64) {
    let mut hand = begun(&needing(1, groups));
    let request = hand.write(&dave(), "approval.requested", asking(20));
    (hand, request)
}

fn answer(hand: &Hand, key: &Key, name: &str, about: &str, (event_type, data): (&str, Value)) -> Case {
    last(hand, &format!("approvals-{name}"), about, "approvals", |hand| {
        hand.write(key, event_type, data);
    })
}

/// Yes.
fn yes(request: u64) -> (&'static str, Value) {
    ("approval.granted", granting(request))
}

/// No.
fn no(request: u64) -> (&'static str, Value) {
    ("approval.rejected", rejecting(request))
}

/// What is answered.
fn requests() -> Vec<Case> {
    let (alice, bob) = (Key::alice(), bob());
    let (hand, request) = asked(&json!([]));
    let mut anew = hand.clone();
    anew.write(&dave(), "approval.requested", asking(20));
    let mut rejected = hand.clone();
    rejected.write(&alice, "approval.rejected", rejecting(request));
    let adopting = |fields: Value| {
        let mut hand = hand.clone();
        hand.write(&alice, "manifest.adopted", json!({"rules": demanding(&json!({}), &fields)}));
        hand
    };
    let with_digest = |(event_type, data)| (event_type, with(data, "digest", json!(digest(2))));
    let elsewhere = |(event_type, data)| (event_type, with(data, "environment", json!("dev")));
    vec![
        answer(&hand, &bob, "grant-of-nothing", "An approval of an entry that asked for none.", yes(10)),
        answer(&hand, &bob, "grant-of-another-digest", "An approval of another digest than was asked for.", with_digest(yes(request))),
        answer(&hand, &bob, "reject-elsewhere", "A rejection for another environment than was asked for.", elsewhere(no(request))),
        answer(&anew, &bob, "grant-of-an-older-request", "An approval of a request that was made anew since.", yes(request)),
        answer(&rejected, &bob, "grant-after-rejection", "An approval of a request that somebody rejected.", yes(request)),
        answer(&rejected, &bob, "reject-again", "A second rejection.", no(request)),
        answer(
            &adopting(needing(1, &json!([]))),
            &bob,
            "grant-under-another-manifest",
            "An approval of a request that was made under an earlier manifest.",
            yes(request),
        ),
        answer(&adopting(json!({})), &bob, "grant-not-demanded", "An approval where the rules need none any more.", yes(request)),
        last(&hand, "approvals-grant-too-late", "An approval at the time that the request is over.", "approvals", |hand| {
            hand.write_at(&bob, moment(20, 0), "approval.granted", granting(request));
        }),
        last(&hand, "approvals-reject-too-late", "A rejection at the time that the request is over.", "approvals", |hand| {
            hand.write_at(&bob, moment(20, 0), "approval.rejected", rejecting(request));
        }),
        last(&hand, "known-grant", "An approval for an environment that the rules do not know.", "known", |hand| {
            hand.write(&bob, "approval.granted", with(granting(request), "environment", json!("prod")));
        }),
        last(&hand, "known-rejection", "A rejection for a component that the rules do not know.", "known", |hand| {
            hand.write(&bob, "approval.rejected", with(rejecting(request), "component", json!("web")));
        }),
    ]
}

/// Who answers.
fn persons() -> Vec<Case> {
    let (bob, dave) = (bob(), dave());
    let (hand, request) = asked(&json!([]));
    let (narrowed, of_qa) = asked(&json!(["qa"]));
    let mut granted = hand.clone();
    granted.write(&bob, "approval.granted", granting(request));
    let mut by_frank = hand.clone();
    by_frank.write_as(&bob, "frank", "approval.granted", granting(request));
    let mut of_bob = begun(&needing(1, &json!([])));
    let for_bob = of_bob.write(&bob, "approval.requested", asking(20));
    let mut left = narrowed.clone();
    let fewer = with(demanding(&json!({}), &needing(1, &json!(["qa"]))), "groups", json!([{"members": [], "name": "qa"}]));
    let manifest = left.write(&Key::alice(), "manifest.adopted", json!({"rules": fewer}));
    let again = left.write(&dave, "approval.requested", with(asking(20), "manifest", json!(manifest)));
    let as_frank = |hand: &Hand, name: &str, about: &str, request: u64| {
        last(hand, &format!("approvals-{name}"), about, "approvals", |hand| {
            hand.write_as(&bob, "frank", "approval.granted", granting(request));
        })
    };
    let of_the_group = |request| ("approval.granted", by_group(granting(request), "qa"));
    let of_another = Key::new("acme.example/carol", "carol", [8; 32], json!([everything()]));
    let mut wider = narrowed.clone();
    let genesis = wider.genesis();
    wider.write(&Key::alice(), "key.added", json!({"key": of_another.requested(&genesis)}));
    vec![
        answer(&hand, &dave, "grant-of-ones-own", "An approval by whoever asked for it.", yes(request)),
        answer(&hand, &dave, "reject-of-ones-own", "A rejection by whoever asked for the approval.", no(request)),
        as_frank(&of_bob, "grant-of-the-keys-own", "An approval in another's name by the key of whoever asked.", for_bob),
        answer(&granted, &bob, "grant-twice", "A second approval by the same principal.", yes(request)),
        answer(&wider, &of_another, "grant-of-no-group", "An approval by somebody in no group.", yes(of_qa)),
        answer(&wider, &of_another, "reject-of-no-group", "A rejection by somebody in no group.", no(of_qa)),
        answer(&left, &bob, "grant-of-a-former-member", "An approval by somebody who was taken out of the group.", of_the_group(again)),
        as_frank(&granted, "grant-twice-by-one-key", "A second approval with one key, in another's name.", request),
        answer(&by_frank, &bob, "grant-twice-own-last", "A second approval with one key, in its own name.", yes(request)),
        as_frank(&by_frank, "grant-twice-by-one-actor", "A second approval in one name.", request),
        last(&hand, "approvals-grant-for-whom-asked", "An approval by a key in the name of whoever asked.", "approvals", |hand| {
            let speaker = Key::new("acme.example/grace", "grace", [9; 32], json!([with(everything(), "act_for", json!(["dave"]))]));
            let genesis = hand.genesis();
            hand.write(&Key::alice(), "key.added", json!({"key": speaker.requested(&genesis)}));
            hand.write_as(&speaker, "dave", "approval.granted", granting(request));
        }),
        last(&narrowed, "approvals-grant-of-another-group", "An approval by a member of another group.", "approvals", |hand| {
            let key = Key::new("acme.example/erin", "erin", [10; 32], json!([everything()])).in_groups(&["operators"]);
            let genesis = hand.genesis();
            hand.write(&Key::alice(), "key.added", json!({"key": key.requested(&genesis)}));
            hand.write(&key, "approval.granted", by_group(granting(of_qa), "qa"));
        }),
    ]
}

/// By which group an answer counts: alice, bob and frank are of qa by the rules, and dave is of the operators by his key.
fn groups() -> Vec<Case> {
    let (alice, bob, dave) = (Key::alice(), bob(), dave());
    let of = |groups: Value| {
        let mut hand = begun(&needing(1, &groups));
        let request = hand.write(&alice, "approval.requested", asking(20));
        (hand, request)
    };
    let (narrowed, of_qa) = of(json!(["qa"]));
    let (both, of_both) = of(json!(["operators", "qa"]));
    let (free, of_all) = of(json!([]));
    let two = Key::new("acme.example/carol", "bob", [8; 32], json!([everything()])).in_groups(&["operators"]);
    let mut added = both.clone();
    let genesis = added.genesis();
    added.write(&alice, "key.added", json!({"key": two.requested(&genesis)}));
    let named = |(event_type, data): (&'static str, Value), group: &str| (event_type, by_group(data, group));
    vec![
        answer(&narrowed, &bob, "group-left-out", "An approval that does not say by which group it counts.", yes(of_qa)),
        answer(&narrowed, &bob, "group-left-out-of-a-rejection", "A rejection that does not say so.", no(of_qa)),
        answer(&both, &dave, "group-of-others", "An approval by a group that its principal is not in.", named(yes(of_both), "qa")),
        answer(&added, &two, "group-second", "An approval by the second of two groups.", named(yes(of_both), "operators")),
        answer(&free, &bob, "group-not-asked-for", "An approval by a group where none is asked for.", named(yes(of_all), "qa")),
        answer(&free, &bob, "group-not-asked-for-of-a-rejection", "The same of a rejection.", named(no(of_all), "qa")),
    ]
}

/// What dave asked for where no groups of approvers are named, and only operators change the environment.
fn everybody() -> Vec<Case> {
    let bob = bob();
    let restricted = with(needing(1, &json!([])), "authorization", json!({"groups": ["operators"], "operators": ["alice"]}));
    let mut hand = begun(&restricted);
    let request = hand.write(&dave(), "approval.requested", asking(20));
    let case = |name: &str, about: &str, (event_type, data): (&str, Value)| {
        last(&hand, &format!("authorization-{name}"), about, "authorization", |hand| {
            hand.write(&bob, event_type, data);
        })
    };
    vec![
        case("grant", "An approval by somebody who may not change the environment, where no groups are named.", yes(request)),
        case("reject", "A rejection by somebody who may not change the environment, where no groups are named.", no(request)),
    ]
}

/// Answers of all kinds, and those who are refused.
fn minds() -> Case {
    let (alice, bob, dave) = (Key::alice(), bob(), dave());
    let restricted = |groups: Value| with(needing(1, &groups), "authorization", json!({"groups": [], "operators": ["alice", "dave"]}));
    let mut hand = adopted(&json!({}), &restricted(json!(["operators", "qa"])));
    hand.carry_out(&alice, &FIRST, None, None, &[]);
    let request = hand.write(&alice, "approval.requested", asking(40));
    hand.write(&bob, "approval.granted", by_group(granting(request), "qa"));
    hand.write(&dave, "approval.granted", by_group(granting(request), "operators"));
    hand.write(&bob, "approval.rejected", by_group(rejecting(request), "qa"));
    let manifest = hand.write(&alice, "manifest.adopted", json!({"rules": demanding(&json!({}), &restricted(json!([])))}));
    let request = hand.write(&dave, "approval.requested", with(asking(40), "manifest", json!(manifest)));
    for action in ["approve", "reject"] {
        let refused = json!({
            "action": action, "authorized_via": "bob is in no group", "component": COMPONENT, "environment": "staging", "outcome": "refused",
            "pipeline": PIPELINE,
        });
        hand.write(&bob, "authorization.decided", refused);
    }
    hand.write(&alice, "approval.granted", granting(request));
    hand.write(&alice, "approval.rejected", rejecting(request));
    Case::valid("approvals", "Answers by groups and by whoever may change the environment, and two that are taken back.", &hand)
}
