//! The newer shape: a sigstore bundle of version 0.3, with a DSSE envelope; those made with a key are judged here.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use promotion_ledger::meaning::digest::Digest;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::keyless;
use super::policy::Policy;
use super::reason::Reason;
use super::statement::Statement;
use super::verdict::{LogInclusion, Shape, Signer};

const MEDIA_TYPES: [&str; 2] = ["application/vnd.dev.sigstore.bundle.v0.3+json", "application/vnd.dev.sigstore.bundle+json;version=0.3"];

/// What a bundle turns out to be.
pub(super) enum Found {
    /// A signature that counts.
    Counts(Signer, Shape, LogInclusion),
    /// An attestation: no signature, good or bad.
    Attestation,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bundle {
    media_type: String,
    verification_material: Material,
    dsse_envelope: Option<Envelope>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Material {
    public_key: Option<IgnoredAny>,
    certificate: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    payload: String,
    payload_type: String,
    signatures: Vec<Signature>,
}

#[derive(Deserialize)]
struct Signature {
    sig: String,
}

/// Whose signature the bundle is, if all of it counts.
pub(super) fn judge(bytes: &[u8], digest: &Digest, policy: &Policy, now: Timestamp) -> Result<Found, Reason> {
    let bundle: Bundle = serde_json::from_slice(bytes).map_err(|error| Reason::malformed(format!("its bundle: {error}")))?;
    if !MEDIA_TYPES.contains(&bundle.media_type.as_str()) {
        return Err(Reason::Unsupported { what: super::shown::shown(&bundle.media_type) });
    }
    let Some(envelope) = &bundle.dsse_envelope else {
        return Err(Reason::Unsupported { what: "a bundle without a DSSE envelope".to_owned() });
    };
    let payload = STANDARD.decode(&envelope.payload).map_err(|error| Reason::malformed(format!("its payload: {error}")))?;
    let statement = Statement::read(&envelope.payload_type, &payload)?;
    if !statement.is_signature() {
        return Ok(Found::Attestation);
    }
    match (bundle.verification_material.public_key, bundle.verification_material.certificate) {
        (Some(_), None) => with_key(envelope, &payload, &statement, digest, policy),
        (None, Some(_)) => keyless::judge(bytes, digest, policy, now).map(|(signer, log)| Found::Counts(signer, Shape::KeylessBundle, log)),
        _ => Err(Reason::malformed("its bundle: expected either a key's hint or one certificate")),
    }
}

/// The hint of a bundle says which key made it; only trying tells.
fn with_key(envelope: &Envelope, payload: &[u8], statement: &Statement, digest: &Digest, policy: &Policy) -> Result<Found, Reason> {
    if policy.keys().is_empty() {
        return Err(Reason::NoKeyNamed);
    }
    let [signature] = envelope.signatures.as_slice() else {
        return Err(Reason::malformed(format!("its envelope has {} signatures: expected one", envelope.signatures.len())));
    };
    let signature = STANDARD.decode(&signature.sig).map_err(|error| Reason::malformed(format!("its signature: {error}")))?;
    let signed = pre_authentication_encoding(&envelope.payload_type, payload);
    let key = policy.keys().iter().find(|key| key.made(&signature, &signed)).ok_or(Reason::WrongKey)?;
    statement.says(digest, policy.annotations())?;
    Ok(Found::Counts(Signer::Key { fingerprint: key.fingerprint().clone() }, Shape::KeyBundle, LogInclusion::NotAsked))
}

/// What is signed of an envelope (DSSE 1.0.2, "Signature Definition").
fn pre_authentication_encoding(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_is_encoded_as_the_specification_shows() {
        let encoded = pre_authentication_encoding("http://example.com/HelloWorld", b"hello world");
        assert_eq!(encoded, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    }
}
