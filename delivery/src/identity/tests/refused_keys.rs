//! Tokens whose signature proves nothing: other keys, changed keys, keys for something else.

use serde_json::{Value, json};

use super::authority::{Authority, encoded};
use super::{TokenError, claims, issuer, proven, refused};
use crate::identity::Misfit;

fn changed(mut jwk: Value, name: &str, value: Value) -> Value {
    jwk[name] = value;
    jwk
}

// proves: FR-045, FR-049
#[test]
fn another_issuers_key_of_the_same_id_proves_nothing() {
    for (ours, theirs) in [
        (Authority::ed25519("k"), Authority::ed25519("k")),
        (Authority::p256("k"), Authority::p256("k")),
        (Authority::p384("k"), Authority::p384("k")),
        (Authority::rsa("k"), Authority::rsa("k")),
    ] {
        assert!(matches!(refused(&theirs.token(&claims()), &issuer(&[ours.jwk()])), TokenError::Signature { .. }));
    }
}

// proves: FR-045
#[test]
fn a_key_in_the_tokens_own_header_is_not_heard() {
    let (ours, theirs) = (Authority::ed25519("k"), Authority::ed25519("k"));
    for name in ["jwk", "jku", "x5u", "x5c"] {
        let header = json!({"alg": "EdDSA", "kid": "k", name: theirs.jwk()});
        assert!(matches!(refused(&theirs.under(&header, &claims()), &issuer(&[ours.jwk()])), TokenError::Signature { .. }));
    }
}

// proves: FR-049
#[test]
fn a_key_that_the_issuer_does_not_have_is_named_beside_those_that_it_has() {
    let (old, new) = (Authority::ed25519("2025"), Authority::ed25519("2026"));
    let error = refused(&old.token(&claims()), &issuer(&[new.jwk(), Authority::p256("ec").jwk()]));
    let words = "has no key \"2025\" that could have signed the token: expected one of its keys, \"2026\", \"ec\"";
    assert!(error.to_string().contains(words), "{error}");
    // The id is what counts, even where the key itself is there under another one.
    let renamed = changed(old.jwk(), "kid", json!("2026"));
    assert!(matches!(refused(&old.token(&claims()), &issuer(&[renamed])), TokenError::NoKey { .. }));
    let nameless = old.under(&json!({"alg": "ES384"}), &claims());
    assert!(matches!(refused(&nameless, &issuer(&[new.jwk(), Authority::p256("ec").jwk()])), TokenError::NoKey { .. }));
}

// proves: FR-045
#[test]
fn keys_that_cannot_be_told_apart_are_not_tried_one_by_one() {
    let (one, two) = (Authority::ed25519("k"), Authority::ed25519("k"));
    let rule = issuer(&[one.jwk(), two.jwk()]);
    assert!(matches!(refused(&one.token(&claims()), &rule), TokenError::SeveralKeys { found: 2, .. }));
    let nameless = two.under(&json!({"alg": "EdDSA"}), &claims());
    assert!(matches!(refused(&nameless, &rule), TokenError::SeveralKeys { found: 2, .. }));
    // One id may name a key of each kind (RFC 7517, 4.5).
    assert!(proven(&one.token(&claims()), &issuer(&[one.jwk(), Authority::p256("k").jwk()])).is_ok());
}

#[track_caller]
fn unfit(authority: &Authority, header: Value, keys: &[Value]) -> Misfit {
    match refused(&authority.under(&header, &claims()), &issuer(keys)) {
        TokenError::Unfit { reason, .. } => reason,
        other => panic!("{other}"),
    }
}

// proves: FR-045
#[test]
fn a_key_is_used_for_what_it_is_there_for() {
    let authority = Authority::ed25519("k");
    // The rules must have one key that is of use.
    let other = Authority::ed25519("other").jwk();
    for (name, value) in [("use", json!("enc")), ("use", json!("tls")), ("key_ops", json!(["sign"])), ("key_ops", json!([]))] {
        let keys = [changed(authority.jwk(), name, value), other.clone()];
        assert_eq!(unfit(&authority, json!({"alg": "EdDSA", "kid": "k"}), &keys), Misfit::Use);
    }
    for (name, value) in [("use", json!("sig")), ("key_ops", json!(["verify"])), ("alg", json!("EdDSA"))] {
        assert!(proven(&authority.token(&claims()), &issuer(&[changed(authority.jwk(), name, value)])).is_ok());
    }
}

