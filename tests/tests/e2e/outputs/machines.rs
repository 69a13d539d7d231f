//! JSON and YAML: one object, its schema named and kept, on success and on failure.

use std::collections::{BTreeMap, BTreeSet};

use promoledger_tests::command::{Promoledger, Workspace};
use serde_json::Value;

use crate::shop::{GATED, PLAIN, Shop, digest};

/// A trace that a caller gives, and its id.
const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// A story in which every command has its turn, with the code that it ends with. `DIGEST` stands for v1.0.0's.
const STORY: &[(&str, i32)] = &[
    ("init --origin acme.example/promotions --recovery-key recovery.key", 0),
    ("init --origin acme.example/promotions", 2),
    ("doctor", 0),
    ("manifest check manifest.yaml", 0),
    ("manifest diff manifest.yaml", 0),
    ("manifest diff other.yaml", 19),
    ("manifest adopt manifest.yaml", 0),
    ("register v1.0.0 --ref DIGEST --source-sha 3f2e91c000000000000000000000000000000000", 0),
    ("register v1.0.0 --ref DIGEST", 0),
    ("register v9.9.9 --ref sha256:0000000000000000000000000000000000000000000000000000000000000000", 3),
    ("promote v1.0.0 --from none --to dev --dry-run", 0),
    ("promote v1.0.0 --from none --to dev", 0),
    ("promote v1.0.0 --from none --to dev", 0),
    ("promote v1.0.0 --from dev --to staging", 8),
    ("promote v1.0.0 --from dev --to staging --dry-run", 8),
    ("record gate tests --digest DIGEST --env staging --status passed --evidence manifest.yaml", 0),
    ("record gate security_scan --digest DIGEST --env staging --scan-report scan.json --ignore-unfixed", 0),
    ("record gate security_scan --digest DIGEST --env staging --scan-report manifest.yaml", 2),
    ("promote v1.0.0 --from dev --to staging", 0),
    ("promote --all-eligible --from dev --to staging", 0),
    ("rollback --env staging --reason none", 11),
    ("lock --env prod --reason closed", 0),
    ("promote v1.0.0 --from staging --to prod", 13),
    ("unlock --env prod", 0),
    ("unlock --env prod", 0),
    ("halt --env prod --reason broken", 0),
    ("promote v1.0.0 --from staging --to prod", 15),
    ("resolve --env prod --reason mended", 0),
    ("resolve --env prod --reason mended", 0),
    ("resume", 3),
    ("abort --reason hung", 3),
    ("approve", 3),
    ("reject --reason no", 3),
    ("review --finding justified --note fine", 3),
    ("status", 0),
    ("status --history 3", 0),
    ("status --at seq:12", 0),
    ("status --at seq:999", 3),
    ("history --limit 3", 0),
    ("history --at seq:12 --limit 3", 0),
    ("show 0", 0),
    ("show seq:12", 0),
    ("show 999", 3),
    ("where v1.0.0", 0),
    ("where DIGEST", 0),
    ("where DIGEST --at seq:12", 0),
    ("diff seq:3", 0),
    ("diff dev staging", 0),
    ("diff seq:9 seq:3", 2),
    ("impact v1.0.0 --env dev", 0),
    ("impact v9.9.9 --env dev", 11),
    ("keys list", 0),
    ("keys request --principal ci:acme/shop --name acme.example/ci --key ci.key", 0),
    ("keys revoke acme.example/ops --reason last", 12),
    ("keys endorse 1", 3),
    ("verify", 0),
    ("verify --require pinned", 22),
    ("trust", 0),
    ("verify --require pinned", 0),
    ("export audit", 0),
    ("verify --export audit", 0),
    ("backup copy.db", 0),
    ("import history.jsonl", 3),
    ("import history.jsonl --declare --dry-run", 0),
    ("import history.jsonl --declare", 0),
    ("status --all", 0),
    ("history --limit 3", 0),
    ("diff 2001-01-01", 0),
    ("replay --check", 0),
    ("replay", 0),
    ("schema", 0),
    ("demo", 0),
];

/// Commands whose output is a text of its own, the same for everybody.
const TEXTS: [&str; 2] = ["completions", "help"];

