//! What `impact` prints.

use schemars::JsonSchema;
use serde::Serialize;

use super::diff::There;
use super::run::Estimate;
use super::whereabouts::Tenure;
use crate::answer::View;

/// What rolling an environment back to a version would come to. Nothing is changed by asking.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Impact {
    /// The pipeline.
    pub(crate) pipeline: String,
    /// The environment.
    pub(crate) environment: String,
    /// The component.
    pub(crate) component: String,
    /// The version to go back to.
    pub(crate) version: String,
    /// What would be there again; null where imported history names no digest.
    pub(crate) artifact_digest: Option<String>,
    /// What is there now; null where nothing is.
    pub(crate) current: Option<There>,
    /// Whether the version is there now: then there is nothing to undo.
    pub(crate) already: bool,
    /// How many promotions and rollbacks arrived since the version was last there.
    pub(crate) undone_count: u64,
    /// Those arrivals, newest first, at most 100 of them.
    pub(crate) undone: Vec<Tenure>,
    /// When the version was last there.
    pub(crate) last_there: Tenure,
    /// For how long, in seconds.
    pub(crate) last_there_seconds: u64,
    /// Earlier rollbacks away from the version, newest first.
    pub(crate) rolled_back_from: Vec<RolledBack>,
    /// Environments further along the path that have what would be undone.
    pub(crate) downstream: Vec<Downstream>,
    /// How long rollbacks there took before; null without any.
    pub(crate) estimate: Option<Estimate>,
    /// Whether your key may roll back now; null where no key of this ledger is at hand.
    pub(crate) allowed: Option<Allowed>,
}

impl View for Impact {
    const SCHEMA: &'static str = "promoledger.impact/1";
}

/// An earlier rollback away from the version.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RolledBack {
    /// When.
    pub(crate) time: String,
    /// What took its place.
    pub(crate) to: Option<String>,
    /// Who did it.
    pub(crate) by: Option<String>,
    /// Why.
    pub(crate) reason: Option<String>,
    /// Whether imported history says so, and nothing was recorded.
    pub(crate) asserted: bool,
    /// The place of the entry that completed it; null for imported history.
    pub(crate) entry: Option<u64>,
}

/// An environment further along the path that has what would be undone.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Downstream {
    /// The environment.
    pub(crate) environment: String,
    /// What is there.
    pub(crate) current: There,
}

/// Whether a rollback would be let through.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Allowed {
    /// Whether it would.
    pub(crate) yes: bool,
    /// Why not, each in a sentence.
    pub(crate) because: Vec<String>,
}
