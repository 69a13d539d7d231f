//! What stands in a promotion's way apart from locks, gates and rights: versions, tags, and artifacts that are gone.

use std::fs;

use promoledger_tests::registry::Registry;

use crate::shop::{PLAIN, Rules, Shop, digest};

// proves: life.downgrade-guard
#[test]
fn an_older_version_needs_the_word_of_the_caller() {
    let shop = Shop::in_layouts(PLAIN);
    shop.promote("v1.1.0", "none", "dev").expect_code(0);
    let error = shop.refused(14, &shop.promotion("v1.0.0", "none", "dev"));
    assert_eq!(error["kind"], "version_guard");
    let message = error["message"].as_str().unwrap_or_default();
    for word in ["v1.0.0", "v1.1.0", "dev"] {
        assert!(message.contains(word), "{word} in {message}");
    }
    assert!(error["hint"].as_str().is_some_and(|hint| hint.contains("--allow-downgrade")), "{error}");
    assert_eq!(shop.newest("downgrade.decided").data()["outcome"], "refused");
    assert!(!shop.tags().contains_key("v1.0.0-dev"));

    let allowed = shop.run(&[&shop.promotion("v1.0.0", "none", "dev")[..], &["--allow-downgrade"]].concat()).expect_code(0);
    assert!(allowed.stderr.contains("warning: downgrade"), "{}", allowed.stderr);
    assert_eq!(shop.newest("downgrade.decided").data()["allow_downgrade"], true);
    assert_eq!(shop.tags()["latest-dev"], digest("api", "v1.0.0"));
}

// proves: life.downgrade-guard
#[test]
fn a_prerelease_is_older_than_its_release_and_newer_than_the_release_before() {
    let shop = Shop::in_layouts(PLAIN);
    shop.promote("v1.2.0", "none", "dev").expect_code(0);
    shop.promote("v2.0.0-rc.1", "none", "dev").expect_code(0);
    shop.refused(14, &shop.promotion("v1.2.0", "none", "dev"));
}

// proves: life.downgrade-guard
#[test]
fn a_version_that_cannot_be_compared_warns_or_is_blocked_as_the_manifest_says() {
    let warning = Shop::in_layouts(PLAIN);
    warning.promote("v1.0.0", "none", "dev").expect_code(0);
    let run = warning.promote("nightly", "none", "dev").expect_code(0);
    assert!(run.stderr.contains("nightly") && run.stderr.contains("v1.0.0"), "{}", run.stderr);

    let blocking = Shop::in_layouts(Rules { components: &["api"], promotion: "    on_incomparable: block\n" });
    blocking.promote("v1.0.0", "none", "dev").expect_code(0);
    blocking.refused(14, &blocking.promotion("nightly", "none", "dev"));
    blocking.run(&[&blocking.promotion("nightly", "none", "dev")[..], &["--allow-downgrade"]].concat()).expect_code(0);
}

// proves: NFR-004
#[test]
fn what_is_there_already_is_left_alone_and_nothing_is_recorded() {
    let shop = Shop::in_layouts(PLAIN);
    shop.promote("v1.0.0", "none", "dev").expect_code(0);
    let before = shop.entries().len();
    let said = shop.json(&shop.promotion("v1.0.0", "none", "dev"));
    assert_eq!(said["already"], true);
    assert_eq!(said["artifact_digest"], digest("api", "v1.0.0").as_str());
    assert!(shop.promote("v1.0.0", "none", "dev").expect_code(0).stdout.contains("Already promoted"));
    assert_eq!(shop.json(&["register", "v1.0.0", "--ref", &digest("api", "v1.0.0")])["already"], true);
    assert_eq!(shop.entries().len(), before);
}

