//! `status`, `where` and `history` as they stood then.

use serde_json::Value;

use super::{place, row, shop};
use crate::shop::digest;

/// What does not depend on how far the ledger was read.
fn stood(mut status: Value) -> Value {
    let fields = status.as_object_mut().expect("an object");
    for field in ["ledger", "at", "trace_id"] {
        fields.remove(field);
    }
    status
}

// proves: derived
#[test]
fn status_at_an_entry_is_what_status_said_then() {
    let shop = crate::shop::Shop::in_layouts(crate::shop::PLAIN);
    let mut said = Vec::new();
    let mut say = |shop: &crate::shop::Shop| said.push((shop.entries().len() - 1, stood(shop.json(&["status"]))));
    say(&shop);
    shop.promote_up_to("v1.0.0", "staging");
    say(&shop);
    shop.run(&["lock", "--env", "prod", "--reason", "stocktaking"]).expect_code(0);
    say(&shop);
    shop.promote_up_to("v1.1.0", "dev");
    say(&shop);
    shop.run(&["unlock", "--env", "prod"]).expect_code(0);
    shop.run(&["rollback", "--env", "dev", "--reason", "it was slow"]).expect_code(0);
    say(&shop);
    for (last, then) in &said {
        let at = format!("seq:{last}");
        let now = shop.json(&["status", "--at", &at]);
        assert_eq!(now["at"]["entry"], *last);
        assert_eq!(stood(now.clone()), *then, "{at}");
        let time = now["at"]["time"].as_str().expect("an entry has a time");
        assert_eq!(stood(shop.json(&["status", "--at", time])), *then, "{time}");
    }
}

#[test]
fn a_run_that_was_under_way_then_is_shown() {
    let shop = shop();
    let status = shop.json(&["status", "--at", &place(&shop, "rollback.requested")]);
    let run = &status["under_way"][0];
    assert_eq!((&run["kind"], &run["version"], &run["environment"]), (&"rollback".into(), &"v1.0.0".into(), &"dev".into()));
    assert_eq!(row(&status["environments"], "dev")["version"], "v1.1.0");
    assert_eq!(shop.json(&["status"])["under_way"], serde_json::json!([]));
    let page = shop.run(&["status", "--at", &place(&shop, "rollback.requested")]).expect_code(0).stdout;
    assert!(page.contains("as of entry") && page.contains("rollback of api from v1.1.0 to v1.0.0 in dev is under way"), "{page}");
    assert!(!page.contains("promoledger resume"), "what is over cannot be gone on with: {page}");
}

#[test]
fn before_the_first_entry_there_was_nothing() {
    let shop = shop();
    let status = shop.json(&["status", "--at", "2001-01-01"]);
    assert_eq!((&status["at"]["entry"], &status["environments"]), (&Value::Null, &serde_json::json!([])));
    assert_eq!(shop.json(&["history", "--at", "2001-01-01"])["entries"], serde_json::json!([]));
    let later = shop.json(&["status", "--at", "2999-01-01"]);
    assert_eq!(stood(later), stood(shop.json(&["status"])));
    let error = shop.refused(3, &["status", "--at", "seq:9999"]);
    assert!(error["message"].as_str().is_some_and(|message| message.contains("the last is entry")), "{error}");
    shop.run(&["status", "--at", "yesterday"]).expect_code(2);
}

#[test]
fn history_then_ends_there() {
    let shop = shop();
    let at = place(&shop, "rollback.requested");
    let last: u64 = at.trim_start_matches("seq:").parse().expect("a place");
    let history = shop.json(&["history", "--at", &at, "--limit", "1000"]);
    let places: Vec<u64> = history["entries"].as_array().expect("entries").iter().filter_map(|row| row["entry"].as_u64()).collect();
    assert_eq!(places, (0..=last).rev().collect::<Vec<_>>());
    assert_eq!(history["at"]["entry"], last);
}

#[test]
fn a_digest_is_where_it_was_then() {
    let shop = shop();
    let digest = digest("api", "v1.1.0");
    let then = shop.json(&["where", &digest, "--at", &place(&shop, "environment.locked")]);
    assert_eq!((&then["places"][0]["current"], &then["places"][0]["until"]), (&true.into(), &Value::Null));
    let now = shop.json(&["where", &digest]);
    assert_eq!((&now["places"][0]["current"], &now["places"][0]["left_by_rollback"]), (&false.into(), &true.into()));
    let page = shop.run(&["where", &digest[..20], "--at", &place(&shop, "environment.locked")]).expect_code(0).stdout;
    assert!(page.contains(" then "), "{page}");
    shop.run(&["where", &digest, "--at", "seq:1"]).expect_code(3);
}

#[test]
fn beginnings_of_hashes_and_digests_are_enough() {
    let shop = shop();
    let whole = shop.json(&["show", "3"])["hash"].as_str().expect("an entry has a hash").to_owned();
    let digits = whole.trim_start_matches("sha256:").get(..9).expect("a hash is longer").to_owned();
    assert_eq!(shop.json(&["show", &format!("sha256:{digits}")])["entry"], 3);
    let digest = digest("api", "v1.0.0");
    assert_eq!(shop.json(&["where", &digest[..16]])["releases"][0]["version"], "v1.0.0");
    shop.run(&["where", "sha256:00000000"]).expect_code(3);
}
