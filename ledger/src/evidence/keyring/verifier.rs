//! Public keys: their names and ids (C2SP signed-note), which of them may be trusted, and the check of a signature.

use std::fmt;
use std::str::FromStr;

use curve25519_dalek::edwards::EdwardsPoint;
use ed25519_dalek::{Signature, VerifyingKey};

use crate::evidence::b64;
use crate::evidence::hash::sha256;
use crate::evidence::malformed::quote;
use crate::meaning::id::{KeyId, KeyRef, PublicKey};
use crate::meaning::names::{InvalidName, KeyName};

/// The signature type that C2SP signed-note gives to ed25519 over the bare text.
pub(super) const ED25519: u8 = 0x01;

/// The id of a key under a name: the first four bytes of SHA-256 over name, line feed, type and public key.
pub fn key_id(name: &KeyName, public: &PublicKey) -> KeyId {
    let [a, b, c, d, ..] = sha256(&[name.as_str().as_bytes(), b"\n", &[ED25519], public.as_bytes()].concat());
    KeyId::from_bytes([a, b, c, d])
}

/// Checks one signature under one key, strictly: false as well for a key that [`Verifier::new`] refuses.
/// Who checks many signatures under a key keeps its [`Verifier`].
pub fn verify(public: &PublicKey, message: &[u8], signature: &[u8; 64]) -> bool {
    Verifier::new(public).is_ok_and(|verifier| verifier.verify(message, signature))
}

/// A public key that must not be trusted, though somebody may hold a secret for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnacceptableKey {
    /// The bytes encode no point of the curve.
    #[error("public key {0} is not a point of the ed25519 curve: it was mistyped or altered; copy it again from its holder")]
    NotAPoint(PublicKey),
    /// The bytes are a second spelling of a point: two texts would be one key.
    #[error("public key {0} is not in its canonical encoding (RFC 8032, 5.1.2): have its holder make another key")]
    NotCanonical(PublicKey),
    /// The point has one of the eight smallest orders: signatures under it prove nothing.
    #[error("public key {0} is a point of small order, under which anybody can sign: have its holder make another key")]
    SmallOrder(PublicKey),
    /// The point has a torsion component: verifiers disagree about signatures under it.
    #[error("public key {0} is outside the prime-order group, so that verifiers disagree about it: have its holder make another key")]
    Torsion(PublicKey),
}

/// A public key that may be trusted, made ready to check signatures. Making it costs about as much as checking one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verifier(VerifyingKey);

impl Verifier {
    /// Takes a public key, unless it is one of those that must not be trusted.
    pub fn new(public: &PublicKey) -> Result<Self, UnacceptableKey> {
        let key = VerifyingKey::from_bytes(public.as_bytes()).map_err(|_| UnacceptableKey::NotAPoint(*public))?;
        let point = key.to_edwards();
        if point.compress().as_bytes() != public.as_bytes() {
            return Err(UnacceptableKey::NotCanonical(*public));
        }
        if point.is_small_order() {
            return Err(UnacceptableKey::SmallOrder(*public));
        }
        if !point.is_torsion_free() {
            return Err(UnacceptableKey::Torsion(*public));
        }
        Ok(Self(key))
    }

    /// The public key of a secret one, which is in the prime-order group by construction.
    pub(super) const fn of_secret(key: VerifyingKey) -> Self {
        Self(key)
    }

    /// The public key.
    pub fn public(&self) -> PublicKey {
        PublicKey::from_bytes(self.0.to_bytes())
    }

    /// The point that the key is.
    pub(super) fn point(&self) -> EdwardsPoint {
        self.0.to_edwards()
    }

    /// Whether `signature` is this key's over `message`: one strict check, never part of a batch, because batches
    /// can disagree with single checks.
    pub fn verify(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.0.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    }
}

/// A text that is not a verifier key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidVerifierKey {
    /// Not three parts.
    #[error("{found} is not a verifier key: expected NAME+ID+KEY, as `key id` and key stand in the holder's key file")]
    Shape {
        /// What was given, shortened.
        found: String,
    },
    /// The first part is not a key name.
    #[error(transparent)]
    Name(#[from] InvalidName),
    /// The last part is not base64 of 33 bytes.
    #[error("verifier key {name} ends in {found}: expected 44 characters of base64 (the type and 32 bytes of key)")]
    Payload {
        /// The key's name.
        name: KeyName,
        /// What was given, shortened.
        found: String,
    },
    /// The key is for another kind of signature.
    #[error("verifier key {name} is of type {found:#04x}: expected 0x01, ed25519")]
    Type {
        /// The key's name.
        name: KeyName,
        /// The type it has.
        found: u8,
    },
    /// The id is not that of the name and the key.
    #[error("verifier key {name} has the id {found}, its name and key give {expected}: it was mistyped or altered; copy it again")]
    Id {
        /// The key's name.
        name: KeyName,
        /// The id that belongs there.
        expected: KeyId,
        /// What was given, shortened.
        found: String,
    },
    /// The public key must not be trusted.
    #[error(transparent)]
    Unacceptable(#[from] UnacceptableKey),
}

/// A public key that may be trusted, with its name. Spelled `NAME+ID+KEY`, as Go's `sumdb/note` and C2SP spell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    reference: KeyRef,
    verifier: Verifier,
}

