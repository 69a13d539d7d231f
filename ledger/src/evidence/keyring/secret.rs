//! Secret keys, and the contract of whatever signs: a key in memory here, a device elsewhere.

use std::fmt;

use ed25519_dalek::{Signer as _, SigningKey};
use zeroize::Zeroizing;

use super::verifier::{ED25519, Verifier, VerifierKey, key_id};
use crate::evidence::b64;
use crate::meaning::id::{KeyId, KeyRef};
use crate::meaning::names::KeyName;

const PREFIX: &str = "PRIVATE+KEY+";

/// Whatever signs under one key.
pub trait Signer {
    /// The key under which it signs.
    fn key(&self) -> &VerifierKey;

    /// Signs a message (pure ed25519, RFC 8032).
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError>;
}

/// A signer that could not sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the key {key} could not sign: {reason}")]
pub struct SignError {
    /// The key that was to sign.
    pub key: KeyRef,
    /// What its keeper says.
    pub reason: String,
}

/// A text that is not a secret key. No message repeats any of the text, which may be the secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSecretKey {
    /// Not the prefix and three parts.
    #[error("this is not a secret key: expected PRIVATE+KEY+NAME+ID+SECRET on one line")]
    Shape,
    /// The name breaks its rule.
    #[error("the secret key's name is not valid: expected {}", KeyName::RULE)]
    Name,
    /// The last part is not base64 of 33 bytes.
    #[error("the secret key does not end in 44 characters of base64 (the type and 32 bytes of secret): it was cut off or altered")]
    Payload,
    /// The key is for another kind of signature.
    #[error("the secret key is of type {found:#04x}: expected 0x01, ed25519")]
    Type {
        /// The type it has.
        found: u8,
    },
    /// The id is not that of the name and the key.
    #[error("the secret key does not carry the id {expected} that its name and secret give: it was mistyped or altered")]
    Id {
        /// The id that belongs there.
        expected: KeyId,
    },
}

/// A secret key with its name. Its memory is wiped when it is dropped, and nothing shows it.
pub struct SecretKey {
    signing: SigningKey,
    key: VerifierKey,
}

impl SecretKey {
    /// The key that RFC 8032 derives from 32 random bytes.
    pub fn from_seed(name: KeyName, seed: &[u8; 32]) -> Self {
        let signing = SigningKey::from_bytes(seed);
        let key = VerifierKey::from_verifier(name, Verifier::of_secret(signing.verifying_key()));
        Self { signing, key }
    }

    /// Reads `PRIVATE+KEY+NAME+ID+SECRET`, the form of Go's `sumdb/note`.
    pub fn parse(text: &str) -> Result<Self, InvalidSecretKey> {
        let mut parts = text.strip_prefix(PREFIX).ok_or(InvalidSecretKey::Shape)?.splitn(3, '+');
        let (Some(name), Some(id), Some(secret)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(InvalidSecretKey::Shape);
        };
        let name = KeyName::new(name).map_err(|_| InvalidSecretKey::Name)?;
        let mut payload = Zeroizing::new([0; 33]);
        if !b64::decode_into(secret.as_bytes(), &mut payload) {
            return Err(InvalidSecretKey::Payload);
        }
        let [kind, seed @ ..] = &*payload;
        if *kind != ED25519 {
            return Err(InvalidSecretKey::Type { found: *kind });
        }
        let key = Self::from_seed(name, seed);
        let expected = key_id(key.key.name(), &key.key.public());
        if expected.to_string() == id { Ok(key) } else { Err(InvalidSecretKey::Id { expected }) }
    }

    /// Writes `PRIVATE+KEY+NAME+ID+SECRET`, into memory that is wiped when it is dropped.
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut payload = Zeroizing::new([ED25519; 33]);
        let [_, seed @ ..] = &mut *payload;
        seed.copy_from_slice(self.signing.as_bytes());
        let secret = Zeroizing::new(b64::encode(&*payload));
        Zeroizing::new([PREFIX, &self.key.reference().to_string(), "+", &secret].concat())
    }

    /// The public key under the same name.
    pub const fn verifier_key(&self) -> &VerifierKey {
        &self.key
    }

    /// Signs a message (pure ed25519, RFC 8032).
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.signing.sign(message).to_bytes()
    }
}

impl Signer for SecretKey {
    fn key(&self) -> &VerifierKey {
        &self.key
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError> {
        Ok(self.sign(message))
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({}, …)", self.key.reference())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::note::assemble;

    const NEUMANN: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";

    #[test]
    fn signs_the_published_note() {
        let key = SecretKey::parse(NEUMANN).unwrap();
        let text = b"If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
        let note = assemble(text, key.verifier_key().reference(), &key.sign(text));
        assert!(String::from_utf8(note).unwrap().ends_with(
            "\n\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
        ));
        assert_eq!(key.verifier_key().to_string(), "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
    }

    #[test]
    fn a_seed_gives_the_published_key() {
        let key = SecretKey::from_seed(KeyName::new("ledger.example/promotions").unwrap(), &[1; 32]);
        assert_eq!(key.verifier_key().to_string(), "ledger.example/promotions+4a006779+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c");
        assert_eq!(VerifierKey::new(key.verifier_key().name().clone(), &key.verifier_key().public()).as_ref(), Ok(key.verifier_key()));
    }

    #[test]
    fn secret_keys_round_trip() {
        assert_eq!(*SecretKey::parse(NEUMANN).unwrap().to_text(), NEUMANN);
    }

    #[test]
    fn no_part_and_no_neighbour_of_a_secret_key_is_one() {
        for start in 0..NEUMANN.len() {
            for end in start..=NEUMANN.len() {
                let part = &NEUMANN[start..end];
                assert_eq!(SecretKey::parse(part).is_ok(), part == NEUMANN, "{part}");
            }
            let mut neighbour = NEUMANN.as_bytes().to_vec();
            neighbour[start] += 1;
            let neighbour = String::from_utf8(neighbour).unwrap();
            assert!(SecretKey::parse(&neighbour).is_err(), "{neighbour}");
        }
    }

    #[test]
    fn a_bad_secret_key_says_what_is_wrong_and_nothing_of_itself() {
        let id = KeyId::from_bytes([0xc7, 0x4f, 0x20, 0xa3]);
        for (bad, fault) in [
            (NEUMANN.replace("PRIVATE", "private"), InvalidSecretKey::Shape),
            ("PRIVATE+KEY+AYEKFALVFGyNhPJEMzD1QIDr".to_owned(), InvalidSecretKey::Shape),
            (NEUMANN.replace("Peter", "Peter "), InvalidSecretKey::Name),
            (format!("{NEUMANN}\n"), InvalidSecretKey::Payload),
            (NEUMANN.replace("+AYEK", "+BIEK"), InvalidSecretKey::Type { found: 4 }),
            (NEUMANN.replace("c74f", "C74F"), InvalidSecretKey::Id { expected: id }),
        ] {
            let error = SecretKey::parse(&bad).unwrap_err();
            assert_eq!(error, fault);
            assert!(!error.to_string().contains("FALVFGyNhPJEMzD1QIDr"), "{error}");
        }
    }

    #[test]
    fn nothing_shows_the_secret() {
        assert_eq!(format!("{:?}", SecretKey::parse(NEUMANN).unwrap()), "SecretKey(PeterNeumann+c74f20a3, …)");
    }
}
