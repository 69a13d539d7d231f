//! Reads a vector as a verifier meets it: a log of bytes, bodies, and what the auditor holds.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use promotion_ledger::custody::audit::Pins;
use promotion_ledger::custody::log::{Kept, Log, LogError};
use promotion_ledger::custody::store::Body;
use promotion_ledger::meaning::digest::{BodyDigest, EntryHash};
use promotion_ledger::meaning::names::Origin;

use crate::make::vector::{BodyText, Bytes, PinsText, Vector};

/// A log in memory, as a vector spells it.
pub(crate) struct Spelled {
    pub(crate) notes: Vec<Vec<u8>>,
    bodies: BTreeMap<BodyDigest, Body>,
}

impl Spelled {
    pub(crate) fn of(vector: &Vector) -> Self {
        let bodies = vector.bodies.iter().map(body).map(|body| (body.digest, body)).collect();
        Self { notes: vector.entries.iter().map(bytes).collect(), bodies }
    }
}

impl Log for Spelled {
    fn entries(&self, each: &mut dyn FnMut(Kept) -> ControlFlow<()>) -> Result<(), LogError> {
        let _ = self.notes.iter().try_for_each(|note| each(Kept { note: note.clone(), filed: None }));
        Ok(())
    }

    fn body(&self, digest: &BodyDigest) -> Result<Option<Body>, LogError> {
        Ok(self.bodies.get(digest).cloned())
    }

    fn bodies(&self, each: &mut dyn FnMut(BodyDigest) -> ControlFlow<()>) -> Result<(), LogError> {
        let _ = self.bodies.keys().try_for_each(|digest| each(*digest));
        Ok(())
    }
}

/// What the auditor of a vector holds.
pub(crate) fn pins(pins: &PinsText) -> Pins {
    let hash = |text: &String| EntryHash::from_hex(text).expect("a pinned hash is one");
    Pins {
        origin: pins.origin.as_ref().map(|origin| Origin::new(origin.as_str()).expect("a pinned origin is one")),
        genesis: pins.genesis.as_ref().map(hash),
        head: pins.size.zip(pins.head.as_ref().map(hash)),
        key: pins.key.as_ref().map(|key| key.parse().expect("a pinned key is one")),
    }
}

fn bytes(bytes: &Bytes) -> Vec<u8> {
    match bytes {
        Bytes::Text(text) => text.clone().into_bytes(),
        Bytes::Base64 { base64 } => decode(base64),
    }
}

fn body(body: &BodyText) -> Body {
    Body {
        digest: BodyDigest::from_hex(&body.digest).expect("a vector's digest is one"),
        salt: decode(&body.salt_base64).try_into().expect("a salt has 16 bytes"),
        bytes: decode(&body.bytes_base64),
    }
}

fn decode(text: &str) -> Vec<u8> {
    STANDARD.decode(text).expect("a vector's base64 is base64")
}
