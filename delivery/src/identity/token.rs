//! A token taken apart: a JWS in its compact form (RFC 7515, 3.1), its header understood, its claims read.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde_json::{Map, Value};

use super::algorithm;
use super::error::TokenError;
use super::limits::LONGEST_TOKEN;
use super::object;

/// A token whose signature nobody has looked at yet. It is not `Debug`: the signature makes it a credential.
pub(super) struct Token<'a> {
    /// What was signed: the header, a dot, the claims, as they stand in the token.
    pub(super) signed: &'a [u8],
    pub(super) signature: Vec<u8>,
    pub(super) header: Header,
    pub(super) claims: Map<String, Value>,
    header_text: Vec<u8>,
    claims_text: Vec<u8>,
}

/// What a header says that matters. Where it names keys of its own (`jwk`, `jku`, `x5c`, `x5u`) it is not heard:
/// whoever made the token made those, too.
pub(super) struct Header {
    pub(super) algorithm: Algorithm,
    pub(super) key_id: Option<String>,
}

impl<'a> Token<'a> {
    pub(super) fn parse(text: &'a str) -> Result<Self, TokenError> {
        if text.len() > LONGEST_TOKEN {
            return Err(TokenError::TooLong { found: text.len() });
        }
        let parts: Vec<&str> = text.split('.').collect();
        let &[header, claims, signature] = parts.as_slice() else {
            return Err(TokenError::Parts { found: parts.len() });
        };
        let signed = text.as_bytes().get(..header.len() + 1 + claims.len()).unwrap_or_default();
        let header_text = decoded("header", header)?;
        let claims_text = decoded("claims", claims)?;
        let signature = decoded("signature", signature)?;
        let header = Header::read(&object::read(&header_text).map_err(|reason| TokenError::Object { part: "header", reason })?)?;
        let claims = object::read(&claims_text).map_err(|reason| TokenError::Object { part: "claims", reason })?;
        Ok(Self { signed, signature, header, claims, header_text, claims_text })
    }

    /// What the token says, letter by letter, without what would make it count again.
    pub(super) fn without_signature(&self) -> Vec<u8> {
        [b"{\"claims\":", self.claims_text.as_slice(), b",\"header\":", self.header_text.as_slice(), b"}"].concat()
    }
}

impl Header {
    fn read(header: &Map<String, Value>) -> Result<Self, TokenError> {
        let algorithm = match header.get("alg") {
            Some(Value::String(name)) => algorithm::named(name).ok_or_else(|| TokenError::Algorithm { found: short(name) })?,
            _ => return Err(TokenError::NoAlgorithm),
        };
        if header.contains_key("crit") {
            return Err(TokenError::Critical);
        }
        match header.get("typ") {
            None => {}
            // Media types are the same in capitals and in small letters (RFC 7515, 4.1.9).
            Some(Value::String(kind)) if kind.eq_ignore_ascii_case("JWT") => {}
            Some(Value::String(kind)) => return Err(TokenError::Type { found: short(kind) }),
            Some(_) => return Err(TokenError::NotText { part: "header", name: "typ" }),
        }
        let key_id = match header.get("kid") {
            None => None,
            Some(Value::String(id)) => Some(id.clone()),
            Some(_) => return Err(TokenError::NotText { part: "header", name: "kid" }),
        };
        Ok(Self { algorithm, key_id })
    }
}

/// The library takes one spelling of each text of bytes, so that no other token has the same signature.
fn decoded(part: &'static str, text: &str) -> Result<Vec<u8>, TokenError> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| TokenError::Base64 { part })
}

/// Foreign text for a sentence that quotes it.
pub(super) fn short(text: &str) -> String {
    text.chars().take(120).collect()
}
