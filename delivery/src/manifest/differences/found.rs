//! The differences that were found, each a sentence.

use std::fmt;

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

/// The differences found so far.
#[derive(Debug, Default)]
pub(super) struct Found(pub(super) Vec<Difference>);

impl Found {
    /// What lets nothing pass that was stopped before.
    pub(super) fn note(&mut self, sentence: impl Into<String>) {
        self.either(false, sentence);
    }

    /// What may let something pass that was stopped before.
    pub(super) fn loosens(&mut self, sentence: impl Into<String>) {
        self.either(true, sentence);
    }

    /// All of them, what loosens a guard first.
    pub(super) fn in_order(mut self) -> Vec<Difference> {
        self.0.sort_by_key(|difference| !difference.loosens);
        self.0
    }

    /// What may, or may not.
    pub(super) fn either(&mut self, loosens: bool, sentence: impl Into<String>) {
        self.0.push(Difference { loosens, sentence: sentence.into() });
    }
}

/// Those of the first list that the second lacks.
pub(super) fn only<T: PartialEq + Clone>(one: &[T], other: &[T]) -> Vec<T> {
    one.iter().filter(|item| !other.contains(item)).cloned().collect()
}
