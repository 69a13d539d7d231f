//! Guards that are passed on somebody's word: what such a word names, and what it passes.

use serde_json::{Value, json};

use super::super::Case;
use super::super::hand::{Hand, Key, moment};
use super::super::history::{import, line};
use super::super::run::{GATE, PIPELINE, Run, cited, gate, with};
use super::{STAGING, adopted, begun, bob, last};

pub(super) fn all() -> Vec<Case> {
    [named(), passed(), used(), gates()].into_iter().flatten().collect()
}

/// Every guard that somebody's word can pass, in the order of checks.
pub(super) const ALL: [&str; 5] = ["lock", "freeze", "soak", "approvals", "gates"];

/// What staging demands so that all five stand in the way.
pub(super) fn everything() -> Value {
    json!({
        "approvals": {"count": 1, "groups": [], "valid_seconds": 3600},
        "freezes": {"windows": [{"from": moment(11, 0), "name": "the end of the year", "until": moment(500, 0)}]},
        "gates": [GATE, "tests"],
        "max_age": [{"gate": GATE, "seconds": 60}],
        "soak_seconds": 86_400,
    })
}

pub(super) fn lock() -> Value {
    json!({"environment": "staging", "pipeline": PIPELINE, "reason": "the quarter closes"})
}

/// Somebody's word on these guards.
pub(super) fn word(run: &Run, guards: &[&str]) -> Value {
    let guards: Vec<Value> = guards.iter().map(|guard| json!({"guard": guard, "message": "it stands in the way"})).collect();
    json!({"guards": guards, "justification": "customers cannot pay", "promotion": run.json()})
}

/// A case whose last entry is that word.
fn says(hand: &Hand, name: &str, about: &str, guards: &[&str]) -> Case {
    last(hand, &format!("override-{name}"), about, "override", |hand| {
        hand.write(&bob(), "guard.overridden", word(&STAGING, guards));
    })
}

/// Just those that stand in the way.
fn named() -> Vec<Case> {
    let alice = Key::alice();
    let free = begun(&json!({}));
    let mut all = begun(&everything());
    all.write(&alice, "environment.locked", lock());
    let mut locked = free.clone();
    locked.write(&alice, "environment.locked", lock());
    let mut two = locked.clone();
    two.write(&alice, "environment.locked", lock());
    let mut over = begun(&json!({}));
    over.write(&alice, "environment.locked", with(lock(), "expires", json!(moment(12, 0))));
    let without = |left_out: &str| -> Vec<&str> { ALL.into_iter().filter(|guard| *guard != left_out).collect() };
    let mut cases = vec![
        says(&free, "of-nothing", "A word where nothing stands in the way.", &[]),
        says(&all, "empty", "A word that names nothing of what stands in the way.", &[]),
        says(&free, "of-a-lock-that-is-none", "A word on a lock where none stands.", &["lock"]),
        says(&over, "of-a-lock-that-is-over", "A word on a lock at the time that it is over.", &["lock"]),
        says(&locked, "of-too-much", "A word on a lock that stands, and on gates where none is demanded.", &["lock", "gates"]),
        says(&two, "of-one-twice", "A word that names a guard once for each of two locks.", &["lock", "lock"]),
        says(&all, "out-of-order", "A word whose guards are out of order.", &["freeze", "lock", "soak", "approvals", "gates"]),
    ];
    for guard in ALL {
        cases.push(says(
            &all,
            &format!("without-{guard}"),
            &format!("A word that leaves out one that stands in the way: {guard}."),
            &without(guard),
        ));
    }
    cases.extend(fresh(&locked));
    cases
}

