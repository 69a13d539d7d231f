//! The proof: a token held against the issuers that count, check by check.

use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::names::{Group, Principal};
use promotion_ledger::meaning::time::Timestamp;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::algorithm;
use super::claims;
use super::error::TokenError;
use super::issuer::Issuer;
use super::key_set::NotChosen;
use super::source::KeySource;
use super::token::{Token, short};

/// Who somebody is, as an issuer that counts says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// Who says so: the token's `iss`.
    pub issuer: String,
    /// The token's `sub`, as the issuer writes it.
    pub subject: String,
    /// The principal that the token stands for.
    pub principal: Principal,
    /// The groups that it gives, in order, each once.
    pub groups: Vec<Group>,
    /// The token's `exp`.
    pub expires: Timestamp,
    /// SHA-256 of the token's text. It names the token; one and the same statement may be signed more than once.
    pub token: Digest,
    /// `{"claims":{…},"header":{…}}`, both as the issuer wrote them. Without the signature it is no credential.
    pub claims: Vec<u8>,
}

/// Proves who a token is about.
///
/// Nothing that the token says is used before its signature is found good, but for `iss`, which says whose key that
/// must be. No error holds the token or its signature.
///
/// # Errors
///
/// [`TokenError`] names the first check that the token does not pass.
pub fn prove(token: &str, issuers: &[Issuer], keys: &dyn KeySource, now: Timestamp) -> Result<Proven, TokenError> {
    let parsed = Token::parse(token)?;
    let issuer = issuer_of(&parsed, issuers)?;
    check_signature(&parsed, issuer, keys)?;
    claims::audience(&parsed.claims, issuer.audience())?;
    let expires = claims::times(&parsed.claims, now)?;
    let subject = claims::subject(&parsed.claims)?.to_owned();
    let principal = issuer.template().fill(&parsed.claims)?;
    Ok(Proven {
        issuer: issuer.url().to_owned(),
        subject,
        principal,
        groups: issuer.groups_of(&parsed.claims),
        expires,
        token: Digest::from_sha256(&Sha256::digest(token).into()),
        claims: parsed.without_signature(),
    })
}

fn issuer_of<'a>(token: &Token<'_>, issuers: &'a [Issuer]) -> Result<&'a Issuer, TokenError> {
    let found = token.claims.get("iss").and_then(Value::as_str).ok_or(TokenError::NotText { part: "claims", name: "iss" })?;
    let mut named = issuers.iter().filter(|issuer| issuer.url() == found);
    match (named.next(), named.next()) {
        (Some(issuer), None) => Ok(issuer),
        (Some(_), Some(_)) => Err(TokenError::IssuerTwice { issuer: found.to_owned() }),
        (None, _) => {
            let known = issuers.iter().map(Issuer::url).collect::<Vec<_>>().join(", ");
            Err(TokenError::Issuer { found: short(found), known: if known.is_empty() { "nobody".to_owned() } else { known } })
        }
    }
}

fn check_signature(token: &Token<'_>, issuer: &Issuer, source: &dyn KeySource) -> Result<(), TokenError> {
    let keys = source.keys(issuer)?;
    let (algorithm, id) = (token.header.algorithm, token.header.key_id.as_deref());
    let issuer = || issuer.url().to_owned();
    let named = || id.map_or_else(|| "without an id".to_owned(), |id| format!("{:?}", short(id)));
    let key = keys.choose(id, algorithm).map_err(|reason| match reason {
        NotChosen::None => {
            let known = keys.ids().map(|id| format!("{:?}", short(id))).collect::<Vec<_>>();
            let known = if known.is_empty() { "none of which has an id".to_owned() } else { known.join(", ") };
            TokenError::NoKey { issuer: issuer(), key: named(), known }
        }
        NotChosen::Several(found) => TokenError::SeveralKeys { issuer: issuer(), key: named(), found },
        NotChosen::Unfit(reason) => TokenError::Unfit { issuer: issuer(), key: named(), algorithm: algorithm::name(algorithm), reason },
    })?;
    if key.made(algorithm, token.signed, &token.signature) { Ok(()) } else { Err(TokenError::Signature { issuer: issuer(), key: named() }) }
}
