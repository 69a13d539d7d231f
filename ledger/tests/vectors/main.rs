//! Every vector of `fixtures/vectors/v1`, verified as an auditor would; and that the vectors leave no rule out.
//!
//! Where a verdict changes on purpose, `cargo run -p promotion-ledger --example make-vectors` writes the files again.

mod make;
mod read;

use std::collections::BTreeSet;
use std::fs;

use make::Case;
use make::vector::{Expected, Vector};
use promotion_ledger::custody::audit::{Level, Report, verify};
use promotion_ledger::evidence::entry::{Content, Entry};
use promotion_ledger::meaning::event::EventType;
use promotion_ledger::meaning::law::Rule;
use promotion_ledger::meaning::time::Timestamp;
use read::Spelled;

fn audit(vector: &Vector) -> Report {
    let pins = vector.pins.as_ref().map(read::pins).unwrap_or_default();
    let now = Timestamp::parse("2030-01-01T00:00:00.000000Z").expect("a time");
    verify(&Spelled::of(vector), &pins, now)
}

/// The words that a vector has for what a finding says in a sentence.
const FAULTS: [(&str, &str); 16] = [
    ("malformed at ", "malformed"),
    ("expected sequence ", "sequence"),
    ("expected previous hash ", "previous"),
    ("expected a signature by a key of this ledger", "unknown-key"),
    ("expected a signature by a key that is live here", "revoked-key"),
    ("expected a signature of this text", "signature"),
    ("unlawful: ", "unlawful"),
    ("authentic, not understood: ", "not-understood"),
    ("the body that it names was changed", "body-changed"),
    ("the body that it names is missing", "body-missing"),
    ("the log is empty", "empty"),
    ("entries ", "tail-missing"),
    ("not the ledger that was pinned: expected genesis", "pin-genesis"),
    ("not the ledger that was pinned: expected origin", "pin-origin"),
    ("the key that was pinned is not among the first keys", "pin-key"),
    ("not the entry that was pinned", "pin-head"),
];

/// What our report comes to in a vector's words.
fn verdict(report: &Report) -> Expected {
    let code = report.exit_code();
    let finding = report.findings.iter().find(|finding| finding.code == code);
    let message = finding.map(|finding| finding.message.as_str()).unwrap_or_default();
    let rule = message.rsplit_once("(law: ").map(|(_, rule)| rule.trim_end_matches(')').to_owned());
    let fault = FAULTS.iter().find(|(begin, _)| message.starts_with(begin)).map(|(_, word)| (*word).to_owned());
    Expected {
        exit_code: code.number(),
        entry: finding.and_then(|finding| finding.entry).map(|sequence| sequence.get()),
        rule: rule.filter(|_| fault.as_deref() == Some("unlawful")),
        fault,
        level: match report.level {
            Level::SelfConsistent => "self-consistent",
            Level::Pinned => "pinned",
        }
        .to_owned(),
        sound: report.sound,
        head: report.head.to_string(),
        root: report.root.to_string(),
    }
}

fn committed(case: &Case) -> String {
    let path = make::folder().join(case.path());
    fs::read_to_string(&path).unwrap_or_else(|error| unreachable!("{}: {error}; run the example make-vectors", path.display()))
}

#[test]
fn the_files_are_what_the_maker_makes() {
    let cases = make::all();
    let made: BTreeSet<String> = cases.iter().map(Case::path).collect();
    assert_eq!(made.len(), cases.len(), "two vectors have one name");
    for folder in ["valid", "invalid"] {
        for file in fs::read_dir(make::folder().join(folder)).unwrap() {
            let name = format!("{folder}/{}", file.unwrap().file_name().to_string_lossy());
            assert!(made.contains(&name), "{name} is a file that nothing makes");
        }
    }
    for case in cases {
        assert!(committed(&case) == case.text(), "{case} differs from what is made: run the example make-vectors if that is meant");
    }
}

