//! Reviews of what was passed on somebody's word.

use serde_json::{Value, json};

use super::super::Case;
use super::super::hand::{Hand, Key};
use super::super::run::{Run, with};
use super::overriding::{lock, word};
use super::{STAGING, begun, bob, dave, last};

/// What somebody found who looked at the word of that entry.
pub(super) fn reviewing(run: &Run, overriding: u64, finding: &str) -> Value {
    json!({"finding": finding, "note": "read with both teams", "override": overriding, "promotion": run.json()})
}

pub(super) fn all() -> Vec<Case> {
    let (alice, bob, dave) = (Key::alice(), bob(), dave());
    let mut locked = begun(&json!({}));
    locked.write(&alice, "environment.locked", lock());
    let mut hand = locked.clone();
    let at = hand.write(&bob, "guard.overridden", word(&STAGING, &["lock"]));
    let mut for_frank = locked.clone();
    for_frank.write_as(&bob, "frank", "guard.overridden", word(&STAGING, &["lock"]));
    let mut reviewed = hand.clone();
    reviewed.write(&alice, "override.reviewed", reviewing(&STAGING, at, "unjustified"));
    let case = |hand: &Hand, key: &Key, name: &str, about: &str, data: Value| {
        last(hand, &format!("review-{name}"), about, "review", |hand| {
            hand.write(key, "override.reviewed", data);
        })
    };
    let of = |sequence: u64| reviewing(&STAGING, sequence, "justified");
    let other = with(of(at), "promotion", Run { version: "v1.1.0", ..STAGING }.json());
    vec![
        case(&hand, &bob, "own", "A review by whoever gave the word.", of(at)),
        case(&for_frank, &bob, "of-ones-key", "A review by the principal of the key that the word was given with.", of(at)),
        last(&hand, "review-with-ones-key", "A review with the key of whoever gave the word, in another's name.", "review", |hand| {
            hand.write_as(&bob, "frank", "override.reviewed", of(at));
        }),
        case(&reviewed, &dave, "again", "A second review.", of(at)),
        case(&hand, &alice, "of-another-entry", "A review of an entry that is not the word's.", of(at - 1)),
        case(&hand, &alice, "of-another-promotion", "A review of a word that was given for another promotion.", other),
        case(&locked, &alice, "of-nothing", "A review of a word that nobody gave.", of(at)),
    ]
}
