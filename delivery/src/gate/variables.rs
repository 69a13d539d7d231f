//! The cleaned environment that gates run in: a few usual variables, those that a gate names, and those of the subject.

use std::collections::BTreeMap;
use std::ffi::OsString;

use super::subject::{self, Subject};

/// What every gate is given where it is set.
const USUAL: [&str; 5] = ["PATH", "HOME", "LANG", "TZ", "TMPDIR"];

/// Ours: keys, passwords and what decides which ledger is meant are no gate's business.
const OURS: &str = "PROMOLEDGER_";

/// The name of a variable that a gate may be given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct VariableName(String);

/// A name of a variable that no gate is given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidVariable {
    /// No name of a variable at all.
    #[error("variable {0:?} is not valid: expected 1 to 128 of A-Z a-z 0-9 _, not beginning with a digit")]
    Name(String),
    /// One of the subject's.
    #[error("variable {0} is always set, to what the promotion is about: leave it out")]
    Subject(String),
    /// One of ours.
    #[error("variable {0} is not passed to gates: those that begin with {OURS} hold keys and passwords; give the gate its own")]
    Ours(String),
}

impl VariableName {
    /// Checks the rule and takes the name.
    ///
    /// # Errors
    ///
    /// When it is no name, is set anyway, or would hand out what is ours.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidVariable> {
        let text = text.into();
        if !is_name(&text) {
            return Err(InvalidVariable::Name(text.chars().take(80).collect()));
        }
        if subject::VARIABLES.contains(&text.as_str()) {
            return Err(InvalidVariable::Subject(text));
        }
        if text.starts_with(OURS) {
            return Err(InvalidVariable::Ours(text));
        }
        Ok(Self(text))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_name(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !text.starts_with(|first: char| first.is_ascii_digit())
}

/// Everything that a gate finds in its environment.
pub(super) fn cleaned(all: &BTreeMap<String, OsString>, named: &[VariableName], subject: &Subject) -> BTreeMap<String, OsString> {
    let passed = USUAL.into_iter().chain(named.iter().map(VariableName::as_str));
    let mut cleaned: BTreeMap<_, _> = passed.filter_map(|name| Some((name.to_owned(), all.get(name)?.clone()))).collect();
    cleaned.extend(subject.variables().map(|(name, value)| (name.to_owned(), value.into())));
    cleaned
}
