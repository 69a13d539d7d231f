//! Findings: one for each id, package and version.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use promotion_ledger::meaning::event::scan::Severity;

/// A vulnerability that a scanner found in a package. Texts come from outside: control, bidirectional and other unseen
/// characters are escaped as they come in, so that whoever shows them need not think of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its id, such as `CVE-2024-0001`, where the scanner gives one.
    pub id: Option<String>,
    /// The package.
    pub package: String,
    /// The package's version in the artifact.
    pub installed: String,
    /// The versions that the fault is fixed in, where they are named.
    pub fixed: Option<String>,
    /// Whether there is a fix.
    pub fixable: bool,
    /// How grave it is.
    pub severity: Severity,
}

impl Finding {
    /// The severity that it is counted under: what has no id can be looked up by nobody and counts as unknown.
    pub(super) fn counted_as(&self) -> Severity {
        if self.id.is_some() { self.severity } else { Severity::Unknown }
    }
}

/// A scanner's text, to be seen whole; nothing where it is empty.
pub(super) fn seen(raw: Option<&str>) -> Option<String> {
    let raw = raw.map(str::trim).filter(|raw| !raw.is_empty())?;
    let mut shown = String::with_capacity(raw.len());
    for character in raw.chars() {
        if is_unseen(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    Some(shown)
}

/// Whether a terminal would obey the character, or show nothing of it: what Rust escapes for the same reason, quotes and
/// backslashes left out.
fn is_unseen(character: char) -> bool {
    !matches!(character, '"' | '\'' | '\\') && character.escape_debug().next() == Some('\\')
}

/// Findings as they are read, each once.
#[derive(Debug, Default)]
pub(super) struct Collected {
    named: BTreeMap<(String, String, String), Finding>,
    nameless: Vec<Finding>,
}

impl Collected {
    /// Takes a finding in. Scanners list one again for each place where the package lies; the gravest rating is kept,
    /// and a fix that one of them names. Those without an id cannot be told apart: each counts.
    pub(super) fn add(&mut self, finding: Finding) {
        let Some(id) = finding.id.clone() else {
            self.nameless.push(finding);
            return;
        };
        let key = (id, finding.package.clone(), finding.installed.clone());
        if let Some(known) = self.named.get_mut(&key) {
            known.severity = known.severity.max(finding.severity);
            known.fixable |= finding.fixable;
            known.fixed = known.fixed.take().or(finding.fixed);
        } else {
            self.named.insert(key, finding);
        }
    }

    /// The gravest first, then by id, package and version.
    pub(super) fn into_sorted(self) -> Vec<Finding> {
        let mut all: Vec<Finding> = self.named.into_values().chain(self.nameless).collect();
        all.sort_by_key(|finding| Reverse(finding.severity));
        all
    }
}
