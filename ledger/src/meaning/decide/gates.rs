//! Gates that stand in a promotion's way, and what gates say that are advice.

use super::super::command::Seen;
use super::super::event::artifact::GateCompleted;
use super::super::event::promotion::Promotion;
use super::super::facts::GateDemanded;
use super::super::guard::{self, Asked, GateMissing};
use super::super::names::GateName;
use super::super::refusal::{Because, ExitCode};
use super::super::rules::{EnvironmentRule, LABEL_SHAPE, POLICY_COMPLIANCE, Rules, SECURITY_SCAN};
use super::super::state::State;

/// Every gate that has not passed, of those that the environment demands and that are not yet to be run.
pub(super) fn missing(state: &State, rules: &Rules, rule: &EnvironmentRule, seen: &Seen, asked: &Asked<'_>) -> Vec<Because> {
    let demanded = GateDemanded::of(rule).into_iter().filter(|demanded| !demanded.advisory && !seen.pending.contains(&demanded.gate));
    let missing = demanded.filter_map(|demanded| Some((guard::judge(state, asked.promotion, &demanded, asked.at).err()?, demanded.gate)));
    missing.map(|(missing, gate)| not_passed(rules, seen, asked, &gate, missing)).collect()
}

fn not_passed(rules: &Rules, seen: &Seen, asked: &Asked<'_>, gate: &GateName, missing: GateMissing) -> Because {
    let Promotion { component, digest, to, .. } = asked.promotion;
    let (message, hint) = match seen.gates.iter().find(|result| result.gate == *gate) {
        Some(GateCompleted { status, message, .. }) => {
            let why = message.as_ref().map_or(String::new(), |why| format!(": {why}"));
            let message = format!("gate {gate} must have passed for this digest and environment, found {status}{why}");
            (message, "mend what it found, and promote again: it is asked anew".to_owned())
        }
        None if gate.as_str() == POLICY_COMPLIANCE || gate.as_str() == LABEL_SHAPE || rules.command(gate).is_some() => {
            (missing.to_string(), "promote again: it is asked anew".to_owned())
        }
        None => {
            let how = if gate.as_str() == SECURITY_SCAN { "--scan-report FILE" } else { "--status passed --evidence FILE" };
            let place = format!("--component {component} --digest {digest} --env {to}");
            (missing.to_string(), format!("record its result: promoledger record gate {gate} {place} {how}"))
        }
    };
    Because::new(ExitCode::GateFailed, message).hint(hint)
}

/// What gates say that are advice, and did not pass.
pub(super) fn advice(rule: &EnvironmentRule, seen: &Seen) -> Vec<String> {
    let failed = seen.gates.iter().filter(|result| rule.advisory.contains(&result.gate) && !result.status.lets_pass());
    failed
        .map(|GateCompleted { gate, status, message, .. }| {
            let why = message.as_ref().map_or(String::new(), |why| format!(": {why}"));
            format!("gate {gate}, which is advice, {status}{why}")
        })
        .collect()
}
