//! JSON objects out of strangers' hands: each name once, and no deeper than anybody needs.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// How deep arrays and objects may stand in each other.
pub const DEEPEST: usize = 32;

/// A text that is no such object. Nothing of the text is told but a name: it may be somebody's credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ObjectError {
    /// Not JSON, or JSON of something else.
    #[error("is not a JSON object: the reading ended at line {line} column {column}")]
    NotJson {
        /// Where the reading ended.
        line: usize,
        /// Where the reading ended.
        column: usize,
    },
    /// Two readers could each take another one of the two.
    #[error("says {name:?} twice: expected each name once")]
    Repeated {
        /// The name, shortened.
        name: String,
    },
    /// Nested without need.
    #[error("is nested deeper than {DEEPEST} levels")]
    TooDeep,
}

/// Reads an object.
pub(super) fn read(text: &[u8]) -> Result<Map<String, Value>, ObjectError> {
    let not_json = |error: serde_json::Error| ObjectError::NotJson { line: error.line(), column: error.column() };
    let shape: Shape = serde_json::from_slice(text).map_err(not_json)?;
    if let Some(name) = shape.repeated {
        return Err(ObjectError::Repeated { name: name.chars().take(80).collect() });
    }
    if shape.depth > DEEPEST {
        return Err(ObjectError::TooDeep);
    }
    serde_json::from_slice(text).map_err(not_json)
}

/// What the parser of values does not tell: it takes the last of two fields of one name.
#[derive(Default)]
struct Shape {
    repeated: Option<String>,
    depth: usize,
}

impl Shape {
    fn hold(&mut self, inner: Self) {
        self.depth = self.depth.max(inner.depth);
        self.repeated = self.repeated.take().or(inner.repeated);
    }
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Looking)
    }
}

struct Looking;

impl<'de> Visitor<'de> for Looking {
    type Value = Shape;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Shape, E> {
        Ok(Shape::default())
    }
    fn visit_i64<E>(self, _: i64) -> Result<Shape, E> {
        Ok(Shape::default())
    }
    fn visit_u64<E>(self, _: u64) -> Result<Shape, E> {
        Ok(Shape::default())
    }
    fn visit_f64<E>(self, _: f64) -> Result<Shape, E> {
        Ok(Shape::default())
    }
    fn visit_str<E>(self, _: &str) -> Result<Shape, E> {
        Ok(Shape::default())
    }
    fn visit_unit<E>(self) -> Result<Shape, E> {
        Ok(Shape::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Shape, A::Error> {
        let mut shape = Shape::default();
        while let Some(item) = items.next_element()? {
            shape.hold(item);
        }
        shape.depth += 1;
        Ok(shape)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Shape, A::Error> {
        let (mut shape, mut names) = (Shape::default(), BTreeSet::new());
        while let Some(name) = fields.next_key::<String>()? {
            shape.hold(fields.next_value()?);
            if !names.insert(name.clone()) {
                shape.repeated.get_or_insert(name);
            }
        }
        shape.depth += 1;
        Ok(shape)
    }
}
