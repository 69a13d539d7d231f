//! `diff`: between two moments, and between two environments.

use serde_json::{Value, json};

use super::{place, row, shop};
use crate::shop::digest;

// proves: derived
#[test]
fn what_changed_since_is_told_place_by_place() {
    let shop = shop();
    let first = place(&shop, "artifact.registered");
    let diff = shop.json(&["diff", &first]);
    assert_eq!(diff["changes"].as_array().map(Vec::len), Some(2));
    let dev = row(&diff["changes"], "dev");
    assert_eq!((&dev["before"], &dev["after"]["version"]), (&Value::Null, &"v1.0.0".into()));
    assert_eq!((&dev["promotions"], &dev["rollbacks"], &dev["by"]), (&2.into(), &1.into(), &crate::shop::OPS.into()));
    assert_eq!(dev["after"]["artifact_digest"], digest("api", "v1.0.0").as_str());
    let locks: Vec<&Value> = diff["locks"].as_array().expect("locks").iter().map(|row| &row["change"]).collect();
    assert_eq!(locks, ["set", "lifted"]);
    assert_eq!((&diff["rules"], &diff["before"]["entry"]), (&json!([]), &first[4..].parse::<u64>().expect("a place").into()));

    let page = shop.run(&["diff", &first]).expect_code(0).stdout;
    for told in ["2 promotions, 1 rollback", "prod was locked: \"stocktaking\"", "the lock of prod from entry", "→ now"] {
        assert!(page.contains(told), "{told}: {page}");
    }
}

#[test]
fn between_two_moments_only_what_lies_between_counts() {
    let shop = shop();
    let (locked, unlocked) = (place(&shop, "environment.locked"), place(&shop, "environment.unlocked"));
    let diff = shop.json(&["diff", &locked, &unlocked]);
    let dev = row(&diff["changes"], "dev");
    assert_eq!(diff["changes"].as_array().map(Vec::len), Some(1));
    assert_eq!((&dev["before"]["version"], &dev["after"]["version"]), (&"v1.1.0".into(), &"v1.0.0".into()));
    assert_eq!((&dev["promotions"], &dev["rollbacks"]), (&0.into(), &1.into()));
    assert_eq!(diff["locks"].as_array().map(Vec::len), Some(1));
    assert_eq!(shop.json(&["diff", &locked, &unlocked, "--env", "staging"])["changes"], json!([]));
    let page = shop.run(&["diff", &unlocked, &unlocked]).expect_code(0).stdout;
    assert!(page.contains("nothing"), "{page}");
    shop.run(&["diff", &unlocked, &locked]).expect_code(2);
    shop.run(&["diff", "seq:9999"]).expect_code(3);
    shop.run(&["diff", "staging"]).expect_code(2);
    shop.run(&["diff", "staging", &locked]).expect_code(2);
}

#[test]
fn rules_that_changed_are_told_in_sentences() {
    let shop = shop();
    let before = format!("seq:{}", shop.entries().len() - 1);
    let file = shop.workspace.path().join("manifest.yaml");
    let manifest = std::fs::read_to_string(&file).expect("a manifest");
    std::fs::write(&file, manifest + "    environments: [dev, staging, {name: prod, gates: [tests]}]\n")
        .expect("a manifest can be written");
    shop.run(&["manifest", "adopt"]).expect_code(0);
    let diff = shop.json(&["diff", &before]);
    assert_eq!(diff["rules"][0]["differences"], json!(["prod now requires gate tests"]));
    let page = shop.run(&["diff", &before]).expect_code(0).stdout;
    assert!(page.contains("rules of shop changed:") && page.contains("prod now requires gate tests"), "{page}");
    let whole = shop.json(&["diff", "2001-01-01"]);
    assert_eq!((&whole["rules"][0]["new_pipeline"], &whole["rules"][1]["new_pipeline"]), (&true.into(), &false.into()));
}

#[test]
fn two_environments_are_compared_side_by_side() {
    let shop = shop();
    let same = shop.json(&["diff", "dev", "staging"]);
    assert_eq!((&same["different"], &same["components"][0]["same"]), (&0.into(), &true.into()));
    let then = shop.json(&["diff", "dev", "staging", "--at", &place(&shop, "environment.locked")]);
    assert_eq!((&then["different"], &then["left"], &then["right"]), (&1.into(), &"dev".into(), &"staging".into()));
    let row = &then["components"][0];
    assert_eq!((&row["left"]["version"], &row["right"]["version"]), (&"v1.1.0".into(), &"v1.0.0".into()));
    let empty = shop.run(&["diff", "staging", "prod"]).expect_code(0).stdout;
    assert!(empty.contains("1 of 1 component differs") && empty.contains("–"), "{empty}");
    shop.run(&["diff", "dev", "qa"]).expect_code(3);
}
