//! The section `artifacts` as a tree of YAML nodes with their places, and nothing of the other sections.
//!
//! Rules are read by people before they are adopted, so they stand written out: inside the section there are no
//! aliases and no tags, which also leaves nothing that a small file could expand into a large one.

use std::borrow::Cow;
use std::collections::HashMap;

use granit_parser::{ErrorKind, Event, Marker, Parser, ScanError, StrInput, options};

use super::error::{ManifestError, Path, Place, quoted};
use super::near::nearest;
use super::scalar::is_nothing;

/// The one section that belongs to promotion.
pub(super) const SECTION: &str = "artifacts";

/// How deep collections may lie in each other inside the section: three times what its fields need.
const DEEPEST: usize = 16;

/// A value, and where it begins.
#[derive(Debug)]
pub(super) struct Node<'t> {
    pub(super) place: Place,
    pub(super) value: Value<'t>,
}

/// What stands at a node.
#[derive(Debug)]
pub(super) enum Value<'t> {
    /// Nothing, or a bare word for it such as `~`.
    Nothing,
    /// A bare word: what it means is the reader's guess.
    Bare(Cow<'t, str>),
    /// Quoted text or a block of text.
    Text(Cow<'t, str>),
    List(Vec<Node<'t>>),
    /// Keys are different from each other.
    Map(Vec<Entry<'t>>),
}

/// A key with its value.
#[derive(Debug)]
pub(super) struct Entry<'t> {
    pub(super) key: Node<'t>,
    pub(super) value: Node<'t>,
}

impl Node<'_> {
    /// The text of a scalar, quoted or not.
    pub(super) fn scalar(&self) -> Option<&str> {
        match &self.value {
            Value::Bare(text) | Value::Text(text) => Some(text),
            Value::Nothing | Value::List(_) | Value::Map(_) => None,
        }
    }
}

/// Reads the whole text, so that a fault in any section is found, and keeps the section.
pub(super) fn section(text: &str) -> Result<Node<'_>, ManifestError> {
    let mut reader = Reader::new(text);
    let (event, place) = reader.first_node()?;
    let section = match event {
        Some(Event::MappingStart(..)) => reader.top(place)?,
        Some(Event::SequenceStart(..)) => return Err(no_section(place, "a list")),
        Some(Event::Scalar(word, ..)) if !is_nothing(&word) => return Err(no_section(place, format!("text {}", quoted(&word)))),
        Some(_) | None => return Err(no_section(place, "an empty file")),
    };
    reader.end()?;
    Ok(section)
}

