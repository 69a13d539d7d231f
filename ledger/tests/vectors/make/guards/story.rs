//! Whole promotions: past every guard, and past those that somebody's word passes.

use serde_json::{Value, json};

use super::super::Case;
use super::super::hand::{Hand, Key, moment};
use super::super::run::{COMPONENT, GATE, PIPELINE, REPOSITORY, Run, digest, gate, registration, with};
use super::approvals::by_group;
use super::digests::{POLICIES, listed, verification};
use super::gates::of;
use super::overriding::{ALL, everything, lock, word};
use super::review::reviewing;
use super::signature::found;
use super::standing::{asked, report, result, scanned};
use super::{STAGING, begun, begun_under, bob, dave, demanding, request_with};

pub(super) fn all() -> Vec<Case> {
    vec![passed(), overridden(), every_gate()]
}

/// The place of the request to staging; every bound of time in the rules is just met there.
const REQUEST: u64 = 18;

/// A release with changes that break what others rely on.
const RELEASE: Run = Run::promotion(1, "v2.0.0", 1, "none", "dev");
const ONWARD: Run = Run::promotion(2, "v2.0.0", 1, "dev", "staging");

/// Everything that an environment can demand.
fn demands() -> Value {
    json!({
        "approvals": {"count": 2, "groups": ["qa"], "valid_seconds": 3600},
        "authorization": {"groups": ["operators"], "operators": ["root"]},
        "freezes": {
            "known_until": moment(REQUEST, 1),
            "windows": [{"from": moment(12, 0), "name": "the end of the year", "until": moment(REQUEST, 0)}],
        },
        "gates": [GATE],
        "max_age": [{"gate": GATE, "seconds": 60 * (REQUEST - 11)}],
        "separation_of_duties": true,
        "signature": "enforce",
        "soak_seconds": 60 * (REQUEST - 10),
        "versions": {"at_least": "2.0.0", "below": "3.0.0-0"},
    })
}

fn rules() -> Value {
    let component = json!({"name": COMPONENT, "repository": REPOSITORY, "versions": {"scheme": "semver"}});
    with(with(demanding(&json!({}), &demands()), "components", json!([component])), "verification", verification())
}

/// The run's judgement that nothing is there, under the scheme of the rules.
fn compared(run: &Run) -> Value {
    with(run.compared(None, false, "passed"), "scheme", json!({"scheme": "semver"}))
}

fn passed() -> Case {
    let (alice, bob, dave) = (Key::alice(), bob(), dave());
    let mut hand = Hand::with(&[&alice, &bob, &dave]);
    hand.write(&alice, "manifest.adopted", json!({"rules": rules()}));
    hand.write(&alice, "artifact.registered", with(registration("v2.0.0", 1), "breaking", json!(["the old interface is gone"])));
    hand.write(&alice, "promotion.requested", request_with(&RELEASE, "allow_breaking", json!(true)));
    hand.authorize(&alice, &RELEASE);
    hand.write(&alice, "downgrade.decided", compared(&RELEASE));
    hand.tags(&alice, &RELEASE, None);
    hand.complete(&alice, &RELEASE, &[]);
    let scanned = hand.gate(&alice, 1, "passed");
    hand.write(&dave, "environment.locked", with(lock(), "expires", json!(moment(REQUEST, 0))));
    approved(&mut hand);
    let asked = with(request_with(&ONWARD, "allow_breaking", json!(true)), "reason", json!("customers wait for it"));
    hand.write(&dave, "promotion.requested", asked);
    hand.authorize(&dave, &ONWARD);
    hand.write(&dave, "downgrade.decided", compared(&ONWARD));
    hand.write(&dave, "signature.checked", found(&ONWARD, "unknown"));
    hand.write(&dave, "signature.checked", found(&ONWARD, "verified"));
    hand.tags(&dave, &ONWARD, None);
    let (event_type, data) = ONWARD.completed(&[scanned]);
    hand.write(&dave, event_type, with(data, "signature_status", json!("verified")));
    Case::valid("guards-passed", "A promotion that passes every guard that there is, each of them just so.", &hand)
}

