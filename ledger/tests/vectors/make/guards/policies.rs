//! The gate that asks the policies: each answer is for the one promotion that asked.

use serde_json::{Value, json};

use super::super::Case;
use super::super::hand::{Hand, Key, moment};
use super::super::run::{COMPONENT, REPOSITORY, Run, digest, with};
use super::digests::{POLICIES, listed};
use super::gates::of;
use super::halts::of_another_pipeline;
use super::overriding::{lock, word};
use super::standing::{asked, asked_by};
use super::{STAGING, begun_under, bob, demanding, last};

pub(super) fn all() -> Vec<Case> {
    [of_others(), of_its_own(), overridden(), sound()].into_iter().flatten().collect()
}

/// Another promotion of the same digest to staging.
const RIVAL: Run = Run::promotion(9, "v1.0.0", 1, "dev", "staging");
const GATE: &str = "policy_compliance";

/// Staging asks policies; there are two components.
fn asking() -> Hand {
    let web = json!({"name": "web", "repository": "registry.acme.example/shop/web"});
    let rules = with(demanding(&json!({}), &json!({"gates": [GATE]})), "policies", listed(POLICIES));
    begun_under(&with(rules, "components", json!([{"name": COMPONENT, "repository": REPOSITORY}, web])))
}

/// What was answered to a promotion, which is then requested, allowed and compared.
fn answered(answers: &[Value]) -> Hand {
    let alice = Key::alice();
    let mut hand = asking();
    for answer in answers {
        hand.write(&alice, "gate.completed", answer.clone());
    }
    hand.begin(&alice, &STAGING, None);
    hand
}

/// A tag is announced without the policies' consent.
fn stopped(hand: &Hand, name: &str, about: &str) -> Case {
    last(hand, &format!("gates-policy-{name}"), about, "gates", |hand| {
        hand.write(&Key::alice(), "step.started", STAGING.start("immutable", 1, None));
    })
}

/// An answer to something else than the promotion asked.
fn of_others() -> Vec<Case> {
    let alice = Key::alice();
    let answer = |field: &str, value: &str| with(asked(POLICIES, "passed"), field, json!(value));
    let mut bank = asking();
    bank.write(&alice, "manifest.adopted", json!({"rules": with(of_another_pipeline(), "policies", listed(POLICIES))}));
    bank.write(&alice, "gate.completed", answer("pipeline", "bank"));
    bank.begin(&alice, &STAGING, None);
    vec![
        stopped(&answered(&[]), "missing", "A promotion whose policies were never asked."),
        stopped(
            &answered(&[asked_by(&RIVAL, POLICIES, "passed")]),
            "of-another-promotion",
            "The policies passed another promotion of the same digest.",
        ),
        stopped(&answered(&[answer("digest", &digest(2))]), "of-another-digest", "The policies were asked about another digest."),
        stopped(&answered(&[answer("environment", "dev")]), "of-another-environment", "The policies were asked about another environment."),
        stopped(&answered(&[answer("component", "web")]), "of-another-component", "The policies were asked about another component."),
        stopped(&bank, "of-another-pipeline", "The policies were asked about another pipeline."),
        stopped(
            &answered(&[asked(POLICIES, "passed"), answer("environment", "dev")]),
            "of-another-environment-since",
            "The policies passed the promotion, and were then asked in its name about another environment.",
        ),
    ]
}

/// The promotion's own answer, which does not let pass, is gone, or is not the one that is cited.
fn of_its_own() -> Vec<Case> {
    let alice = Key::alice();
    let own = |status: &str| asked(POLICIES, status);
    let mut since = answered(&[own("passed")]);
    since.write(&alice, "gate.completed", own("failed"));
    let mut refused = asking();
    refused.write(&alice, "gate.completed", own("passed"));
    refused.write(&alice, "promotion.refused", STAGING.refused(12));
    refused.begin(&alice, &STAGING, None);
    let mut both = answered(&[own("passed"), asked_by(&RIVAL, POLICIES, "passed")]);
    both.tags(&alice, &STAGING, None);
    let cites = |name: &str, about: &str, cited: Value| {
        last(&both, &format!("gates-policy-{name}"), about, "gates", |hand| {
            hand.write(&alice, "promotion.completed", with(STAGING.completed(&[]).1, "gates", cited));
        })
    };
    vec![
        stopped(&answered(&[own("failed")]), "failed", "The policies failed the promotion."),
        stopped(
            &answered(&[own("failed"), asked_by(&RIVAL, POLICIES, "passed")]),
            "failed-beside",
            "The policies failed the promotion, and passed another one of the same digest after that.",
        ),
        stopped(&since, "failed-since", "The policies passed the promotion, and failed it when they were asked again."),
        stopped(&refused, "of-before-a-refusal", "The policies passed the promotion before it was refused, and were not asked again."),
        cites("of-another-promotion-cited", "A completion cites what was answered to another promotion.", json!([of(GATE, 12, "passed")])),
        cites("left-out", "A completion does not cite what the policies said.", json!([])),
    ]
}

