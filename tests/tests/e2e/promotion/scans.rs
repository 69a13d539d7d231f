//! A scanner's report as a gate: what it stops, what it lets pass, what stands in the record, what is no report.

use promoledger_tests::command::Run;
use serde_json::json;

use crate::shop::{Rules, Shop, digest};

/// Staging is entered with a scan.
const SCANNED: Rules = Rules {
    components: &["api"],
    promotion: "    environments:\n      - dev\n      - {name: staging, gates: [security_scan]}\n      - prod\n",
};

/// A file of `fixtures/scanner`.
macro_rules! fixture {
    ($path:literal) => {
        include_str!(concat!("../../../../fixtures/scanner/", $path))
    };
}

/// A shop with v1.0.0 in dev.
fn shop() -> Shop {
    let shop = Shop::in_layouts(SCANNED);
    shop.promote_up_to("v1.0.0", "dev");
    shop
}

/// Records the scan of v1.0.0 for staging out of a report, which is about v1.0.0 where it names the fixtures' image.
fn scan(shop: &Shop, report: &str, further: &[&str]) -> Run {
    let about = digest("api", "v1.0.0");
    shop.workspace.write("report.json", report.replace(&format!("sha256:{}", "1".repeat(64)), &about));
    let arguments = ["record", "gate", "security_scan", "--digest", &about, "--env", "staging", "--scan-report", "report.json"];
    shop.run(&[&arguments, further].concat())
}

// proves: FR-054, FR-055, FR-057
#[test]
fn a_report_with_grave_findings_stops_a_promotion_and_says_by_what() {
    let shop = shop();
    let said = scan(&shop, fixture!("trivy/findings.json"), &["--output", "json"]).expect_code(0).json();
    assert_eq!(said["gate_results"][0]["status"], "failed");
    assert_eq!(said["scan"]["counts"], json!({"critical": 2, "high": 2, "medium": 1, "low": 1, "negligible": 0, "unknown": 2}));
    assert_eq!(
        said["scan"]["blocking"][1],
        json!({"id": "CVE-2099-0001", "package": "openssl", "installed_version": "3.0.11-1", "fixed_version": "3.0.13-1", "severity": "CRITICAL"})
    );
    assert_eq!((&said["scan"]["scanner"], &said["scan"]["names_artifact"]), (&json!("trivy"), &json!(true)));
    let recorded = shop.newest("gate.completed");
    let message = recorded.data()["message"].as_str().expect("the sentence is recorded");
    assert!(message.starts_with("2 critical, 2 high, 1 medium, 1 low, 2 unknown; blocked by CVE-2099-0001 (libssl3 3.0.11-1"), "{message}");
    assert_eq!(recorded.data()["evidence"]["media_type"], "application/json");
    assert_eq!(recorded.data()["evidence"]["digest"], said["evidence"]);

    let error = shop.refused(8, &shop.promotion("v1.0.0", "dev", "staging"));
    assert!(error["message"].as_str().is_some_and(|message| message.contains("security_scan")), "{error}");
    shop.expect_sound();
}

// proves: FR-054, FR-057
#[test]
fn a_clean_report_and_one_of_lower_severities_let_pass() {
    let shop = shop();
    let ready = |code| shop.run(&[&shop.promotion("v1.0.0", "dev", "staging")[..], &["--dry-run"]].concat()).expect_code(code);
    for (report, status, code) in [
        (fixture!("trivy/clean.json"), "passed", 0),
        (fixture!("grype/findings.json"), "failed", 8),
        (fixture!("trivy/lower.json"), "warning", 0),
        (fixture!("trivy/array.json"), "failed", 8),
        (fixture!("grype/clean.json"), "passed", 0),
    ] {
        let said = scan(&shop, report, &["--output", "json"]).expect_code(0).json();
        assert_eq!(said["gate_results"][0]["status"], status);
        ready(code);
    }
    let lower = scan(&shop, fixture!("grype/lower.json"), &[]).expect_code(0);
    assert!(lower.stdout.contains("CVE-2099-0003") && lower.stdout.contains("let pass:"), "{}", lower.stdout);
    let message = shop.newest("gate.completed").data()["message"].clone();
    assert!(message.as_str().is_some_and(|message| message.contains("let pass CVE-2099-0003 (bash 5.2.15-2, no fix)")), "{message}");
    shop.promote("v1.0.0", "dev", "staging").expect_code(0);
    assert_eq!(shop.newest("promotion.completed").data()["gates"][1]["status"], "warning");
}

