//! What a bundle's envelope says: an in-toto statement that cosign signed an artifact, and with which annotations.

use std::collections::BTreeMap;

use promotion_ledger::meaning::digest::Digest;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::annotations::compare;
use super::reason::Reason;
use super::shown::shown;

/// The media type of an envelope's payload (in-toto attestation framework, "Envelope").
pub(super) const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// The predicate of a signature. Any other one is an attestation: it says something about an artifact, good or bad.
pub(super) const SIGNED: &str = "https://sigstore.dev/cosign/sign/v1";

const TYPES: [&str; 2] = ["https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1"];

/// An in-toto statement.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Statement {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<Subject>,
    predicate_type: String,
}

#[derive(Deserialize)]
struct Subject {
    digest: BTreeMap<String, String>,
    annotations: Option<Map<String, Value>>,
}

impl Statement {
    pub(super) fn read(payload_type: &str, payload: &[u8]) -> Result<Self, Reason> {
        if payload_type != PAYLOAD_TYPE {
            return Err(Reason::malformed(format!("its envelope holds {payload_type:?}, not {PAYLOAD_TYPE:?}")));
        }
        let statement: Self = serde_json::from_slice(payload).map_err(|error| Reason::malformed(format!("its statement: {error}")))?;
        if !TYPES.contains(&statement.kind.as_str()) {
            return Err(Reason::malformed(format!("its statement is of type {:?}", statement.kind)));
        }
        Ok(statement)
    }

    /// Whether it says that somebody signed, and not something else.
    pub(super) fn is_signature(&self) -> bool {
        self.predicate_type == SIGNED
    }

    /// Whether one of its subjects is the artifact and has, by itself, all annotations.
    pub(super) fn says(&self, digest: &Digest, wanted: &BTreeMap<String, String>) -> Result<(), Reason> {
        let mut outcome = Err(Reason::OtherArtifact { named: self.named() });
        for subject in self.subject.iter().filter(|subject| subject.sha256() == Some(digest.hex())) {
            outcome = compare(wanted, subject.annotations.as_ref());
            if outcome.is_ok() {
                break;
            }
        }
        outcome
    }

    fn named(&self) -> String {
        let first = self.subject.first().and_then(Subject::sha256);
        first.map_or_else(|| "named by no SHA-256".to_owned(), |hex| shown(&format!("sha256:{hex}")))
    }
}

impl Subject {
    fn sha256(&self) -> Option<&str> {
        self.digest.get("sha256").map(String::as_str)
    }
}
