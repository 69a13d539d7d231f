//! Dry runs: the code and the reasons of the real run, and nothing written anywhere.

use promoledger_tests::registry::Registry;
use serde_json::Value;

use crate::shop::{GATED, PLAIN, Shop, notes};

/// Every reason of a refusal: its code and its sentence.
fn reasons(error: &Value) -> Vec<(i64, String)> {
    let others = error["others"].as_array().cloned().unwrap_or_default();
    let reason = |of: &Value| (of["code"].as_i64().unwrap_or(-1), of["message"].as_str().unwrap_or_default().to_owned());
    std::iter::once(error).chain(&others).map(reason).collect()
}

/// Runs it dry, then really, and compares. Gives the refusal.
#[track_caller]
fn agree(shop: &Shop, code: i32, arguments: &[&str]) -> Value {
    let (log, tags) = (notes(&shop.ledger()), shop.tags());
    let dry = shop.refused(code, &[arguments, &["--dry-run"]].concat());
    assert_eq!(notes(&shop.ledger()), log, "a dry run wrote to the ledger");
    assert_eq!(shop.tags(), tags, "a dry run wrote to the registry");
    let real = shop.refused(code, arguments);
    let (dry_reasons, real_reasons) = (reasons(&dry), reasons(&real));
    assert_eq!(dry_reasons.len(), real_reasons.len());
    for ((dry_code, dry), (real_code, real)) in dry_reasons.iter().zip(&real_reasons) {
        assert_eq!(dry_code, real_code);
        assert!(dry.ends_with(real.as_str()), "{dry:?} against {real:?}");
    }
    dry
}

// proves: FR-007
#[test]
fn what_would_be_refused_is_refused_for_every_reason_at_once() {
    let registry = Registry::start();
    let shop = Shop::in_registry(&registry, GATED);
    shop.promote_up_to("v1.0.0", "dev");
    shop.record_gate("tests", "v1.0.0", "staging", "passed");
    shop.promote("v1.0.0", "dev", "staging").expect_code(0);
    shop.run(&["lock", "--env", "prod", "--reason", "closed"]).expect_code(0);
    let refusal = agree(&shop, 13, &shop.promotion("v1.1.0", "staging", "prod"));
    let codes: Vec<i64> = reasons(&refusal).into_iter().map(|(code, _)| code).collect();
    assert_eq!(codes, [13, 11, 8, 8]);
    assert_eq!(refusal["dry_run"], true);
    assert_eq!(refusal["gate_results"][1]["status"], "missing");

    agree(&shop, 9, &shop.promotion("v1.1.0", "none", "staging"));
    agree(&shop, 3, &shop.promotion("v7.0.0", "none", "dev"));
    agree(&shop, 11, &["rollback", "v1.1.0", "--env", "dev", "--reason", "x"]);
}

// proves: FR-007
#[test]
fn what_would_succeed_says_what_it_would_do_and_does_nothing() {
    let registry = Registry::start();
    let shop = Shop::in_registry(&registry, PLAIN);
    shop.promote("v1.0.0", "none", "dev").expect_code(0);
    let (log, tags) = (notes(&shop.ledger()), shop.tags());
    let promotion = shop.promotion("v1.1.0", "none", "dev");
    let dry = shop.json(&[&promotion[..], &["--dry-run"]].concat());
    assert_eq!(dry["dry_run"], true);
    assert_eq!(dry["tags"][0]["tag"], "v1.1.0-dev");
    assert_eq!(dry["tags"][1]["tag"], "latest-dev");
    assert_eq!(dry["estimate"]["runs"], 1);
    assert_eq!(dry["signature_status"], "not_required");
    let page = shop.run(&[&promotion[..], &["--dry-run"]].concat()).expect_code(0).stdout;
    assert!(page.contains("Would succeed") && page.contains("estimated time") && page.contains("signature"), "{page}");
    assert_eq!(notes(&shop.ledger()), log);
    assert_eq!(shop.tags(), tags);

    shop.run(&promotion).expect_code(0);
    let dry = shop.json(&["rollback", "--env", "dev", "--reason", "x", "--dry-run"]);
    assert_eq!(dry["tags"][0]["tag"], "v1.0.0-dev-rollback-1");
    assert_eq!(shop.json(&["rollback", "--env", "dev", "--reason", "x"])["tags"], dry["tags"]);
}

// proves: FR-007
#[test]
fn a_dry_run_of_what_is_there_already_says_so() {
    let shop = Shop::in_layouts(PLAIN);
    shop.promote("v1.0.0", "none", "dev").expect_code(0);
    assert_eq!(shop.json(&[&shop.promotion("v1.0.0", "none", "dev")[..], &["--dry-run"]].concat())["already"], true);
}
