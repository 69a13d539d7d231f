//! Who may change an environment, who may not bring a release further, and when nobody may.

use crate::promotion::add_key;
use crate::shop::{OPS, Rules, Shop, digest};

const STEWARDS: Rules = Rules {
    components: &["api"],
    promotion: "    groups: { shippers: [ana@acme.example] }\n    environments:\n      - dev\n      - name: staging\n        authorization: { allowed_groups: [shippers], allowed_operators: [bob@acme.example], separation_of_duties: true }\n      - prod\n",
};

// proves: FR-047, FR-048, FR-049
#[test]
fn an_environment_is_changed_by_its_stewards_alone() {
    let shop = Shop::in_layouts(STEWARDS);
    let ana = add_key(&shop, "ana", "ana@acme.example", &["--role", "operator"]);
    shop.promote("v1.0.0", "none", "dev").expect_code(0);
    let error = shop.refused(12, &shop.promotion("v1.0.0", "dev", "staging"));
    assert_eq!(error["message"], format!("staging may be changed by members of shippers and bob@acme.example; {OPS} is in no group"));
    shop.run(&["lock", "--env", "staging", "--reason", "mine"]).expect_code(12);
    assert_eq!(shop.newest("authorization.decided").data()["outcome"], "refused");
    ana.run(&shop.promotion("v1.0.0", "dev", "staging")).expect_code(0);
    let via = shop.newest("authorization.decided").data()["authorized_via"].as_str().unwrap_or_default().to_owned();
    assert!(via.ends_with("group shippers by the manifest"), "{via}");
    assert_eq!(shop.newest("promotion.completed").data()["authorized_via"], via);
    shop.run(&["rollback", "v1.0.0", "--env", "staging", "--reason", "mine"]).expect_code(0);
    shop.expect_sound();
}

// proves: FR-050, FR-051, FR-052, FR-053
#[test]
fn whoever_brought_it_here_does_not_bring_it_further() {
    let shop = Shop::in_layouts(STEWARDS);
    let ana = add_key(&shop, "ana", "ana@acme.example", &["--role", "operator"]);
    let bob = add_key(&shop, "bob", "bob@acme.example", &["--role", "operator"]);
    ana.run(&shop.promotion("v1.0.0", "none", "dev")).expect_code(0);
    let refused = ana.run(&shop.promotion("v1.0.0", "dev", "staging")).expect_code(12).stderr;
    assert!(refused.contains("ana@acme.example brought this digest of api to dev, and staging separates duties"), "{refused}");
    assert_eq!(shop.newest("promotion.refused").data()["reasons"][0]["code"], 12);
    bob.run(&shop.promotion("v1.0.0", "dev", "staging")).expect_code(0);
    shop.expect_sound();
}

#[test]
fn a_lock_is_over_when_it_said_so() {
    let shop = Shop::in_layouts(STEWARDS);
    shop.run(&["lock", "--env", "dev", "--reason", "over before", "--until", "2020-01-01"]).expect_code(2);
    let locked = shop.json(&["lock", "--env", "dev", "--reason", "stocktaking", "--until", "2099-01-01"]);
    assert_eq!(locked["expires"], "2099-01-01T23:59:59.999999Z");
    let refused = shop.promote("v1.0.0", "none", "dev").expect_code(13).stderr;
    assert!(refused.contains("dev is locked until 2099-01-01 23:59 UTC: \"stocktaking\""), "{refused}");
    shop.expect_sound();
}

const CHOOSY: Rules = Rules {
    components: &["api"],
    promotion: "    environments:\n      - name: dev\n        versions: \"^1\"\n      - staging\n      - prod\n",
};

// proves: REQ version pins and constraints per environment
#[test]
fn an_environment_takes_the_versions_that_it_takes() {
    let shop = Shop::in_layouts(CHOOSY);
    let error = shop.refused(9, &shop.promotion("v2.0.0-rc.1", "none", "dev"));
    assert_eq!(error["message"], "dev takes versions of api at least 1.0.0 and below 2.0.0-0, found v2.0.0-rc.1");
    shop.promote("nightly", "none", "dev").expect_code(9);
    shop.promote("v1.2.0", "none", "dev").expect_code(0);
}

#[test]
fn a_breaking_change_has_to_be_meant() {
    let shop = Shop::without_ledger(STEWARDS);
    shop.open(&[]);
    let digest = digest("api", "v1.0.0");
    let register = ["register", "v1.0.0", "--ref", &digest, "--breaking", "the field name is gone", "--breaking", "ids are text"];
    shop.run(&register).expect_code(0);
    let refused = shop.promote("v1.0.0", "none", "dev").expect_code(14).stderr;
    assert!(refused.contains("with changes that break what others rely on"), "{refused}");
    shop.run(&[&shop.promotion("v1.0.0", "none", "dev")[..], &["--allow-breaking"]].concat()).expect_code(0);
    assert_eq!(shop.newest("promotion.requested").data()["allow_breaking"], true);
    shop.expect_sound();
}
