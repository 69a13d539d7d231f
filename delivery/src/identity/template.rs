//! The principal that a token stands for: text with claims in it, such as `github:{repository}`.
//!
//! Two different lists of claims never make one principal: between two fields there is text, and no claim may hold the
//! character that ends its field.

use promotion_ledger::meaning::names::{InvalidName, Principal};
use serde_json::{Map, Value};

/// A text that is no template of a principal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// Everybody with a token would be the same principal.
    #[error("the principal {found:?} names no claim: expected at least one, as in `github:{{repository}}`")]
    NoField {
        /// What was given.
        found: String,
    },
    /// A brace without its partner, or nothing between two.
    #[error("the principal {found:?} cannot be read: expected claims between braces, as in `github:{{repository}}`")]
    Braces {
        /// What was given.
        found: String,
    },
    /// Where one claim ends and the next begins could not be told.
    #[error("the principal {found:?} has nothing between {{{first}}} and {{{second}}}: expected text, as in `{{a}}:{{b}}`")]
    Adjacent {
        /// What was given.
        found: String,
        /// The claim before.
        first: String,
        /// The claim after.
        second: String,
    },
    /// Text that no principal has.
    #[error("the principal {found:?} cannot be filled: {reason}")]
    Text {
        /// What was given.
        found: String,
        /// What principals are.
        reason: InvalidName,
    },
}

/// Claims that make no principal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FillError {
    /// The token does not say it.
    #[error("has no claim {claim:?}, of which the principal is made")]
    Missing {
        /// The claim.
        claim: String,
    },
    /// The token says it in another form.
    #[error("has a claim {claim:?} that is {found}: expected text, or a whole number, to make the principal of")]
    Kind {
        /// The claim.
        claim: String,
        /// What it is.
        found: &'static str,
    },
    /// The claim would run into what comes after it.
    #[error("has {found:?} as its claim {claim:?}: expected it without {end:?}, which ends it in the principal")]
    RunsOn {
        /// The claim.
        claim: String,
        /// What it says, shortened.
        found: String,
        /// The character that ends it.
        end: char,
    },
    /// The claim holds what no principal does.
    #[error("has {found:?} as its claim {claim:?}: expected what a principal is made of, {rule}", rule = Principal::RULE)]
    Characters {
        /// The claim.
        claim: String,
        /// What it says, shortened.
        found: String,
    },
    /// Each claim would do, and all of them are too much.
    #[error("makes no principal: {0}")]
    Whole(#[from] InvalidName),
}

/// A principal with claims in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template {
    text: String,
    fields: Vec<Field>,
    /// What comes after the last field.
    rest: String,
}

/// A claim, and the text before it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Field {
    before: String,
    claim: String,
}

impl Template {
    pub(super) fn parse(text: &str) -> Result<Self, TemplateError> {
        let found = || text.chars().take(120).collect::<String>();
        let braces = || TemplateError::Braces { found: found() };
        let (mut fields, mut rest) = (Vec::<Field>::new(), text);
        while let Some((before, after)) = rest.split_once('{') {
            let (claim, after) = after.split_once('}').ok_or_else(braces)?;
            if claim.trim().is_empty() || claim.contains('{') || before.contains('}') {
                return Err(braces());
            }
            if let Some(last) = fields.last().filter(|_| before.is_empty()) {
                return Err(TemplateError::Adjacent { found: found(), first: last.claim.clone(), second: claim.to_owned() });
            }
            fields.push(Field { before: before.to_owned(), claim: claim.to_owned() });
            rest = after;
        }
        if rest.contains('}') {
            return Err(braces());
        }
        if fields.is_empty() {
            return Err(TemplateError::NoField { found: found() });
        }
        let template = Self { text: text.to_owned(), fields, rest: rest.to_owned() };
        // With the shortest claims that there are, it must be a principal already.
        let shortest: String = template.fields.iter().map(|field| format!("{}x", field.before)).collect();
        Principal::new(shortest + &template.rest).map_err(|reason| TemplateError::Text { found: found(), reason })?;
        Ok(template)
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// The principal that these claims make.
    pub(super) fn fill(&self, claims: &Map<String, Value>) -> Result<Principal, FillError> {
        let ends = self.fields.iter().skip(1).map(|next| next.before.chars().next());
        let mut text = String::new();
        for (field, end) in self.fields.iter().zip(ends.chain([None])) {
            text.push_str(&field.before);
            text.push_str(&field.value(claims, end)?);
        }
        Ok(Principal::new(text + &self.rest)?)
    }
}

impl Field {
    fn value(&self, claims: &Map<String, Value>, end: Option<char>) -> Result<String, FillError> {
        let claim = || self.claim.clone();
        let value = match claims.get(&self.claim).ok_or_else(|| FillError::Missing { claim: claim() })? {
            Value::String(text) => text.clone(),
            Value::Number(number) if number.is_i64() || number.is_u64() => number.to_string(),
            other => return Err(FillError::Kind { claim: claim(), found: kind(other) }),
        };
        let found = || value.chars().take(80).collect();
        if let Some(end) = end.filter(|end| value.contains(*end)) {
            return Err(FillError::RunsOn { claim: claim(), found: found(), end });
        }
        Principal::new(value.as_str()).map_err(|_| FillError::Characters { claim: claim(), found: found() })?;
        Ok(value)
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number with a fraction",
        Value::String(_) => "text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
