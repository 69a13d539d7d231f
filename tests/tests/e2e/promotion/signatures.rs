//! Signatures of artifacts, made by cosign, looked for where the rules ask for them.

use std::fs;
use std::path::{Path, PathBuf};

use promoledger_tests::registry::Registry;
use serde_json::Value;

use crate::shop::{Rules, Shop};

const ENVIRONMENTS: &str = "    environments:
      - dev
      - {name: staging, signature: warn}
      - {name: prod, signature: enforce}
";
const BY_KEY: &str = "  verification:
    keys: [release.pub]
    annotations: {env: dev}
";

fn fixtures() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/signature"))
}

/// The image of that tag in the fixtures' layout.
fn image(tag: &str) -> String {
    let index: Value = serde_json::from_slice(&fs::read(fixtures().join("layout/index.json")).expect("an index")).expect("JSON");
    let entries = index["manifests"].as_array().expect("manifests");
    let entry = entries.iter().find(|entry| entry["annotations"]["org.opencontainers.image.ref.name"] == tag);
    entry.and_then(|entry| entry["digest"].as_str()).unwrap_or_else(|| panic!("no image {tag}")).to_owned()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        let target = to.join(entry.file_name().expect("a name"));
        if entry.is_dir() { copy(&entry, &target) } else { fs::copy(&entry, &target).map(|_| ()).expect("a copy") }
    }
}

/// A shop whose images are the signed ones, each tag of them a release.
fn shop(verification: &str, releases: &[&str]) -> Shop {
    let shop = Shop::without_ledger(Rules { components: &["api"], promotion: ENVIRONMENTS });
    copy(&fixtures().join("layout"), &shop.layout("api"));
    for file in ["keys/release.pub", "trusted_root.json"] {
        let name = Path::new(file).file_name().expect("a name");
        fs::copy(fixtures().join(file), shop.workspace.path().join(name)).expect("a copy");
    }
    let manifest = fs::read_to_string(shop.workspace.path().join("manifest.yaml")).expect("a manifest");
    shop.workspace.write("manifest.yaml", manifest + verification);
    shop.open(&[]);
    for release in releases {
        shop.run(&["register", release, "--ref", &image(release)]).expect_code(0);
    }
    shop
}

// proves: FR-004, FR-005, FR-018, FR-021, FR-022
#[test]
fn a_good_signature_is_recorded_and_a_missing_one_warned_of_or_refused() {
    let shop = shop(BY_KEY, &["tag", "bundle", "unsigned"]);
    for (from, to) in [("none", "dev"), ("dev", "staging")] {
        shop.promote("unsigned", from, to).expect_code(0);
    }
    assert_eq!(shop.newest("signature.checked").data()["found"], "unsigned");
    assert_eq!(shop.newest("promotion.completed").data()["signature_status"], "warned");
    let error = shop.refused(6, &shop.promotion("unsigned", "staging", "prod"));
    let message = error["message"].as_str().expect("a message");
    assert!(
        message.starts_with("prod takes signed artifacts alone, and the signature of api unsigned is missing: Artifact is unsigned"),
        "{message}"
    );

    shop.promote("tag", "none", "dev").expect_code(0);
    let staging = shop.run(&shop.promotion("tag", "dev", "staging")).expect_code(0);
    assert!(staging.stdout.contains("Signature verified: made by the key sha256:"), "{}", staging.stdout);
    let plan = shop.json(&[&shop.promotion("tag", "staging", "prod")[..], &["--dry-run"]].concat());
    assert_eq!(plan["signature_status"], "verified");
    let said = shop.json(&shop.promotion("tag", "staging", "prod"));
    assert_eq!(said["signature_status"], "verified");
    for (from, to) in crate::shop::STEPS {
        shop.promote("bundle", from, to).expect_code(0);
    }
    assert_eq!(shop.newest("promotion.completed").data()["signature_status"], "verified");
    shop.expect_sound();
}

// proves: FR-005
#[test]
fn an_unsigned_artifact_is_warned_of_in_words() {
    let shop = shop(BY_KEY, &["unsigned"]);
    shop.promote("unsigned", "none", "dev").expect_code(0);
    let run = shop.run(&shop.promotion("unsigned", "dev", "staging")).expect_code(0);
    assert!(run.stderr.contains("WARNING: Artifact is unsigned"), "{}", run.stderr);
}

