//! The law of rollbacks, and of locks and who may lift them.

use serde_json::{Value, json};

use super::Case;
use super::hand::{Hand, Key, everything, moment};
use super::run::{COMPONENT, PIPELINE, Run, digest, with};

pub(crate) fn all() -> Vec<Case> {
    [targets(), locks(), vec![cleared()]].into_iter().flatten().collect()
}

/// From v1.1.0 back to v1.0.0 in dev, for the first time.
const BACK: Run = Run::rollback(3, "dev", ("v1.0.0", 1), ("v1.1.0", 2), 1);

/// v1.0.0 and then v1.1.0 were promoted to dev; a CI key is there beside the admin's.
fn promoted() -> (Hand, Key, Key) {
    let (alice, ci) = (Key::alice(), Key::ci());
    let mut hand = Hand::with(&[&alice, &ci]);
    hand.adopt(&alice);
    hand.register(&alice, "v1.0.0", 1);
    hand.register(&alice, "v1.1.0", 2);
    hand.carry_out(&alice, &Run::promotion(1, "v1.0.0", 1, "none", "dev"), None, None, &[]);
    hand.carry_out(&alice, &Run::promotion(2, "v1.1.0", 2, "none", "dev"), Some(("v1.0.0", "newer")), Some(1), &[]);
    (hand, alice, ci)
}

fn last(hand: &Hand, signer: &Key, name: &str, about: &str, (event_type, data): (&str, Value), rule: &'static str) -> Case {
    let mut hand = hand.clone();
    hand.write(signer, event_type, data);
    Case::unlawful(format!("law-{name}"), about, &hand, rule)
}

fn targets() -> Vec<Case> {
    let (hand, alice, ci) = promoted();
    let mut requested = hand.clone();
    requested.request(&alice, &BACK);
    let mut begun = hand.clone();
    begun.begin(&alice, &BACK, None);
    let mut tagged = begun.clone();
    tagged.tags(&alice, &BACK, Some(2));
    let mut elsewhere = hand.clone();
    let lock = elsewhere.write(
        &ci,
        "authorization.decided",
        json!({
            "action": "lock", "authorized_via": "x", "environment": "dev", "outcome": "passed", "pipeline": PIPELINE,
        }),
    );
    let mut locked = hand.clone();
    locked.write(&alice, "environment.locked", json!({"component": COMPONENT, "environment": "dev", "pipeline": PIPELINE, "reason": "x"}));
    let rollback = |version, of, left, left_of, number| Run::rollback(3, "dev", (version, of), (left, left_of), number).request();
    let leaves = |run: &Run, number: u64| {
        let (event_type, data) = run.completed(&[]);
        (event_type, with(data, "leaves", json!({"digest": digest(2), "number": number, "version": "v1.1.0"})))
    };
    let as_promotion = json!({
        "authorization_passed": true, "authorized_via": super::run::RIGHT, "epoch": 1, "gates": [], "promotion": BACK.json(),
        "signature_status": "not_required",
    });
    vec![
        last(
            &hand,
            &alice,
            "rollback-target-not-left",
            "A rollback that leaves what is not there.",
            rollback("v1.1.0", 2, "v1.0.0", 1, 1),
            "rollback target",
        ),
        last(
            &hand,
            &alice,
            "rollback-target-left-digest",
            "A rollback that leaves another digest than is there.",
            rollback("v1.0.0", 1, "v1.1.0", 3, 1),
            "rollback target",
        ),
        last(
            &hand,
            &alice,
            "rollback-target-itself",
            "A rollback to what is there.",
            rollback("v1.1.0", 2, "v1.1.0", 2, 1),
            "rollback target",
        ),
        last(
            &hand,
            &alice,
            "rollback-target-never-there",
            "A rollback to a version that was never there.",
            rollback("v0.9.0", 9, "v1.1.0", 2, 1),
            "rollback target",
        ),
        last(
            &hand,
            &alice,
            "rollback-target-digest",
            "A rollback to another digest than was there.",
            rollback("v1.0.0", 9, "v1.1.0", 2, 1),
            "rollback target",
        ),
        last(
            &hand,
            &alice,
            "rollback-target-number",
            "A first rollback that is numbered as the second.",
            rollback("v1.0.0", 1, "v1.1.0", 2, 2),
            "rollback target",
        ),
        last(
            &hand,
            &alice,
            "path-of-a-rollback",
            "A rollback that comes from another environment.",
            Run { from: "staging", ..BACK }.request(),
            "path",
        ),
        last(
            &elsewhere,
            &alice,
            "manifest-of-a-rollback",
            "A rollback under an entry that adopted no manifest.",
            Run { manifest: lock, ..BACK }.request(),
            "manifest",
        ),
        last(&begun, &alice, "alone-rollback", "A second rollback while one is under way.", Run { number: 9, ..BACK }.request(), "alone"),
        last(&locked, &ci, "locks-of-others", "A rollback under somebody else's lock.", BACK.request(), "locks"),
        last(
            &tagged,
            &alice,
            "under-way-leaves",
            "A rollback that is completed as another than was asked for.",
            leaves(&BACK, 2),
            "under way",
        ),
        last(
            &tagged,
            &alice,
            "under-way-as-promotion",
            "A rollback is completed as a promotion.",
            ("promotion.completed", as_promotion),
            "under way",
        ),
        last(
            &begun,
            &alice,
            "tags-of-a-promotion",
            "A rollback announces the tag of a promotion.",
            ("step.started", BACK.start("immutable", 1, None)),
            "tags",
        ),
        last(
            &begun,
            &alice,
            "tags-moved-rollback",
            "The tag of a rollback is announced, and points at another digest already.",
            ("step.started", BACK.start("rollback", 1, Some(7))),
            "tags",
        ),
        last(
            &requested,
            &alice,
            "authorized-as-a-promotion",
            "A right to promote is decided for a rollback.",
            ("authorization.decided", with(BACK.authorized(), "action", json!("promote"))),
            "authorized",
        ),
        last(
            &requested,
            &alice,
            "downgrade-of-a-rollback",
            "A rollback passes the downgrade guard by a word that no rollback is asked for.",
            ("downgrade.decided", BACK.compared(Some(("v1.1.0", "older")), true, "passed")),
            "downgrade",
        ),
        last(
            &requested,
            &alice,
            "reasons-failure-of-a-rollback",
            "A rollback fails with a code that only a verifier gives.",
            ("rollback.failed", with(BACK.failed(&json!([])), "code", json!(23))),
            "reasons",
        ),
        last(&begun, &alice, "tags-missing-of-a-rollback", "A rollback is completed without tags.", BACK.completed(&[]), "tags"),
    ]
}

