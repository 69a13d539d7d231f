//! Bundles made with a certificate, checked under a trust root that is given and without a network.
//!
//! The cryptography is `sigstore-verify`'s. What is asked beyond it: a proof of inclusion for every log entry, since
//! that crate is content with one; the predicate of a signature; the policy's identity, issuer and annotations.

use jiff::Timestamp;
use promotion_ledger::meaning::digest::Digest;
use sigstore_verify::types::{Artifact, ArtifactDigest, Bundle, Sha256Hash, SignatureContent};
use sigstore_verify::{Error, VerificationPolicy, VerificationResult};

use super::policy::{Identity, Policy};
use super::reason::Reason;
use super::shown::shown;
use super::statement::Statement;
use super::verdict::{LogInclusion, Signer};

/// Whose signature the bundle is, if all of it counts.
pub(super) fn judge(bytes: &[u8], digest: &Digest, policy: &Policy, now: Timestamp) -> Result<(Signer, LogInclusion), Reason> {
    let root = policy.trust_root().ok_or(Reason::NoIdentityNamed)?;
    let bundle: Bundle = serde_json::from_slice(bytes).map_err(|error| Reason::malformed(format!("its bundle: {error}")))?;
    let entries = &bundle.verification_material.tlog_entries;
    if entries.is_empty() || entries.iter().any(|entry| entry.inclusion_proof.is_none()) {
        return Err(Reason::NoProof);
    }
    let hash = Sha256Hash::from_hex(digest.hex()).map_err(|error| Reason::malformed(error.to_string()))?;
    let artifact = Artifact::Digest(ArtifactDigest::sha256(hash));
    let result = root.verifier().verify(artifact, &bundle, &VerificationPolicy::any_identity()).map_err(reason)?;
    whole(&result, now)?;
    let signer = named(&result, policy.identities())?;
    // What is read here is what was verified above, not the same bytes read another way.
    let SignatureContent::DsseEnvelope(envelope) = &bundle.content else {
        return Err(Reason::Unsupported { what: "a bundle without a DSSE envelope".to_owned() });
    };
    let statement = Statement::read(&envelope.payload_type, envelope.payload.as_bytes())?;
    if !statement.is_signature() {
        return Err(Reason::malformed("its statement is not that of a signature"));
    }
    statement.says(digest, policy.annotations())?;
    Ok((signer, LogInclusion::Proven { at: result.integrated_time() }))
}

/// Sees that nothing was left out, and that nothing claims to have been signed later than now.
fn whole(result: &VerificationResult, now: Timestamp) -> Result<(), Reason> {
    if !(result.certificate_verified() && result.sct_verified() && result.tlog_verified()) {
        return Err(Reason::Certificate { detail: "not every part of it was checked".to_owned() });
    }
    match result.verified_timestamps().iter().max() {
        None => Err(Reason::Time { detail: "nobody vouches for one".to_owned() }),
        Some(last) if *last > now => Err(Reason::Time { detail: format!("{last} has not come yet") }),
        Some(_) => Ok(()),
    }
}

/// The certificate's identity and issuer, where one and the same entry of the policy names both.
fn named(result: &VerificationResult, identities: &[Identity]) -> Result<Signer, Reason> {
    let (Some(identity), Some(issuer)) = (result.identity(), result.issuer()) else {
        return Err(Reason::Certificate { detail: "it names nobody, or no issuer".to_owned() });
    };
    let (identity, issuer) = (identity.as_str().to_owned(), issuer.to_owned());
    match identities.iter().any(|known| known.identity.matches(&identity) && known.issuer.matches(&issuer)) {
        true => Ok(Signer::Identity { identity, issuer }),
        false => Err(Reason::OtherIdentity { identity, issuer }),
    }
}

/// The check's own error, under the heading where people look for it.
fn reason(error: Error) -> Reason {
    let detail = shown(&error.to_string());
    match error {
        Error::Certificate(_) => Reason::Certificate { detail },
        Error::TransparencyLog(_) => Reason::Log { detail },
        Error::Timestamp(_) => Reason::Time { detail },
        Error::SignatureInvalid(_) | Error::Crypto(_) => Reason::Signature { detail },
        Error::ArtifactMismatch(_) => Reason::OtherArtifact { named: detail },
        Error::UnsupportedBundle(_) => Reason::Unsupported { what: detail },
        _ => Reason::Malformed { detail },
    }
}
