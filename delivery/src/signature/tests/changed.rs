//! Signatures that cosign made, moved or changed afterwards.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::shelf::MANIFEST;
use super::*;

/// The `.sig` manifest of the image, changed; its payloads lie where they lay.
#[track_caller]
fn with_simple(change: impl FnOnce(&mut Value)) -> Reason {
    let mut shelf = Shelf::fixtures();
    let mut manifest = shelf.simple("tag");
    change(&mut manifest);
    shelf.set_simple("tag", &manifest);
    reason(&shelf, "tag", &keys(&["release"]))
}

/// The bundle of the image, changed.
#[track_caller]
fn with_bundle(change: impl FnOnce(&mut Value)) -> Reason {
    let mut shelf = Shelf::fixtures();
    let mut bundle = shelf.bundle("bundle");
    change(&mut bundle);
    shelf.set_bundle("bundle", &bundle);
    reason(&shelf, "bundle", &keys(&["release"]))
}

/// Another payload, with the layer's digest and size made to fit.
fn with_payload(change: impl FnOnce(String) -> String) -> Reason {
    let mut shelf = Shelf::fixtures();
    let mut manifest = shelf.simple("tag");
    let payload = change(shelf.text(manifest["layers"][0]["digest"].as_str().unwrap()));
    manifest["layers"][0]["size"] = payload.len().into();
    manifest["layers"][0]["digest"] = shelf.put(payload).as_str().into();
    shelf.set_simple("tag", &manifest);
    reason(&shelf, "tag", &keys(&["release"]))
}

fn of_another(shelf: &Shelf, image: &str) -> Reason {
    Reason::OtherArtifact { named: shelf.image(image).to_string() }
}

// proves: FR-018
#[test]
fn a_signature_moved_from_another_image_does_not_count() {
    let mut shelf = Shelf::fixtures();
    let (simple, bundle) = (shelf.simple("tag"), shelf.bundle("bundle"));
    shelf.set_simple("unsigned", &simple);
    assert_eq!(reason(&shelf, "unsigned", &keys(&["release"])), of_another(&shelf, "tag"));
    let mut shelf = Shelf::fixtures();
    shelf.set_bundle("unsigned", &bundle);
    assert_eq!(reason(&shelf, "unsigned", &keys(&["release"])), of_another(&shelf, "bundle"));
}

