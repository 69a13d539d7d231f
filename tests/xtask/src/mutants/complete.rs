//! That the table leaves no check out: every place where a verifier says no is switched off by somebody.

use std::fs;
use std::ops::Range;

use super::{place, table};
use crate::shell::root;

/// Files whose every refusal must be switched off by a check, and how a refusal begins there.
const REFUSALS: [(&str, &[&str]); 24] = [
    ("evidence/note.rs", &["Err(Malformed::at(", "|| Malformed::at(", "|| { Malformed::at("]),
    ("evidence/encoding.rs", &["self.expected(", "scanner.expected(", "Err(Malformed::at("]),
    ("evidence/entry.rs", &["field(line,", "misplaced(line,"]),
    ("evidence/chain.rs", &["Err(EntryFault::", "EntryFault::UnknownKey(", "Unlawful::new("]),
    (
        "evidence/keyring/verifier.rs",
        &["UnacceptableKey::NotAPoint(*", "UnacceptableKey::NotCanonical(*", "UnacceptableKey::SmallOrder(*", "UnacceptableKey::Torsion(*"],
    ),
    ("meaning/law/mod.rs", &["require(", "Unlawful::new("]),
    ("meaning/law/keys.rs", &["require(", "Unlawful::new("]),
    ("meaning/law/environment.rs", &["require(", "Unlawful::new("]),
    ("meaning/law/promotion.rs", &["require(", "Unlawful::new("]),
    ("meaning/law/history.rs", &["require(", "Unlawful::new("]),
    ("meaning/law/guards.rs", &["require(", "Unlawful::new(", "stops.extend("]),
    ("meaning/law/gate.rs", &["require(", "Unlawful::new("]),
    ("meaning/law/halt.rs", &["require(", "Unlawful::new("]),
    ("meaning/law/identity.rs", &["require(", "Unlawful::new("]),
    ("meaning/guard/standing.rs", &["hold(", "Err(format!("]),
    ("meaning/guard/approvals.rs", &["Err(no(format!("]),
    ("meaning/guard/gates.rs", &["Err(GateMissing::"]),
    ("meaning/rules/mod.rs", &["Err(InvalidRules::"]),
    ("meaning/rules/environment.rs", &["Err(InvalidRules::", "ok_or_else("]),
    ("meaning/rules/issuer.rs", &["Err(InvalidRules::"]),
    ("meaning/rules/gate.rs", &["return invalid(", "Err(InvalidRules::"]),
    ("meaning/rules/verification.rs", &["Err(InvalidRules::"]),
    ("meaning/versions/range.rs", &["Err(InvalidRange::Unbounded", "Err(InvalidRange::Empty", "plain.ok_or_else("]),
    ("meaning/versions/pattern.rs", &["Err(InvalidTemplate::"]),
];

/// Refusals that cannot be switched off by themselves: how the line goes on, and why.
const EXCUSED: [(&str, &str); 15] = [
    ("self.expected(\"an escape in the place of a control", "reached only where the check before it says so"),
    ("Err(Malformed::at(self.text, self.at, what))", "how every other refusal of the file is said"),
    (
        "EntryFault::UnknownKey(reference.clone()))?; let verifier",
        "there is no key to go on with; who is found is switched off by name and by id",
    ),
    ("EntryFault::UnknownKey(reference.clone()))?; self.verifiers", "which keys are acceptable is switched off one reason at a time"),
    ("Err(EntryFault::UnknownKey(reference.clone())); }; if let", "the key was put there in the line before"),
    ("EntryFault::UnknownKey(reference.clone())); }; if let", "the same"),
    ("UnacceptableKey::NotAPoint(*public)", "without a point there is no key to go on with"),
    ("Unlawful::new(Rule::Proof, \"a key cannot be added before", "entry 0, which the rule genesis asks for, created the ledger"),
    ("Unlawful::new(Rule::Type, detail)", "when it is asked is switched off by the level of the format"),
    ("Unlawful::new(rule_of(stop.guard), stop", "each guard is switched off by itself"),
    ("Unlawful::new(Rule::Policy, detail)", "what the policies lack is switched off in the guard"),
    ("Unlawful::new(Rule::Scan, detail)", "what the report lacks is switched off in the guard"),
    ("hold(condition: bool,", "how every refusal of the file is said"),
    ("Err(InvalidRules::Command(command.gate.clone(), why))", "the same"),
    ("Unlawful::new(Rule::Gates, missing", "what is missing is switched off in the guard"),
];

/// The text of a file up to its own tests.
fn shipped(file: &str) -> String {
    let path = root().join("ledger/src").join(file);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default().to_owned()
}

/// The places of a file where a refusal begins, each with the beginning of what stands there.
fn refusals(text: &str, beginnings: &[&str]) -> Vec<(usize, String)> {
    let mut found: Vec<usize> = beginnings.iter().flat_map(|beginning| text.match_indices(beginning).map(|(at, _)| at)).collect();
    found.sort_unstable();
    let line = |at: usize| text[at..].chars().take(110).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
    found.into_iter().map(|at| (at, line(at))).collect()
}

/// What of a file's text the checks of that file are known by.
fn switched_off(text: &str, file: &str) -> Vec<Range<usize>> {
    let here = table::all().into_iter().filter(|mutant| mutant.file == file);
    here.filter_map(|mutant| Some(place::find(text, mutant.check).ok()?.context)).collect()
}

#[test]
fn every_refusal_of_a_verifier_is_switched_off_by_some_check() {
    let mut left_out = Vec::new();
    for (file, beginnings) in REFUSALS {
        let text = shipped(file);
        let switched_off = switched_off(&text, file);
        for (at, line) in refusals(&text, beginnings) {
            let excused = EXCUSED.iter().any(|(begins, _)| line.starts_with(begins));
            if !excused && !switched_off.iter().any(|context| context.contains(&at)) {
                left_out.push(format!("{file}: {line}"));
            }
        }
    }
    assert!(left_out.is_empty(), "{} refusals that nothing switches off:\n{}", left_out.len(), left_out.join("\n"));
}
