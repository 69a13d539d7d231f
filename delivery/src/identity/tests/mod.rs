//! Tokens that were really signed, held against issuers that really count; every key is made when its test runs.

mod accepted;
mod authority;
mod changed;
mod discovery;
mod issuers;
mod refused_claims;
mod refused_form;
mod refused_keys;
mod server;

use promotion_ledger::meaning::names::Group;
use promotion_ledger::meaning::time::Timestamp;
use serde_json::{Value, json};

use super::{GroupCondition, Issuer, Pinned, Proven, TokenError, prove};
use authority::Authority;

const ISSUER: &str = "https://issuer.example";
const AUDIENCE: &str = "promoledger";

/// 2026-11-21T10:00:00Z, in seconds: when everything here is looked at.
const NOW: i64 = 1_795_255_200;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000).unwrap()
}

/// Claims that are good.
fn claims() -> Value {
    json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "repo:acme/shop", "iat": NOW, "nbf": NOW, "exp": NOW + 600, "repository": "acme/shop"})
}

/// Good claims with one of them changed; `null` takes it away.
fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    let fields = claims.as_object_mut().unwrap();
    match value {
        Value::Null => fields.remove(name),
        value => fields.insert(name.to_owned(), value),
    };
    claims
}

/// An issuer with these keys pinned.
fn issuer(keys: &[Value]) -> Issuer {
    made(ISSUER, "github:{repository}", keys, Vec::new())
}

fn made(url: &str, principal: &str, keys: &[Value], groups: Vec<GroupCondition>) -> Issuer {
    Issuer::new(url, AUDIENCE, principal, Some(&json!({"keys": keys}).to_string()), groups).unwrap()
}

fn group(name: &str, claims: &[(&str, &str)]) -> GroupCondition {
    let claims = claims.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    GroupCondition { group: Group::new(name).unwrap(), claims }
}

fn proven(token: &str, issuer: &Issuer) -> Result<Proven, TokenError> {
    prove(token, std::slice::from_ref(issuer), &Pinned, at(NOW))
}

/// Why the token is refused, in a sentence that gives none of it away.
#[track_caller]
fn refused(token: &str, issuer: &Issuer) -> TokenError {
    let error = proven(token, issuer).expect_err("the token is refused");
    keeps_quiet(&error, token);
    error
}

#[track_caller]
fn keeps_quiet(error: &TokenError, token: &str) {
    let told = format!("{error}\n{error:?}\n{}", error.hint());
    for part in token.split('.').filter(|part| part.len() > 16) {
        assert!(!told.contains(part), "{told}");
    }
}

/// Holds one change of good claims against what is said about it.
#[track_caller]
fn claims_are_refused(claims: &Value, words: &str) {
    let authority = Authority::ed25519("one");
    let found = refused(&authority.token(claims), &issuer(&[authority.jwk()])).to_string();
    assert!(found.contains(words), "expected {words}\nfound {found}");
}
