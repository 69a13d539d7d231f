//! Bundles made with a certificate, that are not what the policy asks for, or do not hold.

use serde_json::{Value, json};

use super::*;

fn ours() -> Policy {
    identities(&[(WORKFLOW, ISSUER)])
}

/// The keyless bundle, changed.
#[track_caller]
fn with_bundle(change: impl FnOnce(&mut Value)) -> Reason {
    let mut shelf = Shelf::fixtures();
    let mut bundle = shelf.bundle("keyless");
    change(&mut bundle);
    shelf.set_bundle("keyless", &bundle);
    reason(&shelf, "keyless", &ours())
}

fn entry(bundle: &mut Value) -> &mut serde_json::Map<String, Value> {
    bundle["verificationMaterial"]["tlogEntries"][0].as_object_mut().unwrap()
}

// proves: FR-019
#[test]
fn identity_and_issuer_are_met_whole_and_together() {
    let meets = |named: &[(&str, &str)]| checked(&Shelf::fixtures(), "keyless", &identities(named)).is_ok();
    assert!(meets(&[("https://ci.example/shop/*@refs/heads/main", "https://token.example/*")]));
    assert!(meets(&[("somebody@shop.example", ISSUER), (WORKFLOW, ISSUER)]));
    for named in [
        &[(WORKFLOW, "https://token.example/c")][..],
        &[(WORKFLOW, "https://token.example/ci/")],
        &[("https://ci.example/shop/api/release@refs/heads/mai", ISSUER)],
        &[("https://ci.example/shop/api/release@refs/heads/*x", ISSUER)],
        &[("ci.example/shop/api/release@refs/heads/main", ISSUER)],
        // Each entry has a half of what it takes.
        &[(WORKFLOW, "https://other.example"), ("https://other.example/*", ISSUER)],
    ] {
        let found = reason(&Shelf::fixtures(), "keyless", &identities(named));
        assert_eq!(found, Reason::OtherIdentity { identity: WORKFLOW.to_owned(), issuer: ISSUER.to_owned() }, "{named:?}");
    }
}

// proves: FR-020
#[test]
fn another_authority_is_not_believed() {
    let found = reason(&Shelf::fixtures(), "keyless-stranger", &ours());
    assert!(matches!(found, Reason::Certificate { .. } | Reason::Log { .. }), "{found:?}");
    let stranger = Policy::new(Vec::new(), vec![identity(WORKFLOW, ISSUER)], Some(fixture("stranger_root.json")), BTreeMap::new()).unwrap();
    checked(&Shelf::fixtures(), "keyless-stranger", &stranger).unwrap();
    let found = reason(&Shelf::fixtures(), "keyless", &stranger);
    assert!(matches!(found, Reason::Certificate { .. } | Reason::Log { .. }), "{found:?}");
}

// proves: FR-020
#[test]
fn a_certificate_that_had_expired_does_not_count() {
    let mut shelf = Shelf::fixtures();
    shelf.set_bundle("keyless", &serde_json::from_str(&fixture("late_bundle.json")).unwrap());
    let found = reason(&shelf, "keyless", &ours());
    assert!(matches!(&found, Reason::Certificate { detail } if detail.to_lowercase().contains("expired")), "{found:?}");
}

// proves: FR-020
#[test]
fn a_log_that_does_not_vouch_is_missed() {
    assert_eq!(with_bundle(|bundle| bundle["verificationMaterial"]["tlogEntries"] = json!([])), Reason::NoProof);
    assert_eq!(with_bundle(|bundle| drop(bundle["verificationMaterial"].as_object_mut().unwrap().remove("tlogEntries"))), Reason::NoProof);
    assert_eq!(with_bundle(|bundle| drop(entry(bundle).remove("inclusionProof"))), Reason::NoProof);
    // One entry with a proof does not vouch for another one without.
    let twice = with_bundle(|bundle| {
        let mut bare = entry(bundle).clone();
        bare.remove("inclusionProof");
        bundle["verificationMaterial"]["tlogEntries"].as_array_mut().unwrap().push(Value::Object(bare));
    });
    assert_eq!(twice, Reason::NoProof);
    let other = Shelf::fixtures().bundle("keyless-stranger")["verificationMaterial"]["tlogEntries"].clone();
    let found = with_bundle(|bundle| bundle["verificationMaterial"]["tlogEntries"] = other);
    assert!(matches!(found, Reason::Log { .. }), "{found:?}");
    let found = with_bundle(|bundle| entry(bundle)["inclusionProof"]["rootHash"] = format!("{}=", "A".repeat(43)).into());
    assert!(matches!(found, Reason::Log { .. } | Reason::Malformed { .. }), "{found:?}");
    let found = with_bundle(|bundle| drop(entry(bundle).remove("inclusionPromise")));
    assert!(matches!(found, Reason::Time { .. }), "{found:?}");
    let found = with_bundle(|bundle| entry(bundle)["integratedTime"] = "1767614401".into());
    assert!(matches!(found, Reason::Log { .. }), "{found:?}");
}

// proves: FR-020
#[test]
fn what_is_signed_later_than_now_is_not_signed_yet() {
    let shelf = Shelf::fixtures();
    let before = "2026-01-05T11:59:59Z".parse().unwrap();
    match check(&shelf, &shelf.image("keyless"), &ours(), before).unwrap_err() {
        SignatureError::Bad { found, .. } => assert!(matches!(found[0].reason, Reason::Time { .. }), "{found:?}"),
        other => panic!("{other}"),
    }
}

// proves: FR-018, FR-020
#[test]
fn a_keyless_signature_is_of_one_artifact_and_says_what_was_signed() {
    let mut shelf = Shelf::fixtures();
    let bundle = shelf.bundle("keyless");
    shelf.set_bundle("unsigned", &bundle);
    assert!(matches!(reason(&shelf, "unsigned", &ours()), Reason::OtherArtifact { .. }));
    let other = shelf.bundle("keyless-stranger")["dsseEnvelope"].clone();
    let found = with_bundle(|bundle| bundle["dsseEnvelope"] = other);
    assert!(matches!(found, Reason::Signature { .. }), "{found:?}");
    let annotations = BTreeMap::from([("env".to_owned(), "prod".to_owned())]);
    let policy = Policy::new(Vec::new(), vec![identity(WORKFLOW, ISSUER)], Some(fixture("trusted_root.json")), annotations).unwrap();
    let found = reason(&Shelf::fixtures(), "keyless", &policy);
    assert!(matches!(found, Reason::Annotation { found: None, .. }), "{found:?}");
}
