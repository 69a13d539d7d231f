//! The path of environments, and what entering each demands.

use promotion_ledger::meaning::names::Environment;
use promotion_ledger::meaning::rules::{Enforcement, EnvironmentRule, POLICY_COMPLIANCE};
use promotion_ledger::meaning::time::Timestamp;

use super::commands::timeout;
use super::cursor::Cursor;
use super::error::ManifestError;
use super::freezes::freezes;
use super::gates::{Demanded, Gate, demanded, gates, refuse_switch};
use super::guards::{approvals, authorization, soak, versions};
use super::shape::{ENVIRONMENT, MOST_ENVIRONMENTS, SIGNATURE};

/// The path of a manifest that lists no environments.
pub(super) const DEFAULT_ENVIRONMENTS: [&str; 3] = ["dev", "staging", "prod"];

/// What environments are read with, whatever each says of itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Surroundings {
    /// When freezes are written out.
    pub(super) now: Timestamp,
    /// Whether the manifest says whose signatures count.
    pub(super) verified: bool,
    /// How long a gate may take where the environment does not say so.
    pub(super) gate_timeout_seconds: Option<u64>,
}

/// Reads the environments.
pub(super) fn environments(at: &Cursor<'_>, around: Surroundings) -> Result<Vec<EnvironmentRule>, ManifestError> {
    let rules = at.each("a list of environments", MOST_ENVIRONMENTS, |at, earlier: &[EnvironmentRule]| environment(at, earlier, around))?;
    if rules.is_empty() {
        let hint = format!("list the path, or leave the key out for {}", DEFAULT_ENVIRONMENTS.join(", "));
        return Err(at.unlike("at least one environment").hinting(hint));
    }
    Ok(rules)
}

/// The environments of a manifest that lists none.
pub(super) fn default_environments(around: Surroundings) -> Vec<EnvironmentRule> {
    let name = |name| Environment::new(name).expect("the defaults keep the rules of names");
    DEFAULT_ENVIRONMENTS.map(|word| with_gates(name(word), Vec::new(), around)).into()
}

fn environment(at: &Cursor<'_>, earlier: &[EnvironmentRule], around: Surroundings) -> Result<EnvironmentRule, ManifestError> {
    if !at.is_mapping() {
        return Ok(with_gates(name(at, earlier)?, Vec::new(), around));
    }
    refuse_switch(at, POLICY_COMPLIANCE)?;
    let fields = at.fields(ENVIRONMENT)?;
    let name = fields.must("an environment", "name", |at| name(at, earlier))?;
    let rule = with_gates(name, fields.read("gates", gates)?.unwrap_or_default(), around);
    let gate_timeout_seconds = fields.read("gate_timeout_seconds", timeout)?.or(rule.gate_timeout_seconds);
    let authorization = fields.read("authorization", authorization)?.unwrap_or_default();
    Ok(EnvironmentRule {
        gate_timeout_seconds,
        authorization: authorization.restricted,
        separation_of_duties: authorization.separated,
        approvals: fields.read("approvals", approvals)?,
        soak_seconds: fields.read("soak", |at| soak(at, earlier.is_empty()))?,
        versions: fields.read("versions", versions)?,
        signature: fields.read("signature", |at| signature(at, around.verified))?.flatten(),
        freezes: fields.read("freezes", |at| freezes(at, around.now))?.flatten(),
        ..rule
    })
}

fn with_gates(name: Environment, gates: Vec<Gate>, around: Surroundings) -> EnvironmentRule {
    let Demanded { names, advisory, max_age } = demanded(gates);
    EnvironmentRule { advisory, gate_timeout_seconds: around.gate_timeout_seconds, max_age, ..EnvironmentRule::new(name, names) }
}

/// Signatures are looked at only where the manifest says whose count.
fn signature(at: &Cursor<'_>, verified: bool) -> Result<Option<Enforcement>, ManifestError> {
    let enforcement = at.choice(SIGNATURE)?;
    if enforcement.is_some() && !verified {
        let error = at.unlike("`off`, since the manifest does not say whose signatures count");
        return Err(error.hinting("add `verification` under `artifacts`, such as `verification: {keys: [release.pub]}`".to_owned()));
    }
    Ok(enforcement)
}

fn name(at: &Cursor<'_>, earlier: &[EnvironmentRule]) -> Result<Environment, ManifestError> {
    let name: Environment = at.name("an environment name")?;
    let again = earlier.iter().any(|other| other.name == name);
    if again { Err(at.again("environment", name.as_str())) } else { Ok(name) }
}
