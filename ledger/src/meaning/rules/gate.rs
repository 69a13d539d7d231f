//! How gates are run, and what those that this program knows by name are judged by.

use std::num::NonZeroU8;

use serde::{Deserialize, Serialize};

use super::error::InvalidRules;
use super::named::Name;
use super::order::ascends;
use crate::meaning::accepted::Accepted;
use crate::meaning::digest::Digest;
use crate::meaning::event::scan::{Scanner, Severity};
use crate::meaning::names::{Argument, Document, GateName, PolicyName, Variable};

/// The gate that asks the pipeline's policies. It is asked anew by every promotion.
pub const POLICY_COMPLIANCE: &str = "policy_compliance";

/// The gate that a vulnerability scanner's report is judged for.
pub const SECURITY_SCAN: &str = "security_scan";

/// The gate that looks at the label which names the commit.
pub const LABEL_SHAPE: &str = "label_shape";

/// The shortest time limit of a gate, in seconds.
pub const SHORTEST_TIMEOUT: u64 = 30;

/// The longest time limit of a gate, in seconds.
pub const LONGEST_TIMEOUT: u64 = 3_600;

/// What begins the bytes that name a set of policies.
const POLICIES: &str = "promoledger policies 1\n";

/// A gate that is a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandRule {
    /// The program and its arguments; the text alone, where a shell runs it.
    pub arguments: Vec<Argument>,
    /// The gate.
    pub gate: GateName,
    /// Whether `/bin/sh` runs it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub shell: Option<Accepted>,
    /// How long it may take; absent, as the environment says.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub timeout_seconds: Option<u64>,
    /// Variables that it is given beside the usual ones, in ascending order.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub variables: Vec<Variable>,
    /// The exit status by which it says: passed, and somebody should look.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub warning_status: Option<NonZeroU8>,
}

/// What a vulnerability scanner's report is judged by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScanRule {
    /// The severities that stop a promotion, the gravest first.
    pub block_on: Vec<Severity>,
    /// Whether what has no fix is left out of everything but its number.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ignore_unfixed: Option<Accepted>,
    /// Whose reports count.
    pub scanner: Scanner,
}

/// A policy that every promotion is asked about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyRule {
    /// What it is called.
    pub name: PolicyName,
    /// What it says, in Rego.
    pub text: Document,
}

/// Everything that the rules say of gates, whatever environment demands them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GateRules {
    /// Gates that are commands, by name.
    pub commands: Vec<CommandRule>,
    /// The pipeline's policies, by name.
    pub policies: Vec<PolicyRule>,
    /// What reports of scanners are judged by.
    pub scan: Option<ScanRule>,
}

/// Which policies these are: SHA-256 over all of their names and texts, each behind its length.
pub fn policies_digest<'a>(policies: impl IntoIterator<Item = (&'a str, &'a str)>) -> Digest {
    let mut digest = Name::of(POLICIES);
    for (name, text) in policies {
        digest.text(name);
        digest.text(text);
    }
    digest.digest()
}

/// Whether a gate may take so many seconds.
pub(super) fn is_limit(seconds: u64) -> bool {
    (SHORTEST_TIMEOUT..=LONGEST_TIMEOUT).contains(&seconds)
}

pub(super) fn check_commands(commands: &[CommandRule]) -> Result<(), InvalidRules> {
    for (at, command) in commands.iter().enumerate() {
        let invalid = |why| Err(InvalidRules::Command(command.gate.clone(), why));
        if commands.iter().take(at).next_back().is_some_and(|earlier| earlier.gate >= command.gate) {
            return invalid("commands in ascending order of their gates, each once");
        }
        if [POLICY_COMPLIANCE, LABEL_SHAPE].contains(&command.gate.as_str()) {
            return invalid("no command for a gate that promoledger itself answers");
        }
        if command.arguments.first().is_none_or(|program| program.as_str().is_empty()) {
            return invalid("a program");
        }
        if command.shell.is_some() && command.arguments.len() > 1 {
            return invalid("one text for the shell");
        }
        if command.timeout_seconds.is_some_and(|seconds| !is_limit(seconds)) {
            return invalid("a time limit of 30 to 3600 seconds");
        }
        if !ascends(&command.variables) {
            return invalid("variables in ascending order, each once");
        }
    }
    Ok(())
}

pub(super) fn check_scan(scan: &ScanRule) -> Result<(), InvalidRules> {
    let gravest_first = scan.block_on.iter().zip(scan.block_on.iter().skip(1)).all(|(one, next)| one > next);
    if gravest_first && !scan.block_on.is_empty() { Ok(()) } else { Err(InvalidRules::Scan) }
}

pub(super) fn check_policies(policies: &[PolicyRule]) -> Result<(), InvalidRules> {
    let names: Vec<&PolicyName> = policies.iter().map(|policy| &policy.name).collect();
    if ascends(&names) { Ok(()) } else { Err(InvalidRules::Policies) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_of_policies_is_known_by_names_and_texts() {
        let digest = |policies: &[(&str, &str)]| policies_digest(policies.iter().copied());
        assert_ne!(digest(&[]), digest(&[("a", "")]));
        assert_ne!(digest(&[("a", "b")]), digest(&[("ab", "")]));
        assert_ne!(digest(&[("a", "b"), ("c", "d")]), digest(&[("c", "d"), ("a", "b")]));
        assert_eq!(digest(&[("a", "b")]), digest(&[("a", "b")]));
    }
}
