//! Properties: no text makes a proof panic, and no token counts that the issuer did not sign just so.

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::Value;

use super::authority::Authority;
use super::{NOW, Pinned, at, claims, group, keeps_quiet, made, prove};
use crate::identity::Issuer;

struct Signed {
    issuer: Issuer,
    tokens: Vec<String>,
}

/// One token of each kind of key.
static SIGNED: LazyLock<Signed> = LazyLock::new(|| {
    let authorities = [Authority::ed25519("e"), Authority::p256("p"), Authority::p384("q"), Authority::rsa("r")];
    let keys: Vec<Value> = authorities.iter().map(Authority::jwk).collect();
    let issuer = made(super::ISSUER, "github:{repository}", &keys, vec![group("g", &[("repository", "acme/shop")])]);
    Signed { issuer, tokens: authorities.iter().map(|authority| authority.token(&claims())).collect() }
});

fn counts(token: &str) -> bool {
    match prove(token, std::slice::from_ref(&SIGNED.issuer), &Pinned, at(NOW)) {
        Ok(_) => true,
        Err(error) => {
            keeps_quiet(&error, token);
            assert!(!error.hint().is_empty());
            false
        }
    }
}

// proves: FR-045
#[test]
fn no_byte_of_a_token_can_be_another_one() {
    for token in &SIGNED.tokens {
        assert!(counts(token));
        for at in 0..token.len() {
            for other in [b'A', b'B', b'_', b'.', b'=', b' '] {
                let mut bytes = token.clone().into_bytes();
                if std::mem::replace(&mut bytes[at], other) != other {
                    let changed = String::from_utf8(bytes).unwrap();
                    assert!(!counts(&changed), "byte {at} may be {:?}", char::from(other));
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    // proves: FR-045
    #[test]
    fn no_text_panics_or_counts(text in prop_oneof![".*", "[A-Za-z0-9_-]{0,60}[.][A-Za-z0-9_-]{0,60}[.][A-Za-z0-9_-]{0,60}"]) {
        prop_assert!(!counts(&text));
    }

    // proves: FR-045
    #[test]
    fn no_change_of_a_token_counts(which in 0..4_usize, place in any::<prop::sample::Index>(), taken in 0..3_usize, put in "[A-Za-z0-9_.=-]{0,3}") {
        let token = &SIGNED.tokens[which];
        let from = place.index(token.len());
        let until = (from + taken).min(token.len());
        let changed = format!("{}{put}{}", &token[..from], &token[until..]);
        prop_assert_eq!(counts(&changed), changed == *token);
    }
}
