//! Texts that are no token to be looked at further, and headers that ask for what nobody grants.

use aws_lc_rs::hmac;
use base64::Engine as _;
use promotion_ledger::meaning::exit_code::ExitCode;
use serde_json::{Value, json};

use super::authority::{Authority, encoded};
use super::{TokenError, claims, issuer, refused};
use crate::identity::{DEEPEST, LONGEST_TOKEN, ObjectError};

/// Why a token of these texts is refused, although its signature is good.
#[track_caller]
fn spelled(header: &str, claims: &str) -> TokenError {
    let authority = Authority::ed25519("k");
    refused(&authority.spelled("EdDSA", header, claims), &issuer(&[authority.jwk()]))
}

#[track_caller]
fn headed(header: Value) -> TokenError {
    spelled(&header.to_string(), &claims().to_string())
}

const HEADER: &str = r#"{"alg":"EdDSA"}"#;

// proves: FR-045
#[test]
fn a_token_has_three_parts_of_base64url_and_an_end() {
    let authority = Authority::ed25519("k");
    let (rule, token) = (issuer(&[authority.jwk()]), authority.token(&claims()));
    let error = |text: &str| refused(text, &rule);
    assert!(matches!(error(""), TokenError::Parts { found: 1 }));
    assert!(matches!(error(token.rsplit_once('.').unwrap().0), TokenError::Parts { found: 2 }));
    assert!(matches!(error(&format!("{token}.")), TokenError::Parts { found: 4 }));
    for (text, part) in [(format!("={token}"), "header"), (token.replacen('.', ".+", 1), "claims"), (format!("{token}\n"), "signature")] {
        assert!(matches!(error(&text), TokenError::Base64 { part: found } if found == part), "{part}");
    }
    assert!(matches!(error(&"a".repeat(LONGEST_TOKEN + 1)), TokenError::TooLong { found } if found == LONGEST_TOKEN + 1));
    assert!(matches!(error(&"a".repeat(LONGEST_TOKEN)), TokenError::Parts { .. }));
    assert_eq!(error("").exit_code(), ExitCode::Usage);
}

#[test]
fn bytes_have_one_spelling() {
    let authority = Authority::ed25519("k");
    let (rule, token) = (issuer(&[authority.jwk()]), authority.token(&claims()));
    // 64 bytes leave four bits of the last letter without a meaning.
    let last = token.chars().last().unwrap();
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let twin = letters.chars().nth(letters.find(last).unwrap() + 1).unwrap();
    let text = format!("{}{twin}", &token[..token.len() - 1]);
    assert!(matches!(refused(&text, &rule), TokenError::Base64 { part: "signature" }));
    assert!(matches!(refused(&format!("{token}=="), &rule), TokenError::Base64 { part: "signature" }));
}

// proves: FR-045
#[test]
fn both_parts_are_one_object_each() {
    let good = claims().to_string();
    for text in ["", "[]", "null", "\"alg\"", "{", "{}{}", "{\"a\":01}", "\u{feff}{}"] {
        let error = spelled(text, &good);
        assert!(matches!(error, TokenError::Object { part: "header", reason: ObjectError::NotJson { .. } }), "{text} {error}");
        let error = spelled(HEADER, text);
        assert!(matches!(error, TokenError::Object { part: "claims", reason: ObjectError::NotJson { .. } }), "{text} {error}");
    }
}

