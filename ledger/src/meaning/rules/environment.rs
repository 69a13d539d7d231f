//! What entering an environment demands.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::error::InvalidRules;
use super::gate::{POLICY_COMPLIANCE, is_limit};
use super::order::{ascends, twice};
use crate::meaning::accepted::Accepted;
use crate::meaning::names::{Environment, GateName, Group, Principal, Reason};
use crate::meaning::time::Timestamp;
use crate::meaning::versions::Range;

/// One environment on the path, and what entering it demands. What is not asked for stands nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvironmentRule {
    /// Gates whose results are asked for and stop nothing, in any order.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub advisory: Vec<GateName>,
    /// Whose word a promotion needs.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub approvals: Option<ApprovalRule>,
    /// Who may change it; absent, everybody whose key is granted to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub authorization: Option<AuthorizationRule>,
    /// When nothing is promoted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub freezes: Option<FreezeRule>,
    /// How long a gate may take that is a command and does not say so itself; absent, as long as gates may by default.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub gate_timeout_seconds: Option<u64>,
    /// Gates that must have passed for the digest, in the manifest's order.
    pub gates: Vec<GateName>,
    /// How old a gate's result may be; of gates that are not listed, any age.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub max_age: Vec<MaxAge>,
    /// The environment's name.
    pub name: Environment,
    /// Whoever brought a digest into the environment before may not bring it here.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub separation_of_duties: Option<Accepted>,
    /// What an artifact without a good signature comes to; absent, signatures are not looked at.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub signature: Option<Enforcement>,
    /// How long a release must have been in the environment before.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub soak_seconds: Option<u64>,
    /// Which versions may come here.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub versions: Option<Range>,
}

/// Whose word a promotion needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalRule {
    /// How many principals.
    pub count: u32,
    /// Of which groups, in ascending order; of none in particular where it is empty.
    pub groups: Vec<Group>,
    /// How long a request waits, and what was granted to it holds.
    pub valid_seconds: u64,
}

/// Who may change an environment: members of the groups, and the operators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorizationRule {
    /// Groups, in ascending order.
    pub groups: Vec<Group>,
    /// Principals, in ascending order.
    pub operators: Vec<Principal>,
}

/// When nothing is promoted, written out as the calendar was when the rules were adopted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FreezeRule {
    /// Up to when it is written out; absent, for ever. Nothing is promoted after that.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub known_until: Option<Timestamp>,
    /// The times, ascending by when they begin.
    pub windows: Vec<Window>,
}

/// A time in which nothing is promoted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// When it begins.
    pub from: Timestamp,
    /// What it is called.
    pub name: Reason,
    /// When it is over.
    pub until: Timestamp,
}

/// How old a gate's result may be when a promotion is requested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaxAge {
    /// The gate.
    pub gate: GateName,
    /// The age.
    pub seconds: u64,
}

/// What an artifact without a good signature comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Enforcement {
    /// A warning.
    Warn,
    /// A refusal.
    Enforce,
}

impl EnvironmentRule {
    /// An environment that demands these gates and nothing else.
    pub fn new(name: Environment, gates: Vec<GateName>) -> Self {
        Self {
            advisory: Vec::new(),
            approvals: None,
            authorization: None,
            freezes: None,
            gate_timeout_seconds: None,
            gates,
            max_age: Vec::new(),
            name,
            separation_of_duties: None,
            signature: None,
            soak_seconds: None,
            versions: None,
        }
    }

    /// How old a result of the gate may be, in seconds.
    pub fn max_age_of(&self, gate: &GateName) -> Option<u64> {
        self.max_age.iter().find(|age| age.gate == *gate).map(|age| age.seconds)
    }

    pub(super) fn check(&self) -> Result<(), InvalidRules> {
        let name = || self.name.clone();
        if let Some(gate) = twice(&self.gates) {
            return Err(InvalidRules::GateTwice(name(), gate.clone()));
        }
        let advice = twice(&self.advisory).or_else(|| self.advisory.iter().find(|gate| !self.gates.contains(gate)));
        if let Some(gate) = advice.or_else(|| self.advisory.iter().find(|gate| gate.as_str() == POLICY_COMPLIANCE)) {
            return Err(InvalidRules::Advisory(name(), gate.clone()));
        }
        if self.gate_timeout_seconds.is_some_and(|seconds| !is_limit(seconds)) {
            return Err(InvalidRules::Timeout(name()));
        }
        let aged: Vec<&GateName> = self.max_age.iter().map(|age| &age.gate).collect();
        if let Some(gate) =
            twice(&aged).copied().or_else(|| aged.into_iter().find(|gate| !self.gates.contains(gate) || gate.as_str() == POLICY_COMPLIANCE))
        {
            return Err(InvalidRules::MaxAge(name(), gate.clone()));
        }
        if let Some(ApprovalRule { count, groups, valid_seconds }) = &self.approvals {
            let sound = *count > 0 && *valid_seconds > 0 && ascends(groups);
            sound.then_some(()).ok_or_else(|| InvalidRules::Approvals(name()))?;
        }
        if let Some(AuthorizationRule { groups, operators }) = &self.authorization {
            let sound = ascends(groups) && ascends(operators) && !(groups.is_empty() && operators.is_empty());
            sound.then_some(()).ok_or_else(|| InvalidRules::Authorization(name()))?;
        }
        if let Some(FreezeRule { windows, .. }) = &self.freezes {
            let in_order = windows.iter().zip(windows.iter().skip(1)).all(|(one, next)| one.from <= next.from);
            let sound = in_order && windows.iter().all(|window| window.from < window.until);
            sound.then_some(()).ok_or_else(|| InvalidRules::Freezes(name()))?;
        }
        if self.soak_seconds == Some(0) || self.max_age.iter().any(|age| age.seconds == 0) {
            return Err(InvalidRules::Seconds(name()));
        }
        Ok(())
    }
}

impl FreezeRule {
    /// Why nothing is promoted at that time.
    pub fn at(&self, at: Timestamp) -> Option<Frozen<'_>> {
        let window = self.windows.iter().filter(|window| window.from <= at && at < window.until).max_by_key(|window| window.until);
        let unknown = || self.known_until.filter(|until| at >= *until).map(Frozen::Unknown);
        window.map(Frozen::Window).or_else(unknown)
    }
}

/// Why nothing is promoted at some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frozen<'a> {
    /// It lies in that window, of all that it lies in the one that is over last.
    Window(&'a Window),
    /// The calendar is written out up to then only.
    Unknown(Timestamp),
}

impl fmt::Display for Enforcement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Warn => "warn",
            Self::Enforce => "enforce",
        })
    }
}