#[test]
fn force_makes_the_tags_again_and_passes_no_guard() {
    let registry = Registry::start();
    let shop = Shop::in_registry(&registry, PLAIN);
    shop.promote("v1.0.0", "none", "dev").expect_code(0);
    let source = shop.workspace.path().join("source/api");
    registry.skopeo().push_layout(&source, "v1.1.0", "api", "latest-dev");
    assert!(shop.promote("v1.0.0", "none", "dev").expect_code(0).stdout.contains("Already promoted"));
    assert_eq!(shop.tags()["latest-dev"], digest("api", "v1.1.0"));
    let forced = [&shop.promotion("v1.0.0", "none", "dev")[..], &["--force"]].concat();
    shop.run(&forced).expect_code(0);
    assert_eq!(shop.tags()["latest-dev"], digest("api", "v1.0.0"));

    shop.run(&["lock", "--env", "dev", "--reason", "closed"]).expect_code(0);
    shop.refused(13, &forced);
    shop.expect_sound();
}

// proves: NFR-004
#[test]
fn a_tag_that_exists_on_another_digest_is_never_moved() {
    let registry = Registry::start();
    let shop = Shop::in_registry(&registry, PLAIN);
    let source = shop.workspace.path().join("source/api");
    registry.skopeo().push_layout(&source, "v1.1.0", "api", "v1.0.0-dev");
    let error = shop.refused(10, &shop.promotion("v1.0.0", "none", "dev"));
    assert_eq!(error["kind"], "tag_conflict");
    let message = error["message"].as_str().unwrap_or_default();
    assert!(message.contains(&digest("api", "v1.0.0")) && message.contains(&digest("api", "v1.1.0")), "{message}");
    shop.refused(10, &[&shop.promotion("v1.0.0", "none", "dev")[..], &["--force"]].concat());
    assert_eq!(shop.tags(), [("v1.0.0-dev".to_owned(), digest("api", "v1.1.0"))].into());
    // The same digest under the tag already is fine.
    registry.skopeo().push_layout(&source, "v1.2.0", "api", "v1.2.0-dev");
    shop.promote("v1.2.0", "none", "dev").expect_code(0);
}

#[test]
fn an_immutable_tag_that_was_moved_stops_the_next_step() {
    let registry = Registry::start();
    let shop = Shop::in_registry(&registry, PLAIN);
    shop.promote("v1.0.0", "none", "dev").expect_code(0);
    let source = shop.workspace.path().join("source/api");
    registry.skopeo().push_layout(&source, "v1.1.0", "api", "v1.0.0-dev");
    assert_eq!(shop.refused(4, &shop.promotion("v1.0.0", "dev", "staging"))["kind"], "immutability_violated");
    assert!(!shop.tags().contains_key("v1.0.0-staging"));
}

#[test]
fn a_version_stands_for_one_digest() {
    let shop = Shop::in_layouts(PLAIN);
    let error = shop.refused(10, &["register", "v1.0.0", "--ref", &digest("api", "v1.1.0")]);
    assert!(error["message"].as_str().is_some_and(|message| message.contains("v1.0.0 was registered as")), "{error}");
}

#[test]
fn an_artifact_that_is_missing_is_said_with_versions_that_were_perhaps_meant() {
    let shop = Shop::in_layouts(PLAIN);
    let before = shop.entries().len();
    let error = shop.refused(3, &shop.promotion("v1.0.1", "none", "dev"));
    assert_eq!(error["kind"], "not_found");
    assert!(error["hint"].as_str().is_some_and(|hint| hint.contains("did you mean v1.0.0")), "{error}");
    let nowhere = format!("sha256:{}", "0".repeat(64));
    shop.refused(3, &["register", "v9.0.0", "--ref", &nowhere]);
    assert_eq!(shop.entries().len(), before);

    // Registered, and gone from the registry since.
    let gone = digest("api", "v1.0.0").replace("sha256:", "blobs/sha256/");
    fs::remove_file(shop.layout("api").join(gone)).expect("the image's manifest is a file");
    shop.refused(3, &shop.promotion("v1.0.0", "none", "dev"));
    assert!(shop.tags().is_empty());
}
