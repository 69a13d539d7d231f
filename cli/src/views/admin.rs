//! What `doctor`, `manifest` and `demo` print.

use schemars::JsonSchema;
use serde::Serialize;

use super::run::EntryRange;
use crate::answer::View;
use crate::error::CommandError;

/// What `doctor` found.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Diagnosis {
    /// The exit code: that of the first problem.
    pub(crate) code: u8,
    /// Every check, in the order in which they were made.
    pub(crate) checks: Vec<CheckRow>,
}

impl View for Diagnosis {
    const SCHEMA: &'static str = "promoledger.doctor/1";
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct CheckRow {
    /// What was looked at: `ledger`, `log`, `clock`, `pins`, `key`, `key file`, `manifest`, or `registry`.
    pub(crate) check: String,
    /// `ok`, `warning`, `problem`, or `skipped`.
    pub(crate) status: String,
    /// What was found.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) advice: Option<String>,
    /// The exit code that a problem stands for.
    pub(crate) code: Option<u8>,
}

impl CheckRow {
    /// All is well.
    pub(crate) fn ok(check: &str, message: impl Into<String>) -> Self {
        Self::new(check, "ok", message.into())
    }

    /// It was not looked at.
    pub(crate) fn skipped(check: &str, message: impl Into<String>) -> Self {
        Self::new(check, "skipped", message.into())
    }

    /// Something to look at.
    pub(crate) fn warning(check: &str, message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { advice: Some(advice.into()), ..Self::new(check, "warning", message.into()) }
    }

    /// Something that stands in the way.
    pub(crate) fn problem(check: &str, error: CommandError) -> Self {
        Self { advice: error.hint, code: Some(error.code.number()), ..Self::new(check, "problem", error.message) }
    }

    fn new(check: &str, status: &str, message: String) -> Self {
        Self { check: check.to_owned(), status: status.to_owned(), message, advice: None, code: None }
    }
}

/// A manifest that is in order.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ManifestChecked {
    /// The file.
    pub(crate) file: String,
    /// The rules that it comes to.
    pub(crate) rules: RulesRow,
}

impl View for ManifestChecked {
    const SCHEMA: &'static str = "promoledger.manifest-check/1";
}

/// The rules of a pipeline.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RulesRow {
    /// The pipeline.
    pub(crate) pipeline: String,
    /// The groups that the rules describe, by name.
    pub(crate) groups: Vec<GroupRow>,
    /// Its components, by name.
    pub(crate) components: Vec<ComponentRow>,
    /// Its environments, in order.
    pub(crate) environments: Vec<EnvironmentRow>,
    /// What they say of gates and signatures, whatever environment looks at them: one sentence each.
    pub(crate) provisions: Vec<String>,
    /// What happens to a version that cannot be compared: `warn` or `block`.
    pub(crate) on_incomparable: String,
}

/// A group.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct GroupRow {
    /// Its name.
    pub(crate) name: String,
    /// Who belongs to it.
    pub(crate) members: Vec<String>,
}

/// A component.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ComponentRow {
    /// Its name.
    pub(crate) name: String,
    /// Where its artifacts are kept.
    pub(crate) repository: String,
    /// How its versions compare: `semver`, `calver`, `recency`, or `pattern` with its template.
    pub(crate) versions: String,
}

/// An environment.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct EnvironmentRow {
    /// Its name.
    pub(crate) name: String,
    /// Gates that must have passed before a release enters.
    pub(crate) gates: Vec<String>,
    /// Gates that are advice: they are told, and stop nothing.
    pub(crate) advisory: Vec<String>,
    /// What else it demands: sentences that lack their subject, the environment.
    pub(crate) demands: Vec<String>,
}

/// How a manifest's file differs from the rules in force.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ManifestDiff {
    /// The file.
    pub(crate) file: String,
    /// The pipeline that it is for.
    pub(crate) pipeline: String,
    /// Where the rules in force were adopted; absent when the ledger has no such pipeline yet.
    pub(crate) in_force: Option<u64>,
    /// Whether the file is the rules in force.
    pub(crate) same: bool,
    /// What the file would change, one sentence each.
    pub(crate) differences: Vec<String>,
}

impl View for ManifestDiff {
    const SCHEMA: &'static str = "promoledger.manifest-diff/1";
}

/// A manifest was put in force, or was in force already.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ManifestAdopted {
    /// The file.
    pub(crate) file: String,
    /// The pipeline that it is for.
    pub(crate) pipeline: String,
    /// Whether the ledger had no such pipeline before.
    pub(crate) new_pipeline: bool,
    /// What changed, one sentence each.
    pub(crate) differences: Vec<String>,
    /// The entry that adopts it; absent when it was in force already.
    pub(crate) entries: Option<EntryRange>,
}

impl View for ManifestAdopted {
    const SCHEMA: &'static str = "promoledger.manifest-adopted/1";
}

/// The story that `demo` told.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DemoRun {
    /// Every command, in order; each ended as expected.
    pub(crate) steps: Vec<DemoStep>,
    /// Where the ledger is kept; absent when it was removed.
    pub(crate) kept: Option<String>,
    /// The digests of the images, when only those were made.
    pub(crate) images: Vec<String>,
}

impl View for DemoRun {
    const SCHEMA: &'static str = "promoledger.demo/1";
}

/// One command of the story.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct DemoStep {
    /// The command, as a user types it.
    pub(crate) command: String,
    /// How it ended, as expected.
    pub(crate) exit: u8,
}
