//! The pipeline's policies: files in Rego, checked as a set, since that is how they are asked.

use promotion_ledger::meaning::names::PolicyName;
use promotion_ledger::meaning::rules::PolicyRule;

use super::cursor::Cursor;
use super::error::{ManifestError, quoted};
use super::files::{Files, document};
use super::shape::MOST_POLICIES;
use crate::policy::{Policies, PolicyError};

/// Reads the policies.
pub(super) fn policies(at: &Cursor<'_>, files: &dyn Files) -> Result<Vec<PolicyRule>, ManifestError> {
    let rules = at.each("a list of policies' files", MOST_POLICIES, |at, earlier: &[PolicyRule]| policy(at, earlier, files))?;
    let sources: Vec<(&str, &str)> = rules.iter().map(|rule| (rule.name.as_str(), rule.text.as_str())).collect();
    Policies::compile(&sources).map_err(|error| located(at, &rules, &error))?;
    Ok(rules)
}

/// A policy is called like its file, whatever folder that is in.
fn policy(at: &Cursor<'_>, earlier: &[PolicyRule], files: &dyn Files) -> Result<PolicyRule, ManifestError> {
    let path = at.text("the path of a policy's file")?;
    let name = path.rsplit('/').next().unwrap_or(path);
    let name = PolicyName::new(name).map_err(|invalid| {
        let error = at.error(format!("a file whose name is {}", invalid.expected), quoted(name));
        error.hinting("rename the file: the policy is called like it".to_owned())
    })?;
    if earlier.iter().any(|other| other.name == name) {
        return Err(at.again("policy", name.as_str()).hinting("rename one of the files: a policy is called like its file".to_owned()));
    }
    Ok(PolicyRule { text: document(at, files, path)?, name })
}

/// A fault of the set, at the policy that has it where one has.
fn located(at: &Cursor<'_>, rules: &[PolicyRule], error: &PolicyError) -> ManifestError {
    let at_fault = match error {
        PolicyError::Rego { place, .. } | PolicyError::Call { place, .. } => Some(&place.policy),
        PolicyError::TooLarge { policy, .. } => Some(policy),
        _ => None,
    };
    let place = at_fault.and_then(|policy| rules.iter().position(|rule| rule.name.as_str() == policy));
    let told = |at: &Cursor<'_>| at.error("policies that can be asked", format!("a fault: {error}"));
    place.and_then(|place| at.of_item(place, told)).unwrap_or_else(|| told(at))
}
