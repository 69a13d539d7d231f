//! Reading one node at a time, strictly: a wrong type, an unknown key or a bad name is an error that knows its place.

use std::str::FromStr;

use promotion_ledger::meaning::names::InvalidName;

use super::error::{ManifestError, Path, Place, quoted};
use super::near::nearest;
use super::scalar::other_reading;
use super::yaml::{Entry, Node, Value};

/// A node with the way to it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    node: &'a Node<'a>,
    path: Path<'a>,
}

/// A value with the place and the path that an error about it would name.
#[derive(Debug)]
pub(super) struct Located<T> {
    pub(super) value: T,
    place: Place,
    path: String,
}

/// The entries of a mapping whose keys are fixed.
#[derive(Debug)]
pub(super) struct Fields<'a>(&'a [Entry<'a>]);

/// The keys of the section.
pub(super) const ARTIFACTS: &[&str] = &["registry", "promotion"];
/// The keys of `promotion`.
pub(super) const PROMOTION: &[&str] = &["pipeline", "components", "environments", "on_incomparable"];
/// The keys of an environment that is more than a name.
pub(super) const ENVIRONMENT: &[&str] = &["name", "gates"];

/// All of them, to tell somebody where a misplaced key belongs.
const PLACES: [(&str, &[&str]); 3] =
    [("artifacts", ARTIFACTS), ("artifacts.promotion", PROMOTION), ("an item of artifacts.promotion.environments", ENVIRONMENT)];

impl<'a> Cursor<'a> {
    pub(super) fn new(node: &'a Node<'a>, path: Path<'a>) -> Self {
        Self { node, path }
    }

    pub(super) fn path(&self) -> &Path<'a> {
        &self.path
    }

    pub(super) fn is_mapping(&self) -> bool {
        matches!(self.node.value, Value::Map(_))
    }

    /// An error about this node as it stands.
    pub(super) fn unlike(&self, expected: impl Into<String>) -> ManifestError {
        self.error(expected, self.node.describe())
    }

    pub(super) fn error(&self, expected: impl Into<String>, found: impl Into<String>) -> ManifestError {
        ManifestError::new(self.node.place, &self.path, expected, found)
    }

    pub(super) fn located<T>(&self, value: T) -> Located<T> {
        Located { value, place: self.node.place, path: self.path.to_string() }
    }

    /// The mapping with some of the given keys and no other.
    pub(super) fn fields(&self, known: &[&str]) -> Result<Fields<'a>, ManifestError> {
        let entries = self.entries(&format!("a mapping with {}", listed(known)))?;
        match entries.iter().find(|entry| !entry.key.scalar().is_some_and(|key| known.contains(&key))) {
            None => Ok(Fields(entries)),
            Some(Entry { key, .. }) => Err(unknown_key(key, &self.path, known)),
        }
    }

    /// The mapping's entries.
    pub(super) fn entries(&self, expected: &str) -> Result<&'a [Entry<'a>], ManifestError> {
        match &self.node.value {
            Value::Map(entries) => Ok(entries),
            _ => Err(self.unlike(expected)),
        }
    }

    /// The list's items, at most so many.
    pub(super) fn items(&self, expected: &str, most: usize) -> Result<&'a [Node<'a>], ManifestError> {
        match &self.node.value {
            Value::List(items) if items.len() <= most => Ok(items),
            Value::List(items) => Err(self.error(format!("at most {most} items"), items.len().to_string())),
            Value::Nothing => Err(self.unlike(expected).hinting("write `[]` for none, or leave the key out".to_owned())),
            Value::Bare(word) | Value::Text(word) => Err(self.unlike(expected).hinting(format!("write a list: [{}]", quoted(word)))),
            Value::Map(_) => Err(self.unlike(expected)),
        }
    }

    /// Text that every reader of YAML takes for text.
    pub(super) fn text(&self, expected: &str) -> Result<&'a str, ManifestError> {
        match &self.node.value {
            Value::Text(text) => Ok(text),
            Value::Bare(word) if other_reading(word).is_none() => Ok(word),
            Value::Bare(word) => Err(self.unlike(expected).hinting(format!("put it in quotes: {}", quoted(word)))),
            Value::Nothing | Value::List(_) | Value::Map(_) => Err(self.unlike(expected)),
        }
    }

    /// A name that keeps the rules of its kind.
    pub(super) fn name<N: FromStr<Err = InvalidName>>(&self, expected: &str) -> Result<N, ManifestError> {
        let text = self.text(expected)?;
        text.parse::<N>().map_err(|invalid| {
            let lower = text.to_ascii_lowercase();
            let hint = lower.parse::<N>().is_ok().then(|| format!("write `{lower}`"));
            self.unlike(format!("{expected} of {}", invalid.expected)).hinting(hint)
        })
    }
}

impl<T> Located<T> {
    /// An error about the value.
    pub(super) fn error(&self, expected: &str, found: String) -> ManifestError {
        ManifestError::at(self.place, self.path.clone(), expected, found)
    }
}

impl<'a> Fields<'a> {
    /// The value of that key, if it was written.
    pub(super) fn get(&self, key: &str) -> Option<&'a Node<'a>> {
        self.0.iter().find(|entry| entry.key.scalar() == Some(key)).map(|entry| &entry.value)
    }
}

fn unknown_key(key: &Node<'_>, mapping: &Path<'_>, known: &[&str]) -> ManifestError {
    let name = key.scalar().unwrap_or_default();
    let hint = nearest(name, known).map_or_else(|| belongs(name), |near| format!("did you mean `{near}`?"));
    let found = format!("the unknown key {}", quoted(name));
    ManifestError::new(key.place, &Path::Key(mapping, name), listed(known), found).hinting(hint)
}

fn belongs(name: &str) -> String {
    PLACES.iter().find(|(_, keys)| keys.contains(&name)).map_or_else(
        || "remove it; settings of other tools stand outside the section `artifacts`".to_owned(),
        |(place, _)| format!("`{name}` belongs into {place}"),
    )
}

fn listed(keys: &[&str]) -> String {
    keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(" or ")
}
