//! The same question to `promoledger verify --export --json`, as a user would ask it.

use std::path::Path;

use promoledger_tests::command::Workspace;
use serde_json::Value;

use crate::case;
use crate::differences::Question;
use crate::verdict;

/// Exit code, entry and first finding of the program are those of the library, which the other tests ask.
pub(crate) fn agrees(question: &Question, export: &Path) {
    case::write(&question.files, export);
    let expected = verdict::ours(export, &question.case);
    let mut arguments = vec!["--output=json".to_owned(), "verify".to_owned(), "--export".to_owned(), export.display().to_string()];
    for (name, value) in &question.case.pins {
        let option = if *name == "key" { "pin-key" } else { name };
        arguments.extend([format!("--{option}"), value.clone()]);
    }
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let run = Workspace::new().promoledger().run(&words);
    assert_eq!(run.code.and_then(|code| u64::try_from(code).ok()), Some(expected.code), "{}\n{}", question.told, run.stdout);
    let said: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{}: {error}", run.stdout));
    let findings = said["findings"].as_array().cloned().unwrap_or_default();
    let first = findings.iter().find(|finding| finding["code"] == expected.code);
    let found = first.map(|finding| (finding["entry"].as_u64(), verdict::word(finding["message"].as_str().unwrap_or_default())));
    let wanted = (expected.code != 0).then(|| (expected.entry, expected.word.clone()));
    assert_eq!(found, wanted, "{}", question.told);
}
