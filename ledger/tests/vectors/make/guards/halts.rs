//! Halts: a pipeline that takes no promotion until what failed is resolved, and what goes on under one.

use serde_json::{Value, json};

use super::super::Case;
use super::super::hand::{Hand, Key};
use super::super::run::{COMPONENT, PIPELINE, REPOSITORY, Run, digest, registration, rules, with};
use super::approvals::{asking, granting, needing};
use super::overriding::{lock, word};
use super::{FIRST, STAGING, adopted, begun, begun_under, bob, dave, demanding, last};

pub(super) fn all() -> Vec<Case> {
    [requests(), taken_over(), resolved(), restricted(), known(), sound()].into_iter().flatten().collect()
}

/// Something failed there.
pub(super) fn halt(environment: &str) -> Value {
    json!({"environment": environment, "pipeline": PIPELINE, "reason": "orders were lost"})
}

/// Something failed there of one component.
pub(super) fn halt_of(component: &str) -> Value {
    with(halt("dev"), "component", json!(component))
}

/// What failed there is resolved.
pub(super) fn resume(environment: &str, halt: u64) -> Value {
    json!({"environment": environment, "halt": halt, "pipeline": PIPELINE, "reason": "rolled back"})
}

/// Rules of two components.
pub(super) fn of_two() -> Value {
    let web = json!({"name": "web", "repository": "registry.acme.example/shop/web"});
    with(demanding(&json!({}), &json!({})), "components", json!([{"name": COMPONENT, "repository": REPOSITORY}, web]))
}

/// The rules of another pipeline, which demand nothing.
pub(super) fn of_another_pipeline() -> Value {
    let environments = json!([{"gates": [], "name": "dev"}, {"gates": [], "name": "staging"}]);
    with(with(rules("warn"), "environments", environments), "pipeline", json!("bank"))
}

/// The same ledger with a halt there.
fn halted(hand: &Hand, data: Value) -> Hand {
    let mut hand = hand.clone();
    hand.write(&bob(), "pipeline.halted", data);
    hand
}

fn requests() -> Vec<Case> {
    let (alice, bob) = (Key::alice(), bob());
    let hand = begun(&json!({}));
    let mut locked = hand.clone();
    locked.write(&alice, "environment.locked", lock());
    locked = halted(&locked, halt("staging"));
    let mut said = locked.clone();
    said.write(&bob, "guard.overridden", word(&STAGING, &["lock"]));
    let mut two = halted(&halted(&hand, halt("dev")), halt_of(COMPONENT));
    two.write(&alice, "pipeline.resumed", resume("dev", 11));
    let mut again = two.clone();
    again.write(&alice, "pipeline.resumed", with(resume("dev", 12), "component", json!(COMPONENT)));
    let again = halted(&again, halt("staging"));
    let case = |hand: &Hand, name: &str, about: &str| {
        last(hand, name, about, "halt", |hand| {
            hand.request(&bob, &STAGING);
        })
    };
    vec![
        case(&halted(&hand, halt("staging")), "halt", "A promotion to where the pipeline was halted."),
        case(&halted(&hand, halt("dev")), "halt-elsewhere", "A promotion to another environment than that where something failed."),
        case(&halted(&hand, halt_of(COMPONENT)), "halt-of-a-component", "A promotion of the component that failed."),
        case(
            &halted(&begun_under(&of_two()), halt_of("web")),
            "halt-of-another-component",
            "A promotion of another component than the one that failed.",
        ),
        case(&two, "halt-of-two", "A promotion where one of two halts is resolved."),
        case(&again, "halt-again", "A promotion where what failed is resolved, and something failed again."),
        case(&locked, "halt-before-locks", "A promotion to a locked environment of a halted pipeline."),
        case(&said, "halt-overridden", "A promotion in a halted pipeline by a word on a lock."),
    ]
}

/// Whoever takes a promotion over would go on with it.
fn taken_over() -> Vec<Case> {
    let (alice, bob, dave) = (Key::alice(), bob(), dave());
    let mut hand = begun(&json!({}));
    hand.begin(&bob, &STAGING, None);
    let hand = halted(&hand, halt("dev"));
    let mut separated = begun(&json!({"separation_of_duties": true}));
    separated.begin(&bob, &STAGING, None);
    let mut unwinding = hand.clone();
    unwinding.write(&dave, "promotion.taken_over", with(STAGING.taken_over("bob"), "to_abort", json!(true)));
    let after = Run { epoch: 2, ..STAGING };
    let case = |hand: &Hand, name: &str, about: &str, key: &Key, data: Value| {
        last(hand, &format!("halt-taken-over{name}"), about, "halt", |hand| {
            hand.write(key, "promotion.taken_over", data);
        })
    };
    vec![
        case(&hand, "", "A promotion is taken over in a halted pipeline.", &dave, STAGING.taken_over("bob")),
        case(&hand, "-by-its-holder", "Whoever holds a promotion takes it over in a halted pipeline.", &bob, STAGING.taken_over("bob")),
        case(
            &unwinding,
            "-after-all",
            "What was taken over to be ended in a halted pipeline is to go on.",
            &dave,
            after.taken_over("dave"),
        ),
        case(
            &halted(&separated, halt("dev")),
            "-by-a-mover",
            "Whoever brought the digest to dev takes its promotion over in a halted pipeline.",
            &alice,
            STAGING.taken_over("bob"),
        ),
    ]
}

