//! Events about the ledger itself: its beginning, its format, its keys, its rules, its bodies.

use serde::{Deserialize, Serialize};

use crate::meaning::digest::BodyDigest;
use crate::meaning::grant::Grant;
use crate::meaning::id::{LedgerId, PublicKey, Sequence};
use crate::meaning::names::{Group, KeyName, Origin, Principal, Reason};
use crate::meaning::rules::Rules;

/// A key, who holds it, the proof that they do, and what it may append.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyAddition {
    /// What it may append.
    pub grants: Vec<Grant>,
    /// Groups that its principal belongs to, in ascending order.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub groups: Vec<Group>,
    /// The name that its signature lines carry.
    pub name: KeyName,
    /// Whom it stands for.
    pub principal: Principal,
    /// The holder's signature over the request that binds the key to this ledger, in base64.
    pub proof: String,
    /// The key.
    pub public: PublicKey,
}

/// Entry 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerCreated {
    /// How many admins it takes to change keys.
    pub admin_threshold: u32,
    /// The level of the format that the ledger begins with.
    pub format: u32,
    /// The first keys.
    pub keys: Vec<KeyAddition>,
    /// The random part of the ledger's identity.
    pub ledger_id: LedgerId,
    /// The ledger's name.
    pub origin: Origin,
    /// A key kept offline that may add and revoke keys alone, when the admins' keys are lost.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub recovery: Option<KeyAddition>,
}

/// The level of the format is raised: entries from here on may be of types that earlier programs do not know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormatRaised {
    /// The new level, above the one before.
    pub level: u32,
}

/// The floor of time is lowered to this entry's own time, after a clock that ran ahead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockCorrected {
    /// Why.
    pub reason: Reason,
}

/// A change of keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum KeyChange {
    /// To add a key.
    Add(KeyAddition),
    /// To revoke a key.
    Revoke(KeyRevoked),
}

/// A change of keys that needs more admins than the one who proposes it. The proposer's own endorsement counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyProposed {
    /// The change.
    pub change: KeyChange,
}

/// An admin endorses a proposal. The endorsement that reaches the threshold makes the change take effect at its own place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyEndorsed {
    /// The place of the entry that proposed it.
    pub proposal: Sequence,
}

/// A key may append from the next entry on. One admin adds it where the threshold is one, or the recovery key does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyAdded {
    /// The key.
    pub key: KeyAddition,
}

/// A key may append no more, from the next entry on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyRevoked {
    /// The name of the key.
    pub name: KeyName,
    /// The key.
    pub public: PublicKey,
    /// Why.
    pub reason: Reason,
}

/// A pipeline's rules, in force from the next entry on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestAdopted {
    /// The rules, whole.
    pub rules: Rules,
}

/// A body is removed from beside the log; its digest stays where it was named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BodyRemoved {
    /// Which body.
    pub digest: BodyDigest,
    /// Why.
    pub reason: Reason,
}
