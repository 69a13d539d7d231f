//! Imported history: what somebody says happened before the ledger recorded it. It is asserted, never more.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::meaning::digest::{Digest, LineId};
use crate::meaning::names::{Component, Environment, Pipeline, Principal, Reason, Version};
use crate::meaning::rules::{Rules, Source};
use crate::meaning::time::Timestamp;

/// What somebody says happened before the ledger recorded it. Each line keeps the time that it asserts; when it was
/// recorded is the entry's own time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistoryImported {
    /// Names that the lines use and that the rules in force do not list.
    pub declares: Declared,
    /// SHA-256 of the file that the lines were read from.
    pub file: Digest,
    /// What is asserted, at least one line.
    pub lines: Lines,
    /// The pipeline.
    pub pipeline: Pipeline,
}

/// Names that the rules in force do not list, and that an import brings along. Each list ascends.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "UncheckedDeclared", into = "UncheckedDeclared")]
pub struct Declared {
    components: Vec<Component>,
    environments: Vec<Environment>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct UncheckedDeclared {
    components: Vec<Component>,
    environments: Vec<Environment>,
}

/// At least one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Asserted>", into = "Vec<Asserted>")]
pub struct Lines(Vec<Asserted>);

/// One thing that somebody says happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asserted {
    /// Who is said to have done it.
    pub actor: Principal,
    /// The component.
    pub component: Component,
    /// What is said to have landed, or to have been removed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub digest: Option<Digest>,
    /// Where it is said to have come from.
    pub from: Source,
    /// What is said to have happened.
    pub kind: AssertedKind,
    /// What else is said of it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<Reason>,
    /// When it is said to have happened.
    pub time: Timestamp,
    /// The environment that it is said to have changed.
    pub to: Environment,
    /// The release's name.
    pub version: Version,
}

/// What is said to have happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssertedKind {
    /// The release came into the environment.
    Promotion,
    /// The environment went back to it.
    Rollback,
    /// It was taken out of the environment.
    Removal,
}

/// What an import's data may not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidImport {
    /// There is no line.
    #[error("an import has at least one line, found none")]
    NoLines,
    /// Declared names do not ascend.
    #[error("declared names must ascend, each once")]
    OutOfOrder,
}

impl Declared {
    /// These names, put in order, each once.
    pub fn new(components: impl IntoIterator<Item = Component>, environments: impl IntoIterator<Item = Environment>) -> Self {
        let (mut components, mut environments) = (Vec::from_iter(components), Vec::from_iter(environments));
        components.sort();
        components.dedup();
        environments.sort();
        environments.dedup();
        Self { components, environments }
    }

    /// The components.
    pub fn components(&self) -> &[Component] {
        &self.components
    }

    /// The environments.
    pub fn environments(&self) -> &[Environment] {
        &self.environments
    }

    /// Whether they or the rules list the component.
    pub fn component(&self, rules: &Rules, name: &Component) -> bool {
        rules.component(name).is_some() || self.components.binary_search(name).is_ok()
    }

    /// Whether they or the rules list the environment.
    pub fn environment(&self, rules: &Rules, name: &Environment) -> bool {
        rules.environment(name).is_some() || self.environments.binary_search(name).is_ok()
    }
}

impl Lines {
    /// The lines, of which there must be one.
    pub fn new(lines: Vec<Asserted>) -> Result<Self, InvalidImport> {
        if lines.is_empty() { Err(InvalidImport::NoLines) } else { Ok(Self(lines)) }
    }

    /// The lines in order.
    pub fn as_slice(&self) -> &[Asserted] {
        &self.0
    }
}

impl Asserted {
    /// What tells it from other lines of any pipeline. Two lines that say the same have the same.
    pub fn id(&self, pipeline: &Pipeline) -> LineId {
        let time = self.time.as_micros().to_string();
        // No field but the last may hold a line feed, so no two lines have one spelling.
        let spelling = [
            pipeline.as_str(),
            self.component.as_str(),
            self.version.as_str(),
            self.digest.as_ref().map_or("", Digest::as_str),
            self.from.environment().map_or("none", Environment::as_str),
            self.to.as_str(),
            self.kind.as_str(),
            self.actor.as_str(),
            &time,
            self.note.as_ref().map_or("", Reason::as_str),
        ];
        LineId::from_bytes(Sha256::digest(spelling.join("\n")).into())
    }
}

impl AssertedKind {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Promotion => "promotion",
            Self::Rollback => "rollback",
            Self::Removal => "removal",
        }
    }
}

impl TryFrom<UncheckedDeclared> for Declared {
    type Error = InvalidImport;
    fn try_from(UncheckedDeclared { components, environments }: UncheckedDeclared) -> Result<Self, InvalidImport> {
        if components.is_sorted_by(|a, b| a < b) && environments.is_sorted_by(|a, b| a < b) {
            return Ok(Self { components, environments });
        }
        Err(InvalidImport::OutOfOrder)
    }
}

impl From<Declared> for UncheckedDeclared {
    fn from(Declared { components, environments }: Declared) -> Self {
        Self { components, environments }
    }
}

impl TryFrom<Vec<Asserted>> for Lines {
    type Error = InvalidImport;
    fn try_from(lines: Vec<Asserted>) -> Result<Self, InvalidImport> {
        Self::new(lines)
    }
}

impl From<Lines> for Vec<Asserted> {
    fn from(lines: Lines) -> Self {
        lines.0
    }
}
