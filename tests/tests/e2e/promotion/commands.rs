//! Gates that are commands: run when nothing else stands in the way, with what they wrote kept as evidence.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::shop::{Rules, Shop, digest};

/// Staging is entered with three commands, of which one is advice.
const COMMANDS: Rules = Rules {
    components: &["api"],
    promotion: "    gate_commands:
      tests: {shell: 'env; echo said; echo complained >&2'}
      cost_analysis: {command: [./cost, '100'], warning_status: 3}
      performance_baseline: sh -c 'exit 9'
    environments:
      - dev
      - name: staging
        gates: [tests, cost_analysis, {name: performance_baseline, advisory: true}]
      - prod
",
};

fn cost(shop: &Shop, script: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let path = shop.workspace.path().join("cost");
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("a script");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("it is ours");
}

fn gates(said: &Value) -> Vec<(String, String)> {
    let text = |row: &Value, field: &str| row[field].as_str().unwrap_or_default().to_owned();
    let rows = said["gate_results"].as_array().unwrap_or_else(|| panic!("no gates: {said}"));
    rows.iter().map(|row| (text(row, "gate"), text(row, "status"))).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(gate, status)| ((*gate).to_owned(), (*status).to_owned())).collect()
}

// proves: FR-006, FR-008, FR-009, FR-010, FR-011, FR-012
#[test]
fn commands_are_run_and_recorded_in_the_manifests_order() {
    let shop = Shop::in_layouts(COMMANDS);
    cost(&shop, "test \"$1\" = 100 || exit 1; exit 3");
    shop.promote("v1.0.0", "none", "dev").expect_code(0);
    let run = shop.run(&[&shop.promotion("v1.0.0", "dev", "staging")[..], &["--output", "json"]].concat()).expect_code(0);
    let said = run.json();
    let expected = [("policy_compliance", "passed"), ("tests", "passed"), ("cost_analysis", "warning"), ("performance_baseline", "failed")];
    assert_eq!(gates(&said), pairs(&expected));
    assert!(run.stderr.contains("gate performance_baseline, which is advice, failed: Gate failed with exit status 9"), "{}", run.stderr);

    // Everything is recorded before the request, in the same order, with how long it took and what it wrote.
    let entries = shop.entries();
    let results: Vec<&Value> =
        entries.iter().filter(|entry| entry.text("type") == "gate.completed").map(|entry| entry.data()).rev().take(4).collect();
    let names: Vec<&str> = results.iter().rev().filter_map(|data| data["gate"].as_str()).collect();
    assert_eq!(names, ["policy_compliance", "tests", "cost_analysis", "performance_baseline"]);
    assert!(results.iter().take(3).all(|data| data["duration_ms"].is_u64()), "{results:?}");
    let written = shop.body(results[2]["evidence"]["digest"].as_str().expect("the tests wrote something"));
    let written = String::from_utf8(written).expect("text");
    assert!(written.contains("said\n") && written.contains("complained\n"), "{written}");
    assert!(written.contains(&format!("ARTIFACT_DIGEST={}\n", digest("api", "v1.0.0"))), "{written}");
    for variable in
        ["ARTIFACT_REF=oci-layout:images/api@sha256:", "ARTIFACT_TAG=v1.0.0\n", "FROM_ENV=dev\n", "TO_ENV=staging\n", "PROMOTION_ID="]
    {
        assert!(written.contains(variable), "{variable} in {written}");
    }
    assert!(!written.contains("PROMOLEDGER_"), "no key of ours is handed to gates: {written}");
    shop.expect_sound();
}

// proves: FR-006, FR-007, FR-012
#[test]
fn one_that_fails_stops_the_promotion_and_its_record_says_why() {
    let shop = Shop::in_layouts(COMMANDS);
    cost(&shop, "echo too dear; exit 1");
    shop.promote("v1.0.0", "none", "dev").expect_code(0);
    let before = shop.entries().len();
    let dry = [&shop.promotion("v1.0.0", "dev", "staging")[..], &["--dry-run"]].concat();
    let plan = shop.json(&dry);
    assert_eq!(
        gates(&plan),
        pairs(&[
            ("policy_compliance", "passed"),
            ("tests", "would_run"),
            ("cost_analysis", "would_run"),
            ("performance_baseline", "would_run")
        ])
    );
    let error = shop.refused(8, &[&dry[..], &["--run-gates"]].concat());
    assert!(error["message"].as_str().is_some_and(|text| text.contains("Gate failed with exit status 1")), "{error}");
    assert_eq!(shop.entries().len(), before, "a dry run writes nothing");

    let error = shop.refused(8, &shop.promotion("v1.0.0", "dev", "staging"));
    let message = "gate cost_analysis must have passed for this digest and environment, found failed: Gate failed with exit status 1";
    assert_eq!(error["message"], message);
    assert_eq!(error["gate_results"][2]["status"], "failed");
    let types = shop.types_from(before);
    assert_eq!(types, [&["gate.completed"; 4][..], &["promotion.refused"]].concat());
    shop.expect_sound();
}