/// What a resolution names is a halt that stands.
fn resolved() -> Vec<Case> {
    let alice = Key::alice();
    let hand = halted(&begun(&json!({})), halt("dev"));
    let of_api = halted(&begun_under(&of_two()), halt_of(COMPONENT));
    let mut twice = hand.clone();
    twice.write(&alice, "pipeline.resumed", resume("dev", 11));
    let mut other = begun(&json!({}));
    other.write(&alice, "manifest.adopted", json!({"rules": of_another_pipeline()}));
    let at = other.write(&alice, "pipeline.halted", with(halt("dev"), "pipeline", json!("bank")));
    let case = |hand: &Hand, name: &str, about: &str, data: Value| {
        last(hand, &format!("halt-{name}"), about, "halt", |hand| {
            hand.write(&alice, "pipeline.resumed", data);
        })
    };
    let of = |component: &str| with(resume("dev", 11), "component", json!(component));
    vec![
        case(&hand, "of-nothing", "An entry is resolved that halted nothing.", resume("dev", 10)),
        case(&hand, "another-environment", "A halt is resolved for another environment.", resume("staging", 11)),
        case(&hand, "a-component", "A halt of no component is resolved for one.", of(COMPONENT)),
        case(&of_api, "no-component", "A halt of a component is resolved for none.", resume("dev", 11)),
        case(&of_api, "another-component", "A halt of a component is resolved for another.", of("web")),
        case(&twice, "twice", "A halt is resolved twice.", resume("dev", 11)),
        case(&other, "of-another-pipeline", "A halt of another pipeline is resolved.", resume("dev", at)),
    ]
}

/// Who may change an environment resolves what failed there; who takes over is asked for that first.
fn restricted() -> Vec<Case> {
    let (alice, dave) = (Key::alice(), dave());
    let mut hand = adopted(&json!({"authorization": {"groups": ["operators"], "operators": []}}), &json!({}));
    hand.begin(&dave, &FIRST, None);
    let hand = halted(&hand, halt("dev"));
    let at = hand.next() - 1;
    let case = |name: &str, about: &str, event_type: &str, data: Value| {
        last(&hand, &format!("authorization-{name}"), about, "authorization", |hand| {
            hand.write(&alice, event_type, data);
        })
    };
    vec![
        case("resume", "A halt is resolved by somebody who may not change the environment.", "pipeline.resumed", resume("dev", at)),
        case(
            "take-over-halted",
            "A promotion is taken over in a halted pipeline by somebody who may not change the environment.",
            "promotion.taken_over",
            FIRST.taken_over("dave"),
        ),
    ]
}

fn known() -> Vec<Case> {
    let hand = begun(&json!({}));
    let case = |name: &str, about: &str, data: Value| {
        last(&hand, &format!("known-halted-{name}"), about, "known", |hand| {
            hand.write(&Key::alice(), "pipeline.halted", data);
        })
    };
    vec![
        case("pipeline", "A pipeline is halted that has no rules.", with(halt("dev"), "pipeline", json!("bank"))),
        case("environment", "Something failed in an environment that the rules do not know.", halt("prod")),
        case("component", "A component failed that the rules do not know.", halt_of("web")),
    ]
}

fn sound() -> Vec<Case> {
    vec![one_by_one(), going_on(), dropped()]
}

