//! Results that do not follow from what stands beside the log: lawful, well signed, and found by whoever judges the evidence again.

use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::event::artifact::GateStatus;

use super::forgery::{admin_key, rewrite};
use super::verify;
use crate::shop::{Rules, Shop, digest};

const RULES: Rules = Rules {
    components: &["api"],
    promotion: "    policies: [shop.rego]\n    environments: [dev, {name: staging, gates: [security_scan]}]\n",
};
const POLICY: &str = "package promoledger\n\ndeny contains \"no nightly build\" if {\n\tinput.artifact.version == \"nightly\"\n\tinput.request.to == \"staging\"\n}\n";
const REPORT: &str = r#"{"SchemaVersion": 2, "ArtifactName": "api", "ArtifactType": "container_image", "Results": [{"Target": "api", "Vulnerabilities": [
    {"VulnerabilityID": "CVE-2026-0001", "PkgName": "zlib", "InstalledVersion": "1.3", "FixedVersion": "1.3.1", "Severity": "LOW"}]}]}"#;

/// A release that passed, and one that the policies denied.
fn story() -> Shop {
    let shop = Shop::without_ledger(RULES);
    shop.workspace.write("shop.rego", POLICY);
    shop.workspace.write("scan.json", REPORT);
    shop.open(&[]);
    shop.register_all();
    for version in ["v1.0.0", "nightly"] {
        let of = digest("api", version);
        shop.run(&["record", "gate", "security_scan", "--digest", &of, "--env", "staging", "--scan-report", "scan.json"]).expect_code(0);
        shop.promote(version, "none", "dev").expect_code(0);
    }
    shop.promote("v1.0.0", "dev", "staging").expect_code(0);
    shop.promote("nightly", "dev", "staging").expect_code(8);
    shop
}

fn gates(shop: &Shop, gate: &str) -> Vec<u64> {
    let found = |entry: &&crate::shop::Entry| entry.text("type") == "gate.completed" && entry.data()["gate"] == gate;
    shop.entries().iter().filter(found).map(|entry| entry.0["seq"].as_u64().expect("a place")).collect()
}

// proves: FR-010, FR-011, FR-056
#[test]
fn what_was_judged_once_comes_to_the_same_again() {
    let shop = story();
    let view = shop.json(&["verify", "--evidence"]);
    let evidence = &view["evidence"];
    assert_eq!((&evidence["policies"], &evidence["scans"], &evidence["contradicted"]), (&4.into(), &2.into(), &0.into()), "{view}");
    let page = shop.run(&["verify", "--evidence"]).expect_code(0).stdout;
    assert!(page.contains("judged again: 4 answers of policies, 2 reports, 0 tokens"), "{page}");
    let page = shop.run(&["verify"]).expect_code(0).stdout;
    assert!(page.contains("--evidence judges that again"), "{page}");
    shop.run(&["export", "audit"]).expect_code(0);
    assert_eq!(shop.json(&["verify", "--export", "audit", "--evidence"])["evidence"], *evidence);
}

// proves: FR-010
#[test]
fn a_denial_that_was_recorded_as_a_yes_is_found() {
    let shop = story();
    let denied = *gates(&shop, "policy_compliance").last().expect("the policies were asked");
    rewrite(&shop, &admin_key(&shop), |event| {
        let mut event = event.clone();
        if let Event::GateCompleted(gate) = &mut event
            && gate.status == GateStatus::Failed
        {
            gate.status = GateStatus::Passed;
        }
        vec![event]
    });
    assert!(verify(&shop, 0, &[]).is_empty(), "the law holds no such lie against anybody");
    let findings = verify(&shop, 23, &["--evidence"]);
    assert_eq!((findings.len(), findings[0].code, findings[0].entry), (1, 23, Some(denied)), "{findings:?}");
    assert!(findings[0].message.contains("the policies deny this, and the entry says passed"), "{findings:?}");
}

// proves: FR-056
#[test]
fn findings_that_were_left_out_of_the_count_are_found() {
    let shop = story();
    let scans = gates(&shop, "security_scan");
    rewrite(&shop, &admin_key(&shop), |event| {
        let mut event = event.clone();
        if let Event::GateCompleted(gate) = &mut event
            && let Some(scan) = &mut gate.scan
        {
            scan.counts.low = 0;
        }
        vec![event]
    });
    assert!(verify(&shop, 0, &[]).is_empty());
    let findings = verify(&shop, 23, &["--evidence"]);
    let found: Vec<_> = findings.iter().filter_map(|finding| finding.entry).collect();
    assert_eq!(found, scans, "{findings:?}");
    assert!(findings[0].message.contains("the report comes to"), "{findings:?}");
}
