//! Guards of the release: which versions an environment takes, and changes that break what others rely on.

use serde_json::{Value, json};

use super::super::Case;
use super::super::hand::Key;
use super::super::run::{Run, registration, with};
use super::{FIRST, adopted, last, request_with};

pub(super) fn all() -> Vec<Case> {
    [versions(), breaking(), vec![edges()]].into_iter().flatten().collect()
}

/// A promotion to dev, which takes a range of versions.
fn into(range: &Value, version: &'static str) -> impl FnOnce(&str, &str) -> Case {
    let alice = Key::alice();
    let mut hand = adopted(&json!({"versions": range}), &json!({}));
    hand.register(&alice, version, 2);
    move |name, about| {
        last(&hand, &format!("versions-{name}"), about, "versions", |hand| {
            hand.request(&Key::alice(), &Run { version, digest: 2, ..FIRST });
        })
    }
}

fn versions() -> Vec<Case> {
    let two = json!({"at_least": "2.0.0", "below": "3.0.0-0"});
    vec![
        into(&two, "v1.9.9")("before", "A version before those that the environment takes."),
        into(&two, "v2.0.0-rc.1")("prerelease", "A prerelease of the first version that the environment takes."),
        into(&two, "v3.0.0")("after", "A version after those that the environment takes."),
        into(&two, "v3.0.0-0")("bound", "The version below which those that the environment takes must be."),
        into(&json!({"below": "2.0.0"}), "v2.0.0")("upper", "A version above the one bound that there is."),
        into(&json!({"at_least": "2.0.0"}), "v1.9.9")("lower", "A version below the one bound that there is."),
        into(&json!({"below": "2.0.0"}), "nightly")(
            "not-comparable",
            "A version that cannot be compared with those that the environment takes.",
        ),
    ]
}

fn breaking() -> Vec<Case> {
    let mut hand = adopted(&json!({}), &json!({}));
    hand.write(&Key::alice(), "artifact.registered", with(registration("v2.0.0", 2), "breaking", json!(["the old interface is gone"])));
    vec![last(
        &hand,
        "breaking",
        "A release with changes that break what others rely on, and nobody said that they are meant.",
        "breaking",
        |hand| {
            hand.request(&Key::alice(), &Run { version: "v2.0.0", digest: 2, ..FIRST });
        },
    )]
}

/// The first version of a range, and nearly the last one.
fn edges() -> Case {
    let alice = Key::alice();
    let mut hand = adopted(&json!({"versions": {"at_least": "2.0.0", "below": "3.0.0-0"}}), &json!({}));
    hand.register(&alice, "v2.0.0", 2);
    hand.carry_out(&alice, &Run { version: "v2.0.0", digest: 2, ..FIRST }, None, None, &[]);
    hand.write(&alice, "artifact.registered", with(registration("2.999.0-rc.1", 3), "breaking", json!(["the port", "the path"])));
    let last = Run::promotion(3, "2.999.0-rc.1", 3, "none", "dev");
    hand.write(&alice, "promotion.requested", request_with(&last, "allow_breaking", json!(true)));
    Case::valid("versions", "The first version that an environment takes, and nearly the last one, with changes that are meant.", &hand)
}
