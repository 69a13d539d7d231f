//! The older shape: a simple-signing payload, signed with a key (cosign's SIGNATURE_SPEC.md).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use promotion_ledger::meaning::digest::Digest;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::annotations::compare;
use super::policy::Policy;
use super::reason::Reason;
use super::verdict::Signer;

/// What every payload of a cosign signature says it is.
const TYPE: &str = "cosign container image signature";

#[derive(Deserialize)]
struct Payload {
    critical: Critical,
    optional: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
struct Critical {
    image: Image,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct Image {
    #[serde(rename = "docker-manifest-digest")]
    digest: String,
}

/// Whose signature it is, if all of it counts. The payload is read only once it is known whose it is.
pub(super) fn judge(
    payload: &[u8],
    signature: Option<&str>,
    certificate: bool,
    digest: &Digest,
    policy: &Policy,
) -> Result<Signer, Reason> {
    let signature = signature.ok_or_else(|| Reason::malformed("there is no signature beside its payload"))?;
    let signature = STANDARD.decode(signature).map_err(|error| Reason::malformed(format!("its signature: {error}")))?;
    let Some(key) = policy.keys().iter().find(|key| key.made(&signature, payload)) else {
        return Err(not_ours(certificate, policy));
    };
    let payload: Payload = serde_json::from_slice(payload).map_err(|error| Reason::malformed(format!("its payload: {error}")))?;
    if payload.critical.kind != TYPE {
        return Err(Reason::malformed(format!("its payload is of type {:?}, not {TYPE:?}", payload.critical.kind)));
    }
    if payload.critical.image.digest != digest.as_str() {
        return Err(Reason::OtherArtifact { named: payload.critical.image.digest });
    }
    compare(policy.annotations(), payload.optional.as_ref())?;
    Ok(Signer::Key { fingerprint: key.fingerprint().clone() })
}

fn not_ours(certificate: bool, policy: &Policy) -> Reason {
    match (certificate, policy.keys().is_empty()) {
        (true, _) => Reason::Unsupported { what: "a certificate beside a simple-signing payload; expected a bundle".to_owned() },
        (false, true) => Reason::NoKeyNamed,
        (false, false) => Reason::WrongKey,
    }
}
