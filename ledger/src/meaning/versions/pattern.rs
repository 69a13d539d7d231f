//! `pattern`: versions of a house's own shape, told by a template such as `release-{n}` or `{year}.{week}-b{n}`.
//!
//! Text outside braces stands for itself, `{name}` for a number of 1 to 18 decimal digits. Numbers compare from the left.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::super::names::Version;
use super::precedence::number;

/// What versions look like. It is kept as it was written; the constructor has checked it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Template(String);

/// A template that cannot be: which, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTemplate {
    /// It has no number to compare by.
    #[error("template {0:?} has no field: expected at least one number in braces, such as release-{{n}}")]
    NoField(String),
    /// A brace has no partner.
    #[error("template {0:?} has a brace without its partner: expected each field between {{ and }}, such as release-{{n}}")]
    Brace(String),
    /// A field's name is none.
    #[error("template {template:?} has the field {{{field}}}: expected a name of 1 to 32 of a-z 0-9 _, beginning with a letter")]
    FieldName {
        /// The template, shortened.
        template: String,
        /// The field's name, shortened.
        field: String,
    },
    /// Two fields have one name.
    #[error("template {template:?} has the field {{{field}}} twice: expected a name of its own for each field")]
    Twice {
        /// The template, shortened.
        template: String,
        /// The field's name.
        field: String,
    },
    /// Nothing says where a field ends.
    #[error(
        "template {template:?} has {next:?} right after the field {{{field}}}: expected the end or text that does not begin with a digit, since nothing else ends a number"
    )]
    NoEnd {
        /// The template, shortened.
        template: String,
        /// The field's name.
        field: String,
        /// What follows it.
        next: char,
    },
    /// The shape is nobody's.
    #[error("template {template:?} fits no version: with each field 0 it reads {reads:?}, and a version is {rule}", rule = Version::RULE)]
    NoVersion {
        /// The template, shortened.
        template: String,
        /// The shortest text of its shape.
        reads: String,
    },
}

/// A part of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part<'a> {
    Literal(&'a str),
    Field(&'a str),
}

impl Template {
    /// Checks a template and takes it.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidTemplate> {
        let text = text.into();
        let template = || text.chars().take(80).collect::<String>();
        let parts = parts(&text).ok_or_else(|| InvalidTemplate::Brace(template()))?;
        let mut seen = BTreeSet::new();
        for (place, part) in parts.iter().enumerate() {
            let Part::Field(field) = *part else { continue };
            if !is_name(field) {
                return Err(InvalidTemplate::FieldName { template: template(), field: field.chars().take(32).collect() });
            }
            if !seen.insert(field) {
                return Err(InvalidTemplate::Twice { template: template(), field: field.to_owned() });
            }
            if let Some(next) = parts.get(place + 1).and_then(|next| runs_on(*next)) {
                return Err(InvalidTemplate::NoEnd { template: template(), field: field.to_owned(), next });
            }
        }
        if seen.is_empty() {
            return Err(InvalidTemplate::NoField(template()));
        }
        let reads: String = parts.iter().map(|part| if let Part::Literal(text) = part { text } else { "0" }).collect();
        if Version::new(reads.as_str()).is_err() {
            return Err(InvalidTemplate::NoVersion { template: template(), reads: reads.chars().take(80).collect() });
        }
        Ok(Self(text))
    }

    /// The template as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How one version stands to the other; none where the template does not fit one of them.
    pub(super) fn order(&self, landing: &Version, current: &Version) -> Option<Ordering> {
        Some(self.read(landing)?.cmp(&self.read(current)?))
    }

    /// The numbers of a version that the template fits, in its order.
    fn read(&self, version: &Version) -> Option<Vec<u64>> {
        let mut rest = version.as_str();
        let mut numbers = Vec::new();
        for part in parts(&self.0)? {
            match part {
                Part::Literal(text) => rest = rest.strip_prefix(text)?,
                Part::Field(_) => {
                    let (value, after) = number(rest)?;
                    numbers.push(value);
                    rest = after;
                }
            }
        }
        rest.is_empty().then_some(numbers)
    }
}

/// The parts of a template in their order; none where braces do not pair. No literal is empty.
fn parts(text: &str) -> Option<Vec<Part<'_>>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (literal, field, after) = match rest.split_once('{') {
            Some((literal, opened)) => {
                let (field, after) = opened.split_once('}')?;
                (literal, Some(field), after)
            }
            None => (rest, None, ""),
        };
        if literal.contains('}') || field.is_some_and(|field| field.contains('{')) {
            return None;
        }
        parts.extend((!literal.is_empty()).then_some(Part::Literal(literal)));
        parts.extend(field.map(Part::Field));
        rest = after;
    }
    Some(parts)
}

/// The first character of a part that could not be told from the number before it.
fn runs_on(part: Part<'_>) -> Option<char> {
    match part {
        Part::Literal(text) => text.chars().next().filter(char::is_ascii_digit),
        Part::Field(_) => Some('{'),
    }
}

fn is_name(text: &str) -> bool {
    text.len() <= 32
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<String> for Template {
    type Error = InvalidTemplate;
    fn try_from(text: String) -> Result<Self, InvalidTemplate> {
        Self::new(text)
    }
}

impl From<Template> for String {
    fn from(template: Template) -> String {
        template.0
    }
}