/// The schemas that the program gives, each asked for once.
struct Schemas {
    program: Promoledger,
    known: BTreeMap<String, jsonschema::Validator>,
}

impl Schemas {
    fn new(program: Promoledger) -> Self {
        Self { program, known: BTreeMap::new() }
    }

    /// Fails where the object is not what its own schema says.
    #[track_caller]
    fn expect_valid(&mut self, object: &Value, what: &str) {
        let name = object["schema"].as_str().unwrap_or_else(|| panic!("{what}: no schema in {object}"));
        let program = &self.program;
        let validator = self.known.entry(name.to_owned()).or_insert_with(|| {
            let schema = program.run(&["schema", name]).expect_code(0).json();
            jsonschema::validator_for(&schema).unwrap_or_else(|error| panic!("{name} is no schema: {error}"))
        });
        let faults: Vec<String> = validator.iter_errors(object).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
        assert!(faults.is_empty(), "{what}: {faults:#?}\n{object:#}");
    }
}

/// The workspace of the story before its first command.
fn beginning() -> Shop {
    let shop = Shop::without_ledger(GATED);
    shop.workspace
        .write("other.yaml", "artifacts:\n  registry: oci-layout:images\n  promotion:\n    pipeline: shop\n    components: {api: api}\n");
    let scan = include_str!("../../../../fixtures/scanner/trivy/findings.json");
    shop.workspace.write("scan.json", scan.replace(&format!("sha256:{}", "1".repeat(64)), &digest("api", "v1.0.0")));
    shop.workspace.write("history.jsonl", include_str!("../../../../fixtures/history/shop.jsonl"));
    shop
}

fn words(line: &str) -> Vec<String> {
    let digest = digest("api", "v1.0.0");
    line.split(' ').map(|word| if word == "DIGEST" { digest.clone() } else { word.to_owned() }).collect()
}

// proves: FR-031, FR-032, FR-033
#[test]
fn every_command_prints_one_object_that_its_schema_describes() {
    let shop = beginning();
    let mut schemas = Schemas::new(shop.admin());
    for (line, code) in STORY {
        let words = words(line);
        let mut arguments: Vec<&str> = words.iter().map(String::as_str).collect();
        arguments.extend(["--output", "json"]);
        let run = shop.admin().env("TRACEPARENT", TRACEPARENT).run(&arguments).expect_code(*code);
        let object = run.json();
        assert!(object.is_object(), "{line}: {object}");
        assert_eq!(object["success"], *code == 0, "{line}: {object:#}");
        assert_eq!(object["trace_id"], TRACE, "{line}: {object:#}");
        schemas.expect_valid(&object, line);
        if let Some(error) = object.get("error") {
            assert_eq!(error["code"], *code, "{line}");
            assert!(error["message"].as_str().is_some_and(|message| message.len() > 5), "{line}: {error}");
        }
    }
}

/// The commands that the help lists, two words deep.
fn commands() -> BTreeSet<String> {
    let program = Workspace::new().promoledger();
    let below = |arguments: &[&str]| -> Vec<String> {
        let help = program.run(&[arguments, &["--help"]].concat()).expect_code(0).stdout;
        let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| line.starts_with("  "));
        listed.filter(|line| !line.starts_with("   ")).filter_map(|line| line.split_whitespace().next().map(str::to_owned)).collect()
    };
    let mut commands = BTreeSet::new();
    for command in below(&[]) {
        let nested: Vec<String> = if command == "help" { Vec::new() } else { below(&[&command]) };
        commands.extend(nested.iter().filter(|nested| *nested != "help").map(|nested| format!("{command} {nested}")));
        if nested.is_empty() {
            commands.insert(command);
        }
    }
    commands
}