// proves: derived
// proves: FR-011
// proves: FR-027
#[test]
fn every_verdict_is_the_one_expected() {
    let mut wrong = Vec::new();
    for case in make::all() {
        let vector: Vector = serde_json::from_str(&committed(&case)).unwrap();
        let report = audit(&vector);
        let found = verdict(&report);
        if found != vector.expected {
            wrong.push(format!("{case}\n  expected {:?}\n  found    {found:?}\n  {:?}", vector.expected, report.findings));
        }
        let said = report.findings.iter().any(|finding| finding.message.contains(case.says));
        if !said && !case.says.is_empty() {
            wrong.push(format!("{case}: {:?} was expected to say {:?}", report.findings, case.says));
        }
        if case.folder == "invalid" && found.exit_code == 0 {
            wrong.push(format!("{case} is taken for sound"));
        }
    }
    assert!(wrong.is_empty(), "{} vectors:\n{}", wrong.len(), wrong.join("\n"));
}

/// The list of all rules, and a match that does not compile when one is not in it.
macro_rules! rules {
    ($($rule:ident)*) => {
        const RULES: &[Rule] = &[$(Rule::$rule,)*];

        const fn is_listed(rule: Rule) -> bool {
            match rule {
                $(Rule::$rule => true,)*
            }
        }
    };
}

rules! {
    Type Shape Proof UniqueId Genesis Time LiveKey Actor Grant FormatLevel AdminThreshold KeyReuse Revocation Endorsement Known
    ReleaseOnce Alone Locks Path Release Manifest Already UnderWay Epoch Downgrade Authorized Tags Gates TagsLeft RollbackTarget
    Reasons LockOwner AssertedTime ImportedOnce Freeze Soak Authorization Duties Versions Breaking Approvals Policy Scan Signature
    Override Review Halt Identity
}

/// Who verifies finds these faults before the law is asked; only a writer, whose entry is not signed yet, meets the rule.
const FOUND_BEFORE: [(Rule, &[&str]); 1] = [(Rule::LiveKey, &["unknown-key", "revoked-key"])];

#[test]
fn every_rule_of_the_law_is_broken_by_some_vector() {
    let cases = make::all();
    let expected = |pick: fn(&Expected) -> &Option<String>| -> BTreeSet<&str> {
        cases.iter().filter(|case| case.folder == "invalid").filter_map(|case| pick(&case.vector.expected).as_deref()).collect()
    };
    let (rules, faults) = (expected(|expected| &expected.rule), expected(|expected| &expected.fault));
    for rule in RULES {
        assert!(is_listed(*rule));
        match FOUND_BEFORE.iter().find(|(before, _)| before == rule) {
            None => assert!(rules.contains(rule.name()), "no vector breaks the rule {:?}", rule.name()),
            Some((_, words)) => assert!(words.iter().all(|word| faults.contains(word)), "{words:?} must be faults of vectors"),
        }
    }
    let known: BTreeSet<&str> = RULES.iter().map(|rule| rule.name()).collect();
    assert!(rules.is_subset(&known), "{rules:?}");
}

#[test]
fn every_fault_that_a_log_can_have_has_a_vector() {
    let found: BTreeSet<String> = make::all().into_iter().filter_map(|case| case.vector.expected.fault).collect();
    let words: BTreeSet<String> = FAULTS.iter().map(|(_, word)| (*word).to_owned()).collect();
    assert_eq!(found, words);
}

#[test]
fn every_type_of_event_stands_in_some_sound_log() {
    let mut types = BTreeSet::new();
    for case in make::all().into_iter().filter(|case| case.vector.expected.exit_code == 0) {
        for note in Spelled::of(&case.vector).notes {
            if let Content::Event(event) = Entry::parse(&note).unwrap().content() {
                types.insert(event.event_type());
            }
        }
    }
    let missing: Vec<&EventType> = EventType::ALL.iter().filter(|event_type| !types.contains(event_type)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
