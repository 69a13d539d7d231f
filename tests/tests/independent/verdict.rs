//! A verdict in the words of `FORMAT.md`, from either verifier.

use std::path::Path;

use promotion_ledger::custody::audit::{self, Level, Pins};
use promotion_ledger::custody::export::Export;
use promotion_ledger::meaning::digest::EntryHash;
use promotion_ledger::meaning::names::Origin;
use promotion_ledger::meaning::time::Timestamp;
use serde_json::Value;

use crate::case::Case;

/// What a verifier says of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) code: u64,
    pub(crate) entry: Option<u64>,
    /// The rule of the law or the fault; `export` for what the format has no word for; empty when the log is sound.
    pub(crate) word: String,
    /// Level, entries that are authentic, head, root.
    pub(crate) report: Option<(String, u64, String, String)>,
}

/// How our sentences begin, and the words of section 15 that they stand for.
const FAULTS: [(&str, &str); 15] = [
    ("malformed at ", "malformed"),
    ("expected sequence ", "sequence"),
    ("expected previous hash ", "previous"),
    ("expected a signature by a key of this ledger", "unknown-key"),
    ("expected a signature by a key that is live here", "revoked-key"),
    ("expected a signature of this text", "signature"),
    ("authentic, not understood: ", "not-understood"),
    ("the body that it names was changed", "body-changed"),
    ("the body that it names: body ", "body-changed"),
    ("the body that it names is missing", "body-missing"),
    ("entries ", "tail-missing"),
    ("not the ledger that was pinned: expected genesis", "pin-genesis"),
    ("not the ledger that was pinned: expected origin", "pin-origin"),
    ("the key that was pinned is not among the first keys", "pin-key"),
    ("not the entry that was pinned", "pin-head"),
];

/// What stands for the faults of an export's files.
const OF_EXPORT: &str = "export";

/// What `promoledger verify --export` says of it, without starting a program.
pub(crate) fn ours(export: &Path, case: &Case) -> Verdict {
    let log = match Export::open(export) {
        Ok(log) => log,
        Err(error) => {
            let code = u64::from(error.exit_code().number());
            return Verdict { code, entry: None, word: OF_EXPORT.to_owned(), report: None };
        }
    };
    let now = Timestamp::parse("2030-01-01T00:00:00.000000Z").expect("a time");
    let report = audit::verify(&log, &pins(case), now);
    let code = report.exit_code();
    let finding = report.findings.iter().find(|finding| finding.code == code);
    let level = if report.level == Level::Pinned { "pinned" } else { "self-consistent" };
    Verdict {
        code: u64::from(code.number()),
        entry: finding.and_then(|finding| finding.entry).map(|entry| entry.get()),
        word: finding.map(|finding| word(&finding.message)).unwrap_or_default(),
        report: Some((level.to_owned(), report.sound, report.head.to_string(), report.root.to_string())),
    }
}

/// The word for one of our sentences.
pub(crate) fn word(message: &str) -> String {
    let rule = message.starts_with("unlawful: ").then(|| message.rsplit_once("(law: ")).flatten();
    let fault = || FAULTS.iter().find(|(begin, _)| message.starts_with(begin)).map(|(_, word)| *word);
    rule.map(|(_, rule)| rule.trim_end_matches(')')).or_else(fault).unwrap_or(OF_EXPORT).to_owned()
}

fn pins(case: &Case) -> Pins {
    let hash = |text: &str| EntryHash::from_hex(text).expect("a pinned hash is one");
    let head = |text: &str| {
        let (size, head) = text.split_once(':').expect("a size and a hash");
        (size.parse().expect("a size"), hash(head))
    };
    Pins {
        origin: case.pins.get("origin").map(|origin| Origin::new(origin.as_str()).expect("an origin")),
        genesis: case.pins.get("genesis").map(|genesis| hash(genesis)),
        head: case.pins.get("head").map(|text| head(text)),
        key: case.pins.get("key").map(|key| key.parse().expect("a verifier key")),
    }
}

/// A line of the second verifier.
pub(crate) fn theirs(line: &str) -> Verdict {
    let value: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("the second verifier said {line:?}: {error}"));
    let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let number = |name: &str| value[name].as_u64().unwrap_or_else(|| panic!("{name} is no number in {line}"));
    let word = match text("rule_or_fault") {
        word if ["incomplete", "foreign-name", "bundle", "body-name"].contains(&word.as_str()) || word.starts_with("unreadable") => {
            OF_EXPORT.to_owned()
        }
        word => word,
    };
    let report = Some((text("level"), number("sound"), text("head"), text("root")));
    Verdict { code: number("code"), entry: value["entry"].as_u64(), word, report }
}

impl Verdict {
    /// Whether both say the same. What could not be opened has no report on our side.
    pub(crate) fn agrees(&self, other: &Self) -> bool {
        let reports = self.report.is_none() || other.report.is_none() || self.report == other.report;
        reports && (self.code, self.entry, &self.word) == (other.code, other.entry, &other.word)
    }
}
