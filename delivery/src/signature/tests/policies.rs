//! Policies: what makes one, what names nobody, and how they are told apart.

use super::super::{KeyError, PolicyError};
use super::*;

/// A good key on a curve that is not used here.
const P384: &str = "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAE9M7xlUCXKVsx8d/w9flf8ejw7FygAgZy\nIqQPn5v5rXpeWINbjYrUMlLRVwtW7g10X0TETl0hBWt5CCiTjl5H7CAWIYCqPOlh\nYsqzH5j9wUCMMtsPw58Qa2PfxXGGRl0d";

fn from_json(text: &str) -> Result<Policy, serde_json::Error> {
    serde_json::from_str(text)
}

// proves: FR-018
#[test]
fn a_policy_that_names_nobody_is_none() {
    let annotations = BTreeMap::from([("env".to_owned(), "dev".to_owned())]);
    let root = || Some(fixture("trusted_root.json"));
    assert_eq!(Policy::new(Vec::new(), Vec::new(), None, annotations), Err(PolicyError::NamesNobody));
    assert_eq!(Policy::new(Vec::new(), Vec::new(), root(), BTreeMap::new()), Err(PolicyError::NamesNobody));
    assert_eq!(Policy::new(vec![key("release")], Vec::new(), root(), BTreeMap::new()), Err(PolicyError::NoIdentity));
    let whom = vec![identity(WORKFLOW, ISSUER)];
    assert_eq!(Policy::new(Vec::new(), whom, None, BTreeMap::new()), Err(PolicyError::NoTrustRoot));
    for text in ["{}", r#"{"keys":[]}"#, r#"{"keys":[],"identities":[]}"#, r#"{"annotations":{"a":"b"}}"#] {
        assert!(from_json(text).unwrap_err().to_string().contains("names no key and no identity"), "{text}");
    }
    assert!(from_json(r#"{"key":["x"]}"#).unwrap_err().to_string().contains("unknown field `key`"));
}

// proves: FR-018
#[test]
fn a_pattern_that_anybody_meets_is_none() {
    for text in ["", "*", "**", " * ", "\t"] {
        assert!(Pattern::new(text).unwrap_err().to_string().contains("names nobody"), "{text:?}");
        let policy = serde_json::json!({"identities": [{"identity": text, "issuer": "i"}], "trust_root": "{}"}).to_string();
        assert!(from_json(&policy).unwrap_err().to_string().contains("names nobody"), "{text:?}");
    }
}

// proves: FR-019
#[test]
fn a_pattern_is_met_whole() {
    for (pattern, text, expected) in [
        ("a", "a", true),
        ("a", "ab", false),
        ("a", "A", false),
        ("a*", "a", true),
        ("a*", "a/b\nc", true),
        ("*a", "ba", true),
        ("*a", "ab", false),
        ("a*a", "a", false),
        ("a*a", "aa", true),
        ("a*b*c", "abc", true),
        ("a*b*c", "a-b-b-c", true),
        ("a*bb*c", "abc", false),
        ("a*b*b*c", "abc", false),
        ("a**c", "ac", true),
        ("a.c", "abc", false),
        ("*ü*", "über", true),
    ] {
        assert_eq!(Pattern::new(pattern).unwrap().matches(text), expected, "{pattern} {text}");
    }
}

// proves: FR-018
#[test]
fn what_is_no_public_key_is_named() {
    let fault = |text: &str| match Policy::new(vec![key("release"), text.to_owned()], Vec::new(), None, BTreeMap::new()) {
        Err(PolicyError::Key { number: 2, source }) => source,
        other => panic!("{other:?}"),
    };
    assert_eq!(fault(""), KeyError::NotPem);
    assert_eq!(fault("release.pub"), KeyError::NotPem);
    let pem = |label: &str, body: &str| format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n");
    assert_eq!(fault(&pem("CERTIFICATE", "AAAA")), KeyError::NotPem);
    assert_eq!(fault(&pem("PUBLIC KEY", "AAAA")), KeyError::NotPem);
    assert_eq!(fault(&pem("PUBLIC KEY", P384)), KeyError::OtherKind);
    assert!(matches!(fault(&pem("ENCRYPTED SIGSTORE PRIVATE KEY", "AAAA")), KeyError::Private { .. }));
    // The point of order one: signatures of it can be made for nearly every message.
    let weak = pem("PUBLIC KEY", "MCowBQYDK2VwAyEAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    assert_eq!(fault(&weak), KeyError::OtherKind);
}

// proves: FR-020
#[test]
fn a_trust_root_under_which_nothing_holds_is_none() {
    let fault = |text: &str| {
        let policy = Policy::new(Vec::new(), vec![identity(WORKFLOW, ISSUER)], Some(text.to_owned()), BTreeMap::new());
        policy.unwrap_err().to_string()
    };
    for text in ["", "{}", "[]", "not json"] {
        assert!(fault(text).starts_with("the trust root of a policy for artifact signatures cannot be used: "), "{text}");
    }
    for part in ["tlogs", "ctlogs", "certificateAuthorities"] {
        let mut root: serde_json::Value = serde_json::from_str(&fixture("trusted_root.json")).unwrap();
        root[part] = serde_json::json!([]);
        assert!(fault(&root.to_string()).contains("it names no "), "{part}");
    }
}

// proves: FR-021
#[test]
fn policies_are_told_apart_by_their_digest() {
    let all = [
        keys(&["release"]),
        keys(&["stranger"]),
        keys(&["release", "stranger"]),
        annotated("release", ("env", "dev")),
        annotated("release", ("env", "prod")),
        identities(&[(WORKFLOW, ISSUER)]),
        identities(&[(WORKFLOW, "https://other.example")]),
    ];
    for (at, one) in all.iter().enumerate() {
        let again: Policy = serde_json::from_str(&serde_json::to_string(one).unwrap()).unwrap();
        assert_eq!((&again, again.digest()), (one, one.digest()));
        assert!(all.iter().skip(at + 1).all(|other| other.digest() != one.digest() && other != one));
    }
}
