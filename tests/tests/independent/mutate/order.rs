//! The order of entries: swapped, left out, repeated, cut off, taken from another ledger; chained again or not.

use serde_json::Value;

use super::Hand;
use crate::pen::Pen;

/// The order is changed, and nobody signs again.
pub(super) fn disturb(hand: &mut Hand) {
    move_some(hand);
}

/// The order is changed; every entry is given its new place, chained and signed again.
pub(super) fn disturb_and_chain(hand: &mut Hand) {
    move_some(hand);
    hand.pen.chain(&mut hand.case.entries, 0);
}

fn move_some(hand: &mut Hand) {
    let (one, other) = (hand.place(), hand.place());
    let entries = &mut hand.case.entries;
    match hand.dice.below(5) {
        0 => entries.swap(one, other),
        1 => drop(entries.remove(one)),
        2 => entries.insert(other, entries[one].clone()),
        3 => entries.truncate(1 + one),
        _ => {
            let moved = entries.remove(one);
            entries.insert(other.min(entries.len()), moved);
        }
    }
}

/// An entry is left out as if it had never been: what refers to later entries is told, and all is chained and signed again.
pub(super) fn leave_out(hand: &mut Hand) {
    let place = hand.place();
    hand.case.entries.remove(place);
    shift(hand, place, -1);
    hand.pen.chain(&mut hand.case.entries, place);
}

/// An entry of this or another ledger stands again somewhere, with its own id or a new one; the others are told.
pub(super) fn repeat(hand: &mut Hand) {
    let from = if hand.dice.once_in(3) { hand.dice.pick(&hand.world.bases).clone().entries } else { hand.case.entries.clone() };
    let note = hand.dice.pick(&from);
    let (place, new_id) = (1 + hand.dice.below(hand.case.entries.len()), !hand.dice.once_in(6));
    if let Some(open) = Pen::open(note) {
        hand.insert(place, open, new_id);
    }
}

/// The beginning of one ledger and the end of another, as they are or chained.
pub(super) fn splice(hand: &mut Hand) {
    let other = hand.dice.pick(&hand.world.bases).clone();
    let (end, begin) = (1 + hand.place(), hand.dice.below(other.entries.len()));
    hand.case.entries.truncate(end);
    hand.case.entries.extend_from_slice(&other.entries[begin..]);
    hand.case.bodies.extend(other.bodies);
    if !hand.dice.once_in(3) {
        hand.pen.chain(&mut hand.case.entries, end);
    }
}

/// Moves every number that names an entry from `place` on, in the entries from there on.
pub(super) fn shift(hand: &mut Hand, place: usize, by: i64) {
    for note in &mut hand.case.entries[place..] {
        let Some(mut open) = Pen::open(note) else { continue };
        if renumber(&mut open.value["data"], place, by) == 0 {
            continue;
        }
        if let Some(moved) = hand.pen.close(&open) {
            *note = moved;
        }
    }
}

/// How many numbers were moved.
fn renumber(value: &mut Value, place: usize, by: i64) -> usize {
    let first = i64::try_from(place).unwrap_or(i64::MAX);
    match value {
        Value::Object(fields) => {
            let moved = fields.iter_mut().map(|(name, value)| {
                let names_entry = ["manifest", "entry", "lock", "proposal", "request", "override"].contains(&name.as_str());
                match value.as_i64().filter(|number| names_entry && *number >= first) {
                    Some(number) => {
                        *value = number.saturating_add(by).into();
                        1
                    }
                    None => renumber(value, place, by),
                }
            });
            moved.sum()
        }
        Value::Array(values) => values.iter_mut().map(|value| renumber(value, place, by)).sum(),
        _ => 0,
    }
}
