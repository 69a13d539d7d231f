//! Imported history in every answer: marked, and with the times that it asserts.

use serde_json::{Value, json};

use super::row;
use crate::shop::{PLAIN, Shop, digest};

/// What is said to have happened: `api` in prod, which the rules list, and two components in a place that they do not.
fn history() -> String {
    let line = |day: u32, component: &str, version: &str, to: &str, kind: &str, digest: Option<String>| {
        let mut line = json!({"time": format!("2024-03-{day:02}T12:00:00Z"), "component": component, "version": version, "from": "none",
            "to": to, "actor": "op-001", "kind": kind});
        if let Some(digest) = digest {
            line["digest"] = digest.into();
        }
        format!("{line}\n")
    };
    let api = |version: &str| Some(digest("api", version));
    [
        line(1, "api", "v1.0.0", "prod", "promotion", api("v1.0.0")),
        line(3, "api", "v1.1.0", "prod", "promotion", api("v1.1.0")),
        line(5, "team/dns", "1.3.1", "production", "promotion", None),
        line(6, "team/dns", "1.3.1", "production", "removal", None),
        line(7, "team/dns", "1.4.0", "production", "promotion", None),
        line(8, "team/web", "2.0.0", "production", "promotion", None),
    ]
    .concat()
}

fn shop() -> Shop {
    let shop = Shop::in_layouts(PLAIN);
    shop.workspace.write("history.jsonl", history());
    shop.run(&["import", "history.jsonl", "--declare"]).expect_code(0);
    shop
}

// proves: derived
#[test]
fn status_shows_what_is_said_to_be_there_and_marks_it() {
    let shop = shop();
    let status = shop.json(&["status"]);
    let prod = row(&status["environments"], "prod");
    assert_eq!((&prod["version"], &prod["asserted"], &prod["line"]), (&"v1.1.0".into(), &true.into(), &2.into()));
    assert_eq!((&prod["since"], &prod["promotion_id"]), (&"2024-03-03T12:00:00.000000Z".into(), &Value::Null));
    assert_eq!((&status["unlisted"], status["environments"].as_array().map(Vec::len)), (&2.into(), Some(3)));
    let page = shop.run(&["status"]).expect_code(0).stdout;
    assert!(page.contains("op-001, imported") && page.contains("2 places that the rules do not list hold something"), "{page}");

    let all = shop.json(&["status", "--all"]);
    assert_eq!((&all["unlisted"], all["environments"].as_array().map(Vec::len)), (&0.into(), Some(5)));
    let web = &shop.json(&["status", "--component", "team/web"])["environments"][0];
    assert_eq!((&web["version"], &web["listed"], &web["artifact_digest"]), (&"2.0.0".into(), &false.into(), &Value::Null));
    shop.run(&["status", "--component", "team/nothing"]).expect_code(3);
    let before = shop.json(&["status", "--component", "team/dns", "--history", "9"]);
    let versions: Vec<&Value> = before["history"].as_array().expect("a history").iter().map(|row| &row["version"]).collect();
    assert_eq!(versions, ["1.4.0", "1.3.1"]);
}

// proves: derived
#[test]
fn the_past_before_the_ledger_is_answered_from_what_is_asserted() {
    let shop = shop();
    let at = |day: u32| shop.json(&["status", "--at", &format!("2024-03-{day:02}")]);
    let versions = |status: &Value| -> Vec<String> {
        let rows = status["environments"].as_array().expect("rows").clone();
        rows.iter()
            .map(|row| format!("{} {}", row["component"].as_str().expect("a name"), row["version"].as_str().expect("a name")))
            .collect()
    };
    assert_eq!(versions(&at(2)), ["api v1.0.0"], "no rules were in force, so all there was is shown");
    assert_eq!(versions(&at(5)), ["api v1.1.0", "team/dns 1.3.1"]);
    assert_eq!(versions(&at(6)), ["api v1.1.0"]);
    assert_eq!(versions(&at(9)), ["api v1.1.0", "team/dns 1.4.0", "team/web 2.0.0"]);
    let imported = shop.entries().len() - 1;
    let status = shop.json(&["status", "--all", "--at", &format!("seq:{}", imported - 1)]);
    assert!(status["environments"].as_array().is_some_and(|rows| rows.iter().all(|row| row["version"] == Value::Null)), "{status}");
    let page = shop.run(&["status", "--at", "2024-03-09"]).expect_code(0).stdout;
    assert!(page.contains("without rules") && page.contains("before the first entry"), "{page}");
}