// proves: FR-045
#[test]
fn an_algorithm_never_makes_a_key_what_it_is_not() {
    let rsa = Authority::rsa("k");
    let own = |name: &str| changed(rsa.jwk(), "alg", json!(name));
    let of = |found: &str| Misfit::Algorithm { found: found.to_owned() };
    assert_eq!(unfit(&rsa, json!({"alg": "PS256", "kid": "k"}), &[own("RS256")]), of("RS256"));
    assert_eq!(unfit(&rsa, json!({"alg": "RS256", "kid": "k"}), &[own("RS512")]), of("RS512"));
    let keys = [own("RSA-OAEP-256"), Authority::ed25519("other").jwk()];
    assert_eq!(unfit(&rsa, json!({"alg": "RS256", "kid": "k"}), &keys), of("RSA-OAEP-256"));
    let (p256, p384, ed) = (Authority::p256("k"), Authority::p384("k"), Authority::ed25519("k"));
    for (signer, algorithm, key, found) in [
        (&ed, "RS256", rsa.jwk(), None),
        (&ed, "ES256", rsa.jwk(), Some("RSA")),
        (&rsa, "RS256", p256.jwk(), Some("EC on P-256")),
        (&p256, "ES384", p256.jwk(), Some("EC on P-256")),
        (&p384, "ES256", p384.jwk(), Some("EC on P-384")),
        (&p256, "ES256", ed.jwk(), Some("Ed25519")),
    ] {
        let header = json!({"alg": algorithm, "kid": "k"});
        match found {
            Some(found) => assert_eq!(unfit(signer, header, &[key]), Misfit::Kind { found }),
            None => assert!(matches!(refused(&signer.under(&header, &claims()), &issuer(&[key])), TokenError::Signature { .. })),
        }
    }
}

// proves: FR-045
#[test]
fn keys_that_can_be_broken_are_none() {
    let (rsa, ed) = (Authority::rsa("k"), Authority::ed25519("k"));
    let good = Authority::p256("good").jwk();
    for bytes in [128, 255, 1025] {
        let number = [vec![0, 0xff], vec![0xff; bytes - 1]].concat();
        let small = changed(rsa.jwk(), "n", json!(encoded(number)));
        assert_eq!(unfit(&rsa, json!({"alg": "RS256", "kid": "k"}), &[small, good.clone()]), Misfit::Bits { bits: bytes * 8 });
    }
    // The neutral point, and one of order eight (RFC 7748, 7): signatures by them hold for nearly everything.
    let neutral = [&[1][..], &[0; 31]].concat();
    let eight = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a";
    let eight: Vec<u8> = (0..32).map(|at| u8::from_str_radix(&eight[2 * at..2 * at + 2], 16).unwrap()).collect();
    for point in [neutral, eight, vec![0; 32], vec![7; 31], vec![2; 32]] {
        let weak = changed(ed.jwk(), "x", json!(encoded(point)));
        assert_eq!(unfit(&ed, json!({"alg": "EdDSA", "kid": "k"}), &[weak, good.clone()]), Misfit::Weak);
    }
    // A point that is on no curve checks nothing.
    let nowhere = changed(Authority::p256("k").jwk(), "y", json!(encoded([9; 32])));
    let token = Authority::p256("k").token(&claims());
    assert!(matches!(refused(&token, &issuer(&[nowhere])), TokenError::Signature { .. }));
}

// proves: FR-045
#[test]
fn a_signature_is_over_these_very_parts() {
    let authority = Authority::ed25519("k");
    let rule = issuer(&[authority.jwk()]);
    let (one, two) = (authority.token(&claims()), authority.token(&super::with("repository", json!("acme/other"))));
    let parts = |token: &str| token.split('.').map(str::to_owned).collect::<Vec<_>>();
    let (one, two) = (parts(&one), parts(&two));
    let mixed = format!("{}.{}.{}", one[0], two[1], one[2]);
    assert!(matches!(refused(&mixed, &rule), TokenError::Signature { .. }));
}
