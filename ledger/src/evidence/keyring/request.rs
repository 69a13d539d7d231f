//! Key requests: the proof that whoever asks for a key to be added holds its secret.
//!
//! A request is a signed note of five lines, signed by the very key that it asks for:
//!
//! ```text
//! promoledger key request v1
//! <origin>
//! <hash of entry 0: 64 hexadecimal digits>
//! <principal>
//! <verifier key: NAME+ID+KEY>
//!
//! — <key name> <base64 of key id and signature>
//! ```
//!
//! The file is that note and can be mailed; it is not secret. The ledger keeps the parts and the signature (the
//! proof), and a verifier builds the text again. The keys of entry 0 cannot name its hash: for them the first line is
//! `promoledger first key v1` and the third the ledger's random id. As no line of the text is JSON, and no origin has
//! spaces, a proof can be taken neither for an entry nor for a checkpoint, nor the one kind of proof for the other.

use super::secret::{SignError, Signer};
use super::verifier::{InvalidVerifierKey, VerifierKey};
use crate::evidence::malformed::{Malformed, quote};
use crate::evidence::note::{Note, assemble};
use crate::meaning::digest::{EntryHash, InvalidDigest};
use crate::meaning::id::{KeyRef, LedgerId, PublicKey};
use crate::meaning::names::{InvalidName, KeyName, Origin, Principal};

const REQUEST: &str = "promoledger key request v1";
const FIRST: &str = "promoledger first key v1";

/// What the holder of a key claims in asking for it: this principal, in this ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim<'a> {
    heading: &'static str,
    origin: &'a Origin,
    ledger: String,
    principal: &'a Principal,
}

impl<'a> Claim<'a> {
    /// For a key that is added to a ledger that exists, known by the hash of its entry 0.
    pub fn of_request(origin: &'a Origin, genesis: &EntryHash, principal: &'a Principal) -> Self {
        Self { heading: REQUEST, origin, ledger: genesis.to_string(), principal }
    }

    /// For one of the first keys, which entry 0 itself names.
    pub fn of_first_key(origin: &'a Origin, ledger: &LedgerId, principal: &'a Principal) -> Self {
        Self { heading: FIRST, origin, ledger: ledger.to_string(), principal }
    }

    /// Signs the claim with the key that it is about: that signature is the proof.
    pub fn prove(&self, signer: &(impl Signer + ?Sized)) -> Result<[u8; 64], SignError> {
        signer.sign(self.text(signer.key()).as_bytes())
    }

    /// Whether `proof` is the claim signed by this key under this name. False for a key that must not be trusted.
    pub fn is_proven(&self, name: &KeyName, public: &PublicKey, proof: &[u8; 64]) -> bool {
        VerifierKey::new(name.clone(), public).is_ok_and(|key| self.is_proven_by(&key, proof))
    }

    fn is_proven_by(&self, key: &VerifierKey, proof: &[u8; 64]) -> bool {
        key.verifier().verify(self.text(key).as_bytes(), proof)
    }

    fn text(&self, key: &VerifierKey) -> String {
        format!("{}\n{}\n{}\n{}\n{key}\n", self.heading, self.origin, self.ledger, self.principal)
    }
}

