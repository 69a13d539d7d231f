//! One public key of an issuer, and what may be checked with it.

use ed25519_dalek::VerifyingKey;
use jsonwebtoken::crypto::aws_lc;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, DecodingKeyKind};
use serde::Deserialize;
use serde_json::Value;

use super::algorithm;

/// The bits of an RSA key's modulus: fewer can be factored, more only cost.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// Why a key is not one to check a token with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// It is there for something else.
    #[error("is not there to check signatures: its `use` or `key_ops` says otherwise")]
    Use,
    /// It is for one algorithm, and the token has another.
    #[error("is for {found:?}")]
    Algorithm {
        /// What its `alg` says.
        found: String,
    },
    /// The algorithm has keys of another kind.
    #[error("is a key of another kind: {found}")]
    Kind {
        /// What it is.
        found: &'static str,
    },
    /// A size that is not safe, or not sane.
    #[error("is an RSA key of {bits} bits: expected {least} to {most}", least = RSA_BITS.start(), most = RSA_BITS.end())]
    Bits {
        /// The bits of its modulus.
        bits: usize,
    },
    /// Signatures hold for nearly every message.
    #[error("is a weak Ed25519 key, or none: a point of small order, or no point")]
    Weak,
}

/// A public key of an issuer.
#[derive(Debug, Clone)]
pub(super) struct Key {
    id: Option<String>,
    /// What it is for, in its own words: the library knows fewer than there are.
    algorithm: Option<String>,
    checks_signatures: bool,
    kind: Kind,
    key: DecodingKey,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Rsa,
    P256,
    P384,
    Ed25519,
}

impl Key {
    /// The key of a JWK; `None` for kinds that no algorithm here has, as RFC 7517, 5 would have it.
    pub(super) fn of(value: &Value) -> Option<Self> {
        let jwk = Jwk::deserialize(value).ok()?;
        let kind = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => Kind::Rsa,
            AlgorithmParameters::EllipticCurve(parameters) => match parameters.curve {
                EllipticCurve::P256 => Kind::P256,
                EllipticCurve::P384 => Kind::P384,
                _ => return None,
            },
            AlgorithmParameters::OctetKeyPair(parameters) if parameters.curve == EllipticCurve::Ed25519 => Kind::Ed25519,
            _ => return None,
        };
        let common = &jwk.common;
        let used = common.public_key_use.as_ref().is_none_or(|used| *used == PublicKeyUse::Signature);
        let verifies = common.key_operations.as_ref().is_none_or(|operations| operations.contains(&KeyOperations::Verify));
        let key = DecodingKey::from_jwk(&jwk).ok()?;
        let algorithm = value.get("alg").and_then(Value::as_str).map(str::to_owned);
        Some(Self { id: common.key_id.clone(), algorithm, checks_signatures: used && verifies, kind, key })
    }

    /// What tokens name it by.
    pub(super) fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Whether tokens of this algorithm can be checked with it. The algorithm never makes the key what it is not.
    pub(super) fn fits(&self, algorithm: Algorithm) -> Result<(), Misfit> {
        if !self.checks_signatures {
            return Err(Misfit::Use);
        }
        if let Some(found) = self.algorithm.as_ref().filter(|own| *own != algorithm::name(algorithm)) {
            return Err(Misfit::Algorithm { found: found.chars().take(80).collect() });
        }
        let kinds_agree = match self.kind {
            Kind::Rsa => algorithm.family() == AlgorithmFamily::Rsa,
            Kind::P256 => algorithm == Algorithm::ES256,
            Kind::P384 => algorithm == Algorithm::ES384,
            Kind::Ed25519 => algorithm == Algorithm::EdDSA,
        };
        if !kinds_agree {
            return Err(Misfit::Kind { found: self.kind.name() });
        }
        self.is_strong()
    }

    fn is_strong(&self) -> Result<(), Misfit> {
        match (self.kind, self.key.kind()) {
            (Kind::Rsa, DecodingKeyKind::RsaModulusExponent { n, .. }) => {
                let bits = bits(n);
                if RSA_BITS.contains(&bits) { Ok(()) } else { Err(Misfit::Bits { bits }) }
            }
            (Kind::Ed25519, DecodingKeyKind::SecretOrDer(bytes)) => {
                let point = <[u8; 32]>::try_from(bytes.as_slice()).ok().and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok());
                if point.is_some_and(|key| !key.is_weak()) { Ok(()) } else { Err(Misfit::Weak) }
            }
            // The library takes no other point than one of the curve, whose order is prime.
            _ => Ok(()),
        }
    }

    /// Whether the signature is this key's, over exactly these bytes.
    pub(super) fn made(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        // The provider by its name: the one of the process is whatever somebody else installed.
        let verifier = (aws_lc::DEFAULT_PROVIDER.verifier_factory)(&algorithm, &self.key);
        verifier.is_ok_and(|verifier| verifier.verify(message, &signature.to_vec()).is_ok())
    }
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Rsa => "RSA",
            Self::P256 => "EC on P-256",
            Self::P384 => "EC on P-384",
            Self::Ed25519 => "Ed25519",
        }
    }
}

/// How many bits a number has that is written with its highest byte first.
fn bits(number: &[u8]) -> usize {
    let mut digits = number.iter().skip_while(|byte| **byte == 0);
    digits.next().map_or(0, |first| first.ilog2() as usize + 1 + 8 * digits.count())
}