/// A request is rejected, and the one after it granted by two.
fn approved(hand: &mut Hand) {
    let (alice, bob, dave) = (Key::alice(), bob(), dave());
    let release = json!({"component": COMPONENT, "digest": digest(1), "environment": "staging", "pipeline": PIPELINE});
    let request = with(with(release.clone(), "expires", json!(moment(REQUEST, 1))), "from", json!("dev"));
    let request = with(with(request, "manifest", json!(1)), "version", json!("v2.0.0"));
    let first = hand.write(&dave, "approval.requested", with(request.clone(), "reason", json!("customers wait for it")));
    let release = by_group(release, "qa");
    hand.write(&bob, "approval.rejected", with(with(release.clone(), "request", json!(first)), "reason", json!("not on a Friday")));
    let second = hand.write(&dave, "approval.requested", request);
    let grant = with(release, "request", json!(second));
    hand.write_as(&bob, "frank", "approval.granted", with(grant.clone(), "note", json!("read together")));
    hand.write(&alice, "approval.granted", grant);
}

/// Five guards stand in the way, and a signature that is not there only warns.
fn overridden() -> Case {
    let (alice, bob, dave) = (Key::alice(), bob(), dave());
    let rule = with(with(everything(), "signature", json!("warn")), "authorization", json!({"groups": [], "operators": ["alice", "bob"]}));
    let mut hand = begun(&rule);
    hand.write(&alice, "environment.locked", lock());
    hand.gate(&alice, 1, "passed");
    let tests = hand.write(&alice, "gate.completed", with(gate(1, "passed"), "gate", json!("tests")));
    let at = hand.write(&bob, "guard.overridden", word(&STAGING, &ALL));
    hand.begin(&bob, &STAGING, None);
    hand.write(&bob, "signature.checked", found(&STAGING, "unsigned"));
    hand.tags(&bob, &STAGING, None);
    let (event_type, data) = STAGING.completed(&[]);
    let cited = json!([{"entry": tests, "gate": "tests", "status": "passed"}]);
    hand.write(&bob, event_type, with(with(data, "gates", cited), "signature_status", json!("warned")));
    hand.write(&dave, "override.reviewed", reviewing(&STAGING, at, "justified"));
    let unused = Run { number: 9, ..STAGING };
    let at = hand.write(&bob, "guard.overridden", word(&unused, &ALL));
    hand.write(&alice, "override.reviewed", reviewing(&unused, at, "unjustified"));
    Case::valid(
        "guards-overridden",
        "A promotion past all five guards that somebody's word passes, and a word that was given in vain.",
        &hand,
    )
}

/// A promotion with every kind of gate: the policies are asked as it is requested, a report is judged, and advice is not taken.
fn every_gate() -> Case {
    let alice = Key::alice();
    let staging = json!({
        "advisory": ["tests", "costs"],
        "gate_timeout_seconds": 120,
        "gates": ["tests", "policy_compliance", "security_scan", "label_shape", "costs"],
        "max_age": [{"gate": "tests", "seconds": 60}, {"gate": "security_scan", "seconds": 240}],
        "signature": "enforce",
    });
    let command = json!({"arguments": ["make tests"], "gate": "tests", "shell": true, "variables": ["CI"], "warning_status": 3});
    let scan = json!({"block_on": ["critical"], "ignore_unfixed": true, "scanner": "trivy"});
    let rules = with(with(demanding(&json!({}), &staging), "commands", json!([command])), "policies", listed(POLICIES));
    let mut hand = begun_under(&with(with(rules, "security_scan", scan), "verification", verification()));
    hand.write(&alice, "gate.completed", scanned(with(report(), "ignored", json!(2)), "warning"));
    hand.write(&alice, "gate.completed", result("tests", "failed"));
    hand.write(&alice, "gate.completed", result("label_shape", "passed"));
    let now = moment(15, 0);
    hand.write_at(&alice, now, "gate.completed", asked(POLICIES, "passed"));
    hand.write_at(&alice, now, "promotion.requested", STAGING.request().1);
    hand.authorize(&alice, &STAGING);
    hand.compare(&alice, &STAGING, None);
    hand.write(&alice, "signature.checked", found(&STAGING, "verified"));
    hand.tags(&alice, &STAGING, None);
    let cited = json!([
        of("tests", 12, "failed"),
        of("policy_compliance", 14, "passed"),
        of("security_scan", 11, "warning"),
        of("label_shape", 13, "passed"),
    ]);
    let (event_type, data) = STAGING.completed(&[]);
    hand.write(&alice, event_type, with(with(data, "gates", cited), "signature_status", json!("verified")));
    Case::valid(
        "gates-of-every-kind",
        "A promotion with every kind of gate: asked, judged, advice, and a signature that is verified.",
        &hand,
    )
}
