//! Signatures as cosign made them, that are not what the policy asks for.

use promotion_ledger::meaning::exit_code::ExitCode;

use super::*;

fn env(found: &str, wanted: &str) -> Reason {
    Reason::Annotation { name: "env".to_owned(), found: Some(found.to_owned()), wanted: wanted.to_owned() }
}

// proves: FR-004, FR-005, FR-022
#[test]
fn nothing_there_is_unsigned() {
    let error = checked(&Shelf::fixtures(), "unsigned", &keys(&["release"])).unwrap_err();
    assert!(matches!(error, SignatureError::Missing { .. }), "{error}");
    assert_eq!(error.warning(), "WARNING: Artifact is unsigned");
    assert_eq!(error.exit_code(), ExitCode::Signature);
    assert_eq!(error.exit_code().number(), 6);
    assert!(error.hint().contains("cosign sign"));
}

// proves: FR-004, FR-018
#[test]
fn a_strangers_key_does_not_count() {
    for image in ["tag-stranger", "bundle-stranger"] {
        assert_eq!(reason(&Shelf::fixtures(), image, &keys(&["release", "ed25519"])), Reason::WrongKey, "{image}");
    }
    let error = checked(&Shelf::fixtures(), "tag-stranger", &keys(&["release"])).unwrap_err();
    assert_eq!(error.exit_code().number(), 6);
    assert!(error.warning().starts_with("WARNING: no signature of sha256:"), "{}", error.warning());
    assert!(error.to_string().ends_with("no key of the policy made it over these bytes"), "{error}");
}

// proves: FR-018
#[test]
fn an_ed25519_key_counts_by_its_plain_signatures_alone() {
    // cosign 3 signs bundles with another variant of Ed25519, which is not checked here.
    assert_eq!(reason(&Shelf::fixtures(), "bundle-ed25519", &keys(&["ed25519"])), Reason::WrongKey);
}

// proves: FR-018
#[test]
fn an_attestation_is_no_signature() {
    let error = checked(&Shelf::fixtures(), "attested", &keys(&["release"])).unwrap_err();
    assert!(matches!(error, SignatureError::Missing { .. }), "{error}");
}

// proves: FR-018
#[test]
fn what_two_signatures_have_between_them_is_nothing() {
    for image in ["mixed", "mixed-bundles"] {
        // The trusted key says env=dev; it is a stranger who says env=staging.
        let mut all = reasons(&Shelf::fixtures(), image, &annotated("release", ("env", "staging")));
        all.sort_by_key(ToString::to_string);
        assert_eq!(all, [env("dev", "staging"), Reason::WrongKey], "{image}");
    }
}

// proves: FR-018
#[test]
fn an_annotation_that_is_not_there_is_missed() {
    for image in ["tag", "bundle"] {
        let absent = Reason::Annotation { name: "team".to_owned(), found: None, wanted: "shop".to_owned() };
        assert_eq!(reason(&Shelf::fixtures(), image, &annotated("release", ("team", "shop"))), absent, "{image}");
        assert_eq!(absent.to_string(), "it says nothing of team where the policy wants team=shop");
    }
}

// proves: FR-018, FR-019
#[test]
fn keys_and_identities_do_not_stand_in_for_each_other() {
    for image in ["tag", "bundle"] {
        assert_eq!(reason(&Shelf::fixtures(), image, &identities(&[(WORKFLOW, ISSUER)])), Reason::NoKeyNamed, "{image}");
    }
    assert_eq!(reason(&Shelf::fixtures(), "keyless", &keys(&["release"])), Reason::NoIdentityNamed);
}
