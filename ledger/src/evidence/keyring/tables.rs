//! Checking many signatures of one key: the same equation as a plain check, over multiples that were computed before.
//!
//! A signature (R, S) of a message under the key A is good when R = S·B - k·A with k = SHA-512(R, A, message), B being the
//! base point (RFC 8032, 5.1.7, without the cofactor, as [`Verifier::verify`] has it). Tables hold the multiples of B and
//! -A by every digit of a scalar in base 256, so that the right side is a sum of 64 points. To compare it with R it must
//! be brought to its 32 bytes, which takes a division in the field: [`settle`] shares one among many.
//!
//! Nothing here is secret, and nothing here is constant in time.

use std::sync::LazyLock;

use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::Identity as _;
use sha2::{Digest as _, Sha512};

use super::verifier::Verifier;

/// The digits of a scalar in base 256, from -127 to 128, the lowest first. Scalars are below 2^253: the highest digit
/// carries nothing on.
const DIGITS: usize = 32;

/// How many multiples of a point stand for one digit: signs are free, and zero needs none.
const MULTIPLES: usize = 128;

static BASE: LazyLock<Multiples> = LazyLock::new(|| Multiples::of(ED25519_BASEPOINT_POINT));

/// The eight points of small order, as bytes. A strict check refuses them as R.
static SMALL_ORDER: LazyLock<[CompressedEdwardsY; 8]> = LazyLock::new(|| EIGHT_TORSION.map(|point| point.compress()));

/// The tables of one key, a third of a megabyte.
#[derive(Debug)]
pub struct Tables {
    public: [u8; 32],
    minus_key: Multiples,
}

/// A signature that was worked out, all but the last step: see [`settle`].
#[derive(Debug, Clone)]
pub struct Pending {
    expected: EdwardsPoint,
    claimed: CompressedEdwardsY,
}

/// The multiples of a point by 1 to 128, and by 1 to 128 times 256², 256⁴ and so on: one table for every second digit.
/// The digits between are added first and brought up to their place together, which halves the tables.
#[derive(Debug)]
struct Multiples(Vec<EdwardsPoint>);

impl Tables {
    /// Makes the tables of a key. That costs as much as checking twenty signatures.
    pub fn of(verifier: &Verifier) -> Self {
        Self { public: *verifier.public().as_bytes(), minus_key: Multiples::of(-verifier.point()) }
    }

    /// Works out what R must be. Nothing when the signature is refused whatever that comes to: S is not below the group's
    /// order, or R is one of the points of small order.
    pub fn begin(&self, message: &[u8], signature: &[u8; 64]) -> Option<Pending> {
        let (r, s) = signature.split_first_chunk::<32>()?;
        let s = Option::<Scalar>::from(Scalar::from_canonical_bytes(s.try_into().ok()?))?;
        let claimed = CompressedEdwardsY(*r);
        if SMALL_ORDER.contains(&claimed) {
            return None;
        }
        let hash = Sha512::new().chain_update(r).chain_update(self.public).chain_update(message).finalize();
        let k = Scalar::from_bytes_mod_order_wide(&hash.into());
        Some(Pending { expected: self.combine(&digits(&s), &digits(&k)), claimed })
    }

    /// S·B - k·A.
    fn combine(&self, s: &[i16; DIGITS], k: &[i16; DIGITS]) -> EdwardsPoint {
        let mut sum = EdwardsPoint::identity();
        sum = BASE.add(s.iter().skip(1), sum);
        sum = self.minus_key.add(k.iter().skip(1), sum);
        for _ in 0..8 {
            sum += sum;
        }
        sum = BASE.add(s.iter(), sum);
        self.minus_key.add(k.iter(), sum)
    }
}

/// Whether each signature is good, in their order. The bytes of a point are compared, never points: R has one spelling.
pub fn settle(pending: &[Pending]) -> Vec<bool> {
    let points: Vec<EdwardsPoint> = pending.iter().map(|pending| pending.expected).collect();
    let bytes = EdwardsPoint::compress_batch_alloc(&points);
    bytes.iter().zip(pending).map(|(expected, pending)| *expected == pending.claimed).collect()
}

impl Multiples {
    fn of(point: EdwardsPoint) -> Self {
        let mut all = Vec::with_capacity(DIGITS / 2 * MULTIPLES);
        let mut unit = point;
        for _ in 0..DIGITS / 2 {
            let mut multiple = unit;
            all.push(multiple);
            for _ in 1..MULTIPLES {
                multiple += unit;
                all.push(multiple);
            }
            // From 128 to 256², which is 2⁹ times as much.
            unit = (0..9).fold(multiple, |point, _| point + point);
        }
        Self(all)
    }

