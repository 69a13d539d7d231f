//! Which scheme a component's versions follow, as adopted rules hold it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::pattern::Template;

/// How versions are told apart. Spelled `{"scheme":"semver"}`, `{"scheme":"calver"}`,
/// `{"scheme":"pattern","template":"release-{n}"}` or `{"scheme":"recency"}`, and no other way.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Spelled", into = "Spelled")]
pub enum Scheme {
    /// Precedence of Semantic Versioning 2.0.0; build metadata does not count.
    #[default]
    Semver,
    /// Numbers from the left, such as dates have; what has a modifier is older than what has none.
    Calver,
    /// Numbers where a template says that they stand.
    Pattern(Template),
    /// Order of registration.
    Recency,
}

/// A scheme that is spelled wrongly.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidScheme {
    /// A pattern does not say which.
    #[error("scheme pattern has no template: expected one such as release-{{n}}")]
    NoTemplate,
    /// Another scheme has a template.
    #[error("scheme {scheme} has the template {template}: expected a template with the scheme pattern alone")]
    Template {
        /// The scheme.
        scheme: &'static str,
        /// The template.
        template: Template,
    },
}

impl Scheme {
    /// The word for it: `semver`, `calver`, `pattern` or `recency`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Semver => "semver",
            Self::Calver => "calver",
            Self::Pattern(_) => "pattern",
            Self::Recency => "recency",
        }
    }
}

/// For people: `semver`, or `pattern release-{n}`.
impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pattern(template) => write!(f, "pattern {template}"),
            _ => f.pad(self.name()),
        }
    }
}

/// A tag inside an enum would let further fields pass beside it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Spelled {
    scheme: Name,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    template: Option<Template>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Name {
    Semver,
    Calver,
    Pattern,
    Recency,
}

impl TryFrom<Spelled> for Scheme {
    type Error = InvalidScheme;
    fn try_from(spelled: Spelled) -> Result<Self, InvalidScheme> {
        let plain = match (spelled.scheme, &spelled.template) {
            (Name::Pattern, Some(template)) => return Ok(Self::Pattern(template.clone())),
            (Name::Pattern, None) => return Err(InvalidScheme::NoTemplate),
            (Name::Semver, _) => Self::Semver,
            (Name::Calver, _) => Self::Calver,
            (Name::Recency, _) => Self::Recency,
        };
        match spelled.template {
            Some(template) => Err(InvalidScheme::Template { scheme: plain.name(), template }),
            None => Ok(plain),
        }
    }
}

impl From<Scheme> for Spelled {
    fn from(scheme: Scheme) -> Self {
        match scheme {
            Scheme::Semver => Self { scheme: Name::Semver, template: None },
            Scheme::Calver => Self { scheme: Name::Calver, template: None },
            Scheme::Pattern(template) => Self { scheme: Name::Pattern, template: Some(template) },
            Scheme::Recency => Self { scheme: Name::Recency, template: None },
        }
    }
}