impl VerifierKey {
    /// Takes a name and a public key, unless the key is one of those that must not be trusted.
    pub fn new(name: KeyName, public: &PublicKey) -> Result<Self, UnacceptableKey> {
        Ok(Self::from_verifier(name, Verifier::new(public)?))
    }

    pub(super) fn from_verifier(name: KeyName, verifier: Verifier) -> Self {
        let id = key_id(&name, &verifier.public());
        Self { reference: KeyRef { name, id }, verifier }
    }

    /// The key's name.
    pub const fn name(&self) -> &KeyName {
        &self.reference.name
    }

    /// The public key.
    pub fn public(&self) -> PublicKey {
        self.verifier.public()
    }

    /// What signature lines call the key.
    pub const fn reference(&self) -> &KeyRef {
        &self.reference
    }

    /// The key without its name, ready to check signatures.
    pub const fn verifier(&self) -> &Verifier {
        &self.verifier
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let payload = b64::encode(&[&[ED25519], &self.public().as_bytes()[..]].concat());
        write!(f, "{}+{payload}", self.reference)
    }
}

impl FromStr for VerifierKey {
    type Err = InvalidVerifierKey;

    fn from_str(text: &str) -> Result<Self, InvalidVerifierKey> {
        let found = |part: &str| quote(part.as_bytes());
        // Base64 has plus signs of its own: only the first two separate.
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(payload)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(InvalidVerifierKey::Shape { found: found(text) });
        };
        let name = KeyName::new(name)?;
        let Some([kind, public @ ..]) = b64::decode::<33>(payload.as_bytes()) else {
            return Err(InvalidVerifierKey::Payload { name, found: found(payload) });
        };
        if kind != ED25519 {
            return Err(InvalidVerifierKey::Type { name, found: kind });
        }
        let public = PublicKey::from_bytes(public);
        let expected = key_id(&name, &public);
        if expected.to_string() != id {
            return Err(InvalidVerifierKey::Id { name, expected, found: found(id) });
        }
        Ok(Self::new(name, &public)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::note::Note;
    use crate::meaning::digest::{from_hex, to_hex};

    const FOO: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    const NEUMANN: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const NOTES: [(&str, &str); 2] = [
        (
            FOO,
            "This is an example message.\n\n— example.com/foo \
             Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n",
        ),
        (
            NEUMANN,
            "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n— PeterNeumann \
             x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
        ),
    ];

    fn public(hex: &str) -> PublicKey {
        PublicKey::from_bytes(from_hex(hex).unwrap())
    }

    #[test]
    fn published_notes_verify() {
        for (key, bytes) in NOTES {
            let key: VerifierKey = key.parse().unwrap();
            let note = Note::parse(bytes.as_bytes()).unwrap();
            assert_eq!(note.key(), key.reference());
            assert!(key.verifier().verify(note.text(), note.signature()));
            assert!(verify(&key.public(), note.text(), note.signature()));
        }
    }

    #[test]
    fn a_signature_is_for_one_message_under_one_key() {
        let keys = NOTES.map(|(key, _)| key.parse::<VerifierKey>().unwrap());
        let note = Note::parse(NOTES[0].1.as_bytes()).unwrap();
        assert!(!keys[1].verifier().verify(note.text(), note.signature()));
        assert!(!keys[0].verifier().verify(note.line(), note.signature()));
        for bit in 0..512 {
            let mut signature = *note.signature();
            signature[bit / 8] ^= 1 << (bit % 8);
            assert!(!keys[0].verifier().verify(note.text(), &signature), "bit {bit}");
        }
    }

    /// Adding the group's order to S gives a second signature that lax verifiers accept.
    #[test]
    fn a_signature_has_one_form() {
        const ORDER: [u8; 32] = [
            0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            0, 0, 0, 0, 0, 0x10,
        ];
        let note = Note::parse(NOTES[0].1.as_bytes()).unwrap();
        let mut signature = *note.signature();
        let mut carry = 0;
        for (byte, add) in signature[32..].iter_mut().zip(ORDER) {
            let sum = u16::from(*byte) + u16::from(add) + carry;
            (*byte, carry) = (sum.to_le_bytes()[0], sum >> 8);
        }
        assert!(!verify(&FOO.parse::<VerifierKey>().unwrap().public(), note.text(), &signature));
    }

    #[test]
    fn verifier_keys_round_trip() {
        for text in [FOO, NEUMANN, "ledger.example/promotions+4a006779+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"] {
            assert_eq!(text.parse::<VerifierKey>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn no_part_and_no_neighbour_of_a_verifier_key_is_one() {
        for text in [FOO, NEUMANN] {
            for start in 0..text.len() {
                for end in start..=text.len() {
                    let part = &text[start..end];
                    assert_eq!(part.parse::<VerifierKey>().is_ok(), part == text, "{part}");
                }
                let mut neighbour = text.as_bytes().to_vec();
                neighbour[start] += 1;
                let neighbour = String::from_utf8(neighbour).unwrap();
                assert!(neighbour.parse::<VerifierKey>().is_err(), "{neighbour}");
            }
        }
    }

    #[test]
    fn a_bad_verifier_key_says_what_is_wrong() {
        let fault = |text: &str| text.parse::<VerifierKey>().unwrap_err();
        assert!(matches!(fault("example.com/foo"), InvalidVerifierKey::Shape { .. }));
        assert!(matches!(fault(&FOO.replace("example", "exam ple")), InvalidVerifierKey::Name(_)));
        assert!(matches!(fault(&FOO.replace("U2k", "U2l")), InvalidVerifierKey::Id { .. }));
        assert!(matches!(fault(&FOO.replace("U2k", "U2")), InvalidVerifierKey::Payload { .. }));
        assert!(matches!(fault(&FOO.replace("530d903a", "530D903A")), InvalidVerifierKey::Id { .. }));
        let witness = "witness.example/w1+df1c0a35+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU";
        assert!(matches!(fault(witness), InvalidVerifierKey::Type { found: 4, .. }));
        assert_eq!(
            fault(&FOO.replace("530d903a", "530d903b")).to_string(),
            "verifier key example.com/foo has the id \"530d903b\", its name and key give 530d903a: it was mistyped or altered; copy it again"
        );
    }

    const SMALL_ORDER: [&str; 8] = [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    ];

    #[test]
    fn points_of_small_order_are_refused() {
        for hex in SMALL_ORDER {
            let key = public(hex);
            assert_eq!(Verifier::new(&key), Err(UnacceptableKey::SmallOrder(key)));
            let text = format!("k+{}+{}", key_id(&KeyName::new("k").unwrap(), &key), b64::encode(&[&[1], &key.as_bytes()[..]].concat()));
            assert_eq!(text.parse::<VerifierKey>(), Err(InvalidVerifierKey::Unacceptable(UnacceptableKey::SmallOrder(key))));
        }
    }

    #[test]
    fn second_spellings_of_points_are_refused() {
        // x is zero, and has no sign.
        let zeros = [format!("01{}80", "00".repeat(30)), format!("ec{}", "ff".repeat(31))];
        // y is the prime or more: the prime is 2^255 - 19, little-endian ed ff … ff 7f.
        let large = (0xed..=0xff_u8).flat_map(|low| ["7f", "ff"].map(|high| format!("{low:02x}{}{high}", "ff".repeat(30))));
        let (mut second, mut none) = (0, 0);
        for hex in zeros.into_iter().chain(large) {
            match Verifier::new(&public(&hex)) {
                Err(UnacceptableKey::NotCanonical(_)) => second += 1,
                Err(UnacceptableKey::NotAPoint(_)) => none += 1,
                other => panic!("{hex}: {other:?}"),
            }
        }
        assert_eq!((second, none), (26, 14), "of 19 values of y, 12 belong to points");
    }

    #[test]
    fn points_with_a_torsion_component_are_refused() {
        let good = VerifyingKey::from_bytes(FOO.parse::<VerifierKey>().unwrap().public().as_bytes()).unwrap().to_edwards();
        for hex in SMALL_ORDER.into_iter().skip(1) {
            let torsion = VerifyingKey::from_bytes(&from_hex(hex).unwrap()).unwrap().to_edwards();
            let key = public(&to_hex((good + torsion).compress().as_bytes()));
            assert_eq!(Verifier::new(&key), Err(UnacceptableKey::Torsion(key)));
        }
    }

    #[test]
    fn bytes_that_are_no_point_are_refused() {
        let key = public(&format!("02{}", "00".repeat(31)));
        assert_eq!(Verifier::new(&key), Err(UnacceptableKey::NotAPoint(key)));
        assert!(!verify(&key, b"", &[0; 64]));
    }
}