// proves: FR-018, FR-019
#[test]
fn all_conditions_must_hold_for_one_and_the_same_signature() {
    // One by the right key without the wanted annotation, one with it by a stranger.
    let wanted = "  verification:\n    keys: [release.pub]\n    annotations: {env: staging}\n";
    let shop = shop(wanted, &["mixed", "tag-stranger", "attested"]);
    for release in ["mixed", "tag-stranger", "attested"] {
        for (from, to) in [("none", "dev"), ("dev", "staging")] {
            shop.run(&[&shop.promotion(release, from, to)[..], &["--allow-downgrade"]].concat()).expect_code(0);
        }
        let error = shop.refused(6, &[&shop.promotion(release, "staging", "prod")[..], &["--break-glass", "no time"]].concat());
        assert_eq!(error["kind"], "artifact_signature", "{error}");
    }
    shop.expect_sound();
}

// proves: FR-019, FR-020
#[test]
fn who_signed_with_a_certificate_is_held_to_identity_and_issuer() {
    let identity = |issuer: &str| {
        format!(
            "  verification:\n    identities: [{{identity: 'https://ci.example/shop/api/*', issuer: '{issuer}'}}]\n    trust_root: trusted_root.json\n"
        )
    };
    for (issuer, code) in [("https://token.example/ci", 0), ("https://elsewhere.example", 6)] {
        let shop = shop(&identity(issuer), &["keyless"]);
        for (from, to) in [("none", "dev"), ("dev", "staging")] {
            shop.promote("keyless", from, to).expect_code(0);
        }
        shop.promote("keyless", "staging", "prod").expect_code(code);
        shop.expect_sound();
    }
}

// proves: FR-021
#[test]
fn signatures_wanted_by_nobody_in_particular_are_a_fault_of_the_manifest() {
    let shop = Shop::without_ledger(Rules { components: &["api"], promotion: ENVIRONMENTS });
    let error = shop.refused(2, &["manifest", "check", "manifest.yaml"]);
    assert!(error["message"].as_str().is_some_and(|text| text.contains("does not say whose signatures count")), "{error}");
}

// proves: FR-004
#[test]
fn signatures_are_found_in_a_registry_too() {
    let registry = Registry::start();
    for tag in ["tag".to_owned(), format!("{}.sig", image("tag").replace(':', "-"))] {
        registry.skopeo().push_layout(&fixtures().join("layout"), &tag, "api", &tag);
    }
    let shop = shop(BY_KEY, &[]);
    let manifest = fs::read_to_string(shop.workspace.path().join("manifest.yaml")).expect("a manifest");
    shop.workspace.write("manifest.yaml", manifest.replace("oci-layout:images", &format!("http://{}", registry.host())));
    shop.run(&["manifest", "adopt"]).expect_code(0);
    shop.run(&["register", "tag", "--ref", &image("tag")]).expect_code(0);
    for (from, to) in crate::shop::STEPS {
        shop.promote("tag", from, to).expect_code(0);
    }
    assert_eq!(shop.newest("promotion.completed").data()["signature_status"], "verified");
    shop.expect_sound();
}

/// A guard that cannot be evaluated refuses, unless the manifest says to warn; either way the record says so.
// proves: FR-004, FR-005
#[test]
fn a_signature_store_that_cannot_be_read_is_told_or_refused() {
    let shop = shop(BY_KEY, &["tag"]);
    let index: Value = serde_json::from_slice(&fs::read(fixtures().join("layout/index.json")).expect("an index")).expect("JSON");
    let attached = format!("{}.sig", image("tag").replace(':', "-"));
    let entries = index["manifests"].as_array().expect("manifests");
    let entry = entries.iter().find(|entry| entry["annotations"]["org.opencontainers.image.ref.name"] == attached.as_str());
    let hex = entry.and_then(|entry| entry["digest"].as_str()).expect("it is signed").replace("sha256:", "");
    let blob = shop.layout("api").join("blobs/sha256").join(hex);
    fs::remove_file(&blob).expect("the blob is there");
    fs::create_dir(&blob).expect("a folder, which is no blob");
    shop.promote("tag", "none", "dev").expect_code(0);
    let told = shop.promote("tag", "dev", "staging").expect_code(0).stderr;
    assert!(told.contains("WARNING: the signatures of sha256:") && told.contains("cannot be read"), "{told}");
    assert_eq!(shop.newest("signature.checked").data()["found"], "unknown");
    let error = shop.refused(6, &shop.promotion("tag", "staging", "prod"));
    assert!(error["message"].as_str().is_some_and(|text| text.contains("could not be checked")), "{error}");
    shop.expect_sound();
}
