//! The artifact's signature, looked for as the rules say.

use jiff::SignedDuration;
use promotion_ledger::meaning::command::SignatureSeen;
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::event::signature::SignatureFound;
use promotion_ledger::meaning::rules::{Rules, VerificationRule};
use promotion_ledger::meaning::time::Timestamp;
use sha2::{Digest as _, Sha256};

use super::means::Means;
use super::result::sentence;
use crate::registry::Registry;
use crate::signature::{Policy, SignatureError, check_cached};

/// How long a good verdict is taken from where it is kept: a key that was taken from the rules makes another policy at once.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// What is found of the artifact's signature. What cannot be found out is said to be unknown.
pub(super) fn look(registry: &dyn Registry, digest: &Digest, rules: &Rules, now: Timestamp, means: &Means<'_>) -> SignatureSeen {
    let Some(verification) = rules.verification() else {
        let nobody = Digest::from_sha256(&Sha256::digest([]).into());
        return seen(SignatureFound::Unknown, "the rules in force do not say whose signatures count", nobody);
    };
    let (found, message) = match judge(registry, digest, verification, now, means) {
        Ok(message) => (SignatureFound::Verified, message),
        Err((found, message)) => (found, message),
    };
    seen(found, &message, verification.digest())
}

fn judge(
    registry: &dyn Registry,
    digest: &Digest,
    verification: &VerificationRule,
    now: Timestamp,
    means: &Means<'_>,
) -> Result<String, (SignatureFound, String)> {
    let policy = Policy::try_from(verification).map_err(|error| (SignatureFound::Unknown, error.to_string()))?;
    let now = jiff::Timestamp::from_microsecond(now.as_micros()).map_err(|error| (SignatureFound::Unknown, error.to_string()))?;
    match check_cached(registry, digest, &policy, now, means.verdicts, KEPT) {
        Ok(kept) => Ok(kept.checked.to_string()),
        Err(error) => Err((found(&error), error.to_string())),
    }
}

fn found(error: &SignatureError) -> SignatureFound {
    match error {
        SignatureError::Missing { .. } => SignatureFound::Unsigned,
        SignatureError::Bad { .. } => SignatureFound::Invalid,
        SignatureError::Unsupported { .. } | SignatureError::NoStore { .. } | SignatureError::Unavailable { .. } => SignatureFound::Unknown,
    }
}

fn seen(found: SignatureFound, message: &str, policy: Digest) -> SignatureSeen {
    let message = sentence(message).expect("every message says something");
    SignatureSeen { found, message, policy }
}
