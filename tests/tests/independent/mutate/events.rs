//! Events that nothing led to, well signed: requests, decisions, ends and levels out of nowhere.

use serde_json::{Value, json};

use super::{Hand, keys};
use crate::pen::Pen;

/// An event of a type that occurs somewhere, with the promotion or place of another entry of this ledger.
pub(super) fn make_up(hand: &mut Hand) {
    let pool = &hand.world.pool;
    let known: Vec<Value> = hand.case.entries.iter().filter_map(|note| Some(Pen::open(note)?.value)).collect();
    let model = hand.dice.pick(&hand.world.bases).entries.clone();
    let note: &Vec<u8> = hand.dice.pick(&model);
    let Some(mut open) = Pen::open(note) else { return };
    let promotions: Vec<&Value> = known.iter().filter_map(|value| value["data"].get("promotion")).collect();
    if let (Some(promotion), false) = (open.value["data"].get_mut("promotion"), promotions.is_empty()) {
        *promotion = (*hand.dice.pick(&promotions)).clone();
        if hand.dice.once_in(3) {
            promotion["promotion_id"] = hand.dice.pick(&pool["promotion_id"]).clone();
        }
    }
    for field in ["manifest", "epoch", "version", "digest", "environment"] {
        if let (Some(target), Some(values)) = (open.value["data"].get_mut(field), pool.get(field))
            && hand.dice.once_in(2)
        {
            *target = hand.dice.pick(values).clone();
        }
    }
    let place = 1 + hand.dice.below(hand.case.entries.len());
    let before = Pen::open(&hand.case.entries[place - 1]);
    if let Some(before) = before {
        open.value["time"] = before.value["time"].clone();
        if !hand.dice.once_in(4) {
            (open.value["actor"], open.signer) = (before.value["actor"].clone(), before.signer);
        }
    }
    hand.insert(place, open, true);
}

/// The level rises, and behind it stands a type that level 1 does not know, or a version of one.
pub(super) fn raise_level(hand: &mut Hand) {
    let place = 1 + hand.dice.below(hand.case.entries.len());
    if !hand.dice.once_in(4) {
        let level = hand.dice.below(4);
        keys::make(hand, place, "format.raised", json!({"level": level}));
    }
    let place = place + 1 + hand.dice.below(hand.case.entries.len() - place.min(hand.case.entries.len()) + 1);
    if hand.dice.once_in(2) {
        keys::make(hand, place.min(hand.case.entries.len()), "weather.observed", json!({"sky": "grey"}));
    } else {
        let place = place.min(hand.case.entries.len() - 1);
        hand.rewrite(place, |open, _| open.value["v"] = json!(2));
    }
}
