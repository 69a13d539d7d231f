//! Events about who somebody is: what a token said that an issuer gave them.

use serde::{Deserialize, Serialize};

use super::artifact::Evidence;
use crate::meaning::digest::Digest;
use crate::meaning::names::{Group, Pipeline, Reason};
use crate::meaning::time::Timestamp;

/// A token of an issuer that the rules name was verified: it says of the actor to which groups they belong. It counts for the
/// signing key and this actor alone, in this pipeline, until it expires.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityProven {
    /// What the token claims, without what would make it a token: kept beside the log.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub evidence: Option<Evidence>,
    /// When it is over.
    pub expires: Timestamp,
    /// The groups that it gives, in ascending order.
    pub groups: Vec<Group>,
    /// Whose token it is.
    pub issuer: Reason,
    /// By whose rules the issuer is believed.
    pub pipeline: Pipeline,
    /// Whom the issuer says that it is of.
    pub subject: Reason,
    /// SHA-256 of the token.
    pub token: Digest,
}
