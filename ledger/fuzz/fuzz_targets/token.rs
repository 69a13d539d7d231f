//! Arbitrary bytes as a token, as what a token says, as the keys of an issuer and as its rules: nothing counts that breaks a rule.
#![no_main]

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer, SigningKey};
use libfuzzer_sys::fuzz_target;
use promotion_delivery::identity::{GroupCondition, Issuer, Pinned, Proven, TokenError, prove};
use promotion_ledger::meaning::names::Group;
use promotion_ledger::meaning::time::Timestamp;
use serde_json::{Value, json};

const ISSUER: &str = "https://issuer.example";
const AUDIENCE: &str = "promoledger";
const TEMPLATE: &str = "ci:{repository}:{ref}";

/// 2026-11-21T10:00:00Z, in seconds.
const NOW: i64 = 1_795_255_200;

/// A test key, which is nobody's.
static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_bytes(&[7; 32]));

static RULE: LazyLock<Issuer> = LazyLock::new(|| {
    let group = GroupCondition { group: Group::new("team").expect("a group"), claims: vec![("team".to_owned(), "shop".to_owned())] };
    Issuer::new(ISSUER, AUDIENCE, TEMPLATE, Some(&keys()), vec![group]).expect("an issuer")
});

/// A token that counts with the right key.
static GOOD: LazyLock<String> = LazyLock::new(|| {
    let claims = json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "s", "iat": NOW, "exp": NOW + 600, "repository": "a/b", "ref": "main"});
    signed(br#"{"alg":"EdDSA","kid":"k"}"#, claims.to_string().as_bytes())
});

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = asked(text, &RULE);
        said(text);
        keyed(text);
        ruled(text);
    }
});

/// What is drawn is what a signed token says: a line of header, and claims.
fn said(text: &str) {
    let (header, claims) = text.split_once('\n').unwrap_or((r#"{"alg":"EdDSA"}"#, text));
    if let Ok(proven) = asked(&signed(header.as_bytes(), claims.as_bytes()), &RULE) {
        let (header, claims): (Value, Value) = (read(header), read(claims));
        assert_eq!(header["alg"], "EdDSA");
        assert!(header.get("crit").is_none());
        assert!(header.get("kid").is_none_or(|id| id == "k"));
        assert_eq!(claims["iss"], ISSUER);
        assert!(claims["aud"] == AUDIENCE || claims["aud"].as_array().is_some_and(|all| all.contains(&json!(AUDIENCE))));
        assert_eq!(claims["sub"], *proven.subject);
        let (issued, ends) = (claims["iat"].as_i64().expect("a time"), claims["exp"].as_i64().expect("a time"));
        assert!(issued <= NOW + 60 && ends > NOW - 60 && ends - issued <= 86_400);
        assert_eq!(proven.expires.as_micros(), ends * 1_000_000);
        let team = claims["team"] == "shop" || claims["team"].as_array().is_some_and(|all| all.contains(&json!("shop")));
        assert_eq!(proven.groups.len(), usize::from(team));
        let kept: Value = serde_json::from_slice(&proven.claims).expect("what is kept is JSON");
        assert_eq!(kept, json!({"claims": claims, "header": header}));
    }
}

/// What is drawn is a set of keys: a token counts where its key is in it.
fn keyed(text: &str) {
    match Issuer::new(ISSUER, AUDIENCE, TEMPLATE, Some(text), Vec::new()) {
        Ok(issuer) => {
            if asked(&GOOD, &issuer).is_ok() {
                let keys = read(text)["keys"].as_array().cloned().expect("a set of keys");
                assert!(keys.iter().any(|key| key["x"] == *public() && key["kid"] == "k"));
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// What is drawn is where an issuer is, and the principal of its tokens.
fn ruled(text: &str) {
    let (url, principal) = text.split_once('\n').unwrap_or((text, text));
    if let Ok(issuer) = Issuer::new(url, AUDIENCE, "ci:{sub}", None, Vec::new()) {
        assert!(issuer.url().starts_with("https://") || issuer.url().starts_with("http://"));
    }
    if let Ok(issuer) = Issuer::new(ISSUER, AUDIENCE, principal, Some(&keys()), Vec::new()) {
        let _ = asked(&GOOD, &issuer);
    }
}

fn asked(token: &str, issuer: &Issuer) -> Result<Proven, TokenError> {
    let now = Timestamp::from_micros(NOW * 1_000_000).expect("a time");
    let outcome = prove(token, std::slice::from_ref(issuer), &Pinned, now);
    let signature = token.rsplit('.').next().unwrap_or_default();
    if let Err(error) = &outcome {
        let told = format!("{error} {}", error.hint());
        assert!(signature.len() < 40 || !told.contains(signature));
    }
    outcome
}

fn signed(header: &[u8], claims: &[u8]) -> String {
    let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signature = KEY.sign(text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

fn public() -> String {
    URL_SAFE_NO_PAD.encode(KEY.verifying_key().as_bytes())
}

fn keys() -> String {
    json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": public(), "kid": "k"}]}).to_string()
}

fn read(text: &str) -> Value {
    serde_json::from_str(text).expect("what counts is JSON")
}
