//! What must stand behind a gate's result, for the gates that are known by name.

use crate::meaning::event::artifact::GateCompleted;
use crate::meaning::rules::{POLICY_COMPLIANCE, Rules, SECURITY_SCAN, ScanRule};

/// A result that nothing stands behind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfounded {
    /// Of the policies that were asked, or were not.
    #[error("{0}")]
    Policy(String),
    /// Of the scanner's report.
    #[error("{0}")]
    Scan(String),
}

/// Whether a result has behind it what the rules want of its gate. One that lets nothing pass needs little.
pub fn founded(rules: &Rules, event: &GateCompleted) -> Result<(), Unfounded> {
    policy(rules, event).map_err(Unfounded::Policy)?;
    match rules.security_scan().filter(|_| event.gate.as_str() == SECURITY_SCAN && event.status.lets_pass()) {
        Some(rule) => scan(rule, event).map_err(Unfounded::Scan),
        None => Ok(()),
    }
}

/// The gate that asks the policies says which it asked; to let pass, they are those in force.
fn policy(rules: &Rules, event: &GateCompleted) -> Result<(), String> {
    let asks = event.gate.as_str() == POLICY_COMPLIANCE;
    let Some(asked) = &event.policy else {
        let silent = asks && event.status.lets_pass();
        return hold(!silent, || format!("gate {POLICY_COMPLIANCE} must say which policies were asked, and which question"));
    };
    hold(asks, || format!("only gate {POLICY_COMPLIANCE} asks policies, found gate {}", event.gate))?;
    let in_force = rules.policies_digest();
    hold(!event.status.lets_pass() || asked.policies == in_force, || {
        format!("the policies asked must be those in force, {in_force}, found {}", asked.policies)
    })
}

/// A result that lets pass is out of a report of the right scanner that holds nothing which stops a promotion.
fn scan(rule: &ScanRule, event: &GateCompleted) -> Result<(), String> {
    let Some(found) = &event.scan else {
        return Err(format!("gate {SECURITY_SCAN} must be answered by a scanner's report, found none"));
    };
    hold(found.scanner == rule.scanner, || format!("the report must be of {}, found one of {}", rule.scanner, found.scanner))?;
    let grave = rule.block_on.iter().copied().find(|severity| found.counts.of(*severity) > 0);
    hold(grave.is_none(), || {
        let severity = grave.map_or("", |severity| severity.as_str());
        format!("a report with findings of severity {severity} must not let a promotion pass")
    })?;
    hold(found.blocked == 0 && found.blocking.is_empty(), || "a report that blocks a promotion must not let it pass".to_owned())?;
    hold(found.ignored == 0 || rule.ignore_unfixed.is_some(), || {
        format!("no finding may be left out for having no fix, found {} left out", found.ignored)
    })
}

fn hold(condition: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if condition { Ok(()) } else { Err(otherwise()) }
}