    /// Adds the multiples for every second digit.
    fn add<'a>(&self, digits: impl Iterator<Item = &'a i16>, onto: EdwardsPoint) -> EdwardsPoint {
        let mut sum = onto;
        for (table, digit) in self.0.chunks_exact(MULTIPLES).zip(digits.step_by(2)) {
            let multiple = usize::from(digit.unsigned_abs()).checked_sub(1).and_then(|at| table.get(at));
            match multiple {
                Some(multiple) if *digit > 0 => sum += multiple,
                Some(multiple) => sum -= multiple,
                None => {}
            }
        }
        sum
    }
}

fn digits(scalar: &Scalar) -> [i16; DIGITS] {
    let mut carry = 0;
    scalar.to_bytes().map(|byte| {
        let digit = i16::from(byte) + carry;
        carry = i16::from(digit > 128);
        digit - carry * 256
    })
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};
    use proptest::prelude::*;

    use super::*;
    use crate::meaning::id::PublicKey;

    /// The group's order, little-endian.
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0x10,
    ];

    fn key(seed: u8) -> (SigningKey, Verifier) {
        let signing = SigningKey::from_bytes(&[seed; 32]);
        let verifier = Verifier::new(&PublicKey::from_bytes(signing.verifying_key().to_bytes())).unwrap();
        (signing, verifier)
    }

    /// The verdict of the tables, which must be that of the plain check.
    #[track_caller]
    fn verdict(tables: &Tables, verifier: &Verifier, message: &[u8], signature: &[u8; 64]) -> bool {
        let found = tables.begin(message, signature).is_some_and(|pending| settle(&[pending]) == [true]);
        assert_eq!(found, verifier.verify(message, signature), "{signature:?}");
        found
    }

    /// A signature with this R, whose S the key's owner works out so that the equation with the cofactor holds.
    fn signature_around(signing: &SigningKey, message: &[u8], log_of_r: Scalar, torsion: EdwardsPoint) -> [u8; 64] {
        let r = (EdwardsPoint::mul_base(&log_of_r) + torsion).compress();
        let public = signing.verifying_key().to_bytes();
        let hash = Sha512::new().chain_update(r.as_bytes()).chain_update(public).chain_update(message).finalize();
        let k = Scalar::from_bytes_mod_order_wide(&hash.into());
        let s = log_of_r + k * signing.to_scalar();
        let mut signature = [0; 64];
        signature[..32].copy_from_slice(r.as_bytes());
        signature[32..].copy_from_slice(s.as_bytes());
        signature
    }

    fn plus(bytes: &[u8], add: &[u8; 32]) -> [u8; 32] {
        let mut sum = [0; 32];
        let mut carry = 0;
        for ((sum, byte), add) in sum.iter_mut().zip(bytes).zip(add) {
            let total = u16::from(*byte) + u16::from(*add) + carry;
            (*sum, carry) = (total.to_le_bytes()[0], total >> 8);
        }
        sum
    }

    #[test]
    fn digits_add_up_to_the_scalar() {
        let largest = Scalar::ZERO - Scalar::ONE;
        let carries = Scalar::from_bytes_mod_order([0x81; 32]);
        for scalar in [Scalar::ZERO, Scalar::ONE, Scalar::from(128u8), Scalar::from(129u8), Scalar::from(0xffff_u16), largest, carries] {
            let radix = Scalar::from(256u16);
            let sum = digits(&scalar).iter().rev().fold(Scalar::ZERO, |sum, digit| {
                let size = Scalar::from(digit.unsigned_abs());
                sum * radix + if *digit < 0 { -size } else { size }
            });
            assert_eq!(sum, scalar);
            assert!(digits(&scalar).iter().all(|digit| (-127..=128).contains(digit)));
        }
    }

    #[test]
    fn every_bit_of_a_signature_and_of_its_message_counts() {
        let (signing, verifier) = key(3);
        let tables = Tables::of(&verifier);
        let message = b"{\"seq\":7}\n";
        let signature = signing.sign(message).to_bytes();
        assert!(verdict(&tables, &verifier, message, &signature));
        for bit in 0..512 {
            let mut other = signature;
            other[bit / 8] ^= 1 << (bit % 8);
            assert!(!verdict(&tables, &verifier, message, &other), "bit {bit}");
        }
        for bit in 0..message.len() * 8 {
            let mut other = *message;
            other[bit / 8] ^= 1 << (bit % 8);
            assert!(!verdict(&tables, &verifier, &other, &signature), "bit {bit} of the message");
        }
    }

    #[test]
    fn an_r_with_torsion_is_refused_whatever_a_batch_would_say() {
        let (signing, verifier) = key(4);
        let tables = Tables::of(&verifier);
        for number in 0..64_u8 {
            for (at, torsion) in EIGHT_TORSION.into_iter().enumerate() {
                let log = Scalar::from_bytes_mod_order([number + 1; 32]);
                let signature = signature_around(&signing, &[number], log, torsion);
                assert_eq!(verdict(&tables, &verifier, &[number], &signature), at == 0, "torsion point {at}");
            }
        }
    }

    /// With an R of small order, S = k·a satisfies the equation in the prime-order group, or altogether when R is neutral.
    #[test]
    fn an_r_of_small_order_is_refused_even_where_the_equation_holds() {
        let (signing, verifier) = key(5);
        let tables = Tables::of(&verifier);
        for (number, torsion) in EIGHT_TORSION.into_iter().enumerate() {
            for message in 0..32_u8 {
                let signature = signature_around(&signing, &[message], Scalar::ZERO, torsion);
                assert!(!verdict(&tables, &verifier, &[message], &signature), "torsion point {number}");
            }
        }
    }

    #[test]
    fn second_spellings_of_r_and_s_are_refused() {
        let (signing, verifier) = key(6);
        let tables = Tables::of(&verifier);
        let signature = signing.sign(b"text").to_bytes();
        let mut large_s = signature;
        large_s[32..].copy_from_slice(&plus(&signature[32..], &ORDER));
        assert!(!verdict(&tables, &verifier, b"text", &large_s));
        // Twice and more of the order, and all ones.
        let mut larger_s = signature;
        larger_s[32..].copy_from_slice(&plus(&large_s[32..], &ORDER));
        assert!(!verdict(&tables, &verifier, b"text", &larger_s));
        larger_s[32..].copy_from_slice(&[0xff; 32]);
        assert!(!verdict(&tables, &verifier, b"text", &larger_s));
        // y from the prime on, with both signs: every such R, with S = 0 and with the S of a true signature.
        for low in 0xed..=0xff_u8 {
            for high in [0x7f, 0xff] {
                let mut r = [0xff; 32];
                (r[0], r[31]) = (low, high);
                for s in [[0; 32], signature[32..].try_into().unwrap()] {
                    let odd: [u8; 64] = [r, s].concat().try_into().unwrap();
                    assert!(!verdict(&tables, &verifier, b"text", &odd));
                }
            }
        }
        // x is zero and has a sign; and bytes that are no point.
        for r in ["01", "ec"] {
            let mut odd = signature;
            odd[..32].copy_from_slice(&if r == "01" { [0; 32] } else { [0xff; 32] });
            (odd[0], odd[31]) = (u8::from_str_radix(r, 16).unwrap(), if r == "01" { 0x80 } else { 0xff });
            assert!(!verdict(&tables, &verifier, b"text", &odd));
        }
        let mut nowhere = signature;
        nowhere[..32].copy_from_slice(&[2; 32]);
        verdict(&tables, &verifier, b"text", &nowhere);
    }

    #[test]
    fn scalars_at_their_edges_count_like_any_other() {
        let (signing, verifier) = key(7);
        let tables = Tables::of(&verifier);
        for log in [Scalar::ONE, -Scalar::ONE, Scalar::from(128u8), Scalar::from(256u16), Scalar::from_bytes_mod_order([0x80; 32])] {
            let signature = signature_around(&signing, b"edge", log, EdwardsPoint::identity());
            assert!(verdict(&tables, &verifier, b"edge", &signature));
        }
        // S = 0 and S = order - 1 with an honest R do not satisfy the equation, and must not be thought to.
        for s in [Scalar::ZERO, -Scalar::ONE] {
            let mut signature = signing.sign(b"edge").to_bytes();
            signature[32..].copy_from_slice(s.as_bytes());
            assert!(!verdict(&tables, &verifier, b"edge", &signature));
        }
    }

    #[test]
    fn a_bad_one_among_many_is_named() {
        let (signing, verifier) = key(8);
        let tables = Tables::of(&verifier);
        let mut pending = Vec::new();
        for number in 0..=255_u8 {
            let mut signature = signing.sign(&[number]).to_bytes();
            signature[40] ^= u8::from(number == 77);
            pending.push(tables.begin(&[number], &signature).unwrap());
        }
        let verdicts = settle(&pending);
        assert_eq!(verdicts.iter().position(|good| !good), Some(77));
        assert_eq!(verdicts.iter().filter(|good| !**good).count(), 1);
        assert!(settle(&[]).is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        #[test]
        fn tables_and_plain_checks_agree(seed in 1..6_u8, message: Vec<u8>, flip in prop::option::of(0..512_usize), torsion in 0..8_usize, log: [u8; 32]) {
            let (signing, verifier) = key(seed);
            let tables = Tables::of(&verifier);
            let honest = signing.sign(&message).to_bytes();
            let made = signature_around(&signing, &message, Scalar::from_bytes_mod_order(log), EIGHT_TORSION[torsion]);
            for mut signature in [honest, made] {
                if let Some(bit) = flip {
                    signature[bit / 8] ^= 1 << (bit % 8);
                }
                verdict(&tables, &verifier, &message, &signature);
            }
        }

        #[test]
        fn they_agree_on_noise(seed in 1..4_u8, r: [u8; 32], s: [u8; 32]) {
            let (_, verifier) = key(seed);
            let tables = Tables::of(&verifier);
            verdict(&tables, &verifier, b"noise", &[r, s].concat().try_into().unwrap());
        }
    }
}