/// Bytes that are not a key request, or not one signed by its own key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRequest {
    /// Not a signed note.
    #[error("the key request is not a signed note: {0}")]
    Note(#[from] Malformed),
    /// Not the five lines of a request.
    #[error("the key request begins with {found}: expected the five lines of `{REQUEST}`")]
    Shape {
        /// What was given, shortened.
        found: String,
    },
    /// The origin or the principal breaks its rule.
    #[error("the key request: {0}")]
    Name(#[from] InvalidName),
    /// The third line is not the hash of an entry.
    #[error("the key request: {0}")]
    Genesis(#[from] InvalidDigest),
    /// The fifth line is not a verifier key that may be trusted.
    #[error("the key request: {0}")]
    Key(#[from] InvalidVerifierKey),
    /// Another key than the requested one stands in the signature line.
    #[error("the key request is signed by {found}: expected {expected}, the key that it asks for")]
    Signer {
        /// The key asked for.
        expected: KeyRef,
        /// The key in the signature line.
        found: KeyRef,
    },
    /// The signature is not that of the requested key over this text.
    #[error("the key request's signature is not that of {key}: it was altered; have the key's holder make it again")]
    Signature {
        /// The key asked for.
        key: KeyRef,
    },
}

/// A request to add a key to a ledger, with its proof, which holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRequest {
    origin: Origin,
    genesis: EntryHash,
    principal: Principal,
    key: VerifierKey,
    proof: [u8; 64],
}

impl KeyRequest {
    /// Asks for the signer's key to be added, for `principal`, to the ledger known by `origin` and `genesis`.
    pub fn new(signer: &(impl Signer + ?Sized), origin: Origin, genesis: EntryHash, principal: Principal) -> Result<Self, SignError> {
        let proof = Claim::of_request(&origin, &genesis, &principal).prove(signer)?;
        Ok(Self { origin, genesis, principal, key: signer.key().clone(), proof })
    }

    /// Reads a request and checks its proof. Whether it is for this ledger is for the caller to check.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidRequest> {
        let note = Note::parse(bytes)?;
        let text = str::from_utf8(note.line()).unwrap_or_default();
        let lines: Vec<&str> = text.split('\n').collect();
        let &[REQUEST, origin, genesis, principal, key] = lines.as_slice() else {
            return Err(InvalidRequest::Shape { found: quote(note.line()) });
        };
        let request = Self {
            origin: Origin::new(origin)?,
            genesis: EntryHash::from_hex(genesis)?,
            principal: Principal::new(principal)?,
            key: key.parse()?,
            proof: *note.signature(),
        };
        request.check(note.key())?;
        Ok(request)
    }

    fn check(&self, signer: &KeyRef) -> Result<(), InvalidRequest> {
        let key = self.key.reference();
        if signer != key {
            return Err(InvalidRequest::Signer { expected: key.clone(), found: signer.clone() });
        }
        if self.claim().is_proven_by(&self.key, &self.proof) { Ok(()) } else { Err(InvalidRequest::Signature { key: key.clone() }) }
    }

    fn claim(&self) -> Claim<'_> {
        Claim::of_request(&self.origin, &self.genesis, &self.principal)
    }

    /// The request as a file.
    pub fn to_note(&self) -> Vec<u8> {
        assemble(self.claim().text(&self.key).as_bytes(), self.key.reference(), &self.proof)
    }

    /// The ledger's own name.
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The hash of the ledger's entry 0.
    pub const fn genesis(&self) -> &EntryHash {
        &self.genesis
    }

    /// Whom the key is to stand for.
    pub const fn principal(&self) -> &Principal {
        &self.principal
    }

    /// The key asked for.
    pub const fn key(&self) -> &VerifierKey {
        &self.key
    }

    /// The proof that whoever asked holds the key's secret.
    pub const fn proof(&self) -> &[u8; 64] {
        &self.proof
    }
}

#[cfg(test)]
mod tests {
    use super::super::secret::SecretKey;
    use super::*;

    const LEDGER: &str = "0198f0a4-6f3a-4c1e-8a55-3f0a2b9d1c77";

    fn secret(name: &str, seed: u8) -> SecretKey {
        SecretKey::from_seed(KeyName::new(name).unwrap(), &[seed; 32])
    }

    fn origin(name: &str) -> Origin {
        Origin::new(name).unwrap()
    }

    fn principal(name: &str) -> Principal {
        Principal::new(name).unwrap()
    }

    fn request() -> KeyRequest {
        let genesis = EntryHash::from_bytes([7; 32]);
        KeyRequest::new(&secret("acme.example/ada", 1), origin("acme.example"), genesis, principal("ada@acme.example")).unwrap()
    }

    #[test]
    fn a_request_is_a_note_that_can_be_mailed() {
        let request = request();
        let file = String::from_utf8(request.to_note()).unwrap();
        let text = format!("promoledger key request v1\nacme.example\n{}\nada@acme.example\n{}\n", "07".repeat(32), request.key());
        assert_eq!(file.strip_prefix(&text).unwrap().find("\n— acme.example/ada "), Some(0));
        assert_eq!(KeyRequest::parse(file.as_bytes()), Ok(request));
    }