fn locks() -> Vec<Case> {
    let (alice, ci) = (Key::alice(), Key::ci());
    let only = |permissions: Value| with(everything(), "permissions", permissions);
    let own = || only(json!(["environment.locked", "environment.unlocked"]));
    let others = with(only(json!(["environment.unlocked.others"])), "components", json!([COMPONENT]));
    let carol = Key::new("acme.example/carol", "carol", [8; 32], json!([own()]));
    let erin = Key::new("acme.example/erin", "erin", [9; 32], json!([own(), others]));
    let narrowed = Key::new("acme.example/frank", "frank", [10; 32], json!([with(everything(), "components", json!([COMPONENT]))]));
    let mut hand = Hand::with(&[&alice, &ci, &carol, &erin, &narrowed]);
    hand.adopt(&alice);
    let lock = hand.write(&alice, "environment.locked", json!({"environment": "dev", "pipeline": PIPELINE, "reason": "x"}));
    let lift = |lock: u64| json!({"environment": "dev", "lock": lock, "pipeline": PIPELINE});
    let mut lifted = hand.clone();
    lifted.write(&alice, "environment.unlocked", lift(lock));
    let unlocked = |data: Value| ("environment.unlocked", data);
    let mut until = hand.clone();
    let set = until.write(&alice, "environment.locked", expiring(4, 1));
    vec![
        last(
            &until,
            &carol,
            "lock-owner-until",
            "Somebody else's lock is lifted one microsecond before it is over.",
            unlocked(lift(set)),
            "lock owner",
        ),
        last(&hand, &carol, "lock-owner", "Somebody else's lock is lifted without the right to.", unlocked(lift(lock)), "lock owner"),
        last(
            &hand,
            &erin,
            "lock-owner-narrowed",
            "Somebody else's lock on all components is lifted by one who may lift others' on a single component.",
            unlocked(lift(lock)),
            "lock owner",
        ),
        last(
            &hand,
            &narrowed,
            "grant-narrowed-unlock-of-all",
            "A key for one component lifts a lock on all of them.",
            unlocked(lift(lock)),
            "grant",
        ),
        last(&hand, &alice, "lock-owner-of-nothing", "A lock is lifted where none was set.", unlocked(lift(0)), "lock owner"),
        last(&lifted, &alice, "lock-owner-twice", "A lock is lifted twice.", unlocked(lift(lock)), "lock owner"),
        last(
            &hand,
            &alice,
            "lock-owner-component",
            "A lock on all components is lifted as one on a single component.",
            unlocked(with(lift(lock), "component", json!(COMPONENT))),
            "lock owner",
        ),
        last(
            &hand,
            &alice,
            "lock-owner-environment",
            "A lock is lifted from another environment.",
            unlocked(with(lift(lock), "environment", json!("staging"))),
            "lock owner",
        ),
    ]
}

/// A lock until the time of that entry, and so many microseconds.
fn expiring(place: u64, micros: i64) -> Value {
    json!({"environment": "dev", "expires": moment(place, micros), "pipeline": PIPELINE, "reason": "x"})
}

/// A lock that is over is lifted by whoever may lift locks.
fn cleared() -> Case {
    let alice = Key::alice();
    let carol =
        Key::new("acme.example/carol", "carol", [8; 32], json!([with(everything(), "permissions", json!(["environment.unlocked"]))]));
    let mut hand = Hand::with(&[&alice, &carol]);
    hand.adopt(&alice);
    let lock = hand.write(&alice, "environment.locked", expiring(3, 0));
    hand.write(&carol, "environment.unlocked", json!({"environment": "dev", "lock": lock, "pipeline": PIPELINE}));
    Case::valid("lock-over", "A lock that is over is lifted by somebody else.", &hand)
}
