//! Approvals: asked for, given by others, void when anything changes; and what others say of an override.

use crate::promotion::add_key;
use crate::shop::{OPS, Rules, Shop};

/// dev is open; staging needs two yeses of the release managers.
const APPROVED: Rules = Rules {
    components: &["api"],
    promotion: "    groups: { release-managers: [ana@acme.example, bob@acme.example] }\n    environments:\n      - dev\n      - name: staging\n        approvals: { count: 2, groups: [release-managers], valid_for: 3d }\n      - prod\n",
};

// proves: REQ approvals required before an environment (groups, number)
#[test]
fn a_promotion_waits_until_enough_others_said_yes() {
    let shop = Shop::in_layouts(APPROVED);
    let ana = add_key(&shop, "ana", "ana@acme.example", &["--role", "approver"]);
    let bob = add_key(&shop, "bob", "bob@acme.example", &["--role", "approver"]);
    let eve = add_key(&shop, "eve", "eve@acme.example", &["--role", "approver"]);
    shop.promote("v1.0.0", "none", "dev").expect_code(0);

    let error = shop.refused(16, &shop.promotion("v1.0.0", "dev", "staging"));
    let request = shop.newest("approval.requested").0["seq"].as_u64().expect("a sequence");
    let message = error["message"].as_str().expect("a message");
    assert_eq!(
        message,
        format!("staging needs 2 approvals of release-managers, and none was asked for; they are asked for with entry {request}")
    );
    let status = shop.json(&["status"]);
    assert_eq!(status["waiting"][0]["request"], request);
    assert_eq!(status["waiting"][0]["granted"], 0);

    let asked = format!("seq:{request}");
    eve.run(&["approve", &asked]).expect_code(12);
    shop.run(&["approve", &asked]).expect_code(12);
    ana.run(&["approve", &asked, "--note", "checked the notes"]).expect_code(0);
    ana.run(&["approve", &asked]).expect_code(0);
    let again = shop.refused(16, &shop.promotion("v1.0.0", "dev", "staging"));
    assert!(again["message"].as_str().is_some_and(|text| text.contains("ana@acme.example")), "{again}");
    assert_eq!(shop.newest("approval.requested").0["seq"], request, "a request that stands is not made again");
    bob.run(&["approve"]).expect_code(0);
    shop.promote("v1.0.0", "dev", "staging").expect_code(0);
    assert_eq!(shop.json(&["status"])["waiting"], serde_json::json!([]), "what was granted is spent");
    shop.expect_sound();
}

#[test]
fn a_no_ends_the_request_and_a_new_manifest_voids_it() {
    let shop = Shop::in_layouts(APPROVED);
    let ana = add_key(&shop, "ana", "ana@acme.example", &["--role", "approver"]);
    let bob = add_key(&shop, "bob", "bob@acme.example", &["--role", "approver"]);
    shop.promote("v1.0.0", "none", "dev").expect_code(0);
    shop.promote("v1.0.0", "dev", "staging").expect_code(16);
    ana.run(&["reject", "--reason", "not on a Friday"]).expect_code(0);
    ana.run(&["approve"]).expect_code(3);
    // Asked again, it begins anew.
    shop.promote("v1.0.0", "dev", "staging").expect_code(16);
    ana.run(&["approve"]).expect_code(0);
    bob.run(&["approve"]).expect_code(0);
    let manifest = std::fs::read_to_string(shop.workspace.path().join("manifest.yaml")).expect("a manifest");
    shop.workspace.write("manifest.yaml", manifest.replace("valid_for: 3d", "valid_for: 2d"));
    shop.run(&["manifest", "adopt"]).expect_code(0);
    let error = shop.refused(16, &shop.promotion("v1.0.0", "dev", "staging"));
    assert!(error["message"].as_str().is_some_and(|text| text.contains("void, since the manifest changed")), "{error}");
    shop.expect_sound();
}

/// Everything that an override passes stands before staging.
const SHUT: Rules = Rules {
    components: &["api"],
    promotion: "    environments:\n      - dev\n      - name: staging\n        gates: [tests]\n        soak: 2d\n        approvals: { count: 1 }\n        freezes:\n          - { name: for ever and a day, from: 2020-01-01, until: 2099-01-01, zone: UTC }\n      - prod\n",
};

#[test]
fn an_override_names_what_it_passed_and_shouts_until_somebody_else_reviewed_it() {
    let shop = Shop::in_layouts(SHUT);
    let ci = add_key(&shop, "ci", "ci:acme/shop", &["--role", "ci"]);
    let ana = add_key(&shop, "ana", "ana@acme.example", &["--role", "approver"]);
    shop.promote("v1.0.0", "none", "dev").expect_code(0);
    shop.run(&["lock", "--env", "staging", "--reason", "stocktaking"]).expect_code(0);
    shop.promote("v1.0.0", "dev", "staging").expect_code(13);
    let refused = shop.newest("promotion.refused");
    let reasons = refused.data()["reasons"].as_array().expect("reasons");
    let codes: Vec<i64> = reasons.iter().filter_map(|reason| reason["code"].as_i64()).collect();
    assert_eq!(codes, [13, 17, 17, 16, 8], "{reasons:?}");

    let broken = [&shop.promotion("v1.0.0", "dev", "staging")[..], &["--break-glass", "customers cannot pay"]].concat();
    ci.run(&broken).expect_code(12);
    shop.run(&broken).expect_code(0);
    let overridden = shop.newest("guard.overridden");
    let guards: Vec<&str> =
        overridden.data()["guards"].as_array().expect("guards").iter().filter_map(|guard| guard["guard"].as_str()).collect();
    assert_eq!(guards, ["lock", "freeze", "soak", "approvals", "gates"]);
    let shouted = shop.run(&["status"]).expect_code(0).stdout;
    assert!(shouted.contains("GUARDS OVERRIDDEN, not reviewed: api v1.0.0 to staging"), "{shouted}");
    assert!(shouted.contains(&format!("passed by {OPS}")), "{shouted}");

    shop.run(&["review", "--finding", "justified", "--note", "I was there"]).expect_code(12);
    ana.run(&["review", "--finding", "justified", "--note", "the outage was real"]).expect_code(0);
    ana.run(&["review", "--finding", "justified", "--note", "again"]).expect_code(3);
    assert_eq!(shop.json(&["status"])["unreviewed"], serde_json::json!([]));
    shop.expect_sound();
}

/// What no word passes.
#[test]
fn an_override_passes_no_path_and_no_source() {
    let shop = Shop::in_layouts(SHUT);
    let skip = [&shop.promotion("v1.0.0", "none", "staging")[..], &["--break-glass", "no time"]].concat();
    shop.run(&skip).expect_code(9);
    shop.run(&[&shop.promotion("v1.0.0", "dev", "staging")[..], &["--break-glass", "no time"]].concat()).expect_code(11);
}
