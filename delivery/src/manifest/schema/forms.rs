//! What schemas are put together from.

use promotion_ledger::meaning::names::GateName;
use serde_json::{Map, Value, json};

use super::super::span;

/// 1 to so many of a-z 0-9 . _ -, beginning with a letter or a digit.
const LABEL: &str = "^[a-z0-9][a-z0-9._-]*$";
/// Visible ASCII characters without spaces, quotes and backslashes.
const VISIBLE: &str = "^[!#-&(-\\[\\]-_a-~]+$";
/// Visible ASCII characters.
const GRAPHIC: &str = "^[!-~]+$";

pub(super) fn gate_name() -> Value {
    about(GateName::RULE, label(64))
}

pub(super) fn label(longest: usize) -> Value {
    json!({"type": "string", "pattern": LABEL, "maxLength": longest})
}

pub(super) fn visible(rule: &str) -> Value {
    json!({"type": "string", "description": rule, "pattern": VISIBLE, "maxLength": 255})
}

pub(super) fn location() -> Value {
    json!({"type": "string", "pattern": GRAPHIC, "maxLength": 255})
}

pub(super) fn duration() -> Value {
    json!({"type": "string", "pattern": span::PATTERN})
}

pub(super) fn text() -> Value {
    json!({"type": "string", "minLength": 1})
}

pub(super) fn words<'w>(words: impl IntoIterator<Item = &'w str>, description: &str) -> Value {
    json!({"enum": words.into_iter().collect::<Vec<_>>(), "description": description})
}

pub(super) fn list(items: Value, least: usize, most: usize, description: &str) -> Value {
    json!({"type": "array", "description": description, "items": items, "minItems": least, "maxItems": most})
}

/// A mapping with these keys, in the order in which the reader lists them, and no other.
pub(super) fn object<const N: usize>(keys: &[&str], required: &[&str], description: &str, values: [Value; N]) -> Value {
    let properties: Map<String, Value> = keys.iter().map(|key| (*key).to_owned()).zip(values).collect();
    json!({"type": "object", "description": description, "properties": properties, "required": required, "additionalProperties": false})
}

pub(super) fn about(description: &str, mut schema: Value) -> Value {
    insert(&mut schema, "description", description.into());
    schema
}

pub(super) fn insert(schema: &mut Value, key: &str, value: Value) {
    if let Value::Object(fields) = schema {
        fields.insert(key.to_owned(), value);
    }
}
