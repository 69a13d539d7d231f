//! Importing history: what is taken in, what stops it, and that it is asserted and no more.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::promotion::add_key;
use crate::shop::{PLAIN, Shop, digest};

/// A year of a shop, as somebody wrote it down.
const HISTORY: &str = include_str!("../../../fixtures/history/shop.jsonl");

fn line(time: &str, version: &str, to: &str) -> Value {
    json!({
        "time": time, "component": "api", "version": version, "digest": digest("api", version), "from": "none", "to": to,
        "actor": "kim@acme.example", "kind": "promotion",
    })
}

fn text(lines: &[Value]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn shop_with(text: &str) -> Shop {
    let shop = Shop::in_layouts(PLAIN);
    shop.workspace.write("history.jsonl", text);
    shop
}

fn assert_nothing_was_imported(shop: &Shop) {
    assert!(shop.entries().iter().all(|entry| entry.text("type") != "history.imported"));
}

#[test]
fn a_file_is_imported_once() {
    let shop = shop_with(HISTORY);
    let before = shop.entries().len();
    let imported = shop.json(&["import", "history.jsonl", "--declare"]);
    assert_eq!((&imported["lines"], &imported["imported"], &imported["repeated"]), (&json!(9), &json!(9), &json!(0)));
    assert_eq!(imported["entries"], json!({"first": before, "last": before}));
    let entry = shop.newest("history.imported");
    assert_eq!(entry.data()["declares"], json!({"components": ["billing/legacy"], "environments": ["qa"]}));
    assert_eq!(entry.data()["file"], imported["file"]);
    assert_eq!(entry.data()["lines"][1]["time"], "2024-03-05T09:30:00.000000Z", "asserted time, in UTC");
    assert!(entry.text("time").as_str() > "2026", "recorded time is the entry's own");

    let again = shop.json(&["import", "history.jsonl", "--declare"]);
    assert_eq!((&again["imported"], &again["repeated"], &again["entries"]), (&json!(0), &json!(9), &Value::Null));
    let longer = format!("{HISTORY}{}", text(&[line("2024-07-01T00:00:00Z", "v1.0.0", "dev")]));
    let more = shop.admin().run_with_input(&["import", "-", "--declare", "--output", "json"], longer.as_bytes()).expect_code(0).json();
    assert_eq!((&more["imported"], &more["repeated"]), (&json!(1), &json!(9)));
    shop.expect_sound();
}

#[test]
fn bad_lines_are_listed_and_nothing_is_imported_until_they_are_left_out() {
    let good = line("2024-07-01T00:00:00Z", "v1.0.0", "dev").to_string();
    let history = [
        &good,
        "not even JSON",
        "",
        &good.replace("v1.0.0", "latest"),
        &good.replace("\"api\"", "\"web\""),
        &good.replace("2024-07", "2091-07"),
    ]
    .map(|line| format!("{line}\n"))
    .concat();
    let shop = shop_with(&history);
    let run = shop.run(&["import", "history.jsonl"]).expect_code(2);
    for words in [
        "line 2: it is no JSON object",
        "line 4: version \"latest\" is not valid",
        "line 5: pipeline shop has no component web",
        "line 6: it says that it happened at 2091-07-01T00:00:00.000000Z, which is still to come",
        "4 of 5 lines cannot be imported, so none was",
        "--declare",
        "--keep-going",
    ] {
        assert!(run.stderr.contains(words), "{words}\n{}", run.stderr);
    }
    assert_nothing_was_imported(&shop);
    let error = shop.refused(2, &["import", "history.jsonl"]);
    let listed: Vec<(u64, u64)> =
        error["bad_lines"].as_array().unwrap().iter().map(|bad| (bad["line"].as_u64().unwrap(), bad["code"].as_u64().unwrap())).collect();
    assert_eq!(listed, [(2, 2), (4, 2), (5, 3), (6, 9)]);

    let rehearsed = shop.json(&["import", "history.jsonl", "--keep-going", "--dry-run"]);
    assert_eq!((&rehearsed["imported"], &rehearsed["dry_run"]), (&json!(1), &json!(true)));
    assert_nothing_was_imported(&shop);
    let imported = shop.json(&["import", "history.jsonl", "--keep-going"]);
    assert_eq!(imported["imported"], 1);
    assert_eq!(imported["left_out"].as_array().map(Vec::len), Some(4));
    shop.expect_sound();
}

#[test]
fn what_is_on_record_takes_no_later_history() {
    let shop = shop_with(&text(&[line("2024-07-01T00:00:00Z", "v1.0.0", "dev")]));
    shop.promote("v1.1.0", "none", "dev").expect_code(0);
    let now = shop.newest("promotion.completed").text("time");
    shop.workspace.write("late.jsonl", text(&[line(&now, "v1.0.0", "dev")]));
    let error = shop.refused(9, &["import", "late.jsonl"]);
    assert!(error["message"].as_str().unwrap().contains("api in dev is on record here since"), "{error}");
    shop.run(&["import", "history.jsonl"]).expect_code(0);
    shop.expect_sound();
}

#[test]
fn it_takes_an_admin() {
    let shop = shop_with(HISTORY);
    let ci = add_key(&shop, "ci", "ci:acme/shop", &["--role", "operator"]);
    let run = ci.run(&["import", "history.jsonl", "--declare"]).expect_code(12);
    assert!(run.stderr.contains("holds no grant for history.imported"), "{}", run.stderr);
    assert_nothing_was_imported(&shop);
}

#[test]
fn imported_history_opens_no_gate_until_it_is_accepted_on_record() {
    let shop = shop_with(&text(&[line("2024-07-01T00:00:00Z", "v1.0.0", "dev")]));
    shop.run(&["import", "history.jsonl"]).expect_code(0);
    let promote = shop.promotion("v1.0.0", "dev", "staging");
    let error = shop.refused(11, &promote);
    assert!(error["hint"].as_str().unwrap().contains("--accept-asserted"), "{error}");
    let accepting = [&promote[..], &["--accept-asserted"]].concat();
    let run = shop.run(&accepting).expect_code(0);
    assert!(run.stderr.contains("imported history alone"), "{}", run.stderr);
    assert_eq!(shop.newest("promotion.requested").data()["accept_asserted"], true);

    shop.promote("v1.1.0", "none", "dev").expect_code(0);
    shop.refused(11, &["rollback", "v1.0.0", "--env", "dev", "--reason", "errors"]);
    shop.run(&["rollback", "v1.0.0", "--env", "dev", "--reason", "errors", "--accept-asserted"]).expect_code(0);
    assert_eq!(shop.newest("rollback.requested").data()["accept_asserted"], true);
    shop.expect_sound();
}

/// What a killed import left is whole entries, and running it again brings the rest.
#[test]
fn an_import_that_is_killed_goes_on_where_it_was() {
    let lines: Vec<Value> =
        (0..600).map(|at| line(&format!("2024-07-01T00:{:02}:{:02}Z", at / 60, at % 60), &format!("v{at}"), "dev")).collect();
    let whole = shop_with(&text(&lines));
    let mut killed = 0;
    for nth in std::iter::successors(Some(1_u32), |nth| Some(nth * 3 / 2 + 1)) {
        let shop = whole.copy();
        let traced = shop.admin().under_strace(&format!("pwrite64:signal=KILL:when={nth}"), &["import", "history.jsonl"]);
        let again = shop.json(&["import", "history.jsonl"]);
        let (fresh, repeated) = (again["imported"].as_u64().unwrap(), again["repeated"].as_u64().unwrap());
        assert_eq!(fresh + repeated, 600);
        assert!(fresh == 0 || repeated == 0, "a transaction is there whole or not at all: {again}");
        shop.expect_sound();
        if traced.run.signal.is_none() {
            break;
        }
        killed += 1;
    }
    assert!(killed > 2, "{killed}");
}

/// Five years of the Kubernetes project, where the file is at hand: it is not part of this repository.
#[test]
fn real_history_is_imported_and_verified() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/k8s-promotions.jsonl.gz");
    let Ok(packed) = fs::metadata(&file) else {
        eprintln!("not tried: {} is not there", file.display());
        return;
    };
    assert!(packed.len() > 100_000);
    let history = Command::new("zcat").arg(&file).output().expect("zcat of Debian's gzip");
    let shop = shop_with(&String::from_utf8(history.stdout).unwrap());
    let error = shop.refused(2, &["import", "history.jsonl", "--declare"]);
    assert_eq!(error["bad_lines"].as_array().map(Vec::len), Some(15), "the lines that are as their authors wrote them");
    let imported = shop.json(&["import", "history.jsonl", "--declare", "--keep-going"]);
    assert_eq!((&imported["lines"], &imported["imported"], &imported["repeated"]), (&json!(20374), &json!(20359), &json!(0)));
    shop.expect_sound();
}
