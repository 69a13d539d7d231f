//! Values that break a rule of their kind by one character, each in an entry that is authentic.

use serde_json::{Value, json};

use super::Case;
use super::chain::begun;
use super::hand::{Hand, Key, LEDGER};
use super::run::{gate, registration, rules, with};

pub(super) fn all() -> Vec<Case> {
    [names(), repositories(), vec![origin()]].into_iter().flatten().collect()
}

fn names() -> Vec<Case> {
    let shape = |name: &str, about: &str, event_type: &str, data: Value| {
        let (mut hand, alice) = begun();
        hand.write_raw(&alice, event_type, 1, &data);
        Case::unlawful(format!("law-shape-{name}"), about, &hand, "shape")
    };
    vec![
        shape("name-begins", "A gate that begins with a hyphen.", "gate.completed", with(gate(1, "passed"), "gate", json!("-tests"))),
        shape(
            "version-latest-of",
            "A version named like a tag that promotion moves.",
            "artifact.registered",
            registration("latest-dev", 2),
        ),
        shape("version-begins", "A version that begins with a dot.", "artifact.registered", registration(".1", 2)),
        shape(
            "commit-upper-case",
            "A commit in upper case.",
            "artifact.registered",
            with(registration("v2.0.0", 2), "source_sha", json!("0123ABCD")),
        ),
    ]
}

/// Where a component may be kept: the parts of the path.
fn repositories() -> Vec<Case> {
    let (hand, alice) = begun();
    let table = [
        ("path-upper-case", "A path with a capital.", "registry.acme.example/Shop"),
        ("path-begins", "A path with a part that begins with a hyphen.", "registry.acme.example/-shop"),
        ("path-ends", "A path with a part that ends with a dot.", "registry.acme.example/shop./api"),
        ("path-part-empty", "A path with an empty part.", "registry.acme.example/shop//api"),
    ];
    let case = |(name, about, repository): (&str, &str, &str)| {
        let mut hand = hand.clone();
        let kept = with(rules("warn"), "components", json!([{"name": "api", "repository": repository}]));
        hand.write_raw(&alice, "manifest.adopted", 1, &json!({"rules": kept}));
        Case::unlawful(format!("law-shape-repository-{name}"), about, &hand, "shape").says("repository")
    };
    table.into_iter().map(case).collect()
}

/// Entry 0 with a name that is none has not its type's shape, and so brings no keys.
fn origin() -> Case {
    let alice = Key::alice();
    let mut hand = Hand::default();
    let data = json!({"admin_threshold": 1, "format": 1, "keys": [alice.first()], "ledger_id": LEDGER, "origin": "acme.example+ledger"});
    hand.write_raw(&alice, "ledger.created", 1, &data);
    Case::broken("genesis-origin-plus", "A ledger with a plus sign in its name.", &hand, "unknown-key")
}
