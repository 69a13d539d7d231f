//! Events of break-glass: which guards were passed on somebody's word, and who looked at it after.

use serde::{Deserialize, Serialize};

use super::promotion::Promotion;
use crate::meaning::id::Sequence;
use crate::meaning::names::Reason;

/// A guard that somebody's word can pass: in the order of checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Overridable {
    /// A lock.
    Lock,
    /// A freeze.
    Freeze,
    /// The time that a release must have been in the environment before.
    Soak,
    /// Approvals that are missing.
    Approvals,
    /// Gates that have not passed.
    Gates,
}

/// A guard that stood in the way, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overridden {
    /// The guard.
    pub guard: Overridable,
    /// Why it stood in the way.
    pub message: Reason,
}

/// Guards that stood in a promotion's way were passed on somebody's word. The request of that promotion follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuardOverridden {
    /// Every guard that stood in the way, in the order of checks.
    pub guards: Vec<Overridden>,
    /// Why.
    pub justification: Reason,
    /// The promotion.
    pub promotion: Promotion,
}

/// What somebody found who looked at an override.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// It was right.
    Justified,
    /// It was not.
    Unjustified,
}

/// Somebody else looked at what was overridden.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OverrideReviewed {
    /// What they found.
    pub finding: Finding,
    /// What they say of it.
    pub note: Reason,
    /// The place of the entry that recorded the override.
    #[serde(rename = "override")]
    pub overriding: Sequence,
    /// The promotion.
    pub promotion: Promotion,
}

impl Overridable {
    /// The word that entries use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lock => "lock",
            Self::Freeze => "freeze",
            Self::Soak => "soak",
            Self::Approvals => "approvals",
            Self::Gates => "gates",
        }
    }
}

impl std::fmt::Display for Overridable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Justified => "justified",
            Self::Unjustified => "unjustified",
        })
    }
}
