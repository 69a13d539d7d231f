//! The path of environments, and what entering each demands.

use promotion_ledger::meaning::names::Environment;
use promotion_ledger::meaning::rules::EnvironmentRule;
use promotion_ledger::meaning::time::Timestamp;

use super::cursor::Cursor;
use super::error::ManifestError;
use super::freezes::freezes;
use super::gates::{Demanded, Gate, gates, refuse_switch, with_policy_compliance};
use super::guards::{approvals, authorization, soak, versions};
use super::shape::{ENVIRONMENT, MOST_ENVIRONMENTS, POLICY_COMPLIANCE, SIGNATURE};

/// The path of a manifest that lists no environments.
pub(super) const DEFAULT_ENVIRONMENTS: [&str; 3] = ["dev", "staging", "prod"];

/// Reads the environments. Freezes are written out from `now` on.
pub(super) fn environments(at: &Cursor<'_>, now: Timestamp) -> Result<Vec<EnvironmentRule>, ManifestError> {
    let rules = at.each("a list of environments", MOST_ENVIRONMENTS, |at, earlier: &[EnvironmentRule]| environment(at, earlier, now))?;
    if rules.is_empty() {
        let hint = format!("list the path, or leave the key out for {}", DEFAULT_ENVIRONMENTS.join(", "));
        return Err(at.unlike("at least one environment").hinting(hint));
    }
    Ok(rules)
}

/// The environments of a manifest that lists none.
pub(super) fn default_environments() -> Vec<EnvironmentRule> {
    let name = |name| Environment::new(name).expect("the defaults keep the rules of names");
    DEFAULT_ENVIRONMENTS.map(|word| with_gates(name(word), Vec::new())).into()
}

fn environment(at: &Cursor<'_>, earlier: &[EnvironmentRule], now: Timestamp) -> Result<EnvironmentRule, ManifestError> {
    if !at.is_mapping() {
        return Ok(with_gates(name(at, earlier)?, Vec::new()));
    }
    refuse_switch(at, POLICY_COMPLIANCE)?;
    let fields = at.fields(ENVIRONMENT)?;
    let name = fields.must("an environment", "name", |at| name(at, earlier))?;
    let rule = with_gates(name, fields.read("gates", gates)?.unwrap_or_default());
    let authorization = fields.read("authorization", authorization)?.unwrap_or_default();
    Ok(EnvironmentRule {
        authorization: authorization.restricted,
        separation_of_duties: authorization.separated,
        approvals: fields.read("approvals", approvals)?,
        soak_seconds: fields.read("soak", |at| soak(at, earlier.is_empty()))?,
        versions: fields.read("versions", versions)?,
        signature: fields.read("signature", |at| at.choice(SIGNATURE))?.flatten(),
        freezes: fields.read("freezes", |at| freezes(at, now))?.flatten(),
        ..rule
    })
}

fn with_gates(name: Environment, gates: Vec<Gate>) -> EnvironmentRule {
    let Demanded { names, max_age } = with_policy_compliance(gates);
    EnvironmentRule { max_age, ..EnvironmentRule::new(name, names) }
}

fn name(at: &Cursor<'_>, earlier: &[EnvironmentRule]) -> Result<Environment, ManifestError> {
    let name: Environment = at.name("an environment name")?;
    let again = earlier.iter().any(|other| other.name == name);
    if again { Err(at.again("environment", name.as_str())) } else { Ok(name) }
}
