//! The story of two releases: up the whole path, back, up again.

use promoledger_tests::registry::Registry;

use crate::shop::{OPS, PLAIN, STEPS, Shop, digest};

// proves: FR-001, FR-001b, FR-002, FR-003, FR-031
#[test]
fn a_release_walks_the_whole_path_and_its_bytes_never_change() {
    let registry = Registry::start();
    let shop = Shop::in_registry(&registry, PLAIN);
    let skopeo = registry.skopeo();
    let pushed = skopeo.manifest("api", "v1.0.0");
    let expected = digest("api", "v1.0.0");
    for (from, to) in STEPS {
        let said = shop.json(&shop.promotion("v1.0.0", from, to));
        assert_eq!(said["artifact_digest"], expected.as_str());
        assert_eq!(said["already"], false);
        assert_eq!(skopeo.digest("api", &format!("v1.0.0-{to}")), expected);
        assert_eq!(skopeo.digest("api", &format!("latest-{to}")), expected);
        assert_eq!(skopeo.manifest("api", &format!("v1.0.0-{to}")), pushed);
    }
    let tags: Vec<String> = shop.tags().into_keys().collect();
    assert_eq!(tags, ["latest-dev", "latest-prod", "latest-staging", "v1.0.0-dev", "v1.0.0-prod", "v1.0.0-staging"]);
    shop.expect_sound();
}

// proves: FR-003
#[test]
fn the_newest_promotion_moves_latest_and_leaves_other_versions_tags() {
    let registry = Registry::start();
    let shop = Shop::in_registry(&registry, PLAIN);
    shop.promote("v1.0.0", "none", "dev").expect_code(0);
    shop.promote("v1.1.0", "none", "dev").expect_code(0);
    let (old, new) = (digest("api", "v1.0.0"), digest("api", "v1.1.0"));
    let tags = shop.tags();
    assert_eq!(tags["v1.0.0-dev"], old);
    assert_eq!(tags["v1.1.0-dev"], new);
    assert_eq!(tags["latest-dev"], new);
}

// proves: FR-001, FR-001a
#[test]
fn one_step_at_a_time_along_the_path_that_the_manifest_names() {
    let rules = crate::shop::Rules { components: &["api"], promotion: "    environments: [qa, live]\n" };
    let shop = Shop::in_layouts(rules);
    assert_eq!(shop.refused(9, &shop.promotion("v1.0.0", "none", "live"))["kind"], "invalid_transition");
    shop.refused(9, &shop.promotion("v1.0.0", "none", "dev"));
    shop.refused(11, &shop.promotion("v1.0.0", "qa", "live"));
    shop.promote("v1.0.0", "none", "qa").expect_code(0);
    shop.promote("v1.0.0", "qa", "live").expect_code(0);
    shop.refused(9, &shop.promotion("v1.0.0", "live", "qa"));
    assert_eq!(shop.whereabouts()["live/api"], format!("v1.0.0 {}", digest("api", "v1.0.0")));
}

// proves: FR-027, FR-017
#[test]
fn the_record_says_who_what_when_and_by_what_right() {
    let shop = Shop::in_layouts(PLAIN);
    let said = shop.json(&[&shop.promotion("v1.0.0", "none", "dev")[..], &["--reason", "the first one"]].concat());
    let completed = shop.newest("promotion.completed");
    assert_eq!(completed.text("actor"), OPS);
    assert!(completed.text("time").ends_with('Z'), "{completed:?}");
    let data = completed.data();
    assert_eq!(data["promotion"]["promotion_id"], said["promotion_id"]);
    assert_eq!(data["promotion"]["digest"], digest("api", "v1.0.0").as_str());
    assert_eq!(data["promotion"]["from"], "none");
    assert_eq!(data["promotion"]["to"], "dev");
    assert_eq!(data["gates"][0]["gate"], "policy_compliance");
    assert_eq!(data["signature_status"], "not_required");
    assert_eq!(data["authorization_passed"], true);
    assert!(data["authorized_via"].as_str().is_some_and(|via| via.contains("acme.example/ops")), "{data}");
    assert_eq!(shop.newest("promotion.requested").data()["reason"], "the first one");
}

