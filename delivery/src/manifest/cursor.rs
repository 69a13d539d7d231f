//! Reading one node at a time, strictly: a wrong type, an unknown key or a thing named twice is an error that knows its place.

use std::fmt::Display;

use super::error::{ManifestError, Path, quoted};
use super::near::nearest;
use super::shape::PLACES;
use super::yaml::{Entry, Node, Value};

/// A node with the way to it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    node: &'a Node<'a>,
    path: Path<'a>,
}

/// The entries of a mapping whose keys are fixed.
#[derive(Debug)]
pub(super) struct Fields<'a> {
    at: Cursor<'a>,
    entries: &'a [Entry<'a>],
}

impl<'a> Cursor<'a> {
    pub(super) fn new(node: &'a Node<'a>, path: Path<'a>) -> Self {
        Self { node, path }
    }

    pub(super) fn node(&self) -> &'a Node<'a> {
        self.node
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

    /// An error about what this node names a second time.
    pub(super) fn again(&self, kind: &str, name: &str) -> ManifestError {
        self.error(format!("each {kind} once"), format!("{} again", quoted(name))).hinting("remove one of the two".to_owned())
    }

    /// The mapping with some of the given keys and no other.
    pub(super) fn fields(&self, known: &[&str]) -> Result<Fields<'a>, ManifestError> {
        let entries = self.entries(&format!("a mapping with {}", listed(known)))?;
        match entries.iter().find(|entry| !entry.key.scalar().is_some_and(|key| known.contains(&key))) {
            None => Ok(Fields { at: *self, entries }),
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

    /// The value of that key, whatever the mapping's other keys are; none where this is no mapping.
    pub(super) fn peek(&self, key: &str) -> Option<&'a Node<'a>> {
        let Value::Map(entries) = &self.node.value else { return None };
        entries.iter().find(|entry| entry.key.scalar() == Some(key)).map(|entry| &entry.value)
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

    /// What is said of the item at that place, where this is a list that has one.
    pub(super) fn of_item<T>(&self, place: usize, say: impl FnOnce(&Cursor<'_>) -> T) -> Option<T> {
        let Value::List(items) = &self.node.value else { return None };
        items.get(place).map(|item| say(&Cursor::new(item, Path::Item(&self.path, place))))
    }

    /// Reads the list's items, at most so many.
    pub(super) fn each<T>(
        &self,
        expected: &str,
        most: usize,
        mut read: impl FnMut(&Cursor<'_>, &[T]) -> Result<T, ManifestError>,
    ) -> Result<Vec<T>, ManifestError> {
        let mut found = Vec::new();
        for (place, item) in self.items(expected, most)?.iter().enumerate() {
            let next = read(&Cursor::new(item, Path::Item(&self.path, place)), &found)?;
            found.push(next);
        }
        Ok(found)
    }

    /// Reads the list's items, each different from the others, in ascending order.
    pub(super) fn set<T: Ord + Display>(
        &self,
        expected: &str,
        (kind, most): (&str, usize),
        read: impl Fn(&Cursor<'_>) -> Result<T, ManifestError>,
    ) -> Result<Vec<T>, ManifestError> {
        let mut found = self.each(expected, most, |at, earlier: &[T]| {
            let next = read(at)?;
            if earlier.contains(&next) { Err(at.again(kind, &next.to_string())) } else { Ok(next) }
        })?;
        found.sort();
        Ok(found)
    }
}

impl<'a> Fields<'a> {
    /// The value of that key, if it was written.
    pub(super) fn get(&self, key: &str) -> Option<&'a Node<'a>> {
        self.entries.iter().find(|entry| entry.key.scalar() == Some(key)).map(|entry| &entry.value)
    }

    /// What is said of the value of that key, if it was written.
    pub(super) fn of<T>(&self, key: &str, say: impl FnOnce(&Cursor<'_>) -> T) -> Option<T> {
        self.get(key).map(|node| say(&Cursor::new(node, Path::Key(self.at.path(), key))))
    }

    /// Reads the value of that key, if it was written.
    pub(super) fn read<T>(
        &self,
        key: &str,
        read: impl FnOnce(&Cursor<'_>) -> Result<T, ManifestError>,
    ) -> Result<Option<T>, ManifestError> {
        self.of(key, read).transpose()
    }

    /// Reads the value of a key that must be written; `thing` is what it makes of the mapping, such as "an environment".
    pub(super) fn must<T>(
        &self,
        thing: &str,
        key: &str,
        read: impl FnOnce(&Cursor<'_>) -> Result<T, ManifestError>,
    ) -> Result<T, ManifestError> {
        let missing = || self.at.error(format!("{thing} with a `{key}`"), "none").hinting(format!("write `{key}: …` in this item"));
        self.read(key, read)?.ok_or_else(missing)
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

/// The words as a message lists them.
pub(super) fn listed(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" or ")
}
