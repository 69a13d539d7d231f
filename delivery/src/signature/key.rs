//! Public keys that sign artifacts: ECDSA on P-256 with SHA-256, and Ed25519, as cosign makes and imports them.

use ed25519_dalek::VerifyingKey as Ed25519Key;
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{DerSignature, VerifyingKey as P256Key};
use p256::pkcs8::{DecodePublicKey, Document};
use promotion_ledger::meaning::digest::Digest;
use sha2::{Digest as _, Sha256};

use super::shown::shown;

/// The head of every Ed25519 key in a SubjectPublicKeyInfo (RFC 8410, 4); the 32 bytes of the key follow.
const ED25519_HEAD: &[u8] = &[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// A text that is no key to check signatures with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not PEM, or something else in PEM.
    #[error("it is not a public key in PEM form: expected `-----BEGIN PUBLIC KEY-----`, as in cosign's `.pub` file")]
    NotPem,
    /// A private key where the public one belongs.
    #[error("it is a {label} in PEM form: expected the public key alone, and whoever reads the rules now has the other one")]
    Private {
        /// What its head calls it.
        label: String,
    },
    /// A key of another kind.
    #[error("it is a public key of another kind: expected ECDSA on the curve P-256, or Ed25519")]
    OtherKind,
}

/// A key to check signatures with.
#[derive(Debug, Clone)]
pub(super) struct PublicKey {
    kind: Kind,
    fingerprint: Digest,
}

#[derive(Debug, Clone)]
enum Kind {
    P256(Box<P256Key>),
    Ed25519(Box<Ed25519Key>),
}

impl PublicKey {
    /// Reads a key in PEM form.
    pub(super) fn from_pem(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let label = text.strip_prefix("-----BEGIN ").and_then(|rest| rest.split_once("-----")).map_or("", |(label, _)| label);
        if label.contains("PRIVATE") {
            return Err(KeyError::Private { label: shown(&label.to_lowercase()) });
        }
        match Document::from_pem(text) {
            Ok(("PUBLIC KEY", document)) => Self::from_der(document.as_bytes()),
            _ => Err(KeyError::NotPem),
        }
    }

    fn from_der(der: &[u8]) -> Result<Self, KeyError> {
        let ed25519 = der.strip_prefix(ED25519_HEAD).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let kind = match ed25519 {
            // A weak key has signatures that hold for nearly every message.
            Some(bytes) => Ed25519Key::from_bytes(&bytes).ok().filter(|key| !key.is_weak()).map(|key| Kind::Ed25519(Box::new(key))),
            None => P256Key::from_public_key_der(der).ok().map(|key| Kind::P256(Box::new(key))),
        };
        let fingerprint = Digest::from_sha256(&Sha256::digest(der).into());
        Ok(Self { kind: kind.ok_or(KeyError::OtherKind)?, fingerprint })
    }

    /// SHA-256 of the key's SubjectPublicKeyInfo, which cosign gives as a hint, too.
    pub(super) fn fingerprint(&self) -> &Digest {
        &self.fingerprint
    }

    /// Whether the signature is this key's, over exactly these bytes.
    pub(super) fn made(&self, signature: &[u8], message: &[u8]) -> bool {
        match &self.kind {
            Kind::P256(key) => DerSignature::try_from(signature).is_ok_and(|signature| key.verify(message, &signature).is_ok()),
            Kind::Ed25519(key) => {
                ed25519_dalek::Signature::from_slice(signature).is_ok_and(|signature| key.verify_strict(message, &signature).is_ok())
            }
        }
    }
}