#[test]
fn digests_versions_and_changes_are_found_in_what_is_asserted() {
    let shop = shop();
    let places = &shop.json(&["where", &digest("api", "v1.0.0")])["places"];
    assert_eq!((&places[0]["asserted"], &places[0]["current"], &places[0]["environment"]), (&true.into(), &false.into(), &"prod".into()));
    let dns = shop.json(&["where", "1.4.0"]);
    assert_eq!((&dns["places"][0]["component"], &dns["places"][0]["artifact_digest"]), (&"team/dns".into(), &Value::Null));
    assert_eq!(shop.json(&["where", "v1.1.0"])["places"].as_array().map(Vec::len), Some(1), "told once, with its digest");
    let diff = shop.json(&["diff", "2024-03-04", "2024-03-07"]);
    let change = &diff["changes"][0];
    assert_eq!((&change["before"], &change["after"]["version"]), (&Value::Null, &"1.4.0".into()));
    assert_eq!((&change["promotions"], &change["removals"], &change["after"]["asserted"]), (&2.into(), &1.into(), &true.into()));
    let compared = shop.json(&["diff", "prod", "production"]);
    assert_eq!(compared["components"].as_array().map(Vec::len), Some(3));
}

#[test]
fn the_history_has_a_line_for_each() {
    let shop = shop();
    let place = shop.entries().len() - 1;
    let history = shop.json(&["history", "--component", "team/dns"]);
    let lines: Vec<u64> = history["entries"].as_array().expect("entries").iter().filter_map(|row| row["line"].as_u64()).collect();
    assert_eq!(lines, [5, 4, 3]);
    let page = shop.run(&["history", "--component", "team/dns"]).expect_code(0).stdout;
    assert!(page.contains(&format!("{place}.4")) && page.contains("2024-03-06 12:00:00  imported"), "{page}");
    let first = shop.json(&["history", "--limit", "2"]);
    assert_eq!(first["next"], format!("{place}.5"));
    let next = shop.json(&["history", "--limit", "2", "--before", &format!("{place}.5")]);
    assert_eq!((&next["entries"][0]["line"], &next["entries"][0]["by"]), (&4.into(), &"op-001".into()));
    assert_eq!(shop.json(&["history", "--until", "2024-03-04"])["entries"].as_array().map(Vec::len), Some(2));
    assert_eq!(shop.json(&["history", "--principal", "op-001", "--since", "2024-03-07"])["entries"].as_array().map(Vec::len), Some(2));
    shop.run(&["history", "--before", "1.x"]).expect_code(2);
}

#[test]
fn what_is_recorded_takes_the_place_of_what_is_asserted() {
    let shop = shop();
    shop.promote_up_to("v1.2.0", "prod");
    let status = shop.json(&["status", "--env", "prod"]);
    let prod = row(&status["environments"], "prod");
    assert_eq!((&prod["version"], &prod["asserted"]), (&"v1.2.0".into(), &false.into()));
    let impact = shop.json(&["impact", "v1.0.0", "--env", "prod"]);
    assert_eq!((&impact["undone_count"], &impact["last_there"]["asserted"]), (&2.into(), &true.into()));
    let undone: Vec<&Value> = impact["undone"].as_array().expect("rows").iter().map(|row| &row["version"]).collect();
    assert_eq!(undone, ["v1.2.0", "v1.1.0"]);
    assert_eq!((&impact["artifact_digest"], &impact["allowed"]["yes"]), (&digest("api", "v1.0.0").into(), &true.into()));
    shop.expect_sound();
}