// proves: FR-006, FR-009
#[test]
fn nothing_is_run_while_something_else_stands_in_the_way_or_a_result_is_at_hand() {
    let shop = Shop::in_layouts(COMMANDS);
    cost(&shop, "touch ran");
    shop.promote("v1.0.0", "none", "dev").expect_code(0);
    shop.run(&["lock", "--env", "staging", "--reason", "stocktaking"]).expect_code(0);
    let error = shop.refused(13, &shop.promotion("v1.0.0", "dev", "staging"));
    assert!(!error.to_string().contains("gate "), "gates that would be run are no reason: {error}");
    assert!(!shop.workspace.path().join("ran").exists());
    shop.run(&["unlock", "--env", "staging", "--reason", "done"]).expect_code(0);
    shop.record_gate("cost_analysis", "v1.0.0", "staging", "passed");
    let said = shop.json(&shop.promotion("v1.0.0", "dev", "staging"));
    assert_eq!(said["gate_results"][2]["status"], "passed");
    assert!(!shop.workspace.path().join("ran").exists(), "a recorded result stands for the command");
    shop.expect_sound();
}

/// What ends badly in every way that a program can.
const UNRULY: Rules = Rules {
    components: &["api"],
    promotion: "    gate_commands:
      deaf: {shell: \"trap '' TERM; sleep 600\", timeout_seconds: 30}
      loud: {shell: 'head -c 1000000000 /dev/zero'}
      mute: {shell: 'exec >&- 2>&-; exit 0'}
      forking: {shell: 'sleep 600 & sleep 600 & exit 0'}
      absent: ./nowhere
    environments:
      - name: dev
        gates: [deaf, loud, mute, forking, absent]
",
};

// proves: FR-012, FR-012a, FR-012b, FR-012c, FR-012d, NFR-001, NFR-002, NFR-003
#[test]
fn unruly_gates_are_survived_and_ended() {
    let shop = Shop::in_layouts(UNRULY);
    let began = Instant::now();
    let error = shop.refused(8, &shop.promotion("v1.0.0", "none", "dev"));
    assert!(began.elapsed() >= Duration::from_secs(34), "the deaf one has 30 seconds, and 5 more to end in");
    let statuses: Vec<&str> = error["gate_results"].as_array().expect("gates").iter().filter_map(|gate| gate["status"].as_str()).collect();
    assert_eq!(statuses, ["passed", "failed", "passed", "passed", "passed", "failed"]);
    let all = error.to_string();
    assert!(
        all.contains("gate deaf must have passed for this digest and environment, found failed: Gate execution timed out after 30 seconds"),
        "{all}"
    );
    assert!(all.contains("Gate could not be started: program \\\"./nowhere\\\" was not found"), "{all}");
    let entries = shop.entries();
    let loud = entries.iter().find(|entry| entry.data()["gate"] == "loud").expect("it is recorded");
    let size = loud.data()["evidence"]["size"].as_u64().expect("a size");
    assert!(size < 1_100_000, "head and tail alone are kept, found {size} bytes");
    shop.expect_sound();
}

/// One that would run for ever.
const ENDLESS: Rules = Rules {
    components: &["api"],
    promotion: "    gate_commands: {tests: {shell: 'echo $$ > pid; sleep 600'}}\n    environments:\n      - {name: dev, gates: [tests]}\n",
};

// proves: FR-012
#[test]
fn ctrl_c_ends_the_gates_and_that_is_recorded() {
    let shop = Shop::in_layouts(ENDLESS);
    let running = shop.start_promotion("v1.0.0", "none", "dev");
    let file = shop.workspace.path().join("pid");
    let began = Instant::now();
    let pid = loop {
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        if text.ends_with('\n') {
            break text.trim().to_owned();
        }
        assert!(began.elapsed() < Duration::from_secs(60), "the gate did not begin");
        std::thread::sleep(Duration::from_millis(20));
    };
    let kill = |arguments: &[&str]| std::process::Command::new("kill").args(arguments).output().expect("kill can be run").status.success();
    assert!(kill(&["-INT", &running.id().to_string()]));
    let run = running.wait().expect_code(8);
    assert!(run.stderr.contains("found failed: Gate execution was cancelled"), "{}", run.stderr);
    assert!(!kill(&["-0", &pid]), "the gate outlived the command");
    assert_eq!(shop.newest("gate.completed").data()["message"], "Gate execution was cancelled");
    shop.expect_sound();
}

/// A scanner that is a command: its standard output is the report.
const SCANNED: Rules = Rules {
    components: &["api"],
    promotion: "    security_scan: {block_on_severity: [critical], ignore_unfixed: true, scanner_format: trivy}
    gate_commands:
      security_scan: {shell: 'echo scanning >&2; cat report.json'}
    environments:
      - name: dev
        gates: [security_scan]
",
};

fn report(severity: &str, fixed: &str) -> String {
    format!(
        r#"{{"SchemaVersion":2,"ArtifactName":"api","Results":[{{"Target":"api","Vulnerabilities":[
            {{"VulnerabilityID":"CVE-2026-0001","PkgName":"openssl","InstalledVersion":"3.0.11","FixedVersion":"{fixed}","Severity":"{severity}"}}]}}]}}"#
    )
}

