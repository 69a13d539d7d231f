//! Halts: whose keys may halt a pipeline, and say that it goes on.

use serde_json::{Value, json};

use super::super::Case;
use super::super::hand::{Hand, Key, everything};
use super::super::run::{COMPONENT, PIPELINE, with};
use super::halts::{halt, halt_of, resume};

pub(super) fn all() -> Vec<Case> {
    let mut cases = granted();
    cases.push(narrowed());
    cases
}

/// A key narrowed to that, which halts the pipeline or resolves what failed.
fn granted() -> Vec<Case> {
    let alice = Key::alice();
    let case = |name: &str, about: &str, (field, only): (&str, &str), event_type: &str, data: Value| {
        let limited = Key::new("acme.example/limited", "limited", [7; 32], json!([with(everything(), field, json!([only]))]));
        let mut hand = Hand::with(&[&alice, &limited]);
        hand.adopt(&alice);
        hand.write(&alice, "pipeline.halted", halt("staging"));
        hand.write(&alice, "pipeline.halted", with(halt("staging"), "component", json!(COMPONENT)));
        hand.write(&limited, event_type, data);
        Case::unlawful(format!("law-grant-{name}"), about, &hand, "grant")
    };
    let of = |data: Value| with(data, "component", json!(COMPONENT));
    let (halted, resumed) = ("pipeline.halted", "pipeline.resumed");
    vec![
        case("halted-type", "A key for gates halts a pipeline.", ("permissions", "gate.completed"), halted, halt("staging")),
        case("halted-pipeline", "A key for another pipeline halts this one.", ("pipelines", "bank"), halted, halt("staging")),
        case("halted-environment", "A key for another environment halts a pipeline.", ("environments", "dev"), halted, halt("staging")),
        case(
            "halted-component",
            "A key for another component says that this one failed.",
            ("components", "web"),
            halted,
            of(halt("staging")),
        ),
        case(
            "narrowed-halt-of-all",
            "A key for one component halts a pipeline for none.",
            ("components", COMPONENT),
            halted,
            halt("staging"),
        ),
        case("resumed-type", "A key that halts pipelines resolves what failed.", ("permissions", halted), resumed, resume("staging", 2)),
        case(
            "resumed-pipeline",
            "A key for another pipeline resolves what failed in this one.",
            ("pipelines", "bank"),
            resumed,
            resume("staging", 2),
        ),
        case(
            "resumed-environment",
            "A key for another environment resolves what failed.",
            ("environments", "dev"),
            resumed,
            resume("staging", 2),
        ),
        case(
            "resumed-component",
            "A key for another component resolves what failed.",
            ("components", "web"),
            resumed,
            of(resume("staging", 3)),
        ),
        case(
            "narrowed-resumption-of-all",
            "A key for one component resolves what failed of none.",
            ("components", COMPONENT),
            resumed,
            resume("staging", 2),
        ),
    ]
}

/// Keys with no more than what a halt touches.
fn narrowed() -> Case {
    let alice = Key::alice();
    let grant = with(with(everything(), "pipelines", json!([PIPELINE])), "environments", json!(["dev"]));
    let grant = with(with(grant, "gates", json!([])), "permissions", json!(["pipeline.halted", "pipeline.resumed"]));
    let watch = Key::new("acme.example/watch", "watch", [11; 32], json!([grant]));
    let of_api = Key::new("acme.example/guard", "guard", [12; 32], json!([with(grant, "components", json!([COMPONENT]))]));
    let mut hand = Hand::with(&[&alice, &watch, &of_api]);
    hand.adopt(&alice);
    let whole = hand.write(&watch, "pipeline.halted", halt("dev"));
    let one = hand.write(&of_api, "pipeline.halted", halt_of(COMPONENT));
    hand.write(&of_api, "pipeline.resumed", with(resume("dev", one), "component", json!(COMPONENT)));
    hand.write(&watch, "pipeline.resumed", resume("dev", whole));
    Case::valid("halted-by-narrow-keys", "A pipeline is halted, and goes on, by keys for no more than that.", &hand)
}
