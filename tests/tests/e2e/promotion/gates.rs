//! Gates that outside jobs record: what is demanded, what it is bound to, which result counts.

use promoledger_tests::registry::Registry;

use crate::shop::{GATED, Shop, digest};

// proves: FR-006, FR-009, FR-011, FR-027
#[test]
fn a_promotion_waits_for_its_gates_and_its_record_names_them() {
    let registry = Registry::start();
    let shop = Shop::in_registry(&registry, GATED);
    shop.promote_up_to("v1.0.0", "dev");
    let error = shop.refused(8, &shop.promotion("v1.0.0", "dev", "staging"));
    assert_eq!(error["kind"], "gate_failed");
    assert!(error["message"].as_str().is_some_and(|message| message.contains("tests")), "{error}");
    assert!(error["hint"].as_str().is_some_and(|hint| hint.contains("record gate tests")), "{error}");

    shop.record_gate("tests", "v1.0.0", "staging", "passed");
    let gate = shop.entries().len() - 1;
    let said = shop.json(&shop.promotion("v1.0.0", "dev", "staging"));
    let answered = [("policy_compliance", gate + 1), ("tests", gate)];
    let expected = answered.map(|(gate, entry)| serde_json::json!({"gate": gate, "status": "passed", "entry": entry}));
    assert_eq!(said["gate_results"], serde_json::json!(expected));
    assert_eq!(shop.newest("promotion.completed").data()["gates"][1]["gate"], "tests");
    shop.expect_sound();
}

// proves: FR-006
#[test]
fn every_gate_that_is_missing_is_a_reason() {
    let shop = Shop::in_layouts(GATED);
    shop.record_gate("tests", "v1.0.0", "staging", "passed");
    shop.promote_up_to("v1.0.0", "staging");
    let error = shop.refused(8, &shop.promotion("v1.0.0", "staging", "prod"));
    let all = error.to_string();
    assert!(all.contains("gate tests") && all.contains("gate security_scan"), "{all}");
}

// proves: FR-006, FR-011
#[test]
fn a_result_counts_for_its_digest_and_its_environment_alone() {
    let shop = Shop::in_layouts(GATED);
    shop.promote_up_to("v1.0.0", "dev");
    shop.promote_up_to("v1.1.0", "dev");
    shop.record_gate("tests", "v1.0.0", "staging", "passed");
    shop.record_gate("tests", "v1.1.0", "prod", "passed");
    shop.refused(8, &shop.promotion("v1.1.0", "dev", "staging"));
    shop.promote("v1.0.0", "dev", "staging").expect_code(0);
}

// proves: FR-009, FR-011
#[test]
fn the_newest_result_counts() {
    let shop = Shop::in_layouts(GATED);
    shop.promote_up_to("v1.0.0", "dev");
    for (status, code) in [("failed", 8), ("passed", 0), ("failed", 8), ("skipped", 8), ("warning", 0)] {
        shop.record_gate("tests", "v1.0.0", "staging", status);
        let dry_run = [&shop.promotion("v1.0.0", "dev", "staging")[..], &["--dry-run"]].concat();
        shop.run(&dry_run).expect_code(code);
    }
    shop.record_gate("tests", "v1.0.0", "staging", "failed");
    let error = shop.refused(8, &shop.promotion("v1.0.0", "dev", "staging"));
    assert!(error["message"].as_str().is_some_and(|message| message.contains("found failed")), "{error}");
}

// proves: FR-009, FR-011
#[test]
fn evidence_is_kept_beside_the_log_and_named_by_it() {
    let shop = Shop::in_layouts(GATED);
    shop.workspace.write("report.xml", "<testsuite tests='3' failures='0'/>");
    let said = shop.json(&[
        "record",
        "gate",
        "tests",
        "--digest",
        &digest("api", "v1.0.0"),
        "--env",
        "staging",
        "--status",
        "passed",
        "--evidence",
        "report.xml",
        "--media-type",
        "application/xml",
        "--duration-ms",
        "41700",
        "--message",
        "3 of 3",
    ]);
    let gate = shop.newest("gate.completed");
    assert_eq!(gate.data()["evidence"]["digest"], said["evidence"]);
    assert_eq!(gate.data()["evidence"]["size"], 35);
    assert_eq!(gate.data()["evidence"]["media_type"], "application/xml");
    assert_eq!(gate.data()["duration_ms"], 41_700);
    shop.expect_sound();
}

#[test]
fn a_gate_that_nobody_asks_for_is_recorded_with_a_warning() {
    let shop = Shop::in_layouts(GATED);
    let run =
        shop.run(&["record", "gate", "smell", "--digest", &digest("api", "v1.0.0"), "--env", "dev", "--status", "failed"]).expect_code(0);
    assert!(run.stderr.contains("does not ask for gate smell"), "{}", run.stderr);
    shop.promote("v1.0.0", "none", "dev").expect_code(0);
}
