//! Patterns of identities and issuers: a text that must be met whole, in which `*` stands for any run of characters.

use serde::{Deserialize, Serialize};

/// A pattern that cannot be meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the pattern {found:?} names nobody: expected a text with `*` for any run of characters, and more in it than `*`")]
pub struct InvalidPattern {
    found: String,
}

/// A text that must be met whole; `*` in it stands for any run of characters, `/` among them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern(String);

impl Pattern {
    /// Takes the pattern; one that anything would meet is refused.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidPattern> {
        let text = text.into();
        match text.chars().all(|character| character == '*' || character.is_whitespace()) {
            true => Err(InvalidPattern { found: text }),
            false => Ok(Self(text)),
        }
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the whole text meets the pattern. Letters meet only themselves, in the same case.
    pub fn matches(&self, text: &str) -> bool {
        let Some((first, rest)) = self.0.split_once('*') else { return text == self.0 };
        let (between, last) = rest.rsplit_once('*').unwrap_or(("", rest));
        let middle = text.strip_prefix(first).and_then(|text| text.strip_suffix(last));
        // The leftmost place for each piece leaves the most room for those after it.
        middle.is_some_and(|middle| {
            let pieces = between.split('*');
            pieces.into_iter().try_fold(middle, |left, piece| left.split_once(piece).map(|(_, after)| after)).is_some()
        })
    }
}

impl TryFrom<String> for Pattern {
    type Error = InvalidPattern;
    fn try_from(text: String) -> Result<Self, InvalidPattern> {
        Self::new(text)
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> String {
        pattern.0
    }
}
