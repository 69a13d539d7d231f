//! Events about environments: locks.

use serde::{Deserialize, Serialize};

use crate::meaning::id::Sequence;
use crate::meaning::names::{Component, Environment, Pipeline, Reason};
use crate::meaning::time::Timestamp;

/// An environment, or one component in it, takes no promotions until this lock is lifted. Several may stand at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvironmentLocked {
    /// The only component that is locked; absent, all are.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub component: Option<Component>,
    /// The environment.
    pub environment: Environment,
    /// When it is over by itself.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expires: Option<Timestamp>,
    /// The pipeline.
    pub pipeline: Pipeline,
    /// Why.
    pub reason: Reason,
}

/// A lock is lifted, by its owner or by whoever is granted to lift others' locks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvironmentUnlocked {
    /// The component that the lock was narrowed to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub component: Option<Component>,
    /// The environment.
    pub environment: Environment,
    /// The place of the entry that set the lock.
    pub lock: Sequence,
    /// The pipeline.
    pub pipeline: Pipeline,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<Reason>,
}
