//! What every guard says to whoever it stops, as they see it.

use promoledger_tests::command::Run;
use promoledger_tests::tokens::Issuer;
use serde_json::{Value, json};

use super::snapshots::compare;
use crate::promotion::add_key;
use crate::shop::{Rules, STEPS, Shop, digest};

/// Each guard in an environment of its own, all entered from nowhere or from dev.
const ONE_OF_EACH: &str = "    policies: [shop.rego]
    groups: {leads: [ana@acme.example, bob@acme.example]}
    gate_commands: {tests: ./tests, cost: sh -c 'exit 1'}
    environments:
      - {name: dev, versions: '>=1.0.0'}
      - name: staging
";

fn shop(staging: &str) -> Shop {
    let shop = Shop::without_ledger(Rules { components: &["api"], promotion: ONE_OF_EACH });
    let manifest = std::fs::read_to_string(shop.workspace.path().join("manifest.yaml")).expect("a manifest");
    // Commands of gates that no environment demands are refused.
    let commands = "    gate_commands: {tests: ./tests, cost: sh -c 'exit 1'}\n";
    let rules = if staging.contains("gates:") { manifest } else { manifest.replace(commands, "") };
    shop.workspace.write("manifest.yaml", format!("{rules}        {staging}\n  verification: {{keys: [release.pub]}}\n"));
    let policy = "package promoledger\n\ndeny contains \"not to staging\" if {\n\tinput.request.to == \"staging\"\n\tinput.artifact.version == \"v1.2.0\"\n}\n";
    shop.workspace.write("shop.rego", policy);
    let key = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/signature/keys/release.pub");
    shop.workspace.write("release.pub", std::fs::read(key).expect("a key of the fixtures"));
    shop.open(&[]);
    shop.register_all();
    shop.promote("v1.0.0", "none", "dev").expect_code(0);
    shop
}

/// Somebody else's tag, set behind the program's back.
fn tag(shop: &Shop, name: &str, digest: &str) {
    let path = shop.layout("api").join("index.json");
    let mut index: Value = serde_json::from_slice(&std::fs::read(&path).expect("an index")).expect("JSON");
    let manifests = index["manifests"].as_array_mut().expect("manifests");
    let mut entry = manifests.iter().find(|entry| entry["digest"] == digest).expect("the image is there").clone();
    entry["annotations"]["org.opencontainers.image.ref.name"] = name.into();
    manifests.push(entry);
    std::fs::write(path, index.to_string()).expect("it is ours");
}

fn refused(shop: &Shop, code: i32) -> Run {
    shop.promote("v1.0.0", "dev", "staging").expect_code(code)
}

// proves: FR-049, FR-036, FR-039
#[test]
fn every_guard_says_what_it_wants_and_what_to_do() {
    let soaked = shop("soak: 2d");
    compare("refused-soak", &refused(&soaked, 17));
    soaked.run(&["lock", "--env", "staging", "--reason", "stocktaking"]).expect_code(0);
    compare("refused-lock", &refused(&soaked, 13));
    compare(
        "refused-unlock",
        &add_key(&soaked, "ci", "ci:acme/shop", &["--role", "ci"]).run(&["unlock", "--env", "staging"]).expect_code(12),
    );

    soaked.run(&["halt", "--env", "dev", "--reason", "checkout answers 500"]).expect_code(0);
    compare("refused-halt", &refused(&soaked, 15));
    compare("resolved", &soaked.run(&["resolve", "--env", "dev", "--reason", "rolled back"]).expect_code(0));

    compare("refused-freeze", &refused(&shop("freezes: [{name: stocktaking, from: 2020-01-01, until: 2099-01-01, zone: UTC}]"), 17));
    compare("refused-authorization", &refused(&shop("authorization: {allowed_groups: [leads]}"), 12));
    compare("refused-duties", &refused(&shop("authorization: {separation_of_duties: true}"), 12));
    compare("refused-signature", &refused(&shop("signature: enforce"), 6));
    compare("warned-signature", &refused(&shop("signature: warn"), 0));
    compare("refused-versions", &shop("soak: 1s").promote("nightly", "none", "dev").expect_code(9));

    let approved = shop("approvals: {count: 1, groups: [leads]}");
    let ana = add_key(&approved, "ana", "ana@acme.example", &["--role", "approver"]);
    let eve = add_key(&approved, "eve", "eve@acme.example", &["--role", "approver"]);
    compare("refused-approval-asked", &refused(&approved, 16));
    compare("refused-approval-missing", &refused(&approved, 16));
    compare("refused-approver", &eve.run(&["approve"]).expect_code(12));
    ana.run(&["reject", "--reason", "not on a Friday"]).expect_code(0);
    compare("refused-approval-rejected", &refused(&approved, 16));
}

