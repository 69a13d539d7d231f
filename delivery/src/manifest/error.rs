//! What is wrong with a manifest, and where: one fault with its line, its column and its place in the structure.

use std::fmt;

/// A place in the text of a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// Counted from 1.
    pub(super) line: usize,
    /// Counted in characters, from 1.
    pub(super) column: usize,
}

impl Place {
    /// Where every text begins.
    pub(super) const START: Self = Self { line: 1, column: 1 };
}

/// The first fault found in a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestError {
    place: Place,
    path: String,
    expected: String,
    found: String,
    hint: Option<String>,
}

impl ManifestError {
    pub(super) fn new(place: Place, path: &Path<'_>, expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self::at(place, path.to_string(), expected, found)
    }

    pub(super) fn at(place: Place, path: String, expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self { place, path, expected: expected.into(), found: found.into(), hint: None }
    }

    pub(super) fn hinting(self, hint: impl Into<Option<String>>) -> Self {
        Self { hint: hint.into(), ..self }
    }

    /// The line of the fault, counted from 1.
    pub fn line(&self) -> usize {
        self.place.line
    }

    /// The column of the fault in characters, counted from 1.
    pub fn column(&self) -> usize {
        self.place.column
    }

    /// The field at fault, such as `artifacts.promotion.environments[1].gates`; empty where the text is no YAML at all.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What should stand there.
    pub fn expected(&self) -> &str {
        &self.expected
    }

    /// What stands there, quoted and shortened. Parts of repositories that could be a password are left out.
    pub fn found(&self) -> &str {
        &self.found
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        self.hint.clone()
    }
}

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line(), self.column())?;
        if !self.path.is_empty() {
            write!(f, ", {}", self.path)?;
        }
        write!(f, ": expected {}, found {}", self.expected, self.found)
    }
}

impl std::error::Error for ManifestError {}

/// The way from the top of a manifest to one of its nodes. It lives on the stack: only an error writes it out.
#[derive(Debug, Clone, Copy)]
pub(super) enum Path<'a> {
    Root,
    Key(&'a Path<'a>, &'a str),
    Item(&'a Path<'a>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Item(parent, at) => write!(f, "{parent}[{at}]"),
            Self::Key(parent, key) if !is_word(key) => write!(f, "{parent}[{}]", quoted(key)),
            Self::Key(Self::Root, key) => f.write_str(key),
            Self::Key(parent, key) => write!(f, "{parent}.{key}"),
        }
    }
}

fn is_word(key: &str) -> bool {
    (1..=64).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// Text from a manifest as a message shows it: quoted, control characters made visible, at most 60 characters.
pub(super) fn quoted(text: &str) -> String {
    const MOST: usize = 60;
    let shown: String = text.chars().take(MOST).collect();
    if shown.len() == text.len() { format!("{shown:?}") } else { format!("{shown:?}…") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_read_like_the_structure() {
        let artifacts = Path::Key(&Path::Root, "artifacts");
        let environments = Path::Key(&artifacts, "environments");
        let second = Path::Item(&environments, 1);
        assert_eq!(Path::Key(&second, "gates").to_string(), "artifacts.environments[1].gates");
        assert_eq!(Path::Key(&artifacts, "my.api").to_string(), "artifacts[\"my.api\"]");
    }

    #[test]
    fn what_is_shown_is_short_and_visible() {
        assert_eq!(quoted("a\u{1b}[31m\u{202e}"), r#""a\u{1b}[31m\u{202e}""#);
        assert_eq!(quoted(&"x".repeat(61)).chars().count(), 63);
    }
}