// proves: FR-013, FR-014, FR-015, FR-017
#[test]
fn a_rollback_is_numbered_by_version_and_environment_and_moves_latest() {
    let registry = Registry::start();
    let shop = Shop::in_registry(&registry, PLAIN);
    shop.promote_up_to("v1.0.0", "staging");
    shop.promote_up_to("v1.1.0", "staging");
    let (old, new) = (digest("api", "v1.0.0"), digest("api", "v1.1.0"));
    let back = |version: &str, env: &str| shop.json(&["rollback", version, "--env", env, "--reason", "it was slow"]);

    assert_eq!(back("v1.0.0", "staging")["tags"][0]["tag"], "v1.0.0-staging-rollback-1");
    assert_eq!(shop.tags()["latest-staging"], old);
    let completed = shop.newest("rollback.completed");
    assert_eq!(completed.text("actor"), OPS);
    assert_eq!(completed.data()["leaves"]["version"], "v1.1.0");
    assert_eq!(shop.newest("rollback.requested").data()["reason"], "it was slow");

    // Forward again, and back again: the count goes on, and starts anew elsewhere.
    shop.promote("v1.1.0", "dev", "staging").expect_code(0);
    assert_eq!(shop.tags()["latest-staging"], new);
    assert_eq!(back("v1.0.0", "staging")["tags"][0]["tag"], "v1.0.0-staging-rollback-2");
    assert_eq!(back("v1.0.0", "dev")["tags"][0]["tag"], "v1.0.0-dev-rollback-1");
    assert_eq!(back("v1.1.0", "dev")["tags"][0]["tag"], "v1.1.0-dev-rollback-1");

    let tags = shop.tags();
    for tag in ["v1.0.0-staging-rollback-1", "v1.0.0-staging-rollback-2", "v1.0.0-dev-rollback-1", "latest-staging"] {
        assert_eq!(tags[tag], old, "{tag}");
    }
    for tag in ["v1.1.0-dev-rollback-1", "latest-dev", "v1.1.0-staging"] {
        assert_eq!(tags[tag], new, "{tag}");
    }
    shop.expect_sound();
}

// proves: FR-013
#[test]
fn a_version_that_was_never_there_cannot_be_rolled_back_to() {
    let shop = Shop::in_layouts(PLAIN);
    shop.refused(11, &["rollback", "--env", "dev", "--reason", "x"]);
    shop.promote("v1.0.0", "none", "dev").expect_code(0);
    shop.promote("v1.1.0", "none", "dev").expect_code(0);
    let error = shop.refused(11, &["rollback", "v1.2.0", "--env", "dev", "--reason", "x"]);
    assert_eq!(error["kind"], "never_promoted");
    let named = error["versions"].as_array().expect("the versions that were there are named");
    assert_eq!(named.len(), 2, "{error}");
    assert!(named.contains(&"v1.0.0".into()) && named.contains(&"v1.1.0".into()), "{error}");
    assert!(error["hint"].as_str().is_some_and(|hint| hint.contains("v1.0.0")), "{error}");
}

// proves: FR-013
#[test]
fn without_a_version_a_rollback_goes_to_the_newest_that_was_not_rolled_back_from() {
    let shop = Shop::in_layouts(PLAIN);
    for version in ["v1.0.0", "v1.1.0", "v1.2.0"] {
        shop.promote(version, "none", "dev").expect_code(0);
    }
    let back = || shop.json(&["rollback", "--env", "dev", "--reason", "x"])["version"].clone();
    assert_eq!(back(), "v1.1.0");
    assert_eq!(back(), "v1.0.0");
    shop.refused(11, &["rollback", "--env", "dev", "--reason", "x"]);
    assert_eq!(shop.json(&["rollback", "v1.0.0", "--env", "dev", "--reason", "x"])["already"], true);
}

#[test]
fn what_was_rolled_back_from_goes_no_further_until_it_is_promoted_again() {
    let shop = Shop::in_layouts(PLAIN);
    shop.promote("v1.0.0", "none", "dev").expect_code(0);
    shop.promote("v1.1.0", "none", "dev").expect_code(0);
    shop.json(&["rollback", "--env", "dev", "--reason", "x"]);
    shop.refused(9, &shop.promotion("v1.1.0", "dev", "staging"));
    shop.promote("v1.1.0", "none", "dev").expect_code(0);
    shop.promote("v1.1.0", "dev", "staging").expect_code(0);
}

// proves: FR-026
#[test]
fn the_record_is_asked_for_by_environment_and_limit() {
    let shop = Shop::in_layouts(PLAIN);
    for (from, to) in STEPS {
        shop.promote("v1.0.0", from, to).expect_code(0);
    }
    let page = shop.json(&["history", "--env", "staging", "--limit", "3"]);
    let entries = page["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 3);
    assert!(entries.iter().all(|entry| entry["environment"] == "staging"));
    let rest = shop.json(&["history", "--env", "staging", "--before", page["next"].as_str().expect("there is more"), "--limit", "100"]);
    assert_eq!(rest["entries"].as_array().unwrap().len(), 6, "a promotion is nine entries");
    assert_eq!(rest["next"], serde_json::Value::Null);
}

#[test]
fn an_environment_that_is_not_there_is_named() {
    let shop = Shop::in_layouts(PLAIN);
    for arguments in
        [&["rollback", "--component", "api", "--env", "moon", "--reason", "x"][..], &["lock", "--env", "moon", "--reason", "x"]]
    {
        let error = shop.refused(3, arguments);
        assert_eq!(error["kind"], "not_found");
        assert_eq!(
            error["message"],
            format!("pipeline {} has no environment moon", shop.json(&["manifest", "diff"])["pipeline"].as_str().unwrap())
        );
    }
}

// proves: FR-031, FR-034
#[test]
fn arguments_that_make_no_sense_are_an_object_too() {
    let shop = Shop::in_layouts(PLAIN);
    let error = shop.refused(2, &["promote", "latest", "--from", "none", "--to", "dev"]);
    assert_eq!(error["kind"], "usage");
    assert!(error["message"].as_str().unwrap().contains("neither `latest`"), "{error}");
}
