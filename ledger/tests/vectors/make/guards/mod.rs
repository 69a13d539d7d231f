//! Guards: what stops a promotion, passed and not passed. In all of them dev demands nothing, unless it is said, and staging one thing.

mod answers;
mod approvals;
mod digests;
mod duties;
mod gate_rules;
mod gates;
mod halting;
mod halts;
mod issuers;
mod moment;
mod operators;
mod overriding;
mod policies;
mod release;
mod review;
mod schemes;
mod shapes;
mod signature;
mod standing;
mod story;
mod taking_over;
mod token_groups;
mod tokens;

use serde_json::{Value, json};

use super::Case;
use super::hand::{Hand, Key, everything};
use super::run::{Run, rules, with};

pub(crate) fn all() -> Vec<Case> {
    [
        story::all(),
        schemes::all(),
        moment::all(),
        operators::all(),
        duties::all(),
        taking_over::all(),
        release::all(),
        approvals::all(),
        answers::all(),
        signature::all(),
        gates::all(),
        policies::all(),
        standing::all(),
        gate_rules::all(),
        overriding::all(),
        review::all(),
        halts::all(),
        halting::all(),
        tokens::all(),
        token_groups::all(),
        shapes::all(),
        issuers::all(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A first promotion of v1.0.0 to dev.
const FIRST: Run = Run::promotion(1, "v1.0.0", 1, "none", "dev");
/// Its next step, to staging.
const STAGING: Run = Run::promotion(2, "v1.0.0", 1, "dev", "staging");

/// An admin whose key may act for frank, who has none.
fn bob() -> Key {
    Key::new("acme.example/bob", "bob", [2; 32], json!([with(everything(), "act_for", json!(["frank"]))]))
}

/// An admin whose principal belongs to the operators, as the key's entry says.
fn dave() -> Key {
    Key::new("acme.example/dave", "dave", [5; 32], json!([with(everything(), "act_for", json!(["erin"]))])).in_groups(&["operators"])
}

/// The rules of the pipeline with these fields beside the environments' names, and one group.
fn demanding(dev: &Value, staging: &Value) -> Value {
    let rule = |name: &str, fields: &Value| {
        let fields = fields.as_object().into_iter().flatten();
        fields.fold(json!({"gates": [], "name": name}), |rule, (field, value)| with(rule, field, value.clone()))
    };
    let environments = json!([rule("dev", dev), rule("staging", staging)]);
    with(with(rules("warn"), "environments", environments), "groups", json!([{"members": ["alice", "bob", "frank"], "name": "qa"}]))
}

/// A ledger of alice, bob and dave under these rules, with v1.0.0 registered.
fn adopted(dev: &Value, staging: &Value) -> Hand {
    adopted_under(&demanding(dev, staging))
}

/// The same under any rules.
fn adopted_under(rules: &Value) -> Hand {
    let alice = Key::alice();
    let mut hand = Hand::with(&[&alice, &bob(), &dave()]);
    hand.write(&alice, "manifest.adopted", json!({"rules": rules}));
    hand.register(&alice, "v1.0.0", 1);
    hand
}

/// The same where staging demands something, with v1.0.0 brought to dev by alice at entry 10.
fn begun(staging: &Value) -> Hand {
    begun_under(&demanding(&json!({}), staging))
}

/// The same under any rules.
fn begun_under(rules: &Value) -> Hand {
    let mut hand = adopted_under(rules);
    hand.carry_out(&Key::alice(), &FIRST, None, None, &[]);
    hand
}

/// The data of the run's request with a field set.
fn request_with(run: &Run, field: &str, value: Value) -> Value {
    with(run.request().1, field, value)
}

/// What is written last breaks that rule.
fn last(hand: &Hand, name: &str, about: &str, rule: &'static str, write: impl FnOnce(&mut Hand)) -> Case {
    let mut hand = hand.clone();
    write(&mut hand);
    Case::unlawful(format!("law-{name}"), about, &hand, rule)
}