/// For an id that nothing has, to an environment that is known.
fn fresh(locked: &Hand) -> Vec<Case> {
    let mut said = locked.clone();
    said.write(&bob(), "guard.overridden", word(&STAGING, &["lock"]));
    let case = |hand: &Hand, name: &str, about: &str, rule, data: Value| {
        last(hand, name, about, rule, |hand| {
            hand.write(&bob(), "guard.overridden", data);
        })
    };
    let ended = Run { number: 1, ..STAGING };
    let unknown = with(word(&STAGING, &["lock"]), "promotion", with(STAGING.json(), "to", json!("prod")));
    vec![
        case(&said, "alone-override-again", "A second word under the id of one that was given.", "alone", word(&STAGING, &["lock"])),
        case(locked, "alone-override-of-a-run", "A word under the id of a promotion that has ended.", "alone", word(&ended, &["lock"])),
        case(locked, "known-override", "A word on an environment that the rules do not know.", "known", unknown),
    ]
}

/// What a word passes: those guards, of that promotion.
fn passed() -> Vec<Case> {
    let (alice, bob) = (Key::alice(), bob());
    let mut all = begun(&everything());
    all.write(&alice, "environment.locked", lock());
    all.write(&bob, "guard.overridden", word(&STAGING, &ALL));
    let said = |fields: &Value, guards: &[&str]| {
        let mut hand = begun(fields);
        if guards.contains(&"lock") {
            hand.write(&alice, "environment.locked", lock());
        }
        hand.write(&bob, "guard.overridden", word(&STAGING, guards));
        hand
    };
    let soaking = || json!({"soak_seconds": 86_400});
    let window = json!({"windows": [{"from": moment(13, 0), "name": "x", "until": moment(14, 0)}]});
    let frozen = said(&with(soaking(), "freezes", window), &["lock", "soak"]);
    let mut other = begun(&json!({}));
    other.register(&alice, "v1.1.0", 2);
    let second = Run::promotion(3, "v1.1.0", 2, "none", "dev");
    other.carry_out(&alice, &second, Some(("v1.0.0", "newer")), Some(1), &[]);
    other.write(&alice, "environment.locked", lock());
    other.write(&bob, "guard.overridden", word(&STAGING, &["lock"]));
    let request = |hand: &Hand, name: &str, about: &str, rule, run: &Run| {
        last(hand, name, about, rule, |hand| {
            hand.request(&bob, run);
        })
    };
    let ranged = with(soaking(), "versions", json!({"at_least": "2.0.0"}));
    let renamed = Run { version: "v1.1.0", digest: 2, ..STAGING };
    let onward = Run { number: 9, ..STAGING };
    vec![
        request(&other, "override-for-another", "A promotion under the id of a word that was given for another.", "override", &renamed),
        request(&all, "locks-under-another-id", "A promotion under another id than that of the word that was given.", "locks", &onward),
        request(&frozen, "freeze-not-overridden", "A freeze began after a word on something else.", "freeze", &STAGING),
        request(
            &said(&ranged, &["soak"]),
            "versions-not-overridden",
            "A word does not make a version one that is taken.",
            "versions",
            &STAGING,
        ),
        asserted(),
    ]
}

