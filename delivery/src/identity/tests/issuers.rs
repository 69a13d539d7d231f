//! Issuers as rules describe them, and descriptions that cannot be used.

use serde_json::json;

use super::authority::Authority;
use super::{AUDIENCE, GroupCondition, ISSUER, group};
use crate::identity::{Issuer, IssuerError, KeySetError, MOST_KEYS, ObjectError};

fn at(url: &str) -> Result<Issuer, IssuerError> {
    Issuer::new(url, AUDIENCE, "ci:{sub}", None, vec![])
}

fn principal(text: &str) -> Result<Issuer, IssuerError> {
    Issuer::new(ISSUER, AUDIENCE, text, None, vec![])
}

fn keys(text: &str) -> Result<Issuer, IssuerError> {
    Issuer::new(ISSUER, AUDIENCE, "ci:{sub}", Some(text), vec![])
}

fn grouped(groups: Vec<GroupCondition>) -> Result<Issuer, IssuerError> {
    Issuer::new(ISSUER, AUDIENCE, "ci:{sub}", None, groups)
}

// proves: FR-045
#[test]
fn an_issuer_is_reached_safely_or_not_at_all() {
    for good in [
        "https://token.actions.githubusercontent.com",
        "https://gitlab.example:8443/ci",
        "https://issuer.example/",
        "http://127.0.0.1:8080",
        "http://127.9.9.9/a/",
        "http://[::1]:8080/a",
        "http://localhost:1",
    ] {
        assert_eq!(at(good).unwrap().url(), good);
    }
    for (bad, words) in [
        ("http://issuer.example", "expected https://"),
        ("http://127.0.0.1.example", "expected https://"),
        ("http://10.0.0.1", "expected https://"),
        ("ftp://127.0.0.1", "expected https://"),
        ("issuer.example", "expected https://"),
        ("", "expected https://"),
        ("https://", "expected https://"),
        ("https://issuer.example?a", "no `?`"),
        ("https://issuer.example/#a", "no `#`"),
        ("https://hunter2@issuer.example", "no user name"),
        ("https://a:hunter2@issuer.example", "no user name"),
        ("HTTPS://issuer.example", "one spelling, https://issuer.example/"),
        ("https://Issuer.example", "one spelling, https://issuer.example/"),
        ("https://issuer.example:443", "one spelling, https://issuer.example/"),
        ("https://issuer.example/a/../b", "one spelling, https://issuer.example/b"),
        ("https:\\\\issuer.example", "one spelling, https://issuer.example/"),
        ("https://issuer.ex\nample", "one spelling, https://issuer.example/"),
        (" https://issuer.example", "one spelling"),
    ] {
        let error = at(bad).unwrap_err().to_string();
        assert!(error.contains(words) && !error.contains("hunter2"), "{bad}: {error}");
    }
}

// proves: FR-045
#[test]
fn a_principal_is_made_of_claims() {
    for good in ["{sub}", "github:{repository}", "{a}:{b}", "x{https://acme.example/role}y"] {
        assert_eq!(principal(good).unwrap().principal(), good);
    }
    for (bad, words) in [
        ("ci", "names no claim"),
        ("", "names no claim"),
        ("ci:{sub", "cannot be read"),
        ("ci:sub}", "cannot be read"),
        ("ci:}{sub}", "cannot be read"),
        ("ci:{}", "cannot be read"),
        ("ci:{ }", "cannot be read"),
        ("{{sub}}", "cannot be read"),
        ("{a}{b}", "nothing between {a} and {b}"),
        ("c i:{sub}", "cannot be filled"),
        ("'{sub}", "cannot be filled"),
        (&format!("{}{{sub}}", "x".repeat(255)), "cannot be filled"),
    ] {
        let error = principal(bad).unwrap_err().to_string();
        assert!(error.contains(words), "{bad}: {error}");
    }
}

#[test]
fn an_audience_is_somebody() {
    for blank in ["", " "] {
        let error = Issuer::new(ISSUER, blank, "ci:{sub}", None, vec![]).unwrap_err();
        assert!(matches!(error, IssuerError::Audience { .. }));
    }
}

// proves: FR-046
#[test]
fn a_group_that_everybody_gets_is_an_accident() {
    assert!(grouped(vec![group("a", &[("b", "")])]).is_ok());
    assert!(matches!(grouped(vec![group("a", &[])]), Err(IssuerError::Everybody { .. })));
    assert!(matches!(grouped(vec![group("a", &[("b", "c"), (" ", "c")])]), Err(IssuerError::NamelessClaim { .. })));
}

#[track_caller]
fn useless(text: &str) -> KeySetError {
    match keys(text) {
        Err(IssuerError::Keys { reason, .. }) => reason,
        other => panic!("{other:?}"),
    }
}

// proves: FR-045
#[test]
fn pinned_keys_are_of_use_and_none_is_secret() {
    let good = Authority::ed25519("k").jwk();
    let set = |keys: &[serde_json::Value]| json!({"keys": keys}).to_string();
    assert_eq!(keys(&set(std::slice::from_ref(&good))).unwrap().pinned_keys().unwrap().ids().collect::<Vec<_>>(), ["k"]);
    assert!(matches!(useless("-----BEGIN PUBLIC KEY-----"), KeySetError::Object(ObjectError::NotJson { .. })));
    assert!(matches!(useless(r#"{"keys":[],"keys":[]}"#), KeySetError::Object(ObjectError::Repeated { .. })));
    assert!(matches!(useless("{}"), KeySetError::NoKeys));
    assert!(matches!(useless(&good.to_string()), KeySetError::NoKeys));
    assert!(matches!(useless(&set(&[])), KeySetError::Useless { found: 0 }));
    assert!(matches!(useless(&set(&[json!({"kty": "RSA", "n": "AQAB", "e": "AQAB"})])), KeySetError::Useless { found: 1 }));
    assert!(matches!(useless(&set(&vec![good.clone(); MOST_KEYS + 1])), KeySetError::TooMany { found: 101 }));
    let mut private = good.clone();
    private["d"] = json!("hunter2");
    let error = useless(&set(&[good, private]));
    assert!(matches!(&error, KeySetError::Private { key, member: "d" } if key == "\"k\""), "{error}");
    assert!(!error.to_string().contains("hunter2"));
    let shared = json!({"kty": "oct", "k": "AAAA"});
    assert!(matches!(useless(&set(&[shared])), KeySetError::Private { key, member: "k" } if key == "number 1"));
}
