//! Bytes: flipped, set, put in, left out, in what was signed and in what signs it.

use super::Hand;
use crate::dice::Dice;
use crate::pen::Pen;

/// Some bytes of some entry, and nobody signs again.
pub(super) fn change(hand: &mut Hand) {
    let place = hand.place();
    disturb(&mut hand.case.entries[place], &mut hand.dice);
    if hand.dice.once_in(4) {
        hand.pen.chain(&mut hand.case.entries, place + 1);
    }
}

/// Some bytes of some line, whose signer signs again whatever it has become.
pub(super) fn change_signed(hand: &mut Hand) {
    let place = hand.place();
    let note = &hand.case.entries[place];
    let (Some(open), Some(end)) = (Pen::open(note), note.iter().position(|byte| *byte == b'\n')) else { return };
    let mut line = note[..end].to_vec();
    disturb(&mut line, &mut hand.dice);
    if let Some(note) = hand.pen.sign(&open.signer, &[&line[..], b"\n"].concat()) {
        hand.case.entries[place] = note;
        hand.pen.chain(&mut hand.case.entries, place + 1);
    }
}

/// Some bytes of some signature line, or a scalar that is the same modulo the order of the group.
pub(super) fn change_signature(hand: &mut Hand) {
    let place = hand.place();
    let note = &mut hand.case.entries[place];
    let Some(at) = note.windows(2).position(|two| two == b"\n\n").map(|at| at + 2) else { return };
    let mut line = note.split_off(at);
    match hand.dice.below(3) {
        0 => line = add_the_order(&line).unwrap_or(line),
        1 => line = [&line[..], &line[..]].concat(),
        _ => disturb(&mut line, &mut hand.dice),
    }
    note.extend(line);
    if hand.dice.once_in(2) {
        hand.pen.chain(&mut hand.case.entries, place + 1);
    }
}

fn disturb(bytes: &mut Vec<u8>, dice: &mut Dice) {
    let at = dice.below(bytes.len());
    if bytes.is_empty() {
        return;
    }
    match dice.below(6) {
        0 | 1 => bytes[at] ^= 1 << dice.below(8),
        2 => bytes[at] = dice.byte(),
        3 => bytes.insert(at, *dice.pick(b"\n \"\\{}[],:0-.e\x00\x1f\x7f\x80\xe2\xff")),
        4 => drop(bytes.remove(at)),
        _ => {
            let end = (at + 1 + dice.below(8)).min(bytes.len());
            let copy = bytes[at..end].to_vec();
            bytes.splice(at..at, copy);
        }
    }
}

/// The order of the group, L, as its bytes stand in a signature.
const L: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0x10,
];

/// The signature with `S + L` for `S`: it solves the same equation.
fn add_the_order(line: &[u8]) -> Option<Vec<u8>> {
    use promotion_ledger::evidence::b64;
    let text = str::from_utf8(line).ok()?.strip_suffix('\n')?;
    let (before, blob) = text.rsplit_once(' ')?;
    let mut raw = b64::decode::<68>(blob.as_bytes())?;
    let mut carry = 0u16;
    for (byte, order) in raw[36..].iter_mut().zip(L) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        (*byte, carry) = (sum.to_le_bytes()[0], sum >> 8);
    }
    Some(format!("{before} {}\n", b64::encode(&raw)).into_bytes())
}
