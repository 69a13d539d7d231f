//! Separation of duties: whoever brought a digest into an environment does not bring it further.

use serde_json::json;

use super::super::Case;
use super::super::hand::{Hand, Key, everything};
use super::super::run::{Run, with};
use super::{FIRST, STAGING, adopted, bob, dave, last};

pub(super) fn all() -> Vec<Case> {
    let (alice, bob, dave) = (Key::alice(), bob(), dave());
    let own = adopted(&json!({}), &json!({"separation_of_duties": true}));
    let mut moved = own.clone();
    moved.carry_out(&alice, &FIRST, None, None, &[]);
    let mut of_bob = own.clone();
    of_bob.carry_out(&bob, &FIRST, None, None, &[]);
    let mut taken = own.clone();
    taken.request(&alice, &FIRST);
    taken.write(&dave, "promotion.taken_over", FIRST.taken_over("alice"));
    finish(&mut taken, &dave);
    let for_frank = handed_to_frank(&own, &bob);
    let rolled = rolled_back(&moved, &dave);
    let case = |hand: &Hand, key: &Key, name: &str, about: &str| {
        last(hand, &format!("duties-{name}"), about, "duties", |hand| {
            hand.request(key, &STAGING);
        })
    };
    let mut cases = vec![
        case(&moved, &alice, "own", "Whoever brought the digest to dev brings it to staging."),
        case(&taken, &dave, "take-over", "Whoever took the promotion to dev over brings the digest to staging."),
        case(&taken, &alice, "taken-over", "Whoever began the promotion to dev, which another finished, brings the digest to staging."),
        case(&for_frank, &bob, "key", "A key brought the digest to dev in another's name, and now to staging in its own."),
        case(&rolled, &dave, "rollback", "Whoever rolled dev back to the digest brings it to staging."),
        case(&rolled, &alice, "before-rollback", "Whoever brought the digest to dev before a rollback to it brings it to staging."),
    ];
    cases.push(last(&of_bob, "duties-key-for-another", "A key brings the digest to staging in another's name.", "duties", |hand| {
        hand.write_as(&bob, "frank", "promotion.requested", STAGING.request().1);
    }));
    let about = "Another's key brings the digest to staging in the name of whoever brought it to dev.";
    cases.push(last(&moved, "duties-actor", about, "duties", |hand| {
        let speaker = Key::new("acme.example/grace", "grace", [9; 32], json!([with(everything(), "act_for", json!(["alice"]))]));
        let genesis = hand.genesis();
        hand.write(&alice, "key.added", json!({"key": speaker.requested(&genesis)}));
        hand.write_as(&speaker, "alice", "promotion.requested", STAGING.request().1);
    }));
    cases.push(separated(moved, &dave));
    cases
}

/// What is left of a promotion to dev that was taken over.
fn finish(hand: &mut Hand, key: &Key) {
    let run = Run { epoch: 2, ..FIRST };
    hand.authorize(key, &run);
    hand.compare(key, &run, None);
    hand.tags(key, &run, None);
    hand.complete(key, &run, &[]);
}

/// Bob's key asks for a promotion to dev in frank's name, and dave takes it over.
fn handed_to_frank(own: &Hand, bob: &Key) -> Hand {
    let mut hand = own.clone();
    hand.write_as(bob, "frank", "promotion.requested", FIRST.request().1);
    hand.write(&dave(), "promotion.taken_over", FIRST.taken_over("frank"));
    finish(&mut hand, &dave());
    hand
}

/// Another version comes to dev, and goes.
fn rolled_back(moved: &Hand, key: &Key) -> Hand {
    let mut hand = moved.clone();
    hand.register(key, "v1.1.0", 2);
    hand.carry_out(&bob(), &Run::promotion(3, "v1.1.0", 2, "none", "dev"), Some(("v1.0.0", "newer")), Some(1), &[]);
    hand.carry_out(key, &Run::rollback(4, "dev", ("v1.0.0", 1), ("v1.1.0", 2), 1), None, Some(2), &[]);
    hand
}

/// Somebody else brings it further; and into dev, which nothing comes before, everybody may bring it.
fn separated(mut moved: Hand, dave: &Key) -> Case {
    moved.carry_out(dave, &STAGING, None, None, &[]);
    Case::valid("duties", "A digest comes to staging by another than whoever brought it to dev.", &moved)
}
