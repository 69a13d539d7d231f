//! Values that attackers write and people read: whatever the command and wherever it stands, nothing hidden is printed.

use std::collections::BTreeSet;

use promoledger_tests::command::Run;
use serde_json::{Value, json};

use crate::shop::{GATED, Shop, digest};

/// Colours, a title, a line of its own, text turned round, what nobody sees, and a letter that paints over its neighbours.
const NASTY: &str = "=x\u{1b}[32mok\u{1b}]0;owned\u{7}\u{8}\rpassed\nerror: forged\u{9b}1m\u{7f}\u{202e}txt\u{2066}\u{200b}\u{feff}\u{2028}\
                     \u{e0041}\u{ad}a\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}z";
/// The same in the name of a file.
const FILE: &str = "n\u{1b}[31m\u{202e}\u{200b}.x";
/// The codes that the program itself writes for colours.
const OWN_CODES: [&str; 6] = ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[2m", "\u{1b}[31m", "\u{1b}[32m", "\u{1b}[33m"];

fn is_dangerous(letter: char) -> bool {
    (letter.is_control() && letter != '\n')
        || matches!(letter, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{e0000}'..='\u{e007f}')
}

/// Fails where the program printed something that a terminal obeys or nobody sees.
#[track_caller]
fn expect_harmless(run: &Run) {
    for text in [&run.stdout, &run.stderr] {
        let text = text.replace("\r\n", "\n");
        assert!(!text.contains(is_dangerous), "{run:?}");
        assert!(!text.lines().any(|line| line.starts_with("error: forged")), "a value made a line of its own: {run:?}");
        assert!(!text.contains("\u{301}".repeat(5).as_str()) || text.starts_with('{'), "{run:?}");
    }
}

/// A shop whose record, files and manifest hold hostile values wherever one is taken.
fn hostile() -> (Shop, Vec<Run>) {
    let shop = Shop::in_layouts(GATED);
    let work = &shop.workspace;
    let line = json!({"time": "2024-03-01T12:00:00Z", "component": "api", "version": "v0.9.0", "from": "none", "to": "prod",
        "actor": "op-001", "kind": "promotion", "note": NASTY});
    let bad = json!({"time": NASTY, "component": NASTY, "version": NASTY, "from": NASTY, "to": NASTY, "actor": NASTY, "kind": NASTY, NASTY: NASTY});
    work.write("history.jsonl", format!("{line}\n"));
    work.write("bad.jsonl", format!("{bad}\n{NASTY}\n"));
    work.write(
        "bad.yaml",
        format!("artifacts:\n  registry: {:?}\n  promotion: {{components: {{api: x}}, {:?}: 1}}\n", "r\u{202e}", "k\u{200b}\u{1b}"),
    );
    work.write("scan.json", scan());
    work.write(FILE, NASTY);
    let digest = digest("api", "v1.0.0");
    let gate = ["record", "gate", "tests", "--digest", &digest, "--env", "staging", "--status", "passed", "--message", NASTY];
    let scanned = ["record", "gate", "security_scan", "--digest", &digest, "--env", "prod", "--scan-report", "scan.json"];
    let runs = vec![
        shop.run(&["import", "history.jsonl"]),
        shop.run(&["import", "bad.jsonl"]),
        shop.run(&[&shop.promotion("v1.0.0", "none", "dev")[..], &["--reason", NASTY]].concat()),
        shop.run(&[&gate[..], &["--evidence", FILE]].concat()),
        shop.run(&scanned),
        shop.run(&[&shop.promotion("v1.0.0", "dev", "staging")[..], &["--reason", NASTY]].concat()),
        shop.run(&[&shop.promotion("v1.1.0", "none", "dev")[..], &["--reason", NASTY]].concat()),
        shop.run(&["rollback", "--env", "dev", "--reason", NASTY]),
        shop.run(&["lock", "--env", "dev", "--reason", NASTY]),
        shop.run(&["unlock", "--env", "dev", "--reason", NASTY]),
        shop.run(&["halt", "--env", "dev", "--reason", NASTY]),
        shop.promote("v1.1.0", "none", "dev").expect_code(15),
        shop.run(&["resolve", "--env", "dev", "--reason", NASTY]),
        shop.run(&["lock", "--env", "dev", "--reason", NASTY]),
        shop.promote("v1.1.0", "none", "dev").expect_code(13),
    ];
    (shop, runs)
}

fn scan() -> String {
    let finding =
        json!({"VulnerabilityID": NASTY, "PkgName": NASTY, "InstalledVersion": NASTY, "FixedVersion": NASTY, "Severity": "CRITICAL"});
    json!({"SchemaVersion": 2, "ArtifactName": NASTY, "Results": [{"Target": NASTY, "Class": "os-pkgs", "Vulnerabilities": [finding]}]})
        .to_string()
}

/// Every command once more, each with what it makes of hostile arguments, files and records.
fn asked(shop: &Shop) -> Vec<Vec<String>> {
    let last = (shop.entries().len() - 1).to_string();
    let id = shop.newest("rollback.completed").data()["promotion"]["promotion_id"].as_str().expect("a promotion has an id").to_owned();
    let (folder, copy) = (format!("export{FILE}"), format!("copy{FILE}"));
    let lines: Vec<Vec<&str>> = vec![
        vec!["init", "--origin", "acme.example/x", "--manifest", FILE, "--ledger", "sqlite:.promoledger/ledger.db"],
        vec!["register", "v1", "--ref", NASTY],
        vec!["promote", "v9", "--from", "none", "--to", "dev", "--reason", NASTY],
        vec!["rollback", "--env", "dev", "--reason", NASTY, "--dry-run"],
        vec!["resume", NASTY],
        vec!["abort", NASTY, "--reason", NASTY],
        vec!["approve", NASTY, "--note", NASTY],
        vec!["reject", "--reason", NASTY],
        vec!["review", NASTY, "--finding", "justified", "--note", NASTY],
        vec!["lock", "--env", "dev", "--reason", NASTY],
        vec!["unlock", "--env", "prod", "--reason", NASTY],
        vec!["halt", "--env", "prod", "--reason", NASTY],
        vec!["resolve", "--env", "prod", "--reason", NASTY],
        vec!["record", "gate", "tests", "--digest", "sha256:00", "--env", "dev", "--status", NASTY],
        vec!["status", "--history", "9", "--all"],
        vec!["history"],
        vec!["show", &last],
        vec!["show", &id],
        vec!["where", "v1.0.0"],
        vec!["where", "v0.9.0"],
        vec!["diff", "seq:3"],
        vec!["diff", "dev", "staging"],
        vec!["impact", "v1.0.0", "--env", "dev"],
        vec!["verify"],
        vec!["verify", "--export", FILE],
        vec!["export", &folder],
        vec!["backup", &copy],
        vec!["import", FILE],
        vec!["replay", "--check"],
        vec!["keys", "list"],
        vec!["keys", "add", FILE, "--role", "ci"],
        vec!["manifest", "check", "bad.yaml"],
        vec!["manifest", "diff", FILE],
        vec!["trust"],
        vec!["doctor"],
        vec!["schema", NASTY],
        vec!["completions", NASTY],
        vec!["demo", "--keep", FILE],
    ];
    lines.into_iter().map(|line| line.into_iter().map(str::to_owned).collect()).collect()
}

// proves: FR-036
#[test]
fn no_command_prints_what_hides_or_what_a_terminal_obeys() {
    let (shop, made) = hostile();
    made.iter().for_each(expect_harmless);
    let lines = asked(&shop);
    for line in &lines {
        let line: Vec<&str> = line.iter().map(String::as_str).collect();
        for further in [&[][..], &["--output", "json"], &["--output", "yaml"], &["--verbose"]] {
            expect_harmless(&shop.run(&[&line[..], further].concat()));
        }
        let mut coloured = shop.run(&[&line[..], &["--color", "always"]].concat());
        for text in [&mut coloured.stdout, &mut coloured.stderr] {
            *text = OWN_CODES.iter().fold(std::mem::take(text), |text, code| text.replace(code, ""));
        }
        expect_harmless(&coloured);
    }
    let help = shop.run(&["help"]).expect_code(0).stdout;
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let commands: BTreeSet<&str> = listed.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").collect();
    let driven: BTreeSet<&str> = lines.iter().filter_map(|line| line.first()).map(String::as_str).collect();
    assert_eq!(driven, commands, "a command was not given hostile values");
}

// proves: FR-036
#[test]
fn arguments_and_variables_that_make_no_sense_are_repeated_harmlessly() {
    let shop = Shop::in_layouts(GATED);
    for arguments in [
        &[NASTY][..],
        &["status", NASTY],
        &["status", "--env", NASTY],
        &["status", &format!("--{NASTY}")],
        &["status", "--output", NASTY],
        &["status", "--ledger", NASTY],
        &["status", "--at", NASTY, "--output", "json"],
        &["promote", NASTY, "--from", NASTY, "--to", NASTY],
        &["history", "--type", NASTY],
        &["show", NASTY],
        &["status", "--key", FILE],
    ] {
        let run = shop.run(arguments);
        expect_harmless(&run);
    }
    let told = shop.run(&["status", "--env", "a\u{202e}b\u{1b}[31m"]).expect_code(2);
    assert!(told.stderr.contains(r"a\u{202e}b\u{1b}[31m"), "{}", told.stderr);
    for (name, value) in [("PROMOLEDGER_OUTPUT", NASTY), ("PROMOLEDGER_LEDGER", NASTY), ("PROMOLEDGER_PIPELINE", "a\u{202e}")] {
        for arguments in [&["status"][..], &["status", "--help"]] {
            let run = shop.admin().env(name, value).run(arguments);
            assert!(!run.stdout.contains(is_dangerous) && !run.stderr.contains(is_dangerous), "{run:?}");
        }
    }
}

// proves: FR-036
#[test]
fn machines_are_given_what_was_recorded_to_the_last_character() {
    let (shop, _) = hostile();
    let json = shop.run(&["status", "--output", "json"]).expect_code(0);
    assert_eq!(json.json()["locks"][0]["reason"], NASTY);
    let yaml = shop.run(&["status", "--output", "yaml"]).expect_code(0);
    let object: Value = serde_saphyr::from_str(&yaml.stdout).expect("it is YAML");
    assert_eq!(object["locks"][0]["reason"], NASTY);
}

// proves: FR-036
#[test]
fn lists_are_rows_for_spreadsheets_and_no_cell_is_a_formula() {
    let (shop, _) = hostile();
    for line in [&["status", "--all"][..], &["history"], &["where", "v0.9.0"], &["diff", "seq:3"], &["diff", "dev", "staging"]] {
        let run = shop.run(&[line, &["--output", "csv"]].concat()).expect_code(0);
        expect_harmless(&run);
        let rows: Vec<&str> = run.stdout.split("\r\n").collect();
        assert!(rows.len() > 2 && rows.last() == Some(&"") && rows[0].contains("component"), "{run:?}");
        assert!(!run.stdout.contains(",=") && !run.stdout.contains(",\"="), "{run:?}");
    }
    let told = shop.run(&["where", "v0.9.0", "--output", "csv"]).expect_code(0).stdout;
    assert!(told.contains(r",'=x\u{1b}[32mok"), "{told}");
    let before = shop.entries().len();
    let refused = shop.run(&["lock", "--env", "prod", "--reason", "x", "--output", "csv"]).expect_code(2);
    assert!(refused.stdout.is_empty() && refused.stderr.contains("status, history, where and diff"), "{refused:?}");
    assert_eq!(shop.entries().len(), before, "what is refused is not done");
}

// proves: FR-036
#[test]
fn hostile_values_read_so() {
    let (shop, _) = hostile();
    let entry = (shop.entries().len() - 1).to_string();
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.add_filter(r"since .*", "since [then]");
    let status = shop.run(&["status"]).expect_code(0).stdout;
    let locked: String = status.lines().filter(|line| line.contains("is locked")).map(|line| format!("{line}\n")).collect();
    let refused = shop.promote("v1.1.0", "none", "dev").expect_code(13).stderr;
    let argument = shop.run(&["status", "--env", NASTY]).expect_code(2).stderr;
    let unknown = shop.run(&["manifest", "check", "bad.yaml"]).expect_code(2).stderr;
    let text = format!("--- lock\n{locked}--- refusal\n{refused}--- argument\n{argument}--- manifest\n{unknown}");
    settings.add_filter(&format!(r"entry {entry}\b"), "entry [lock]");
    settings.add_filter(r"recorded as entr.*\)?", "recorded");
    settings.bind(|| insta::assert_snapshot!("hostile", text));
}
