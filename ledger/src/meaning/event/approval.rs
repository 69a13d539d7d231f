//! Events of approvals: whose word is asked for, and who gave it or did not.

use serde::{Deserialize, Serialize};

use crate::meaning::digest::Digest;
use crate::meaning::id::Sequence;
use crate::meaning::names::{Component, Environment, Group, Pipeline, Reason, Version};
use crate::meaning::rules::Source;
use crate::meaning::time::Timestamp;

/// Somebody's word is asked for before a promotion. What is granted holds for this release, environment and manifest alone; asking
/// again begins anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalRequested {
    /// The component.
    pub component: Component,
    /// What would land.
    pub digest: Digest,
    /// Where it would land.
    pub environment: Environment,
    /// When the request is over, and what was granted to it with it.
    pub expires: Timestamp,
    /// Where it would come from.
    pub from: Source,
    /// The place of the manifest that was in force.
    pub manifest: Sequence,
    /// The pipeline.
    pub pipeline: Pipeline,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<Reason>,
    /// The name of what would land.
    pub version: Version,
}

/// Somebody stands behind a promotion that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalGranted {
    /// The component.
    pub component: Component,
    /// What would land.
    pub digest: Digest,
    /// Where it would land.
    pub environment: Environment,
    /// The group by which they may, where the rules ask for one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub group: Option<Group>,
    /// What they say of it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<Reason>,
    /// The pipeline.
    pub pipeline: Pipeline,
    /// The place of the entry that asked for it.
    pub request: Sequence,
}

/// Somebody does not want a promotion that is asked for. The request is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalRejected {
    /// The component.
    pub component: Component,
    /// What would land.
    pub digest: Digest,
    /// Where it would land.
    pub environment: Environment,
    /// The group by which they may, where the rules ask for one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub group: Option<Group>,
    /// The pipeline.
    pub pipeline: Pipeline,
    /// Why not.
    pub reason: Reason,
    /// The place of the entry that asked for it.
    pub request: Sequence,
}
