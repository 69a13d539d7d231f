//! `impact`: what rolling back would come to, without doing it.

use serde_json::{Value, json};

use super::shop;
use crate::shop::{OPS, PLAIN, Shop, digest};

// proves: derived
#[test]
fn what_would_be_undone_and_what_returns_is_told() {
    let shop = Shop::in_layouts(PLAIN);
    for version in ["v1.0.0", "v1.1.0", "v1.2.0"] {
        shop.promote_up_to(version, "staging");
    }
    shop.promote("v1.2.0", "staging", "prod").expect_code(0);
    let before = shop.entries().len();
    let impact = shop.json(&["impact", "v1.0.0", "--env", "staging"]);
    let undone: Vec<&Value> = impact["undone"].as_array().expect("rows").iter().map(|row| &row["version"]).collect();
    assert_eq!((undone, &impact["undone_count"]), (vec![&json!("v1.2.0"), &json!("v1.1.0")], &json!(2)));
    assert_eq!((&impact["undone"][0]["by"], &impact["artifact_digest"]), (&OPS.into(), &digest("api", "v1.0.0").into()));
    assert_eq!((&impact["current"]["version"], &impact["last_there"]["current"]), (&"v1.2.0".into(), &false.into()));
    let downstream = &impact["downstream"];
    assert_eq!((&downstream[0]["environment"], &downstream[0]["current"]["version"]), (&"prod".into(), &"v1.2.0".into()));
    assert_eq!((&impact["allowed"], &impact["estimate"]), (&json!({"yes": true, "because": []}), &Value::Null));

    let page = shop.run(&["impact", "v1.0.0", "--env", "staging"]).expect_code(0).stdout;
    for told in ["Rolling api in staging back from v1.2.0 to v1.0.0 would", "last there", "prod has v1.2.0", "you may", "yes"] {
        assert!(page.contains(told), "{told}: {page}");
    }
    assert_eq!(shop.entries().len(), before, "asking changes nothing");
}

#[test]
fn earlier_rollbacks_are_remembered_with_their_reason() {
    let shop = shop();
    let impact = shop.json(&["impact", "v1.1.0", "--env", "dev"]);
    let left = &impact["rolled_back_from"][0];
    assert_eq!((&left["to"], &left["by"], &left["reason"]), (&"v1.0.0".into(), &OPS.into(), &"it was slow".into()));
    assert_eq!((&impact["undone"][0]["kind"], &impact["estimate"]["runs"]), (&"rollback".into(), &1.into()));
    let page = shop.run(&["impact", "v1.1.0", "--env", "dev"]).expect_code(0).stdout;
    assert!(page.contains("\"it was slow\"") && page.contains("the median of 1 rollback"), "{page}");
}

#[test]
fn what_stands_in_the_way_is_named() {
    let shop = shop();
    let stranger = shop.workspace.promoledger_of("stranger");
    let asked = ["impact", "v1.1.0", "--env", "dev", "--output", "json"];
    assert_eq!(stranger.run(&asked).expect_code(0).json()["allowed"], Value::Null, "who has no key is not told");

    let already = shop.json(&["impact", "v1.0.0", "--env", "dev"]);
    assert_eq!((&already["already"], &already["undone"]), (&true.into(), &json!([])));
    let page = shop.run(&["impact", "v1.0.0", "--env", "dev"]).expect_code(0).stdout;
    assert!(page.contains("there is nothing to undo"), "{page}");

    let never = shop.refused(11, &["impact", "v9.9.9", "--env", "dev"]);
    assert_eq!(never["versions"], json!(["v1.0.0", "v1.1.0"]));
    shop.run(&["impact", "v1.0.0", "--env", "prod"]).expect_code(11);
    shop.run(&["impact", "v1.0.0", "--env", "qa"]).expect_code(3);
}
