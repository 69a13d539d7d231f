//! What a new manifest changes, in words for those who review it; what loosens a guard comes first.

mod approvals;
mod authorization;
mod calendar;
mod components;
mod gates;
mod groups;
mod path;
mod release;
#[cfg(test)]
mod tests;

use std::fmt;

use promotion_ledger::meaning::rules::Rules;
use promotion_ledger::meaning::time::Timestamp;

/// One thing that differs between two sets of rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    loosens: bool,
    sentence: String,
}

impl Difference {
    /// Whether it may let something pass that was stopped before.
    pub fn loosens(&self) -> bool {
        self.loosens
    }

    /// What differs, without the mark.
    pub fn sentence(&self) -> &str {
        &self.sentence
    }
}

/// The sentence; what loosens a guard is marked.
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.loosens { write!(f, "loosens: {}", self.sentence) } else { f.write_str(&self.sentence) }
    }
}

/// Every difference between two sets of rules from a time on, one sentence each, what loosens a guard first.
///
/// There is none when the rules are equal, or when they would be if their freezes had been written out at the same time: what is
/// over at `from` does not count, and neither does that a calendar has moved along.
pub fn differences(old: &Rules, new: &Rules, from: Timestamp) -> Vec<Difference> {
    let mut found = Found::default();
    path::pipelines(old, new, &mut found);
    components::components(old, new, &mut found);
    groups::groups(old, new, &mut found);
    path::presence(old, new, &mut found);
    path::order(old, new, &mut found);
    for now in new.environments() {
        if let Some(before) = old.environment(&now.name) {
            gates::gates(before, now, &mut found);
            authorization::authorization(before, now, &mut found);
            approvals::approvals(before, now, &mut found);
            release::release(before, now, &mut found);
            calendar::freezes(before, now, from, &mut found);
        }
    }
    components::incomparable(old, new, &mut found);
    found.0.sort_by_key(|difference| !difference.loosens);
    found.0
}

/// The differences found so far.
#[derive(Debug, Default)]
struct Found(Vec<Difference>);

impl Found {
    /// What lets nothing pass that was stopped before.
    fn note(&mut self, sentence: impl Into<String>) {
        self.either(false, sentence);
    }

    /// What may let something pass that was stopped before.
    fn loosens(&mut self, sentence: impl Into<String>) {
        self.either(true, sentence);
    }

    fn either(&mut self, loosens: bool, sentence: impl Into<String>) {
        self.0.push(Difference { loosens, sentence: sentence.into() });
    }
}

/// Those of the first list that the second lacks.
fn only<T: PartialEq + Clone>(one: &[T], other: &[T]) -> Vec<T> {
    one.iter().filter(|item| !other.contains(item)).cloned().collect()
}
