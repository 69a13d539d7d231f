//! Imported history: what may be asserted, and what of it counts where.

use serde_json::{Value, json};

use super::Case;
use super::hand::{Hand, Key};
use super::run::{COMPONENT, PIPELINE, Run, digest, with};

pub(crate) fn all() -> Vec<Case> {
    [asserting(), counting()].into_iter().flatten().collect()
}

/// A promotion of the component that somebody says happened.
pub(crate) fn line(time: &str, version: &str, of: u8, from: &str, to: &str) -> Value {
    json!({
        "actor": "op-1", "component": COMPONENT, "digest": digest(of), "from": from, "kind": "promotion", "time": time, "to": to,
        "version": version,
    })
}

/// An import that declares these names.
pub(crate) fn declaring(components: Value, environments: Value, lines: &[Value]) -> Value {
    json!({
        "declares": {"components": components, "environments": environments},
        "file": digest(200),
        "lines": lines,
        "pipeline": PIPELINE,
    })
}

/// An import that declares nothing.
pub(crate) fn import(lines: &[Value]) -> Value {
    declaring(json!([]), json!([]), lines)
}

/// A request that accepts imported history.
pub(crate) fn accepting((event_type, data): (&'static str, Value)) -> (&'static str, Value) {
    (event_type, with(data, "accept_asserted", json!(true)))
}

/// The rules are in force, and two releases are registered; a CI key is there beside the admin's.
fn adopted() -> (Hand, Key, Key) {
    let (alice, ci) = (Key::alice(), Key::ci());
    let mut hand = Hand::with(&[&alice, &ci]);
    hand.adopt(&alice);
    hand.register(&alice, "v1.0.0", 1);
    hand.register(&alice, "v1.1.0", 2);
    (hand, alice, ci)
}

fn last(hand: &Hand, signer: &Key, name: &str, about: &str, (event_type, data): (&str, Value), rule: &'static str) -> Case {
    let mut hand = hand.clone();
    hand.write_raw(signer, event_type, 1, &data);
    Case::unlawful(format!("law-{name}"), about, &hand, rule)
}

fn asserting() -> Vec<Case> {
    let (hand, alice, ci) = adopted();
    let mut recorded = hand.clone();
    recorded.request(&alice, &Run::promotion(1, "v1.0.0", 1, "none", "dev"));
    let mut imported = hand.clone();
    let old = line("2025-03-01T10:00:00.000000Z", "v0.9.0", 9, "none", "dev");
    imported.write(&alice, "history.imported", import(std::slice::from_ref(&old)));
    let nobody = Hand::with(&[&alice]);
    let case = |hand: &Hand, name: &str, about: &str, data: Value, rule| last(hand, &alice, name, about, ("history.imported", data), rule);
    let other = |field: &str, value: &str| import(&[with(old.clone(), field, json!(value))]);
    vec![
        case(&nobody, "import-no-rules", "Imported history of a pipeline that has no rules.", import(std::slice::from_ref(&old)), "known"),
        case(&hand, "import-component", "Imported history of a component that nothing lists.", other("component", "web"), "known"),
        case(&hand, "import-environment", "Imported history of an environment that nothing lists.", other("to", "prod"), "known"),
        case(&hand, "import-source", "Imported history from an environment that nothing lists.", other("from", "qa"), "known"),
        case(
            &hand,
            "import-declared-elsewhere",
            "A component that is declared as an environment.",
            declaring(json!([]), json!(["web"]), &[with(old.clone(), "component", json!("web"))]),
            "known",
        ),
        case(
            &hand,
            "import-ahead",
            "History that is asserted for a time after its entry's.",
            other("time", "2026-01-16T10:00:00.000000Z"),
            "asserted time",
        ),
        case(
            &recorded,
            "import-after-recorded",
            "History that is asserted for a time after the first recorded run of its place.",
            other("time", "2026-01-15T09:04:00.000001Z"),
            "asserted time",
        ),
        case(&imported, "import-again", "A line that was imported before.", import(std::slice::from_ref(&old)), "imported once"),
        case(&hand, "import-twice", "A line that stands twice in one entry.", import(&[old.clone(), old.clone()]), "imported once"),
        case(&hand, "import-no-lines", "An import of nothing.", import(&[]), "shape"),
        case(
            &hand,
            "import-declared-out-of-order",
            "Declared names that do not ascend.",
            declaring(json!(["web", "app"]), json!([]), std::slice::from_ref(&old)),
            "shape",
        ),
        case(
            &hand,
            "import-declared-twice",
            "A name that is declared twice.",
            declaring(json!([]), json!(["qa", "qa"]), std::slice::from_ref(&old)),
            "shape",
        ),
        case(&hand, "import-kind", "A kind of line that there is not.", other("kind", "deletion"), "shape"),
        last(
            &hand,
            &ci,
            "import-grant",
            "History that is imported by a key without a grant for it.",
            ("history.imported", import(std::slice::from_ref(&old))),
            "grant",
        ),
    ]
}

fn counting() -> Vec<Case> {
    let (mut hand, alice, _) = adopted();
    let in_dev = line("2025-03-01T10:00:00.000000Z", "v1.0.0", 1, "none", "dev");
    let removed = with(line("2025-04-01T10:00:00.000000Z", "v1.1.0", 2, "none", "dev"), "kind", json!("removal"));
    let before = line("2025-03-02T10:00:00.000000Z", "v1.1.0", 2, "none", "dev");
    hand.write(&alice, "history.imported", import(&[in_dev, removed, before]));
    let onward = |version, of| Run::promotion(1, version, of, "dev", "staging").request();
    let request = |name: &str, about: &str, request, rule| last(&hand, &alice, name, about, request, rule);
    let mut holding = hand.clone();
    holding.carry_out(&alice, &Run::promotion(1, "v1.1.0", 2, "none", "dev"), None, None, &[]);
    let back = Run::rollback(2, "dev", ("v1.0.0", 1), ("v1.1.0", 2), 1);
    let mut left = holding.clone();
    let older = Run { meant: true, ..Run::promotion(2, "v1.0.0", 1, "none", "dev") };
    left.carry_out(&alice, &older, Some(("v1.1.0", "older")), Some(2), &[]);
    left.carry_out(&alice, &Run::rollback(3, "dev", ("v1.1.0", 2), ("v1.0.0", 1), 1), None, Some(1), &[]);
    let elsewhere = Run::rollback(2, "dev", ("v1.0.0", 7), ("v1.1.0", 2), 1);
    vec![
        request(
            "asserted-source-not-accepted",
            "A source that only imported history knows, and nobody accepted that.",
            onward("v1.0.0", 1),
            "path",
        ),
        request(
            "asserted-source-removed",
            "A source that the release was taken out of, by asserted time.",
            accepting(onward("v1.1.0", 2)),
            "path",
        ),
        request(
            "asserted-accepted-false",
            "Imported history that is said not to be accepted, which is said by leaving it out.",
            (onward("v1.0.0", 1).0, with(onward("v1.0.0", 1).1, "accept_asserted", json!(false))),
            "shape",
        )
        .says("expected true, found false"),
        last(
            &left,
            &alice,
            "asserted-source-left",
            "A source that was rolled back from on record, whatever imported history says.",
            accepting(Run::promotion(4, "v1.0.0", 1, "dev", "staging").request()),
            "path",
        ),
        last(
            &holding,
            &alice,
            "asserted-target-not-accepted",
            "A rollback to what only imported history knows.",
            back.request(),
            "rollback target",
        ),
        last(
            &holding,
            &alice,
            "asserted-target-digest",
            "A rollback to another digest than imported history names.",
            accepting(elsewhere.request()),
            "rollback target",
        ),
    ]
}