/// Whether the policies stand in the way is judged by what was answered to the promotion that the word is for.
fn overridden() -> Vec<Case> {
    let said = |name: &str, about: &str, answer: Value, guards: &[&str]| {
        let mut hand = asking();
        hand.write(&Key::alice(), "gate.completed", answer);
        hand.write(&Key::alice(), "environment.locked", lock());
        last(&hand, &format!("override-{name}"), about, "override", |hand| {
            hand.write(&bob(), "guard.overridden", word(&STAGING, guards));
        })
    };
    vec![
        said(
            "without-the-policies",
            "A word that leaves out policies which passed another promotion.",
            asked_by(&RIVAL, POLICIES, "passed"),
            &["lock"],
        ),
        said(
            "of-policies-that-passed",
            "A word on policies that passed the promotion that it is for.",
            asked(POLICIES, "passed"),
            &["lock", "gates"],
        ),
    ]
}

fn sound() -> Vec<Case> {
    let alice = Key::alice();
    let valid = |mut hand: Hand, name: &str, about: &str, entry: u64, status: &str| {
        hand.tags(&alice, &STAGING, None);
        hand.write(&alice, "promotion.completed", with(STAGING.completed(&[]).1, "gates", json!([of(GATE, entry, status)])));
        Case::valid(name, about, &hand)
    };
    let mut long_before = asking();
    long_before.write(&alice, "gate.completed", asked(POLICIES, "passed"));
    long_before.write_at(&alice, moment(5000, 0), "promotion.requested", STAGING.request().1);
    let mut again = answered(&[asked(POLICIES, "failed")]);
    let newer = again.write(&alice, "gate.completed", asked(POLICIES, "warning"));
    vec![
        valid(answered(&[asked(POLICIES, "passed")]), "gates-policies-asked", "Policies were asked by the promotion.", 11, "passed"),
        valid(
            again,
            "gates-policies-asked-again",
            "Policies failed the promotion, and warned when they were asked again.",
            newer,
            "warning",
        ),
        Case::valid("gates-policies-asked-long-before", "Policies were asked days before the request, which no age bounds.", &long_before),
        of_two(),
        said(),
    ]
}

/// Two promotions of one digest ask; the second is refused while the first is on its way.
fn of_two() -> Case {
    let alice = Key::alice();
    let mut hand = asking();
    let own = hand.write(&alice, "gate.completed", asked(POLICIES, "passed"));
    hand.begin(&alice, &STAGING, None);
    hand.write(&alice, "gate.completed", asked_by(&RIVAL, POLICIES, "failed"));
    hand.write(&alice, "promotion.refused", RIVAL.refused(13));
    hand.tags(&alice, &STAGING, None);
    hand.write(&alice, "promotion.completed", with(STAGING.completed(&[]).1, "gates", json!([of(GATE, own, "passed")])));
    Case::valid("gates-policies-of-two", "Policies are asked by two promotions of one digest, and each has its own answer.", &hand)
}

/// A word on policies that passed another promotion, and one on nothing but a lock where they passed this one.
fn said() -> Case {
    let (alice, bob) = (Key::alice(), bob());
    let mut hand = asking();
    hand.write(&alice, "environment.locked", lock());
    hand.write(&alice, "gate.completed", asked_by(&RIVAL, POLICIES, "passed"));
    hand.write(&bob, "guard.overridden", word(&STAGING, &["lock", "gates"]));
    hand.write(&bob, "guard.overridden", word(&RIVAL, &["lock"]));
    hand.begin(&bob, &RIVAL, None);
    hand.tags(&bob, &RIVAL, None);
    hand.write(&bob, "promotion.completed", with(RIVAL.completed(&[]).1, "gates", json!([of(GATE, 12, "passed")])));
    Case::valid("gates-policies-overridden", "A word on policies that passed another promotion, and the other's own word.", &hand)
}
