//! What a signature says of its own: the pairs that a policy may ask for.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::reason::Reason;

/// Holds what a signature says against what a policy wants. Only texts are compared: cosign writes no other values.
pub(super) fn compare(wanted: &BTreeMap<String, String>, said: Option<&Map<String, Value>>) -> Result<(), Reason> {
    for (name, wanted) in wanted {
        let found = said.and_then(|said| said.get(name));
        if found.and_then(Value::as_str) != Some(wanted) {
            let found = found.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            return Err(Reason::Annotation { name: name.clone(), found, wanted: wanted.clone() });
        }
    }
    Ok(())
}