// proves: FR-054, FR-055, FR-056, FR-057
#[test]
fn a_scanner_that_is_run_is_judged_by_the_manifest() {
    let shop = Shop::in_layouts(SCANNED);
    shop.workspace.write("report.json", report("CRITICAL", "3.0.13"));
    let error = shop.refused(8, &shop.promotion("v1.0.0", "none", "dev"));
    assert!(
        error["message"].as_str().is_some_and(|text| text.contains("blocked by CVE-2026-0001 (openssl 3.0.11, fixed in 3.0.13)")),
        "{error}"
    );
    let recorded = shop.entries().iter().rev().find(|entry| entry.data()["gate"] == "security_scan").expect("recorded").data().clone();
    assert_eq!(recorded["scan"]["blocking"][0]["id"], "CVE-2026-0001");
    assert_eq!((&recorded["scan"]["counts"]["critical"], &recorded["scan"]["blocked"]), (&Value::from(1), &Value::from(1)));
    assert_eq!(recorded["evidence"]["media_type"], "application/json");

    shop.workspace.write("report.json", "{\"SchemaVersion\":2,\"Results\":[");
    let error = shop.refused(8, &shop.promotion("v1.0.0", "none", "dev"));
    assert!(error["message"].as_str().is_some_and(|text| text.contains("The scanner's report cannot be used")), "{error}");

    // By hand, too, it takes a report, judged by the manifest and by nothing else.
    let api = digest("api", "v1.0.0");
    let record = ["record", "gate", "security_scan", "--digest", &api, "--env", "dev"];
    shop.run(&[&record[..], &["--status", "passed"]].concat()).expect_code(2);
    shop.run(&[&record[..], &["--scan-report", "report.json", "--block-on", "LOW"]].concat()).expect_code(2);

    shop.workspace.write("report.json", report("CRITICAL", ""));
    let said = shop.json(&shop.promotion("v1.0.0", "none", "dev"));
    assert_eq!(said["gate_results"][1]["status"], "passed", "what has no fix is left out");
    let recorded = shop.entries().iter().rev().find(|entry| entry.data()["gate"] == "security_scan").expect("recorded").data().clone();
    assert_eq!(recorded["scan"]["ignored"], 1);
    shop.expect_sound();
}

// proves: label shape
#[test]
fn an_image_without_its_commit_is_caught_at_promotion() {
    let shop =
        Shop::in_layouts(Rules { components: &["api"], promotion: "    environments:\n      - {name: dev, gates: [label_shape]}\n" });
    let error = shop.refused(8, &shop.promotion("v1.0.0", "none", "dev"));
    let message = error["message"].as_str().expect("a message");
    assert!(message.contains("the image has no label org.opencontainers.image.revision: expected the commit"), "{message}");
    shop.expect_sound();
}