// proves: FR-018
#[test]
fn a_changed_payload_is_not_what_was_signed() {
    let shelf = Shelf::fixtures();
    let (from, to) = (shelf.image("tag"), shelf.image("unsigned"));
    assert_eq!(with_payload(|text| text.replace(from.as_str(), to.as_str())), Reason::WrongKey);
    assert_eq!(with_payload(|text| text.replace("dev", "pro")), Reason::WrongKey);
    assert_eq!(with_payload(|text| text + " "), Reason::WrongKey);
    let changed = with_bundle(|bundle| {
        let payload = STANDARD.decode(bundle["dsseEnvelope"]["payload"].as_str().unwrap()).unwrap();
        let payload = String::from_utf8(payload).unwrap().replace(r#""env":"dev""#, r#""env":"pro""#);
        bundle["dsseEnvelope"]["payload"] = STANDARD.encode(payload).into();
    });
    assert_eq!(changed, Reason::WrongKey);
}

// proves: FR-018
#[test]
fn bytes_that_are_not_those_of_their_digest_are_not_read() {
    let mut shelf = Shelf::fixtures();
    let layer = shelf.simple("tag")["layers"][0]["digest"].as_str().unwrap().to_owned();
    let changed = shelf.text(&layer).replace("dev", "pro");
    shelf.corrupt(&layer, changed.as_bytes());
    assert!(matches!(reason(&shelf, "tag", &keys(&["release"])), Reason::NotWhole { .. }));
}

// proves: FR-018
#[test]
fn a_signature_beside_the_wrong_payload_does_not_count() {
    let shelf = Shelf::fixtures();
    let other = shelf.simple("mixed")["layers"][0]["annotations"].clone();
    assert_eq!(with_simple(|manifest| manifest["layers"][0]["annotations"] = other), Reason::WrongKey);
    let other = shelf.bundle("mixed-bundles")["dsseEnvelope"]["signatures"].clone();
    assert_eq!(with_bundle(|bundle| bundle["dsseEnvelope"]["signatures"] = other), Reason::WrongKey);
}

// proves: FR-018
#[test]
fn a_huge_layer_is_not_read() {
    let huge = Reason::TooLarge { size: 1 << 40, most: 1 << 20 };
    assert_eq!(with_simple(|manifest| manifest["layers"][0]["size"] = (1u64 << 40).into()), huge);
    let lying = with_simple(|manifest| manifest["layers"][0]["size"] = 7.into());
    assert!(lying.to_string().contains("its manifest says 7"), "{lying}");
}

// proves: FR-018
#[test]
fn garbage_in_the_place_of_a_signature_is_named_and_not_passed_over() {
    let layer = |layer: Value| move |manifest: &mut Value| manifest["layers"] = json!([layer]);
    for (what, found) in [
        ("no layers", with_simple(|manifest| drop(manifest.as_object_mut().unwrap().remove("layers")))),
        ("no layer", with_simple(|manifest| manifest["layers"] = json!([]))),
        ("a layer of another kind", with_simple(layer(json!({"mediaType": "text/plain", "digest": "x", "size": 1})))),
        ("a number", with_simple(layer(json!(1)))),
        ("no signature", with_simple(|manifest| drop(manifest["layers"][0].as_object_mut().unwrap().remove("annotations")))),
        ("not base64", with_simple(|manifest| manifest["layers"][0]["annotations"]["dev.cosignproject.cosign/signature"] = "%".into())),
        ("no digest", with_simple(|manifest| manifest["layers"][0]["digest"] = "sha512:00".into())),
        ("no bundle", with_bundle(|bundle| *bundle = json!([]))),
        ("no statement", with_bundle(|bundle| bundle["dsseEnvelope"]["payload"] = "e30=".into())),
        ("another payload type", with_bundle(|bundle| bundle["dsseEnvelope"]["payloadType"] = "text/plain".into())),
        ("no signatures", with_bundle(|bundle| bundle["dsseEnvelope"]["signatures"] = json!([]))),
        ("no material", with_bundle(|bundle| bundle["verificationMaterial"] = json!({}))),
    ] {
        assert!(matches!(found, Reason::Malformed { .. }), "{what}: {found:?}");
    }
    assert_eq!(
        with_simple(|manifest| manifest["layers"][0]["annotations"]["dev.cosignproject.cosign/signature"] = "AAAA".into()),
        Reason::WrongKey
    );
}

// proves: FR-018
#[test]
fn a_name_said_twice_is_not_taken() {
    let mut shelf = Shelf::fixtures();
    let text = shelf.bundle("bundle").to_string();
    let twice = text.replacen(r#""dsseEnvelope":"#, r#""dsseEnvelope":null,"dsseEnvelope":"#, 1);
    let referrer = shelf.referrer(twice.as_bytes());
    shelf.listed = Some(crate::registry::Referrer::list(json!({"manifests": [{"digest": referrer}]}).to_string().as_bytes()).unwrap());
    let found = reason(&shelf, "bundle", &keys(&["release"]));
    assert!(found.to_string().contains("duplicate field"), "{found}");
}

// proves: FR-018
#[test]
fn what_is_no_manifest_is_not_nothing() {
    for bytes in [&b"<html>"[..], b"{}", b"", b"\xff\xfe"] {
        let mut shelf = Shelf::fixtures();
        let digest = shelf.put(bytes);
        shelf.point(shelf.tag_of("unsigned", ".sig"), digest.clone());
        assert!(matches!(reason(&shelf, "unsigned", &keys(&["release"])), Reason::NotWhole { .. }));
        let mut shelf = Shelf::fixtures();
        shelf.put(bytes);
        shelf.point(shelf.tag_of("unsigned", ""), digest);
        assert!(matches!(reason(&shelf, "unsigned", &keys(&["release"])), Reason::NotWhole { .. }));
    }
    let mut shelf = Shelf::fixtures();
    let image = shelf.put(json!({"schemaVersion": 2, "mediaType": MANIFEST, "layers": []}).to_string());
    shelf.point(shelf.tag_of("unsigned", ""), image);
    assert!(reason(&shelf, "unsigned", &keys(&["release"])).to_string().contains("expected an image index"));
}

// proves: FR-018
#[test]
fn forms_that_are_not_checked_say_so() {
    let certificate = |manifest: &mut Value| manifest["layers"][0]["annotations"]["dev.sigstore.cosign/certificate"] = "-----BEGIN".into();
    let mut shelf = Shelf::fixtures();
    let mut manifest = shelf.simple("tag-stranger");
    certificate(&mut manifest);
    shelf.set_simple("tag-stranger", &manifest);
    let error = checked(&shelf, "tag-stranger", &keys(&["release"])).unwrap_err();
    assert!(matches!(error, SignatureError::Unsupported { .. }), "{error}");
    assert_eq!(error.exit_code().number(), 6);
    let mut shelf = Shelf::fixtures();
    let mut bundle = shelf.bundle("bundle");
    bundle["mediaType"] = "application/vnd.dev.sigstore.bundle.v9.0+json".into();
    shelf.set_bundle("bundle", &bundle);
    let error = checked(&shelf, "bundle", &keys(&["release"])).unwrap_err();
    assert!(matches!(error, SignatureError::Unsupported { .. }), "{error}");
}

// proves: FR-022
#[test]
fn what_strangers_write_is_shown_without_what_a_terminal_obeys() {
    let found = with_bundle(|bundle| bundle["dsseEnvelope"]["payloadType"] = "\u{1b}[2J\u{202e}".into());
    assert!(!found.to_string().contains(['\u{1b}', '\u{202e}']), "{found:?}");
}
