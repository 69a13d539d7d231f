//! Who a signature line means, and what signatures hold under a key: cases that only an exact reader gets right.

use promotion_ledger::evidence::hash::sha256;
use promotion_ledger::evidence::note::{Note, assemble};
use serde_json::json;
use sha2::{Digest as _, Sha512};

use super::Case;
use super::chain::begun;
use super::hand::{Hand, Key, LEDGER, ORIGIN, everything};
use super::run::registration;

pub(super) fn all() -> Vec<Case> {
    vec![one_id(), second_genesis(), small_order()]
}

/// Two keys of two names whose ids are the same four bytes, found by search. The pair is what names a key.
fn one_id() -> Case {
    let key = |name, principal, seed: u64| Key::new(name, principal, sha256(&seed.to_be_bytes()), json!([everything()]));
    let (one, two) = (key("acme.example/one", "one", 15_547), key("acme.example/two", "two", 20_388));
    let mut hand = Hand::with(&[&one, &two]);
    hand.adopt(&two);
    hand.register(&one, "v1.0.0", 1);
    Case::valid("keys-of-one-id", "Two keys under two names that have one id.", &hand)
}

/// Only entry 0 may be signed by a key that it brings itself.
fn second_genesis() -> Case {
    let (mut hand, _) = begun();
    let bob = Key::bob();
    let data = json!({"admin_threshold": 1, "format": 1, "keys": [bob.first()], "ledger_id": LEDGER, "origin": ORIGIN});
    hand.write_raw(&bob, "ledger.created", 1, &data);
    Case::broken(
        "key-of-a-second-genesis",
        "The ledger begins a second time, under a key that only this entry names.",
        &hand,
        "unknown-key",
    )
}

/// With the identity for `R`, `S = k a` satisfies the equation for every text; only that `R` is of small order shows it.
fn small_order() -> Case {
    let (mut hand, alice) = begun();
    hand.write(&alice, "artifact.registered", registration("v2.0.0", 2));
    let bytes = hand.notes.pop().expect("an entry");
    let note = Note::parse(&bytes).expect("a note");
    let mut identity = [0; 32];
    identity[0] = 1;
    let public = alice.secret.verifier_key().public();
    let k: [u8; 64] = Sha512::new().chain_update(identity).chain_update(public.as_bytes()).chain_update(note.text()).finalize().into();
    // The seed of the key, and the half of its hash that RFC 8032 makes the secret scalar of.
    let hash: [u8; 64] = Sha512::digest([1; 32]).into();
    let mut a: [u8; 32] = *hash.first_chunk().expect("64 bytes begin with 32");
    a[0] &= 0xf8;
    a[31] = a[31] & 0x7f | 0x40;
    let mut signature = [0; 64];
    let (r, s) = signature.split_at_mut(32);
    r.copy_from_slice(&identity);
    s.copy_from_slice(&product(&k, &product(&a, &ONE)));
    hand.push(assemble(note.text(), note.key(), &signature));
    Case::broken(
        "signature-of-small-order",
        "A signature that satisfies the equation, whose first half is of small order.",
        &hand,
        "signature",
    )
}

const ONE: [u8; 32] = {
    let mut one = [0; 32];
    one[0] = 1;
    one
};

/// The order of the group, little-endian.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0x10,
];

/// `times` times `value` modulo the order, bit by bit from the highest. `value` is below the order.
fn product(times: &[u8], value: &[u8; 32]) -> [u8; 32] {
    let mut result = [0; 32];
    for byte in times.iter().rev() {
        for bit in (0..8).rev() {
            result = sum(&result, &result);
            if byte >> bit & 1 == 1 {
                result = sum(&result, value);
            }
        }
    }
    result
}

/// The sum of two numbers below the order, modulo the order.
fn sum(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    let mut carry = 0_u16;
    let mut total = [0_u8; 32];
    for ((byte, left), right) in total.iter_mut().zip(left).zip(right) {
        [*byte, _] = (u16::from(*left) + u16::from(*right) + carry).to_le_bytes();
        carry = (u16::from(*left) + u16::from(*right) + carry) >> 8;
    }
    let mut borrow = 0_i16;
    let mut less = [0_u8; 32];
    for ((byte, total), order) in less.iter_mut().zip(&total).zip(ORDER) {
        let difference = i16::from(*total) - i16::from(order) - borrow;
        borrow = i16::from(difference < 0);
        *byte = u8::try_from(difference.rem_euclid(256)).expect("a remainder of 256 is a byte");
    }
    if borrow == 0 { less } else { total }
}