    #[test]
    fn the_entry_keeps_enough_to_check_the_proof() {
        let request = request();
        let (name, public, proof) = (request.key().name(), request.key().public(), request.proof());
        let (at_home, ada) = (origin("acme.example"), principal("ada@acme.example"));
        let genesis = EntryHash::from_bytes([7; 32]);
        assert!(Claim::of_request(&at_home, &genesis, &ada).is_proven(name, &public, proof));

        let elsewhere = origin("other.example");
        assert!(!Claim::of_request(&elsewhere, &genesis, &ada).is_proven(name, &public, proof));
        assert!(!Claim::of_request(&at_home, &EntryHash::NONE, &ada).is_proven(name, &public, proof));
        assert!(!Claim::of_request(&at_home, &genesis, &principal("eve@acme.example")).is_proven(name, &public, proof));
        let claim = Claim::of_request(&at_home, &genesis, &ada);
        assert!(!claim.is_proven(&KeyName::new("acme.example/eve").unwrap(), &public, proof));
        assert!(!claim.is_proven(name, &secret("acme.example/ada", 2).verifier_key().public(), proof));
        assert!(!claim.is_proven(name, &PublicKey::from_bytes([0; 32]), proof));
        assert!(!claim.is_proven(name, &public, &[0; 64]));
    }

    #[test]
    fn a_first_key_is_bound_to_the_ledgers_id() {
        let (at_home, ada, id) = (origin("acme.example"), principal("ada@acme.example"), LedgerId::parse(LEDGER).unwrap());
        let key = secret("acme.example/ada", 1);
        let claim = Claim::of_first_key(&at_home, &id, &ada);
        let proof = claim.prove(&key).unwrap();
        let (name, public) = (key.verifier_key().name(), key.verifier_key().public());
        assert!(claim.is_proven(name, &public, &proof));
        let other = LedgerId::parse(&LEDGER.replace("77", "78")).unwrap();
        assert!(!Claim::of_first_key(&at_home, &other, &ada).is_proven(name, &public, &proof));
        assert!(!Claim::of_request(&at_home, &EntryHash::NONE, &ada).is_proven(name, &public, &proof));
        let note = assemble(claim.text(key.verifier_key()).as_bytes(), key.verifier_key().reference(), &proof);
        assert!(matches!(KeyRequest::parse(&note), Err(InvalidRequest::Shape { .. })));
    }

    #[test]
    fn every_malformation_is_refused() {
        let good = String::from_utf8(request().to_note()).unwrap();
        let parse = |text: String| KeyRequest::parse(text.as_bytes()).unwrap_err();
        assert!(matches!(parse(format!("{good}\n")), InvalidRequest::Note(_)));
        assert!(matches!(parse(good.replace("v1", "v2")), InvalidRequest::Shape { .. }));
        assert!(matches!(parse(good.replacen("acme.example\n", "", 1)), InvalidRequest::Shape { .. }));
        assert!(matches!(parse(good.replacen("\n\n", "\nmore\n\n", 1)), InvalidRequest::Shape { .. }));
        assert!(matches!(parse(good.replacen("\n\n", "\n\n\n", 1)), InvalidRequest::Shape { .. }));
        assert!(matches!(parse(good.replacen("acme.example\n", "ac me\n", 1)), InvalidRequest::Name(_)));
        assert!(matches!(parse(good.replacen("ada@", "ada @", 1)), InvalidRequest::Name(_)));
        assert!(matches!(parse(good.replacen("0707", "07", 1)), InvalidRequest::Genesis(_)));
        assert!(matches!(parse(good.replacen("ada+", "eve+", 1)), InvalidRequest::Key(_)));
        assert!(matches!(parse(good.replacen("— acme.example/ada", "— acme.example/eve", 1)), InvalidRequest::Signer { .. }));
        assert!(matches!(parse(good.replacen("ada@", "eve@", 1)), InvalidRequest::Signature { .. }));
        assert!(matches!(parse(good.replacen("0707", "0708", 1)), InvalidRequest::Signature { .. }));
    }
}
