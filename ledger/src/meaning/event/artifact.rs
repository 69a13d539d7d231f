//! Events about artifacts: what a release is, and what gates said of it.

use serde::{Deserialize, Serialize};

use super::scan::ScanFound;
use crate::meaning::digest::{BodyDigest, Digest};
use crate::meaning::id::PromotionId;
use crate::meaning::names::{Component, Environment, GateName, MediaType, Pipeline, Reason, SourceSha, Version};

/// A release is made known: from here on its version stands for this digest. It changes no environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArtifactRegistered {
    /// Changes in it that break what others rely on, each in words.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub breaking: Vec<Reason>,
    /// The component.
    pub component: Component,
    /// What the version stands for.
    pub digest: Digest,
    /// The pipeline.
    pub pipeline: Pipeline,
    /// The commit that it was built from.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub source_sha: Option<SourceSha>,
    /// The release's name.
    pub version: Version,
}

/// A body kept beside the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// SHA-256 of its salt and its bytes.
    pub digest: BodyDigest,
    /// What it is.
    pub media_type: MediaType,
    /// Its length in bytes, the salt not counted.
    pub size: u64,
}

/// How a gate ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GateStatus {
    /// It passed.
    Passed,
    /// It did not.
    Failed,
    /// It was not run.
    Skipped,
    /// It passed, and somebody should look.
    Warning,
}

/// A gate's result, bound to a digest and an environment. The newest by place in the log counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GateCompleted {
    /// The component.
    pub component: Component,
    /// What was examined.
    pub digest: Digest,
    /// How long it took, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub duration_ms: Option<u64>,
    /// The environment that it was examined for.
    pub environment: Environment,
    /// What the gate wrote, kept beside the log.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub evidence: Option<Evidence>,
    /// The gate.
    pub gate: GateName,
    /// What it says in words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub message: Option<Reason>,
    /// The pipeline.
    pub pipeline: Pipeline,
    /// Which policies were asked which question, of the gate that asks them.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub policy: Option<Box<PolicyAsked>>,
    /// What a vulnerability scanner's report comes to, where the result is out of one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub scan: Option<Box<ScanFound>>,
    /// How it ended.
    pub status: GateStatus,
}

/// Which policies were asked which question, for which promotion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyAsked {
    /// SHA-256 that names the policies and the question.
    pub decision: Digest,
    /// SHA-256 that names the policies.
    pub policies: Digest,
    /// The promotion that asked: the answer is for no other.
    pub promotion_id: PromotionId,
}

impl GateStatus {
    /// Whether a promotion may go on.
    pub const fn lets_pass(self) -> bool {
        matches!(self, Self::Passed | Self::Warning)
    }

    /// The word that entries use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Warning => "warning",
        }
    }
}

impl std::fmt::Display for GateStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}
