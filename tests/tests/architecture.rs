//! The arrows of the house: who may import whom, and the habits that a machine can hold.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use promoledger_tests::imports::{Crate, NamedPath};
use promoledger_tests::source::{SourceFile, root, rust_files};
use serde_json::Value;

/// A package, and the packages of this workspace that it may build on.
const FLOORS: [(&str, &[&str]); 8] = [
    ("promotion-ledger", &[]),
    ("promotion-replay", &["promotion-ledger"]),
    ("promotion-delivery", &["promotion-ledger", "promotion-replay"]),
    ("promoledger", &["promotion-ledger", "promotion-replay", "promotion-delivery"]),
    ("promoledger-tests", &["promotion-ledger", "promotion-replay", "promotion-delivery", "xtask"]),
    ("promoledger-benches", &["promotion-ledger", "promotion-replay", "promotion-delivery"]),
    ("promoledger-faulty-disk", &["promotion-ledger", "promotion-replay"]),
    ("xtask", &[]),
];

/// Where the crates' source lies.
const SOURCES: [&str; 8] =
    ["ledger/src", "replay/src", "delivery/src", "cli/src", "tests/src", "tests/disk/src", "tests/xtask/src", "benches/src"];

/// The only place where `unsafe` may stand: what takes the part of the system below SQLite, in tests.
const UNSAFE: &str = "tests/disk/src";

/// The rooms of the house. Hidden folders and `target` are the tools' own.
const ROOMS: [&str; 8] = ["benches", "cli", "delivery", "docs", "fixtures", "ledger", "replay", "tests"];

/// The longest that a source file may be.
const LINES: usize = 450;

/// What a floor of the ledger may not name. Meaning: no bytes, no clock, no I/O. Evidence: bytes in, facts or faults out.
const MEANING_IS_FREE_OF: &str = "std::env std::fs std::io std::net std::process std::thread std::time rusqlite tokio";
const EVIDENCE_IS_FREE_OF: &str = "std::env std::fs std::net std::process std::thread std::time rusqlite tokio";

/// Fails with all that was found, one finding a line.
#[track_caller]
fn assert_none(findings: &[String]) {
    assert!(findings.is_empty(), "{} found:\n{}", findings.len(), findings.join("\n"));
}

#[test]
fn packages_build_only_on_the_floors_below() {
    assert_none(&dependencies_upwards(&metadata()));
}

#[test]
fn a_dependency_upwards_is_found() {
    let package = |name: &str, kind: Value, on: &str| serde_json::json!({"packages": [{"name": name, "dependencies": [{"name": on, "kind": kind, "path": "/x"}]}]});
    let count = |name, kind, on| dependencies_upwards(&package(name, kind, on)).len();
    assert_eq!(count("promotion-ledger", Value::Null, "promotion-replay"), 1);
    assert_eq!(count("promotion-ledger", "dev".into(), "promotion-replay"), 1);
    assert_eq!(count("promotion-replay", "build".into(), "promoledger-tests"), 1);
    assert_eq!(count("promoledger-benches", "dev".into(), "promoledger"), 1);
    assert_eq!(count("newcomer", Value::Null, "promotion-ledger"), 1);
    assert_eq!(count("promotion-replay", "dev".into(), "promoledger-tests"), 0);
    assert_eq!(count("promotion-delivery", Value::Null, "promotion-replay"), 0);
}

fn metadata() -> Value {
    let mut command = Command::new(env!("CARGO"));
    command.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]).current_dir(root());
    let output = command.output().expect("cargo built this test, so it is there");
    assert!(output.status.success(), "cargo metadata failed:\n{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo metadata writes JSON")
}

fn dependencies_upwards(metadata: &Value) -> Vec<String> {
    let mut findings = Vec::new();
    for package in metadata["packages"].as_array().expect("metadata lists packages") {
        let name = package["name"].as_str().unwrap_or_default();
        let Some((_, below)) = FLOORS.iter().find(|(known, _)| *known == name) else {
            findings.push(format!("{name} has no floor: give it one in FLOORS"));
            continue;
        };
        for dependency in package["dependencies"].as_array().expect("a package lists dependencies") {
            let on = dependency["name"].as_str().unwrap_or_default();
            // A crate's own tests may use the harness, and the crate itself with other features.
            let in_tests = dependency["kind"] == "dev" && (on == "promoledger-tests" || on == name);
            if dependency["path"].is_string() && !below.contains(&on) && !in_tests {
                findings.push(format!("{name} depends on {on}; it may on {below:?}"));
            }
        }
    }
    findings
}

#[test]
fn inside_the_ledger_imports_run_downwards() {
    let files = rust_files(&root().join("ledger/src"));
    assert_none(&imports_upwards(&files));
}