// proves: FR-009, FR-010, FR-054
#[test]
fn every_gate_says_how_it_ended() {
    let gated = shop("gates: [label_shape, tests, cost, smoke, {name: security_scan, max_age: 1d}]");
    compare("refused-gates-recorded", &refused(&gated, 8));
    let labelled = shop("gates: [tests, cost]");
    compare("refused-gates-run", &refused(&labelled, 8));
    labelled.promote("v1.2.0", "none", "dev").expect_code(0);
    compare("refused-policy", &labelled.promote("v1.2.0", "dev", "staging").expect_code(8));
}

// proves: FR-007, FR-036
#[test]
fn paths_versions_and_tags_say_what_is_in_the_way() {
    let shop = Shop::in_layouts(crate::shop::PLAIN);
    for (from, to) in STEPS {
        shop.promote("v1.1.0", from, to).expect_code(0);
    }
    compare("refused-path", &shop.promote("v1.0.0", "dev", "prod").expect_code(9));
    compare("refused-source", &shop.promote("v1.0.0", "dev", "staging").expect_code(11));
    compare("refused-downgrade", &shop.promote("v1.0.0", "none", "dev").expect_code(14));
    compare("refused-unknown", &shop.promote("v1.4.0", "none", "dev").expect_code(3));
    tag(&shop, "v1.2.0-dev", &digest("api", "v1.0.0"));
    compare("refused-tag", &shop.promote("v1.2.0", "none", "dev").expect_code(10));
}

// proves: FR-045, FR-049
#[test]
fn what_is_no_token_for_this_ledger_is_told() {
    let issuer = Issuer::named("https://ci.example", 7);
    let shop = Shop::without_ledger(Rules {
        components: &["api"],
        promotion: "    issuers: [{issuer: 'https://ci.example', audience: ledger, principal: 'ci:{repository}', keys: ci.jwks.json}]\n",
    });
    shop.workspace.write("ci.jwks.json", issuer.key_set());
    shop.open(&[]);
    shop.register_all();
    let ci = add_key(&shop, "ci", "ci:runner", &["--role", "ci,identity", "--act-for", "ci:acme/shop"]);
    let plain = add_key(&shop, "plain", "ci:plain", &["--role", "ci", "--act-for", "ci:acme/shop"]);
    let good = json!({"repository": "acme/shop"});
    let refused = |name: &str, by: &promoledger_tests::command::Promoledger, token: String, code: i32| {
        let run = by.clone().env("PROMOLEDGER_ID_TOKEN", token).run(&shop.promotion("v1.0.0", "none", "dev")).expect_code(code);
        compare(name, &run);
    };
    refused("refused-token-junk", &ci, "junk".to_owned(), 2);
    refused("refused-token-audience", &ci, issuer.token("somebody else", &good), 2);
    refused("refused-token-issuer", &ci, Issuer::named("https://elsewhere.example", 7).token("ledger", &good), 2);
    refused("refused-token-signature", &ci, Issuer::named("https://ci.example", 8).token("ledger", &good), 2);
    refused("refused-token-claim", &ci, issuer.token("ledger", &json!({})), 2);
    refused("refused-token-name", &ci, issuer.token("ledger", &json!({"repository": "acme/third"})), 12);
    refused("refused-token-grant", &plain, issuer.token("ledger", &good), 12);
}