// proves: FR-055, FR-056
#[test]
fn what_blocks_and_whether_a_fix_must_exist_can_be_said() {
    let shop = shop();
    let status = |further: &[&str]| {
        let said = scan(&shop, fixture!("grype/findings.json"), &[further, &["--output", "json"]].concat()).expect_code(0).json();
        let ids = said["scan"]["blocking"].as_array().map_or(0, Vec::len);
        (said["gate_results"][0]["status"].clone(), ids, said["scan"]["ignored"].clone())
    };
    assert_eq!(status(&[]), (json!("failed"), 3, json!(0)));
    assert_eq!(status(&["--ignore-unfixed"]), (json!("failed"), 2, json!(4)));
    assert_eq!(status(&["--block-on", "critical"]), (json!("failed"), 1, json!(0)));
    assert_eq!(status(&["--block-on", "Low,negligible", "--ignore-unfixed"]), (json!("warning"), 0, json!(4)));
    assert_eq!(status(&["--scanner-format", "grype", "--block-on", "UNKNOWN"]), (json!("failed"), 1, json!(0)));
}

#[test]
fn what_is_no_report_about_this_artifact_is_refused_and_nothing_is_recorded() {
    let shop = shop();
    let before = shop.entries().len();
    let other = fixture!("trivy/findings.json").replace(&"1".repeat(64), &"2".repeat(64));
    for (report, further, words) in [
        (fixture!("other/cyclonedx.json"), &[][..], "report.json is an SBOM in CycloneDX: expected"),
        (fixture!("other/null.json"), &[], "which does not say what was scanned"),
        ("", &[], "report.json is empty"),
        ("INFO scanning\n{}", &[], "it begins with \"INFO scanning\""),
        (fixture!("grype/clean.json"), &["--scanner-format", "trivy"], "is a report of Grype: expected one of Trivy"),
        (&other, &[], "is about sha256:2222"),
        (fixture!("trivy/secrets-only.json"), &[], "without a vulnerability scan"),
    ] {
        let run = scan(&shop, report, further).expect_code(2);
        assert!(
            run.stderr.contains(words) && run.stderr.contains("hint: ") && run.stderr.contains("nothing was recorded"),
            "{}",
            run.stderr
        );
    }
    let about = digest("api", "v1.0.0");
    let gate = ["record", "gate", "security_scan", "--digest", &about, "--env", "staging"];
    shop.run(&[&gate[..], &["--scan-report", "absent.json"]].concat()).expect_code(2);
    shop.run(&gate).expect_code(2);
    for further in [
        &["--scan-report", "report.json", "--status", "passed"][..],
        &["--scan-report", "report.json", "--evidence", "report.json"],
        &["--scan-report", "report.json", "--message", "fine"],
        &["--scan-report", "report.json", "--media-type", "text/plain"],
        &["--scan-report", "report.json", "--block-on", "severe"],
        &["--scan-report", "report.json", "--block-on", ""],
        &["--status", "passed", "--ignore-unfixed"],
        &["--status", "passed", "--block-on", "LOW"],
        &["--status", "passed", "--scanner-format", "trivy"],
    ] {
        shop.run(&[&gate[..], further].concat()).expect_code(2);
    }
    assert_eq!(shop.entries().len(), before);
}

#[test]
fn a_report_that_names_no_digest_is_taken_with_a_warning() {
    let shop = shop();
    let unnamed = scan(&shop, fixture!("trivy/lower.json"), &[]).expect_code(0);
    assert!(unnamed.stderr.contains("does not name by digest what was scanned"), "{}", unnamed.stderr);
    let named = scan(&shop, fixture!("trivy/clean.json"), &[]).expect_code(0);
    assert!(!named.stderr.contains("does not name"), "{}", named.stderr);
}

// proves: FR-036
#[test]
fn texts_of_a_report_cannot_play_with_a_terminal() {
    let shop = shop();
    let page = scan(&shop, fixture!("trivy/nasty.json"), &[]).expect_code(0);
    let place = (shop.entries().len() - 1).to_string();
    let object = scan(&shop, fixture!("trivy/nasty.json"), &["--output", "json"]).expect_code(0);
    let refused = scan(&shop, "\u{1b}]0;owned\u{7}\u{202e}", &[]).expect_code(2);
    let runs = [page, object, refused, shop.run(&["history"]).expect_code(0), shop.run(&["show", &place]).expect_code(0)];
    let hidden = |letter: char| (letter.is_control() && letter != '\n') || "\u{202e}\u{200b}".contains(letter);
    for run in &runs {
        assert!(!run.stdout.contains(hidden) && !run.stderr.contains(hidden), "{run:?}");
    }
    assert!(runs[0].stdout.contains(r"open\u{202e}ssl\u{8}"), "{}", runs[0].stdout);
    let message = shop.newest("gate.completed").data()["message"].clone();
    assert!(message.as_str().is_some_and(|message| message.contains(r"CVE-2099-\u{1b}[31m0001\u{7}")), "{message}");
}