#[test]
fn an_import_upwards_is_found() {
    let findings = |path: &str, text: &str| imports_upwards(&[SourceFile::parse(path, text)]).len();
    assert_eq!(findings("ledger/src/meaning/a.rs", "use crate::evidence::hash;"), 1);
    assert_eq!(findings("ledger/src/meaning/a.rs", "fn f() { super::super::custody::g() }"), 1);
    assert_eq!(findings("ledger/src/meaning/a.rs", "use std::{fmt, io::Read};"), 1);
    assert_eq!(findings("ledger/src/meaning/a.rs", "use std::time; fn f() -> time::Instant { rusqlite::g() }"), 3);
    assert_eq!(findings("ledger/src/evidence/a.rs", "use crate::custody::clock;"), 1);
    assert_eq!(findings("ledger/src/evidence/a.rs", "use std::io::Read; use crate::meaning::id; /* std::fs */"), 0);
    assert_eq!(findings("ledger/src/custody/a.rs", "use crate::{evidence, meaning}; use std::fs;"), 0);
    assert_eq!(findings("ledger/src/meaning/a.rs", "#[cfg(test)] mod tests { use std::fs; }"), 0);
}

fn imports_upwards(files: &[SourceFile]) -> Vec<String> {
    let ledger = Crate::new(Path::new("ledger/src"), files);
    let mut findings = Vec::new();
    for (module, file) in ledger.modules() {
        let (floors_above, free_of): (&[&str], &str) = match module.first().map(String::as_str) {
            Some("meaning") => (&["evidence", "custody"], MEANING_IS_FREE_OF),
            Some("evidence") => (&["custody"], EVIDENCE_IS_FREE_OF),
            _ => continue,
        };
        let (inside, outside) = ledger.named(module);
        let upwards = |path: &NamedPath| path.first().is_some_and(|floor| floors_above.contains(&floor.as_str()));
        let forbidden = |path: &NamedPath| free_of.split(' ').any(|start| begins(path, start));
        let bad = inside.iter().filter(|path| upwards(path)).chain(outside.iter().filter(|path| forbidden(path)));
        findings.extend(bad.map(|path| format!("{} names {}", file.path.display(), path.join("::"))));
    }
    findings
}

/// Whether a path begins with the words of `start`.
fn begins(path: &NamedPath, start: &str) -> bool {
    let mut words = path.iter();
    start.split("::").all(|word| words.next().is_some_and(|next| next == word))
}

#[test]
fn files_never_import_each_other_in_a_circle() {
    let mut findings = Vec::new();
    for source in SOURCES {
        let files = rust_files(&root().join(source));
        if let Some(circle) = Crate::new(Path::new(source), &files).circle() {
            let names: Vec<String> = circle.iter().map(|path| path.display().to_string()).collect();
            findings.push(names.join(" -> "));
        }
    }
    assert_none(&findings);
}

#[test]
fn source_files_keep_the_habits() {
    let findings: Vec<String> = rust_files(root()).iter().flat_map(breaches).collect();
    assert_none(&findings);
}

#[test]
fn a_broken_habit_is_found() {
    let findings = |text: &str| breaches(&SourceFile::parse("cli/src/a.rs", text));
    assert_eq!(findings("//! A file.\nfn f() {}"), Vec::<String>::new());
    assert!(findings("fn f() {}")[0].contains("does not begin"));
    assert!(findings("//! A file.\nunsafe fn f() {}")[0].contains("unsafe"));
    assert!(breaches(&SourceFile::parse("tests/disk/src/a.rs", "//! A file.\nunsafe fn f() {}")).is_empty());
    assert!(findings("//! A file.\n#![allow(dead_code)]")[0].contains("dead_code"));
    assert!(findings("//! A file.\n#[cfg(test)] mod tests { #[expect(dead_code)] fn f() {} }")[0].contains("dead_code"));
    assert!(findings("//! A file.\n#[allow(dead_code, reason = \"why\")] fn f() { \"unsafe\" }").is_empty());
    assert!(findings(&"//! A file.\n".repeat(LINES + 1))[0].contains("451 lines"));
    assert!(breaches(&SourceFile::parse("cli/tests/a.rs", &"//! A test.\n".repeat(LINES + 1))).is_empty());
}

fn breaches(file: &SourceFile) -> Vec<String> {
    let mut findings = Vec::new();
    let mut find = |what: String| findings.push(format!("{} {what}", file.path.display()));
    if !file.text.starts_with("//! ") {
        find("does not begin with `//! ` and what it is about".to_owned());
    }
    if file.tokens.iter().any(|token| token == "unsafe") && !file.path.starts_with(UNSAFE) {
        find("holds `unsafe`".to_owned());
    }
    for attribute in ["allow", "expect"].into_iter().flat_map(|name| file.attributes(name)) {
        if !attribute.iter().any(|token| token == "reason") {
            find(format!("has #[{}] without a reason", attribute.concat()));
        }
    }
    let lines = file.text.lines().count();
    let shipped = file.path.iter().any(|folder| folder == "src");
    if shipped && lines > LINES {
        find(format!("has {lines} lines, more than {LINES}"));
    }
    findings
}

#[test]
fn the_rooms_are_those_of_the_plan() {
    let entries = fs::read_dir(root()).expect("the workspace's root can be read");
    let folders = entries.map(|entry| entry.expect("an entry can be read").path()).filter(|path| path.is_dir());
    let names = folders.filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
    let found: BTreeSet<String> = names.filter(|name| name != "target" && !name.starts_with('.')).collect();
    assert_eq!(found, ROOMS.into_iter().map(str::to_owned).collect());
}