/// Two halts are resolved one by one, and then a promotion is taken.
fn one_by_one() -> Case {
    let (alice, bob) = (Key::alice(), bob());
    let mut hand = halted(&halted(&begun(&json!({})), halt("staging")), halt_of(COMPONENT));
    let decided =
        |action: &str| json!({"action": action, "authorized_via": "x", "environment": "dev", "outcome": "passed", "pipeline": PIPELINE});
    hand.write(&alice, "authorization.decided", decided("halt"));
    hand.write(&alice, "pipeline.resumed", with(resume("dev", 12), "component", json!(COMPONENT)));
    hand.write(&alice, "authorization.decided", decided("resolve"));
    hand.write(&bob, "promotion.refused", STAGING.refused(18));
    hand.write(&alice, "pipeline.resumed", resume("staging", 11));
    hand.carry_out(&bob, &STAGING, None, None, &[]);
    // A halt of another pipeline stops nothing here.
    hand.write(&alice, "manifest.adopted", json!({"rules": of_another_pipeline()}));
    hand.write(&alice, "pipeline.halted", with(halt("dev"), "pipeline", json!("bank")));
    hand.register(&alice, "v1.1.0", 2);
    hand.carry_out(&alice, &Run::promotion(3, "v1.1.0", 2, "none", "dev"), Some(("v1.0.0", "newer")), Some(1), &[]);
    Case::valid("halted", "Two halts are resolved one by one, and promotions are taken again.", &hand)
}

/// What a halted pipeline takes all the same.
fn going_on() -> Case {
    let (alice, bob, dave) = (Key::alice(), bob(), dave());
    let mut hand = begun(&needing(1, &json!([])));
    hand.register(&alice, "v1.1.0", 2);
    let locked = hand.write(&alice, "environment.locked", lock());
    hand.carry_out(&alice, &Run::promotion(3, "v1.1.0", 2, "none", "dev"), Some(("v1.0.0", "newer")), Some(1), &[]);
    let mut further = Run::promotion(4, "v1.2.0", 3, "none", "dev");
    hand.register(&alice, further.version, further.digest);
    hand.begin(&alice, &further, Some(("v1.1.0", "newer")));
    let halted = hand.write(&bob, "pipeline.halted", halt("dev"));
    // What is under way goes on, or is taken over to be ended.
    hand.tag(&alice, &further, "immutable", None);
    hand.write(&dave, "promotion.taken_over", with(further.taken_over("alice"), "to_abort", json!(true)));
    further.epoch = 2;
    hand.write(&bob, "promotion.aborted", further.aborted(&json!([{"digest": digest(3), "tag": further.tag("immutable")}])));
    let back = Run::rollback(5, "dev", ("v1.0.0", 1), ("v1.1.0", 2), 1);
    hand.begin(&bob, &back, None);
    hand.write(&dave, "promotion.taken_over", back.taken_over("bob"));
    let back = Run { epoch: 2, ..back };
    hand.tags(&dave, &back, Some(2));
    hand.complete(&dave, &back, &[]);
    hand.write(&alice, "environment.unlocked", json!({"environment": "staging", "lock": locked, "pipeline": PIPELINE}));
    hand.write(&alice, "environment.locked", lock());
    hand.write(&alice, "artifact.registered", registration("v1.3.0", 4));
    hand.gate(&alice, 1, "passed");
    let request = hand.write(&dave, "approval.requested", asking(60));
    hand.write(&bob, "approval.granted", granting(request));
    let at = hand.write(&dave, "guard.overridden", word(&STAGING, &["lock"]));
    hand.write(&alice, "override.reviewed", super::review::reviewing(&STAGING, at, "unjustified"));
    hand.write(&alice, "pipeline.resumed", resume("dev", halted));
    Case::valid("halted-goes-on", "What a halted pipeline takes: everything but promotions.", &hand)
}

/// What failed where the rules know nothing any more is resolved by anybody.
fn dropped() -> Case {
    let (alice, bob) = (Key::alice(), bob());
    let mut hand = adopted_with_web();
    let whole = hand.write(&bob, "pipeline.halted", halt("dev"));
    let of_web = hand.write(&bob, "pipeline.halted", halt_of("web"));
    let staging = with(demanding(&json!({}), &json!({})), "environments", json!([{"gates": [], "name": "staging"}]));
    let manifest = hand.write(&alice, "manifest.adopted", json!({"rules": staging}));
    hand.write(&alice, "pipeline.resumed", with(resume("dev", of_web), "component", json!("web")));
    hand.write(&alice, "pipeline.resumed", resume("dev", whole));
    hand.carry_out(&alice, &Run { manifest, ..Run::promotion(2, "v1.0.0", 1, "none", "staging") }, None, None, &[]);
    Case::valid("halted-where-nothing-is-known", "Halts in an environment and of a component that the rules have dropped since.", &hand)
}

/// Dev is changed by operators, and there are two components.
fn adopted_with_web() -> Hand {
    let dev = json!({"authorization": {"groups": ["operators"], "operators": []}});
    let of_two = of_two();
    let components = of_two.get("components").cloned().unwrap_or_default();
    super::adopted_under(&with(demanding(&dev, &json!({})), "components", components))
}
