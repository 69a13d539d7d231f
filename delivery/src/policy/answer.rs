//! What the rules of package `promoledger` say, read strictly: whatever is not certainly an answer is none.

use std::collections::BTreeSet;

use regorus::Value;

use super::error::Why;
use super::place::shortened;

/// How many denials are told, and how many warnings. More are counted.
pub const MOST_REASONS: usize = 100;

/// How long a denial or a warning may be, in characters. Longer ones are cut.
pub const LONGEST_REASON: usize = 500;

const REASONS: &str = "a set of texts, or of objects with `msg` and perhaps `code`";

/// The rules that are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    Deny,
    Warn,
    Allow,
}

impl Rule {
    pub(super) const ALL: [Self; 3] = [Self::Deny, Self::Warn, Self::Allow];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Deny => "deny",
            Self::Warn => "warn",
            Self::Allow => "allow",
        }
    }
}

/// What `deny` or `warn` says, sorted.
pub(super) fn reasons(rule: Rule, value: &Value) -> Result<Vec<String>, Why> {
    let Value::Set(set) = value else {
        return Err(ill_typed(rule, REASONS, value));
    };
    let reasons = set.iter().map(|element| reason(rule, element)).collect::<Result<BTreeSet<String>, Why>>()?;
    let more = reasons.len().saturating_sub(MOST_REASONS);
    let mut told: Vec<String> = reasons.into_iter().take(MOST_REASONS).collect();
    if more > 0 {
        told.push(format!("… and {more} more"));
    }
    Ok(told)
}

fn reason(rule: Rule, element: &Value) -> Result<String, Why> {
    let (code, message) = match element {
        Value::String(message) => (None, message),
        Value::Object(object) => {
            let mut known = 0;
            let mut text = |name: &str| match object.get(&Value::from(name)) {
                Some(Value::String(text)) => {
                    known += 1;
                    Some(text)
                }
                _ => None,
            };
            let (code, message) = (text("code"), text("msg"));
            match message {
                Some(message) if known == object.len() => (code, message),
                _ => return Err(ill_typed(rule, REASONS, element)),
            }
        }
        other => return Err(ill_typed(rule, REASONS, other)),
    };
    let message = if message.trim().is_empty() { "no reason is given" } else { message.as_ref() };
    let whole = code.map_or_else(|| message.to_owned(), |code| format!("{code}: {message}"));
    Ok(shortened(&whole, LONGEST_REASON))
}

/// What `allow` says. Having no value is no yes.
pub(super) fn allowed(value: &Value) -> Result<bool, Why> {
    match value {
        Value::Bool(allowed) => Ok(*allowed),
        Value::Undefined => Ok(false),
        other => Err(ill_typed(Rule::Allow, "true or false", other)),
    }
}

fn ill_typed(rule: Rule, expected: &'static str, found: &Value) -> Why {
    let found = match found {
        Value::Undefined => "nothing".to_owned(),
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(_) => "a number".to_owned(),
        Value::String(text) => format!("the text {:?}", shortened(text, 60)),
        Value::Array(_) => "a list".to_owned(),
        Value::Set(_) => "a set".to_owned(),
        Value::Object(_) => "an object of another shape".to_owned(),
    };
    Why::IllTyped { rule: rule.name(), expected, found }
}