// proves: FR-045
#[test]
fn nothing_is_said_twice() {
    let error = spelled(r#"{"alg":"EdDSA","alg":"EdDSA"}"#, &claims().to_string());
    assert_eq!(error.to_string(), r#"the header of the token says "alg" twice: expected each name once"#);
    let twice = |more: &str| claims().to_string().replacen('{', &format!("{{{more},"), 1);
    for more in [r#""sub":"somebody""#, r#""s\u0075b":"somebody""#, r#""a":[{"b":{"sub":1,"sub":1}}]"#] {
        let error = spelled(HEADER, &twice(more));
        assert!(error.to_string().contains(r#"the claims of the token says "sub" twice"#), "{error}");
    }
}

#[test]
fn nothing_is_nested_without_need() {
    let nested = |levels: usize| claims().to_string().replacen('{', &format!("{{\"a\":{}{},", "[".repeat(levels), "]".repeat(levels)), 1);
    let error = spelled(HEADER, &nested(DEEPEST));
    assert!(matches!(error, TokenError::Object { part: "claims", reason: ObjectError::TooDeep }));
    // Far deeper than the parser itself goes.
    assert!(matches!(spelled(HEADER, &nested(5_000)), TokenError::Object { part: "claims", .. }));
    let authority = Authority::ed25519("k");
    assert!(super::proven(&authority.spelled("EdDSA", HEADER, &nested(DEEPEST - 1)), &issuer(&[authority.jwk()])).is_ok());
}

// proves: FR-045
#[test]
fn the_algorithm_is_one_with_a_public_key() {
    for name in ["none", "None", "", "HS256", "HS384", "HS512", "ES512", "ES256K", "eddsa", "RSA1_5"] {
        let error = headed(json!({"alg": name}));
        assert!(matches!(&error, TokenError::Algorithm { found } if found == name), "{error}");
        assert!(error.to_string().contains("RS256, RS384"), "{error}");
    }
    for header in [json!({}), json!({"alg": null}), json!({"alg": ["EdDSA"]})] {
        assert!(matches!(headed(header), TokenError::NoAlgorithm));
    }
}

// proves: FR-045
#[test]
fn an_unsigned_token_is_none() {
    let authority = Authority::ed25519("k");
    let signed = format!("{}.{}.", encoded(r#"{"alg":"none"}"#), encoded(claims().to_string()));
    assert!(matches!(refused(&signed, &issuer(&[authority.jwk()])), TokenError::Algorithm { .. }));
    let empty = format!("{}.{}.", encoded(HEADER), encoded(claims().to_string()));
    assert!(matches!(refused(&empty, &issuer(&[authority.jwk()])), TokenError::Signature { .. }));
}

// proves: FR-045
#[test]
fn the_public_key_is_nobodys_secret() {
    let authority = Authority::rsa("k");
    let jwk = authority.jwk();
    let modulus = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(jwk["n"].as_str().unwrap()).unwrap();
    for secret in [modulus, jwk.to_string().into_bytes(), jwk["n"].as_str().unwrap().into()] {
        let signed = format!("{}.{}", encoded(r#"{"alg":"HS256","kid":"k"}"#), encoded(claims().to_string()));
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), signed.as_bytes());
        let token = format!("{signed}.{}", encoded(tag));
        assert!(matches!(refused(&token, &issuer(std::slice::from_ref(&jwk))), TokenError::Algorithm { found } if found == "HS256"));
    }
}

// proves: FR-045
#[test]
fn another_kind_of_token_is_not_an_id_token() {
    for kind in ["at+jwt", "application/at+jwt", "logout+jwt", "JWE", ""] {
        let error = headed(json!({"alg": "EdDSA", "typ": kind}));
        assert!(matches!(&error, TokenError::Type { found } if found == kind), "{error}");
    }
    assert!(matches!(headed(json!({"alg": "EdDSA", "typ": 1})), TokenError::NotText { name: "typ", .. }));
}

#[test]
fn what_must_be_understood_is_not() {
    for critical in [json!(["exp"]), json!(["b64"]), json!([]), json!(null)] {
        assert!(matches!(headed(json!({"alg": "EdDSA", "crit": critical, "b64": false})), TokenError::Critical));
    }
}

#[test]
fn an_id_of_a_key_is_text() {
    for id in [json!(1), json!(null), json!(["k"])] {
        assert!(matches!(headed(json!({"alg": "EdDSA", "kid": id})), TokenError::NotText { part: "header", name: "kid" }));
    }
}
