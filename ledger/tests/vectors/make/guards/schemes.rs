//! The downgrade guard under each scheme of versions.

use serde_json::{Value, json};

use super::super::Case;
use super::super::hand::{Hand, Key};
use super::super::run::{COMPONENT, REPOSITORY, Run, rules, with};
use super::last;

pub(super) fn all() -> Vec<Case> {
    vec![story()].into_iter().chain(decided()).collect()
}

/// The rules under which the component's versions follow a scheme.
fn following(scheme: &Value) -> Value {
    with(rules("warn"), "components", json!([{"name": COMPONENT, "repository": REPOSITORY, "versions": scheme}]))
}

/// What the downgrade guard finds under a scheme.
fn judged(run: &Run, scheme: &Value, current: Option<(&str, &str)>) -> Value {
    with(run.compared(current, run.meant, "passed"), "scheme", scheme.clone())
}

/// What happens to the component in dev.
struct Dev {
    hand: Hand,
    alice: Key,
    scheme: Value,
    manifest: u64,
    there: Option<(&'static str, u8)>,
}

impl Dev {
    fn follow(&mut self, scheme: Value) {
        self.manifest = self.hand.write(&self.alice, "manifest.adopted", json!({"rules": following(&scheme)}));
        self.scheme = scheme;
    }

    /// A version comes to dev that compares so with the one that is there.
    fn promote(&mut self, version: &'static str, digest: u8, comparison: &'static str) {
        self.hand.register(&self.alice, version, digest);
        self.promote_again(u64::from(digest), version, digest, comparison);
    }

    fn promote_again(&mut self, number: u64, version: &'static str, digest: u8, comparison: &'static str) {
        let run = Run { manifest: self.manifest, meant: comparison == "older", ..Run::promotion(number, version, digest, "none", "dev") };
        self.hand.request(&self.alice, &run);
        self.hand.authorize(&self.alice, &run);
        let current = self.there.map(|(version, _)| (version, comparison));
        self.hand.write(&self.alice, "downgrade.decided", judged(&run, &self.scheme, current));
        self.hand.tags(&self.alice, &run, self.there.map(|(_, digest)| digest));
        self.hand.complete(&self.alice, &run, &[]);
        self.there = Some((version, digest));
    }
}

fn story() -> Case {
    let alice = Key::alice();
    let mut dev = Dev { hand: Hand::with(&[&alice]), alice, scheme: Value::Null, manifest: 0, there: None };
    dev.follow(json!({"scheme": "semver"}));
    dev.promote("1.9.0", 1, "empty");
    dev.promote("v1.10.0", 2, "newer");
    dev.follow(json!({"scheme": "calver"}));
    dev.promote("2026.01-rc1", 3, "newer");
    dev.promote("v2026.1", 4, "newer");
    dev.promote("2026-01.0", 5, "equal");
    dev.follow(json!({"scheme": "pattern", "template": "release-{n}"}));
    dev.promote("release-9", 6, "incomparable");
    dev.promote("release-10", 7, "newer");
    dev.promote("release-08", 8, "older");
    dev.follow(json!({"scheme": "recency"}));
    dev.promote("zebra", 9, "newer");
    dev.promote("aardvark", 10, "newer");
    dev.promote_again(11, "release-10", 7, "older");
    Case::valid("schemes", "A component's versions follow one scheme after the other.", &dev.hand)
}

fn decided() -> Vec<Case> {
    let alice = Key::alice();
    let calver = json!({"scheme": "calver"});
    let mut hand = Hand::with(&[&alice]);
    hand.write(&alice, "manifest.adopted", json!({"rules": following(&calver)}));
    hand.register(&alice, "2026.1", 1);
    let run = Run::promotion(1, "2026.1", 1, "none", "dev");
    hand.request(&alice, &run);
    let mut plain = Hand::with(&[&alice]);
    plain.adopt(&alice);
    plain.register(&alice, "2026.1", 1);
    plain.request(&alice, &run);
    let case = |hand: &Hand, name: &str, about: &str, data: Value| {
        last(hand, &format!("downgrade-scheme-{name}"), about, "downgrade", |hand| {
            hand.write(&alice, "downgrade.decided", data);
        })
    };
    vec![
        case(&hand, "left-out", "A judgement that does not name the component's scheme.", run.compared(None, false, "passed")),
        case(&hand, "another", "A judgement by another scheme than the component's.", judged(&run, &json!({"scheme": "recency"}), None)),
        case(
            &plain,
            "invented",
            "A judgement that names a scheme where the rules name none.",
            judged(&run, &json!({"scheme": "semver"}), None),
        ),
    ]
}
