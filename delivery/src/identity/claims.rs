//! What the claims of a token must say before they count: for whom, from when, until when, about whom.

use promotion_ledger::meaning::time::Timestamp;
use serde_json::{Map, Value};

use super::error::TokenError;
use super::limits::{LEEWAY_SECONDS, LONGEST_LIFE_SECONDS};
use super::token::short;

type Claims = Map<String, Value>;

/// That the token is for us. One that is for others as well counts too: whether they can be trusted with it is for
/// whoever asks the issuer for it to say. `azp` names the client that asked for it, and is not looked at.
pub(super) fn audience(claims: &Claims, expected: &str) -> Result<(), TokenError> {
    let audiences: Option<Vec<&str>> = match claims.get("aud") {
        Some(Value::String(one)) => Some(vec![one]),
        Some(Value::Array(several)) => several.iter().map(Value::as_str).collect(),
        _ => None,
    };
    let audiences = audiences.ok_or(TokenError::NotText { part: "claims", name: "aud" })?;
    if audiences.contains(&expected) {
        return Ok(());
    }
    Err(TokenError::Audience { expected: expected.to_owned(), found: short(&audiences.join(", ")) })
}

/// That the token counts now; gives when it ends.
pub(super) fn times(claims: &Claims, now: Timestamp) -> Result<Timestamp, TokenError> {
    let required = |claim| time(claims, claim)?.ok_or(TokenError::NoTime { claim });
    let (issued, ends) = (required("iat")?, required("exp")?);
    if ends <= issued {
        return Err(TokenError::Backwards { issued, ends });
    }
    if ends > issued.plus_seconds(LONGEST_LIFE_SECONDS) {
        return Err(TokenError::LivesLong { issued, ends });
    }
    if now >= ends.plus_seconds(LEEWAY_SECONDS) {
        return Err(TokenError::Expired { ends, now });
    }
    let latest = now.plus_seconds(LEEWAY_SECONDS);
    if issued > latest {
        return Err(TokenError::FromTheFuture { issued, now });
    }
    match time(claims, "nbf")? {
        Some(begins) if begins > latest => Err(TokenError::NotYet { begins, now }),
        _ => Ok(ends),
    }
}

/// When the token ends.
pub(super) fn ends(claims: &Claims) -> Result<Timestamp, TokenError> {
    time(claims, "exp")?.ok_or(TokenError::NoTime { claim: "exp" })
}

/// Whom the token is about.
pub(super) fn subject(claims: &Claims) -> Result<&str, TokenError> {
    let subject = claims.get("sub").and_then(Value::as_str).ok_or(TokenError::NotText { part: "claims", name: "sub" })?;
    if subject.trim().is_empty() { Err(TokenError::NoSubject) } else { Ok(subject) }
}

/// A time in whole seconds since 1970 (RFC 7519, 2 allows fractions, which no issuer writes).
fn time(claims: &Claims, claim: &'static str) -> Result<Option<Timestamp>, TokenError> {
    let Some(value) = claims.get(claim) else { return Ok(None) };
    let micros = value.as_i64().and_then(|seconds| seconds.checked_mul(1_000_000));
    micros.and_then(Timestamp::from_micros).map(Some).ok_or(TokenError::NotATime { claim })
}
