//! Who may promote where: what a key's grants allow, and how the refusal is recorded.

use crate::promotion::add_key;
use crate::shop::{PLAIN, Shop};

// proves: FR-045, FR-047, FR-048, FR-049
#[test]
fn a_key_for_dev_promotes_to_dev_and_nowhere_else() {
    let shop = Shop::in_layouts(PLAIN);
    let ci = add_key(&shop, "ci", "ci:acme/shop", &["--role", "ci", "--environments", "dev"]);
    ci.run(&shop.promotion("v1.0.0", "none", "dev")).expect_code(0);
    let completed = shop.newest("promotion.completed");
    assert_eq!(completed.text("actor"), "ci:acme/shop");

    let before = shop.entries().len();
    let refusal = ci.run(&[&shop.promotion("v1.0.0", "dev", "staging")[..], &["--output", "json"]].concat()).expect_code(12).json();
    let error = &refusal["error"];
    assert_eq!(error["kind"], "not_authorized");
    let message = error["message"].as_str().unwrap_or_default();
    for word in ["ci:acme/shop", "staging", "acme.example/ci", "promotion.requested"] {
        assert!(message.contains(word), "{word} in {message}");
    }
    assert_eq!(shop.types_from(before), ["authorization.decided", "promotion.refused"]);
    let decided = shop.newest("authorization.decided");
    assert_eq!(decided.data()["outcome"], "refused");
    assert_eq!(decided.text("actor"), "ci:acme/shop");
    assert_eq!(error["entries"], serde_json::json!({"first": before, "last": before + 1}));
    shop.expect_sound();
}

// proves: FR-047
#[test]
fn a_gate_key_records_gates_and_nothing_else() {
    let shop = Shop::in_layouts(crate::shop::GATED);
    let scanner = add_key(&shop, "scanner", "gate:scanner", &["--role", "gate", "--gates", "security_scan"]);
    let digest = crate::shop::digest("api", "v1.0.0");
    let record = |gate: &str| scanner.run(&["record", "gate", gate, "--digest", &digest, "--env", "prod", "--status", "passed"]);
    record("security_scan").expect_code(0);
    record("tests").expect_code(12);
    scanner.run(&shop.promotion("v1.0.0", "none", "dev")).expect_code(12);
    scanner.run(&["lock", "--env", "dev", "--reason", "x"]).expect_code(12);
    scanner.run(&["register", "v1.0.0", "--ref", &digest]).expect_code(12);
}

// proves: FR-045
#[test]
fn a_key_acts_for_those_it_was_granted_to_act_for() {
    let shop = Shop::in_layouts(PLAIN);
    let bot = add_key(&shop, "bot", "bot@acme.example", &["--role", "operator", "--act-for", "ann@acme.example"]);
    let lock = ["lock", "--env", "dev", "--reason", "x"];
    bot.clone().env("PROMOLEDGER_ACTOR", "ann@acme.example").run(&lock).expect_code(0);
    assert_eq!(shop.newest("environment.locked").text("actor"), "ann@acme.example");
    bot.env("PROMOLEDGER_ACTOR", "eve@acme.example").run(&lock).expect_code(12);
}

// proves: FR-045
#[test]
fn who_has_no_key_of_this_ledger_writes_nothing() {
    let shop = Shop::in_layouts(PLAIN);
    let before = shop.entries().len();
    shop.workspace.promoledger_of("stranger").run(&shop.promotion("v1.0.0", "none", "dev")).expect_code(12);
    shop.workspace.promoledger_of("stranger").run(&["verify"]).expect_code(0);
    assert_eq!(shop.entries().len(), before);
}
