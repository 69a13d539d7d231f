//! Where a promotion comes from.

use serde::{Deserialize, Serialize};

use crate::meaning::names::Environment;

/// Where a promotion comes from: an environment, or nowhere yet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Source {
    /// The release has not been promoted anywhere: `none`.
    Nowhere,
    /// The environment it comes from.
    From(Environment),
}

impl Source {
    /// The environment, if it is one.
    pub fn environment(&self) -> Option<&Environment> {
        match self {
            Self::Nowhere => None,
            Self::From(environment) => Some(environment),
        }
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.environment().map_or("none", Environment::as_str))
    }
}

impl TryFrom<String> for Source {
    type Error = crate::meaning::names::InvalidName;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl std::str::FromStr for Source {
    type Err = crate::meaning::names::InvalidName;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "none" { Ok(Self::Nowhere) } else { Environment::new(text).map(Self::From) }
    }
}

impl From<Source> for String {
    fn from(source: Source) -> String {
        source.to_string()
    }
}
