//! Makes every vector of `fixtures/vectors/v1`, the same bytes each time. One fault a file, and its name is the file's.

mod chain;
mod forms;
mod guards;
mod hand;
mod history;
mod keys;
mod order;
mod promotions;
mod rollbacks;
mod run;
mod signers;
mod valid;
mod values;
pub(crate) mod vector;

use std::fmt;
use std::path::PathBuf;

use hand::Hand;
use vector::{Expected, PinsText, Vector, Wrong};

/// A vector under its name, and how our own finding must begin.
pub(crate) struct Case {
    pub(crate) folder: &'static str,
    pub(crate) name: String,
    pub(crate) vector: Vector,
    /// Words of the message that show that the fault was found where it was put; not part of the file.
    pub(crate) says: &'static str,
}

impl Case {
    fn new(folder: &'static str, name: impl Into<String>, about: impl Into<String>, hand: &Hand, wrong: Wrong) -> Self {
        let vector = Vector {
            about: about.into(),
            entries: hand.notes.iter().map(|note| vector::Bytes::of(note)).collect(),
            bodies: hand.bodies.iter().map(vector::BodyText::of).collect(),
            pins: None,
            expected: Expected::of(&hand.notes, wrong, false),
        };
        Self { folder, name: name.into(), vector, says: "" }
    }

    fn valid(name: &str, about: &str, hand: &Hand) -> Self {
        Self::new("valid", name, about, hand, Wrong::Nothing)
    }

    /// The last entry breaks the chain.
    fn broken(name: impl Into<String>, about: impl Into<String>, hand: &Hand, fault: &'static str) -> Self {
        Self::new("invalid", name, about, hand, Wrong::Broken(hand.next() - 1, fault))
    }

    /// The last entry breaks a rule of the law.
    fn unlawful(name: impl Into<String>, about: impl Into<String>, hand: &Hand, rule: &'static str) -> Self {
        Self::new("invalid", name, about, hand, Wrong::Unlawful(hand.next() - 1, rule))
    }

    fn wrong(name: &str, about: &str, hand: &Hand, wrong: Wrong) -> Self {
        Self::new("invalid", name, about, hand, wrong)
    }

    /// What the auditor holds, and whether it raises the level of the verdict.
    fn pinned(mut self, pins: PinsText, raises: bool) -> Self {
        self.vector.pins = Some(pins);
        if raises {
            "pinned".clone_into(&mut self.vector.expected.level);
        }
        self
    }

    fn says(mut self, words: &'static str) -> Self {
        self.says = words;
        self
    }

    /// The file below `fixtures/vectors/v1`.
    pub(crate) fn path(&self) -> String {
        format!("{}/{}.json", self.folder, self.name)
    }

    /// The file's text.
    pub(crate) fn text(&self) -> String {
        serde_json::to_string_pretty(&self.vector).expect("a vector is JSON") + "\n"
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path())
    }
}

/// Every vector.
pub(crate) fn all() -> Vec<Case> {
    [
        valid::all(),
        values::all(),
        signers::all(),
        order::all(),
        forms::all(),
        chain::all(),
        keys::all(),
        promotions::all(),
        rollbacks::all(),
        guards::all(),
        history::all(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Where the files are.
pub(crate) fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/vectors/v1"))
}
