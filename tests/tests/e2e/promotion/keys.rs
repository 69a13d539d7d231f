//! Keys: request, add, list, revoke, endorse, recover.

use promoledger_tests::command::Promoledger;

use crate::shop::{PLAIN, Shop};

/// Makes a key for somebody with a home of their own, has the admin add it, and gives the program as they run it.
#[track_caller]
pub(crate) fn add_key(shop: &Shop, user: &str, principal: &str, grants: &[&str]) -> Promoledger {
    let request = request(shop, user, principal);
    shop.run(&[&["keys", "add", request.as_str()], grants].concat()).expect_code(0);
    shop.workspace.promoledger_of(user)
}

/// Makes a key for somebody and a file with the request to add it.
#[track_caller]
fn request(shop: &Shop, user: &str, principal: &str) -> String {
    let name = format!("acme.example/{user}");
    let asked = shop.workspace.promoledger_of(user).run(&["keys", "request", "--principal", principal, "--name", &name]).expect_code(0);
    let file = format!("{user}.request");
    shop.workspace.write(&file, asked.stdout);
    file
}

/// The names of the keys that `keys list` shows, those that were revoked marked.
fn listed(shop: &Shop) -> Vec<String> {
    let list = shop.json(&["keys", "list"]);
    let keys = list["keys"].as_array().expect("keys are listed").clone();
    let name = |key: &serde_json::Value| {
        let revoked = if key["revoked"].is_null() { "" } else { " revoked" };
        format!("{}{revoked}", key["name"].as_str().unwrap_or_default())
    };
    keys.iter().map(name).collect()
}

// proves: FR-045, FR-046
#[test]
fn a_key_is_requested_added_listed_used_and_revoked() {
    let shop = Shop::in_layouts(PLAIN);
    let ci = add_key(&shop, "ci", "ci:acme/shop", &["--role", "ci"]);
    assert_eq!(listed(&shop), ["acme.example/ops", "acme.example/ci"]);
    ci.run(&shop.promotion("v1.0.0", "none", "dev")).expect_code(0);
    ci.run(&["keys", "revoke", "acme.example/ops", "--reason", "mutiny"]).expect_code(12);
    shop.run(&["keys", "revoke", "acme.example/ci", "--reason", "it leaked"]).expect_code(0);
    assert_eq!(listed(&shop), ["acme.example/ops", "acme.example/ci revoked"]);
    assert_eq!(shop.newest("key.revoked").data()["reason"], "it leaked");
    let before = shop.entries().len();
    ci.run(&shop.promotion("v1.1.0", "none", "dev")).expect_code(12);
    assert_eq!(shop.entries().len(), before);
    // Asked for again, it stays refused: a key is added once, ever.
    shop.run(&["keys", "add", "ci.request", "--role", "ci"]).expect_code(2);
    shop.expect_sound();
}

#[test]
fn a_request_is_for_one_ledger_and_cannot_be_bent() {
    let shop = Shop::in_layouts(PLAIN);
    let other = Shop::in_layouts(PLAIN);
    let file = request(&other, "ci", "ci:acme/shop");
    let foreign = std::fs::read_to_string(other.workspace.path().join(&file)).expect("the request was written");
    shop.workspace.write("foreign.request", &foreign);
    let error = shop.refused(2, &["keys", "add", "foreign.request", "--role", "admin"]);
    assert!(error["message"].as_str().is_some_and(|message| message.contains("for another ledger")), "{error}");

    let file = request(&shop, "ci", "ci:acme/shop");
    let own = std::fs::read_to_string(shop.workspace.path().join(&file)).expect("the request was written");
    shop.workspace.write("bent.request", own.replace("ci:acme/shop", "ci:acme/shof"));
    shop.refused(2, &["keys", "add", "bent.request", "--role", "admin"]);
}

#[test]
fn the_last_admin_stays() {
    let shop = Shop::in_layouts(PLAIN);
    let error = shop.refused(12, &["keys", "revoke", "acme.example/ops", "--reason", "tired"]);
    assert!(error["message"].as_str().is_some_and(|message| message.contains("would leave 0 admins")), "{error}");
}

#[test]
fn where_two_admins_are_needed_one_proposes_and_another_endorses() {
    let shop = Shop::without_ledger(PLAIN);
    shop.open(&["--admin", "ann@acme.example", "--admin-threshold", "2"]);
    let ops = shop.admin().env("PROMOLEDGER_KEY_FILE", shop.key_file());
    let ann = shop.admin().env("PROMOLEDGER_KEY_FILE", shop.home(".config/promoledger/keys/acme.example-ann-acme-example"));
    let file = request(&shop, "ci", "ci:acme/shop");
    let proposed = ops.run(&["keys", "add", &file, "--role", "ci", "--output", "json"]).expect_code(0).json();
    assert_eq!(proposed["outcome"], "proposed");
    let place = proposed["entries"]["first"].as_u64().expect("a proposal is an entry").to_string();
    let list = ops.run(&["keys", "list", "--output", "json"]).expect_code(0).json();
    assert_eq!(list["proposals"][0]["endorsed_by"], serde_json::json!(["ops@acme.example"]));

    // Proposing again, or endorsing one's own proposal, is not a second admin.
    let again = ops.run(&["keys", "endorse", &place, "--output", "json"]).expect_code(0).json();
    assert_eq!(again["outcome"], "unchanged");
    assert_eq!(ops.run(&["keys", "list", "--output", "json"]).json()["keys"].as_array().map(Vec::len), Some(2));
    ann.run(&["keys", "endorse", &place]).expect_code(0);
    assert_eq!(ops.run(&["keys", "list", "--output", "json"]).json()["keys"][2]["name"], "acme.example/ci");
    ann.run(&["keys", "endorse", &place]).expect_code(3);

    // Two keys of this ledger are kept here: the program does not guess.
    shop.refused(2, &["lock", "--env", "dev", "--reason", "x"]);
    shop.expect_sound();
}

#[test]
fn a_recovery_key_changes_keys_alone_and_needs_nobody() {
    let shop = Shop::without_ledger(PLAIN);
    shop.open(&["--admin", "ann@acme.example", "--admin-threshold", "2", "--recovery-key", "recovery.key"]);
    let recovery = shop.admin().env("PROMOLEDGER_KEY_FILE", "recovery.key");
    let file = request(&shop, "eve", "eve@acme.example");
    let added = recovery.run(&["keys", "add", &file, "--role", "admin", "--output", "json"]).expect_code(0).json();
    assert_eq!(added["outcome"], "added");
    recovery.run(&["keys", "revoke", "acme.example/ops", "--reason", "lost"]).expect_code(0);
    recovery.run(&["lock", "--env", "dev", "--reason", "x"]).expect_code(12);
    shop.workspace.promoledger_of("eve").run(&["lock", "--env", "dev", "--reason", "x"]).expect_code(0);
    shop.expect_sound();
}
