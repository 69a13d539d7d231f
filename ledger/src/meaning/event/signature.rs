//! Events about artifact signatures: what was found when somebody looked.

use serde::{Deserialize, Serialize};

use super::promotion::Promotion;
use crate::meaning::digest::Digest;
use crate::meaning::id::Epoch;
use crate::meaning::names::Reason;

/// What was found of an artifact's signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignatureFound {
    /// One signature keeps every condition of the policy.
    Verified,
    /// There is none.
    Unsigned,
    /// There are some, and none keeps every condition.
    Invalid,
    /// It could not be found out.
    Unknown,
}

/// Somebody looked at the artifact's signatures. The newest look of a run counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignatureChecked {
    /// Who looked.
    pub epoch: Epoch,
    /// What was found.
    pub found: SignatureFound,
    /// In words: by which key or identity, or what is wrong.
    pub message: Reason,
    /// SHA-256 of the policy that was asked.
    pub policy: Digest,
    /// The promotion.
    pub promotion: Promotion,
}
