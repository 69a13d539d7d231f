//! What is kept of a token, held against its issuer again: all that the token said, but the signature, which is not kept.

use promotion_ledger::meaning::names::{Group, Principal};
use promotion_ledger::meaning::time::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::claims;
use super::error::TokenError;
use super::issuer::Issuer;
use super::token::short;

/// What kept claims come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// Whom the issuer says that the token was of.
    pub subject: String,
    /// The principal that it stood for.
    pub principal: Principal,
    /// The groups that it gave, in order, each once.
    pub groups: Vec<Group>,
    /// When it ended.
    pub expires: Timestamp,
}

#[derive(Deserialize)]
struct Kept {
    claims: Map<String, Value>,
}

/// What could be wrong with kept claims.
#[derive(Debug, thiserror::Error)]
pub enum KeptError {
    /// They are no claims.
    #[error("they cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// They are of another issuer.
    #[error("they are of the issuer {found}: expected {expected}")]
    OtherIssuer {
        /// Who was meant.
        expected: String,
        /// Whom they name, shortened.
        found: String,
    },
    /// No token with them would have been taken.
    #[error(transparent)]
    Token(#[from] TokenError),
}

/// Reads the kept claims of a token of that issuer.
///
/// # Errors
///
/// [`KeptError`] when no token with these claims would have been taken.
pub fn claimed(evidence: &[u8], issuer: &Issuer) -> Result<Claimed, KeptError> {
    let Kept { claims } = serde_json::from_slice(evidence)?;
    let found = claims.get("iss").and_then(Value::as_str).unwrap_or_default();
    if found != issuer.url() {
        return Err(KeptError::OtherIssuer { expected: issuer.url().to_owned(), found: short(found) });
    }
    claims::audience(&claims, issuer.audience())?;
    Ok(Claimed {
        subject: claims::subject(&claims)?.to_owned(),
        principal: issuer.template().fill(&claims).map_err(TokenError::from)?,
        groups: issuer.groups_of(&claims),
        expires: claims::ends(&claims)?,
    })
}
