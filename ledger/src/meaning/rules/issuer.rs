//! Whose tokens say who somebody is.

use serde::{Deserialize, Serialize};

use super::error::InvalidRules;
use super::order::{ascends, twice};
use crate::meaning::names::{Document, Group, Reason};

/// Somebody whose tokens are believed, and what follows from them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssuerRule {
    /// For whom a token must be made.
    pub audience: Reason,
    /// The groups that its tokens give, each with what a token must claim for it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub groups: Vec<GroupGiven>,
    /// What it calls itself in its tokens.
    pub issuer: Reason,
    /// Its public keys, where they are pinned: a JWK Set.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub keys: Option<Document>,
    /// How a token's claims name a principal.
    pub principal: Reason,
}

/// A group that a token gives to whoever it is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupGiven {
    /// What the token must claim, all of it.
    pub claims: Vec<ClaimRule>,
    /// The group.
    pub name: Group,
}

/// Something that a token must claim.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimRule {
    /// The claim's name.
    pub name: Reason,
    /// Its value, or one of its values.
    pub value: Reason,
}

impl IssuerRule {
    /// Whether some token of this issuer can give the group.
    pub fn gives(&self, group: &Group) -> bool {
        self.groups.iter().any(|given| given.name == *group)
    }
}

pub(super) fn check(issuers: &[IssuerRule]) -> Result<(), InvalidRules> {
    let names: Vec<&Reason> = issuers.iter().map(|issuer| &issuer.issuer).collect();
    if !ascends(&names) {
        return Err(InvalidRules::Issuers);
    }
    let sound = |given: &GroupGiven| !given.claims.is_empty() && ascends(&given.claims);
    let wrong = issuers.iter().find(|issuer| !issuer.groups.iter().all(sound) || twice(&issuer.groups).is_some());
    wrong.map_or(Ok(()), |issuer| Err(InvalidRules::Issuer(issuer.issuer.clone())))
}