/// A word is used at once, by whoever gave it, or never.
fn used() -> Vec<Case> {
    let (alice, bob) = (Key::alice(), bob());
    let speaker = Key::new("acme.example/grace", "grace", [9; 32], json!([with(super::everything(), "act_for", json!(["bob"]))]));
    let mut locked = begun(&json!({}));
    locked.write(&alice, "key.added", json!({"key": speaker.requested(&locked.genesis())}));
    locked.write(&alice, "environment.locked", lock());
    let mut said = locked.clone();
    said.write(&bob, "guard.overridden", word(&STAGING, &["lock"]));
    let mut for_frank = locked.clone();
    for_frank.write_as(&bob, "frank", "guard.overridden", word(&STAGING, &["lock"]));
    let mut late = said.clone();
    late.register(&alice, "v1.1.0", 2);
    let mut moved = begun(&json!({}));
    moved.register(&alice, "v1.1.0", 2);
    moved.carry_out(&alice, &Run::promotion(3, "v1.1.0", 2, "none", "dev"), Some(("v1.0.0", "newer")), Some(1), &[]);
    moved.write(&alice, "environment.locked", lock());
    moved.write(&bob, "guard.overridden", word(&STAGING, &["lock"]));
    let back = Run { number: STAGING.number, ..Run::rollback(4, "dev", ("v1.0.0", 1), ("v1.1.0", 2), 1) };
    let case = |hand: &Hand, name: &str, about: &str, (key, actor): (&Key, &str), (event_type, data): (&str, Value)| {
        last(hand, &format!("override-{name}"), about, "override", |hand| {
            hand.write_as(key, actor, event_type, data);
        })
    };
    vec![
        case(&late, "late", "A promotion by a word that was given two entries before.", (&bob, "bob"), STAGING.request()),
        case(&said, "with-another-key", "A promotion by a word that was given with another key.", (&speaker, "bob"), STAGING.request()),
        case(&said, "for-another-actor", "A promotion in another's name than the word was given in.", (&bob, "frank"), STAGING.request()),
        case(&for_frank, "for-ones-key", "A promotion in its key's own name by a word in another's.", (&bob, "bob"), STAGING.request()),
        case(&moved, "of-a-rollback", "A rollback under the id of a word that was given.", (&bob, "bob"), back.request()),
    ]
}

/// A word is judged as if imported history were accepted, so that it names all that may stand in the way.
fn asserted() -> Case {
    let mut hand = adopted(&json!({}), &json!({"soak_seconds": 86_400}));
    let said = line(&moment(2, 0).to_string(), "v1.0.0", 1, "none", "dev");
    hand.write(&Key::alice(), "history.imported", import(&[said]));
    hand.write(&Key::alice(), "environment.locked", lock());
    says(&hand, "of-what-is-asserted", "A word that leaves out a time that history asserts to be too short.", &["lock"])
}

/// Gates that a word passed need not pass; what passes is cited all the same.
fn gates() -> Vec<Case> {
    let (alice, bob) = (Key::alice(), bob());
    let demanding = json!({"gates": [GATE, "tests"]});
    let tests = |status: &str| with(gate(1, status), "gate", json!("tests"));
    let mut hand = begun(&demanding);
    let failed = hand.gate(&alice, 1, "failed");
    let passed = hand.write(&alice, "gate.completed", tests("passed"));
    hand.write(&bob, "guard.overridden", word(&STAGING, &["gates"]));
    hand.begin(&bob, &STAGING, None);
    hand.tags(&bob, &STAGING, None);
    let citing = |name: &str, about: &str, gates: Value| {
        last(&hand, &format!("gates-{name}"), about, "gates", |hand| {
            hand.write(&bob, "promotion.completed", with(STAGING.completed(&[]).1, "gates", gates));
        })
    };
    let of_tests = |entry: u64| with(cited(entry, "passed"), "gate", json!("tests"));
    let mut locked = begun(&demanding);
    locked.gate(&alice, 1, "passed");
    locked.write(&alice, "gate.completed", tests("passed"));
    locked.write(&alice, "environment.locked", lock());
    locked.write(&bob, "guard.overridden", word(&STAGING, &["lock"]));
    locked.begin(&bob, &STAGING, None);
    locked.write(&alice, "gate.completed", tests("failed"));
    vec![
        citing(
            "overridden-cited",
            "A completion cites a gate that failed and was passed on somebody's word.",
            json!([cited(failed, "failed"), of_tests(passed)]),
        ),
        citing("overridden-left-out", "A completion leaves out the one gate that passed.", json!([])),
        citing(
            "overridden-called-passed",
            "A completion says of a gate that failed that it passed.",
            json!([cited(failed, "passed"), of_tests(passed)]),
        ),
        last(&locked, "gates-not-overridden", "A gate failed after a word on something else.", "gates", |hand| {
            hand.write(&bob, "step.started", STAGING.start("immutable", 1, None));
        }),
    ]
}
