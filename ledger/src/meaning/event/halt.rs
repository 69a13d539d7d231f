//! Events about pipelines that are halted: after a failure nothing is promoted until somebody says that it is resolved.

use serde::{Deserialize, Serialize};

use crate::meaning::id::Sequence;
use crate::meaning::names::{Component, Environment, Pipeline, Reason};

/// Something failed in an environment: the whole pipeline takes no promotions until it is resolved. Several may stand at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PipelineHalted {
    /// What failed, where one component did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub component: Option<Component>,
    /// Where it failed.
    pub environment: Environment,
    /// The pipeline.
    pub pipeline: Pipeline,
    /// What failed, in words.
    pub reason: Reason,
}

/// A failure is resolved. Once none is left the pipeline takes promotions again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PipelineResumed {
    /// That of the halt.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub component: Option<Component>,
    /// That of the halt.
    pub environment: Environment,
    /// The place of the entry that halted the pipeline.
    pub halt: Sequence,
    /// The pipeline.
    pub pipeline: Pipeline,
    /// How it was resolved.
    pub reason: Reason,
}
