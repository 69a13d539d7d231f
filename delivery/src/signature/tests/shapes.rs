//! Every shape that cosign writes, as cosign wrote it.

use super::super::{LogInclusion, Shape, Signer};
use super::*;

#[track_caller]
fn shape(image: &str, name: &str) -> Shape {
    let found = checked(&Shelf::fixtures(), image, &keys(&[name])).unwrap();
    assert!(matches!(found.signer, Signer::Key { .. }));
    assert_eq!(found.log, LogInclusion::NotAsked);
    assert!(found.to_string().starts_with("Signature verified: made by the key sha256:"), "{found}");
    found.shape
}

// proves: FR-018, FR-019
#[test]
fn a_key_counts_in_both_shapes() {
    assert_eq!(shape("tag", "release"), Shape::SimpleSigning);
    assert_eq!(shape("bundle", "release"), Shape::KeyBundle);
    assert_eq!(shape("tag-ed25519", "ed25519"), Shape::SimpleSigning);
}

// proves: FR-018
#[test]
fn any_key_of_the_policy_will_do_and_is_named() {
    let found = checked(&Shelf::fixtures(), "tag", &keys(&["stranger", "release", "ed25519"])).unwrap();
    let alone = checked(&Shelf::fixtures(), "tag", &keys(&["release"])).unwrap();
    assert_eq!(found, alone);
}

// proves: FR-018
#[test]
fn a_good_bundle_counts_beside_a_strangers_tag() {
    assert_eq!(shape("both", "release"), Shape::KeyBundle);
    assert_eq!(shape("both", "stranger"), Shape::SimpleSigning);
}

// proves: FR-018
#[test]
fn annotations_are_found_in_both_shapes() {
    for image in ["tag", "bundle", "mixed", "mixed-bundles"] {
        checked(&Shelf::fixtures(), image, &annotated("release", ("env", "dev"))).unwrap();
    }
}

// proves: FR-019, FR-020
#[test]
fn an_identity_counts_with_its_log() {
    let found = checked(&Shelf::fixtures(), "keyless", &identities(&[(WORKFLOW, ISSUER)])).unwrap();
    assert_eq!(found.shape, Shape::KeylessBundle);
    assert_eq!(found.signer, Signer::Identity { identity: WORKFLOW.to_owned(), issuer: ISSUER.to_owned() });
    assert_eq!(found.log, LogInclusion::Proven { at: Some("2026-01-05T12:00:00Z".parse().unwrap()) });
    assert_eq!(
        found.to_string(),
        "Signature verified: made by https://ci.example/shop/api/release@refs/heads/main (issuer https://token.example/ci), \
         in a bundle with a certificate, in the transparency log since 2026-01-05T12:00:00Z"
    );
}

// proves: FR-018
#[test]
fn a_policy_of_keys_and_identities_is_met_by_either() {
    let whom = vec![identity(WORKFLOW, ISSUER)];
    let policy = Policy::new(vec![key("release")], whom, Some(fixture("trusted_root.json")), BTreeMap::new()).unwrap();
    for image in ["tag", "bundle", "keyless"] {
        checked(&Shelf::fixtures(), image, &policy).unwrap();
    }
    assert_eq!(reason(&Shelf::fixtures(), "tag-stranger", &policy), Reason::WrongKey);
}