struct Reader<'t> {
    text: &'t str,
    parser: Parser<'t, StrInput<'t>>,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        // An alias is refused by us, inside the section and with the field's name, or is none of our business.
        let options = options! { emit_comments: false, emit_unresolved_aliases: true };
        Self { text, parser: Parser::new_from_str_with_options(text, options) }
    }

    fn next(&mut self) -> Result<(Event<'t>, Place), ManifestError> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((event, place(span.start))),
            Some(Err(error)) => Err(malformed(self.text, &error)),
            None => Ok((Event::StreamEnd, Place::START)),
        }
    }

    /// The first node of the first document, if the text holds one.
    fn first_node(&mut self) -> Result<(Option<Event<'t>>, Place), ManifestError> {
        loop {
            match self.next()? {
                (Event::StreamStart | Event::DocumentStart(..), _) => {}
                (Event::StreamEnd, place) => return Ok((None, place)),
                (event, place) => return Ok((Some(event), place)),
            }
        }
    }

    /// Nothing may follow the document.
    fn end(&mut self) -> Result<(), ManifestError> {
        loop {
            match self.next()? {
                (Event::DocumentEnd, _) => {}
                (Event::StreamEnd, _) => return Ok(()),
                (_, place) => {
                    return Err(ManifestError::new(place, &Path::Root, "one YAML document", "a second one, begun by `---`")
                        .hinting("keep one document and remove the other".to_owned()));
                }
            }
        }
    }

    /// The top mapping, whose start has been read: keeps the section, passes over the rest.
    fn top(&mut self, top: Place) -> Result<Node<'t>, ManifestError> {
        let path = Path::Key(&Path::Root, SECTION);
        let mut section: Option<(Place, Node<'t>)> = None;
        let mut similar = None;
        loop {
            let (event, place) = self.next()?;
            match event {
                Event::MappingEnd => break,
                Event::Scalar(key, ..) if key == SECTION => {
                    if let Some((first, _)) = section {
                        return Err(twice(place, &path, SECTION, first));
                    }
                    section = Some((place, self.node(&path, 0)?));
                }
                key => {
                    similar = similar.or_else(|| key.scalar().and_then(|(key, _)| nearest(key, &[SECTION]).map(|_| key.to_owned())));
                    self.pass_over(&key)?;
                    let (value, _) = self.next()?;
                    self.pass_over(&value)?;
                }
            }
        }
        section.map(|(_, node)| node).ok_or_else(|| {
            let hint = similar.map(|key| format!("{} looks like it: write `{SECTION}`", quoted(&key)));
            let missing = no_section(top, "none");
            if hint.is_some() { missing.hinting(hint) } else { missing }
        })
    }

    /// Passes over the rest of a node whose first event is given.
    fn pass_over(&mut self, first: &Event<'t>) -> Result<(), ManifestError> {
        let mut depth = opens(first);
        while depth > 0 {
            let (event, _) = self.next()?;
            depth += opens(&event);
            depth -= usize::from(matches!(event, Event::SequenceEnd | Event::MappingEnd));
        }
        Ok(())
    }

    fn node(&mut self, path: &Path<'_>, depth: usize) -> Result<Node<'t>, ManifestError> {
        let (event, place) = self.next()?;
        self.node_from(event, place, path, depth)
    }

    fn node_from(&mut self, event: Event<'t>, place: Place, path: &Path<'_>, depth: usize) -> Result<Node<'t>, ManifestError> {
        if depth > DEEPEST {
            return Err(ManifestError::new(place, path, format!("at most {DEEPEST} levels"), "collections nested deeper"));
        }
        if let Some(tag) = event.tag() {
            let found = format!("the tag {}", quoted(&tag.original()));
            return Err(ManifestError::new(place, path, "a value without a YAML tag", found)
                .hinting("remove the tag; to keep a word from being read as something else, put it in quotes".to_owned()));
        }
        let value = match event {
            Event::Scalar(text, granit_parser::ScalarStyle::Plain, ..) if is_nothing(&text) => Value::Nothing,
            Event::Scalar(text, granit_parser::ScalarStyle::Plain, ..) => Value::Bare(text),
            Event::Scalar(text, ..) => Value::Text(text),
            Event::SequenceStart(..) => Value::List(self.list(path, depth)?),
            Event::MappingStart(..) => Value::Map(self.map(path, depth)?),
            _ => {
                return Err(ManifestError::new(place, path, "a value written out in place", "a YAML alias")
                    .hinting("write the value in full, so that reviewers see the rules where they hold".to_owned()));
            }
        };
        Ok(Node { place, value })
    }

    fn list(&mut self, path: &Path<'_>, depth: usize) -> Result<Vec<Node<'t>>, ManifestError> {
        let mut items = Vec::new();
        loop {
            let (event, place) = self.next()?;
            if event == Event::SequenceEnd {
                return Ok(items);
            }
            let item = Path::Item(path, items.len());
            items.push(self.node_from(event, place, &item, depth + 1)?);
        }
    }

    fn map(&mut self, path: &Path<'_>, depth: usize) -> Result<Vec<Entry<'t>>, ManifestError> {
        let mut entries = Vec::new();
        let mut seen: HashMap<String, Place> = HashMap::new();
        loop {
            let (event, place) = self.next()?;
            if event == Event::MappingEnd {
                return Ok(entries);
            }
            let key = self.node_from(event, place, path, depth + 1)?;
            let Some(name) = key.scalar() else {
                return Err(ManifestError::new(place, path, "a key that is a word", key.describe()));
            };
            if let Some(first) = seen.insert(name.to_owned(), place) {
                return Err(twice(place, &Path::Key(path, name), name, first));
            }
            let value = self.node(&Path::Key(path, name), depth + 1)?;
            entries.push(Entry { key, value });
        }
    }
}

impl Node<'_> {
    /// What stands here, in words.
    pub(super) fn describe(&self) -> String {
        match &self.value {
            Value::Nothing => "nothing".to_owned(),
            Value::Bare(word) => super::scalar::other_reading(word)
                .map_or_else(|| format!("text {}", quoted(word)), |reading| format!("{}, which YAML may read as {reading}", quoted(word))),
            Value::Text(text) => format!("text {}", quoted(text)),
            Value::List(items) if items.is_empty() => "an empty list".to_owned(),
            Value::List(_) => "a list".to_owned(),
            Value::Map(entries) if entries.is_empty() => "an empty mapping".to_owned(),
            Value::Map(_) => "a mapping".to_owned(),
        }
    }
}

fn opens(event: &Event<'_>) -> usize {
    usize::from(matches!(event, Event::SequenceStart(..) | Event::MappingStart(..)))
}

fn place(mark: Marker) -> Place {
    Place { line: mark.line(), column: mark.col() + 1 }
}

fn no_section(place: Place, found: impl Into<String>) -> ManifestError {
    ManifestError::new(place, &Path::Root, format!("a mapping with the section `{SECTION}`"), found)
        .hinting(format!("write `{SECTION}:` at the left edge and the rules under it; `promoledger init` writes an example"))
}

fn twice(place: Place, path: &Path<'_>, key: &str, first: Place) -> ManifestError {
    let found = format!("{} again, after line {}", quoted(key), first.line);
    ManifestError::new(place, path, "each key once", found).hinting("keep one of the two".to_owned())
}

fn malformed(text: &str, error: &ScanError) -> ManifestError {
    let place = place(*error.marker());
    if is_about_tabs(error.kind()) {
        let place = indenting_tab(text, place.line).unwrap_or(place);
        return ManifestError::new(place, &Path::Root, "spaces", "a tab")
            .hinting("indent with spaces: YAML allows no tabs there".to_owned());
    }
    ManifestError::new(place, &Path::Root, "well-formed YAML", format!("a fault: {}", error.kind()))
        .hinting("the fault is at this place or shortly before it".to_owned())
}

fn is_about_tabs(kind: &ErrorKind) -> bool {
    use ErrorKind::{TabAtBlockScalarStart, TabInBlockIndentation, TabInIndentation, TabInPlainScalar, TabNotAllowed};
    matches!(kind, TabNotAllowed | TabInBlockIndentation | TabAtBlockScalarStart | TabInIndentation | TabInPlainScalar)
}

/// The first tab that indents a line, from the given line on: the parser names the token, which may begin earlier.
fn indenting_tab(text: &str, from: usize) -> Option<Place> {
    text.lines().enumerate().skip(from.saturating_sub(1)).find_map(|(at, line)| {
        let indent = line.chars().take_while(|letter| letter.is_whitespace());
        indent.enumerate().find(|(_, letter)| *letter == '\t').map(|(column, _)| Place { line: at + 1, column: column + 1 })
    })
}
