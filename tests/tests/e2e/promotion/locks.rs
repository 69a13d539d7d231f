//! Locks: who may not promote while one stands, what is said, and who may lift it.

use promoledger_tests::registry::Registry;

use crate::promotion::add_key;
use crate::shop::{OPS, PLAIN, Shop};

// proves: FR-035, FR-036, FR-037, FR-038
#[test]
fn a_locked_environment_refuses_naming_reason_owner_and_time() {
    let registry = Registry::start();
    let shop = Shop::in_registry(&registry, PLAIN);
    let locked = shop.json(&["lock", "--env", "dev", "--reason", "Incident 123: database migration"]);
    assert_eq!(locked["outcome"], "locked");
    let lock = shop.newest("environment.locked");
    assert_eq!(lock.data()["reason"], "Incident 123: database migration");
    assert_eq!(lock.text("actor"), OPS);

    let error = shop.refused(13, &shop.promotion("v1.0.0", "none", "dev"));
    let message = error["message"].as_str().unwrap_or_default();
    let since = &lock.text("time")[..16];
    for word in ["dev is locked", "Incident 123: database migration", OPS, &since.replace('T', " ")] {
        assert!(message.contains(word), "{word} in {message}");
    }
    assert_eq!(shop.newest("promotion.refused").data()["reasons"][0]["code"], 13);
    assert!(shop.tags().is_empty());

    let unlocked = shop.json(&["unlock", "--env", "dev", "--reason", "migrated"]);
    assert_eq!(unlocked["outcome"], "unlocked");
    assert_eq!(shop.newest("environment.unlocked").data()["reason"], "migrated");
    shop.promote("v1.0.0", "none", "dev").expect_code(0);
    shop.expect_sound();
}

// proves: FR-039
#[test]
fn status_shows_locks() {
    let shop = Shop::in_layouts(PLAIN);
    shop.run(&["lock", "--env", "prod", "--reason", "closed for the holidays"]).expect_code(0);
    let page = shop.run(&["status"]).expect_code(0).stdout;
    assert!(page.contains("closed for the holidays") && page.contains(OPS), "{page}");
    assert!(shop.json(&["status"]).to_string().contains("closed for the holidays"));
    shop.run(&["unlock", "--env", "prod"]).expect_code(0);
    assert!(!shop.run(&["status"]).expect_code(0).stdout.contains("closed for the holidays"));
}

// proves: FR-035, FR-037
#[test]
fn a_lock_may_be_narrowed_to_a_component_and_holds_in_its_environment_alone() {
    let shop = Shop::in_layouts(crate::shop::Rules { components: &["api", "web"], promotion: "" });
    shop.run(&["lock", "--env", "dev", "--component", "web", "--reason", "x"]).expect_code(0);
    shop.promote("v1.0.0", "none", "dev").expect_code(0);
    shop.promote("v1.0.0", "dev", "staging").expect_code(0);
    shop.refused(13, &["promote", "v1.0.0", "--component", "web", "--from", "none", "--to", "dev"]);
    shop.refused(3, &["lock", "--env", "nowhere", "--reason", "x"]);
}

// proves: FR-036, FR-038
#[test]
fn several_locks_stand_until_each_is_lifted_by_who_may() {
    let shop = Shop::in_layouts(PLAIN);
    let ann = add_key(&shop, "ann", "ann@acme.example", &["--role", "operator"]);
    shop.run(&["lock", "--env", "dev", "--reason", "mine"]).expect_code(0);
    ann.run(&["lock", "--env", "dev", "--reason", "hers"]).expect_code(0);
    shop.run(&["unlock", "--env", "dev"]).expect_code(0);
    let error = shop.refused(13, &shop.promotion("v1.0.0", "none", "dev"));
    assert!(error["message"].as_str().is_some_and(|message| message.contains("hers") && message.contains("ann@acme.example")), "{error}");

    // What is left is not one's own; an operator may lift it all the same, and says so.
    shop.refused(12, &["unlock", "--env", "dev"]);
    shop.run(&["unlock", "--env", "dev", "--others", "--reason", "she left"]).expect_code(0);
    shop.promote("v1.0.0", "none", "dev").expect_code(0);
    assert!(shop.run(&["unlock", "--env", "dev"]).expect_code(0).stdout.contains("Not locked"));
}

// proves: FR-037
#[test]
fn a_rollback_passes_ones_own_lock_and_no_other() {
    let shop = Shop::in_layouts(PLAIN);
    let ann = add_key(&shop, "ann", "ann@acme.example", &["--role", "operator"]);
    shop.promote("v1.0.0", "none", "dev").expect_code(0);
    shop.promote("v1.1.0", "none", "dev").expect_code(0);
    shop.run(&["lock", "--env", "dev", "--reason", "incident"]).expect_code(0);
    ann.run(&["rollback", "--env", "dev", "--reason", "x"]).expect_code(13);
    shop.run(&["rollback", "--env", "dev", "--reason", "x"]).expect_code(0);
}
