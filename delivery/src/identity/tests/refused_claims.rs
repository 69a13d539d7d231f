//! Tokens that are signed well, and say something that does not count.

use serde_json::{Value, json};

use super::authority::Authority;
use super::{ISSUER, NOW, Pinned, TokenError, at, claims, claims_are_refused, issuer, keeps_quiet, made, prove, refused, with};

// proves: FR-045, FR-049
#[test]
fn the_issuer_is_one_of_those_that_count_letter_by_letter() {
    for other in ["https://issuer.example/", "https://ISSUER.example", "https://issuer.example.evil", "", "issuer.example"] {
        claims_are_refused(
            &with("iss", json!(other)),
            &format!("issued by {other:?}: expected one of those that the rules name, {ISSUER}"),
        );
    }
    for other in [Value::Null, json!([ISSUER]), json!(1)] {
        claims_are_refused(&with("iss", other), "no text as \"iss\"");
    }
    let authority = Authority::ed25519("k");
    let token = authority.token(&claims());
    let nobody = prove(&token, &[], &Pinned, at(NOW)).unwrap_err();
    keeps_quiet(&nobody, &token);
    assert!(matches!(nobody, TokenError::Issuer { known, .. } if known == "nobody"));
}

#[test]
fn an_issuer_that_is_named_twice_means_two_things() {
    let authority = Authority::ed25519("k");
    let rules = [made(ISSUER, "a:{sub}", &[authority.jwk()], vec![]), made(ISSUER, "b:{sub}", &[authority.jwk()], vec![])];
    assert!(matches!(prove(&authority.token(&claims()), &rules, &Pinned, at(NOW)), Err(TokenError::IssuerTwice { .. })));
}

// proves: FR-045, FR-049
#[test]
fn a_token_for_somebody_else_is_not_for_us() {
    for other in [json!("Promoledger"), json!("promoledger "), json!([]), json!(["a", "b"]), json!("")] {
        claims_are_refused(&with("aud", other), "expected the audience \"promoledger\"");
    }
    for other in [Value::Null, json!(7), json!({"promoledger": 1}), json!(["promoledger", 7])] {
        claims_are_refused(&with("aud", other), "no text as \"aud\"");
    }
}

// proves: FR-045, FR-049
#[test]
fn a_token_counts_in_its_time_alone() {
    for (name, value, words) in [
        ("exp", Value::Null, "no claim \"exp\""),
        ("iat", Value::Null, "no claim \"iat\""),
        ("exp", json!((NOW + 600).to_string()), "\"exp\" of the token is not a time"),
        ("exp", json!(1e300), "\"exp\" of the token is not a time"),
        ("exp", json!(u64::MAX), "\"exp\" of the token is not a time"),
        ("exp", json!(-1), "\"exp\" of the token is not a time"),
        ("iat", json!(null_like()), "\"iat\" of the token is not a time"),
        ("nbf", json!("soon"), "\"nbf\" of the token is not a time"),
        ("nbf", json!(NOW + 61), "counts from 2026-11-21T10:01:01.000000Z, and it is 2026-11-21T10:00:00.000000Z"),
        ("iat", json!(NOW + 61), "issued at 2026-11-21T10:01:01.000000Z, and it is"),
        ("exp", json!(NOW), "expected it to end later"),
        ("exp", json!(NOW - 5), "expected it to end later"),
        ("exp", json!(NOW + 86_401), "expected it to end within a day"),
        ("iat", json!(NOW - 86_400), "expected it to end within a day"),
    ] {
        claims_are_refused(&with(name, value), words);
    }
    let mut old = with("iat", json!(NOW - 120));
    old["exp"] = json!(NOW - 60);
    claims_are_refused(&old, "ended at 2026-11-21T09:59:00.000000Z, and it is");
}

/// What a careless parser takes for no claim at all.
fn null_like() -> Vec<i64> {
    Vec::new()
}

// proves: FR-045
#[test]
fn a_token_is_about_somebody() {
    for blank in ["", " \t", "\u{a0}"] {
        claims_are_refused(&with("sub", json!(blank)), "\"sub\" of the token is blank");
    }
    for other in [Value::Null, json!(7), json!(["a"])] {
        claims_are_refused(&with("sub", other), "no text as \"sub\"");
    }
}

// proves: FR-045, FR-049
#[test]
fn claims_that_make_no_principal_are_named() {
    for (value, words) in [
        (Value::Null, "no claim \"repository\""),
        (json!(""), "has \"\" as its claim \"repository\""),
        (json!("acme shop"), "has \"acme shop\" as its claim \"repository\": expected what a principal is made of"),
        (json!("acme\n"), "has \"acme\\n\" as its claim"),
        (json!("acme\u{202e}"), "has \"acme\\u{202e}\" as its claim"),
        (json!("a'b"), "expected what a principal is made of"),
        (json!("x".repeat(256)), "expected what a principal is made of"),
        (json!("x".repeat(250)), "makes no principal"),
        (json!(true), "a claim \"repository\" that is true or false"),
        (json!(1.5), "that is a number with a fraction"),
        (json!(["acme/shop"]), "that is an array"),
        (json!({}), "that is an object"),
    ] {
        claims_are_refused(&with("repository", value), words);
    }
}

// proves: FR-045
#[test]
fn two_lists_of_claims_never_make_one_principal() {
    let authority = Authority::ed25519("k");
    let rule = made(ISSUER, "ci:{a}:{b}", &[authority.jwk()], vec![]);
    let token = |a: &str, b: &str| {
        let mut claims = with("a", json!(a));
        claims["b"] = json!(b);
        authority.token(&claims)
    };
    assert_eq!(super::proven(&token("x", "y:z"), &rule).unwrap().principal.as_str(), "ci:x:y:z");
    let error = refused(&token("x:y", "z"), &rule).to_string();
    assert!(error.contains("\"x:y\" as its claim \"a\": expected it without ':'"), "{error}");
    assert!(super::proven(&token("x", "y"), &issuer(&[authority.jwk()])).is_ok());
}