// proves: FR-031
#[test]
fn no_command_is_left_out_of_the_story() {
    let told = |command: &&String| STORY.iter().any(|(line, _)| format!("{line} ").starts_with(&format!("{command} ")));
    // Keys are added in a story of their own (`promotion::keys`), with two homes.
    let elsewhere = |command: &&String| TEXTS.contains(&command.as_str()) || *command == "keys add";
    let commands = commands();
    assert!(commands.len() > 20, "{commands:?}");
    let missing: Vec<&String> = commands.iter().filter(|command| !told(command) && !elsewhere(command)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

// proves: FR-031
#[test]
fn what_changes_the_ledger_names_promotion_digest_gates_and_entries() {
    let shop = Shop::in_layouts(GATED);
    shop.promote_up_to("v1.0.0", "dev");
    shop.record_gate("tests", "v1.0.0", "staging", "warning");
    let before = shop.entries().len();
    let promoted = shop.json(&shop.promotion("v1.0.0", "dev", "staging"));
    assert_eq!(promoted["promotion_id"].as_str().map(str::len), Some(36));
    assert_eq!(promoted["artifact_digest"], digest("api", "v1.0.0").as_str());
    assert_eq!(promoted["gate_results"][1]["status"], "warning");
    assert_eq!(promoted["entries"]["first"], before);
    assert_eq!(promoted["entries"]["last"], shop.entries().len() - 1);
    let refused = shop.refused(11, &shop.promotion("v1.1.0", "dev", "staging"));
    assert_eq!(refused["artifact_digest"], digest("api", "v1.1.0").as_str());
    assert_eq!(refused["entries"]["last"], shop.entries().len() - 1);
}

// proves: FR-032
#[test]
fn yaml_says_the_same_as_json() {
    let shop = Shop::in_layouts(GATED);
    shop.promote_up_to("v1.0.0", "dev");
    shop.run(&["lock", "--env", "prod", "--reason", "yes: \"no\" # 1.0 | ~"]).expect_code(0);
    let asked = |line: &str, output: &str| {
        let words = words(line);
        let arguments: Vec<&str> = words.iter().map(String::as_str).chain(["--output", output]).collect();
        shop.admin().env("TRACEPARENT", TRACEPARENT).run(&arguments)
    };
    for line in [
        "status --history 2",
        "history",
        "show 0",
        "show 12",
        "where v1.0.0",
        "diff seq:3",
        "diff dev prod",
        "impact v1.0.0 --env dev",
        "keys list",
        "verify",
        "manifest check",
        "where v8",
        "show 999",
    ] {
        let (json, yaml) = (asked(line, "json"), asked(line, "yaml"));
        assert_eq!(json.code, yaml.code, "{line}");
        let read: Value = serde_saphyr::from_str(&yaml.stdout).unwrap_or_else(|error| panic!("{line}: {error}\n{}", yaml.stdout));
        assert_eq!(read, json.json(), "{line}\n{}", yaml.stdout);
    }
}

// proves: FR-033
#[test]
fn the_callers_trace_is_taken_over_and_a_bad_one_replaced() {
    let shop = Shop::in_layouts(PLAIN);
    let trace = |value: &str| {
        let run = shop.admin().env("TRACEPARENT", value).run(&["status", "--output", "json"]).expect_code(0);
        run.json()["trace_id"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(trace(TRACEPARENT), TRACE);
    let random = ["", "garbage", "00-00000000000000000000000000000000-00f067aa0ba902b7-01"].map(trace);
    for id in &random {
        assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()) && id != TRACE, "{id}");
    }
    assert_ne!(random[0], random[1]);
    let page = shop.admin().env("TRACEPARENT", TRACEPARENT).run(&shop.promotion("v1.0.0", "none", "dev")).expect_code(0);
    assert!(page.stdout.contains(TRACE), "{}", page.stdout);
}

// proves: FR-031
#[test]
fn a_schema_is_strict_enough_to_be_worth_something() {
    let shop = Shop::in_layouts(PLAIN);
    let schema = shop.run(&["schema", "promoledger.status/1"]).expect_code(0).json();
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let status = shop.json(&["status"]);
    assert!(validator.is_valid(&status));
    for field in ["environments", "trace_id", "success"] {
        let mut less = status.clone();
        less.as_object_mut().expect("an object").remove(field);
        assert!(!validator.is_valid(&less), "{field} may be missing");
    }
    let mut more = status;
    more["surprise"] = 1.into();
    assert!(!validator.is_valid(&more));
}
