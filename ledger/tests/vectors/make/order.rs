//! The law asked in its order, and asked of everybody: one who does not hold a run writes each of its events, and events that break two rules
//! are refused for the first.

use serde_json::{Value, json};

use super::Case;
use super::hand::{Hand, Key};
use super::run::{Run, with};

pub(super) fn all() -> Vec<Case> {
    let mut cases = holders();
    cases.extend([before_its_tags(), failed_before_its_tags(), recorded_purpose(), revoked_meanwhile(), of_two_keys()]);
    cases
}

const UP: Run = Run::promotion(1, "v1.0.0", 1, "none", "dev");
const BACK: Run = Run::rollback(3, "dev", ("v1.0.0", 1), ("v1.1.0", 2), 1);

/// v1.0.0 is registered, and two keys may promote it.
fn registered() -> (Hand, Key, Key) {
    let (alice, ci) = (Key::alice(), Key::ci());
    let mut hand = Hand::with(&[&alice, &ci]);
    hand.adopt(&alice);
    hand.register(&alice, "v1.0.0", 1);
    (hand, alice, ci)
}

fn last(mut hand: Hand, signer: &Key, name: &str, about: &str, (event_type, data): (&str, Value), rule: &'static str) -> Case {
    hand.write(signer, event_type, data);
    Case::unlawful(format!("law-{name}"), about, &hand, rule)
}

/// Alice holds the run, CI writes its next event in the epoch in force.
fn holders() -> Vec<Case> {
    let (hand, alice, ci) = registered();
    let (mut asked, mut announced, mut tagged) = (hand.clone(), hand.clone(), hand.clone());
    asked.request(&alice, &UP);
    asked.authorize(&alice, &UP);
    announced.begin(&alice, &UP, None);
    announced.write(&alice, "step.started", UP.start("immutable", 1, None));
    tagged.begin(&alice, &UP, None);
    tagged.tags(&alice, &UP, None);
    let mut back = hand;
    back.register(&alice, "v1.1.0", 2);
    back.carry_out(&alice, &UP, None, None, &[]);
    back.carry_out(&alice, &Run::promotion(2, "v1.1.0", 2, "none", "dev"), Some(("v1.0.0", "newer")), Some(1), &[]);
    back.begin(&alice, &BACK, None);
    back.tags(&alice, &BACK, Some(2));
    vec![
        last(
            asked,
            &ci,
            "epoch-downgrade",
            "The downgrade guard is asked by somebody who does not hold the promotion.",
            ("downgrade.decided", UP.compared(None, false, "passed")),
            "epoch",
        ),
        last(
            announced,
            &ci,
            "epoch-tag",
            "A tag is recorded as written by somebody who does not hold the promotion.",
            ("registry.tagged", UP.tagged("immutable", 1)),
            "epoch",
        ),
        last(tagged, &ci, "epoch-completion", "A promotion is completed by somebody who does not hold it.", UP.completed(&[]), "epoch"),
        last(back, &ci, "epoch-rollback", "A rollback is completed by somebody who does not hold it.", BACK.completed(&[]), "epoch"),
    ]
}

/// That a promotion is none of a rollback's is asked before whether all is done.
fn before_its_tags() -> Case {
    let (mut hand, alice, _) = registered();
    hand.begin(&alice, &UP, None);
    let (_, data) = BACK.completed(&[]);
    let as_rollback = with(data, "promotion", UP.json());
    let about = "A promotion is completed as a rollback before its tags are written.";
    last(hand, &alice, "under-way-over-tags", about, ("rollback.completed", as_rollback), "under way")
}

/// Gates are asked before tags.
fn failed_before_its_tags() -> Case {
    let staging = Run::promotion(2, "v1.0.0", 1, "dev", "staging");
    let (mut hand, alice, _) = registered();
    hand.carry_out(&alice, &UP, None, None, &[]);
    let passed = hand.gate(&alice, 1, "passed");
    hand.begin(&alice, &staging, None);
    hand.tag(&alice, &staging, "immutable", None);
    hand.gate(&alice, 1, "failed");
    let about = "A completion after its gate failed anew and before its last tag is written.";
    last(hand, &alice, "gates-over-tags", about, staging.completed(&[passed]), "gates")
}

fn recorded_purpose() -> Case {
    let (mut hand, alice, _) = registered();
    hand.begin(&alice, &UP, None);
    hand.write(&alice, "step.started", UP.start("immutable", 1, None));
    let data = with(UP.tagged("immutable", 1), "purpose", json!("latest"));
    last(hand, &alice, "tags-recorded-purpose", "A tag is recorded as written for another purpose.", ("registry.tagged", data), "tags")
}

/// What a proposal asks for was done by the recovery key meanwhile.
fn revoked_meanwhile() -> Case {
    let (alice, bob, ci, recovery) = (Key::alice(), Key::bob(), Key::ci(), Key::recovery());
    let mut hand = Hand::default();
    hand.created(2, &[&alice, &bob, &ci], Some(&recovery));
    let proposal = hand.write(&alice, "key.proposed", json!({"change": {"revoke": ci.revocation()}}));
    hand.write(&recovery, "key.revoked", ci.revocation());
    let about = "A proposal to revoke a key takes effect after it was revoked.";
    last(hand, &bob, "revocation-endorsed", about, ("key.endorsed", json!({"proposal": proposal})), "revocation")
}

/// The name of one key and the public half of another.
fn of_two_keys() -> Case {
    let (alice, bob) = (Key::alice(), Key::bob());
    let hand = Hand::with(&[&alice, &bob]);
    let half = with(alice.revocation(), "public", json!(bob.public()));
    last(hand, &bob, "revocation-public", "A key is revoked by its name and another's public key.", ("key.revoked", half), "revocation")
}
