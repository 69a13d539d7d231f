//! Policies in Rego: adopted with the manifest, asked by every promotion, their decision recorded.

use promoledger_tests::registry::Registry;

use crate::shop::{PLAIN, Rules, Shop};

/// What prod takes, as the pipeline's keepers say it.
const POLICY: &str = r#"package promoledger

deny contains {"code": "NIGHTLY", "msg": "a nightly build never leaves staging"} if {
	input.request.to == "prod"
	input.artifact.version == "nightly"
}

deny contains "the image does not say what it was made from" if not input.artifact.labels.seed

deny contains "this digest was never in dev" if {
	input.request.to == "staging"
	every visit in input.ledger.visits { visit.environment != "dev" }
}

warn contains "older than what is there" if {
	semver.compare(trim_prefix(input.artifact.version, "v"), trim_prefix(input.ledger.current.version, "v")) < 0
}
"#;

const RULES: Rules = Rules { components: &["api"], promotion: "    policies: [policies/shop.rego]\n    on_incomparable: warn\n" };

fn shop() -> Shop {
    let shop = Shop::without_ledger(RULES);
    std::fs::create_dir(shop.workspace.path().join("policies")).expect("a folder");
    shop.workspace.write("policies/shop.rego", POLICY);
    shop.open(&[]);
    shop.register_all();
    shop
}

// proves: FR-006, FR-010, FR-011
#[test]
fn a_policy_decides_and_its_decision_is_recorded() {
    let shop = shop();
    shop.promote("nightly", "none", "dev").expect_code(0);
    shop.promote("nightly", "dev", "staging").expect_code(0);
    let before = shop.entries().len();
    let plan = shop.refused(8, &[&shop.promotion("nightly", "staging", "prod")[..], &["--dry-run"]].concat());
    assert_eq!(shop.entries().len(), before);
    let error = shop.refused(8, &shop.promotion("nightly", "staging", "prod"));
    let message = "gate policy_compliance must have passed for this digest and environment, found failed: NIGHTLY: a nightly build never leaves staging";
    assert_eq!(error["message"], message);
    assert!(plan["message"].as_str().is_some_and(|text| text.ends_with(message)), "{plan}");
    let recorded = shop.newest("gate.completed");
    let policy = &recorded.data()["policy"];
    assert!(policy["decision"].as_str().is_some_and(|digest| digest.starts_with("sha256:")), "{policy}");
    // The document that was judged is kept: with the policies in the manifest's entry it can be asked again.
    let input = shop.body(recorded.data()["evidence"]["digest"].as_str().expect("the document"));
    let input: serde_json::Value = serde_json::from_slice(&input).expect("JSON");
    assert_eq!((&input["artifact"]["labels"]["seed"], &input["request"]["to"]), (&"api nightly".into(), &"prod".into()));
    assert_eq!(shop.newest("manifest.adopted").data()["rules"]["policies"][0]["text"], POLICY);
    shop.expect_sound();
}

// proves: FR-010
#[test]
fn no_result_of_it_is_recorded_by_hand_and_no_manifest_disables_it() {
    let shop = shop();
    let digest = crate::shop::digest("api", "v1.0.0");
    let refused = shop.refused(2, &["record", "gate", "policy_compliance", "--digest", &digest, "--env", "dev", "--status", "passed"]);
    assert!(refused["message"].as_str().is_some_and(|text| text.contains("answered by the pipeline's policies")), "{refused}");
    let manifest = std::fs::read_to_string(shop.workspace.path().join("manifest.yaml")).expect("a manifest");
    let disabled = manifest + "    environments:\n      - {name: dev, gates: [{name: policy_compliance, enabled: false}]}\n";
    shop.workspace.write("disabled.yaml", disabled);
    shop.run(&["manifest", "check", "disabled.yaml"]).expect_code(2);
}

// proves: FR-006
#[test]
fn labels_are_read_from_a_registry_too() {
    let registry = Registry::start();
    let shop = Shop::in_registry(&registry, PLAIN);
    let manifest = std::fs::read_to_string(shop.workspace.path().join("manifest.yaml")).expect("a manifest");
    shop.workspace.write("seed.rego", "package promoledger\n\nallow if input.artifact.labels.seed == \"api v1.0.0\"\n");
    shop.workspace.write("manifest.yaml", manifest + "    policies: [seed.rego]\n");
    shop.run(&["manifest", "adopt"]).expect_code(0);
    shop.promote("v1.0.0", "none", "dev").expect_code(0);
    let error = shop.refused(8, &shop.promotion("v1.1.0", "none", "dev"));
    assert!(error["message"].as_str().is_some_and(|text| text.ends_with("found failed: `allow` is not true")), "{error}");
    shop.expect_sound();
}

// proves: FR-006
#[test]
fn a_policy_that_warns_lets_pass_and_is_heard() {
    let shop = shop();
    shop.promote("v1.1.0", "none", "dev").expect_code(0);
    let downgrade = [&shop.promotion("v1.0.0", "none", "dev")[..], &["--allow-downgrade", "--output", "json"]].concat();
    let said = shop.run(&downgrade).expect_code(0).json();
    assert_eq!(said["gate_results"][0]["status"], "warning");
    assert_eq!(shop.newest("gate.completed").data()["message"], "older than what is there");
}

#[test]
fn a_fault_in_a_policy_is_a_fault_of_the_manifest() {
    let shop = shop();
    shop.workspace.write("policies/shop.rego", "package promoledger\n\ndeny contains \"x\" if http.send({})\n");
    let error = shop.refused(2, &["manifest", "check"]);
    let message = error["message"].as_str().expect("a message");
    assert!(message.contains("http.send") && message.contains("shop.rego"), "{message}");
}
