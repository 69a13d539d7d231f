//! Gates that an environment demands: in which order, on what terms, and how long they may take.

use promotion_ledger::meaning::names::GateName;
use promotion_ledger::meaning::rules::EnvironmentRule;
use promotion_ledger::meaning::span::words;

use super::super::demands::joined;

use super::found::{Found, only};

pub(super) fn gates(before: &EnvironmentRule, now: &EnvironmentRule, found: &mut Found) {
    let name = &now.name;
    only(&before.gates, &now.gates).iter().for_each(|gate| found.loosens(format!("{name} no longer requires gate {gate}")));
    let added = only(&now.gates, &before.gates);
    added.iter().for_each(|gate| found.note(format!("{name} now requires gate {gate}{}", on_terms(now, gate))));
    let kept =
        |gates: &[GateName], other: &[GateName]| -> Vec<GateName> { gates.iter().filter(|gate| other.contains(gate)).cloned().collect() };
    let both = kept(&now.gates, &before.gates);
    if kept(&before.gates, &now.gates) != both || !now.gates.ends_with(&added) {
        found.note(format!("the order of gates in {name} is now {}", joined(&now.gates, ", ")));
    }
    for gate in &both {
        advice(before, now, gate, found);
        ages(before, now, gate, found);
    }
    if before.gate_timeout_seconds != now.gate_timeout_seconds {
        let limit = |rule: &EnvironmentRule| rule.gate_timeout_seconds.map_or("as long as gates may by default".to_owned(), words);
        found.note(format!("a gate of {name} may now take {} (it might take {})", limit(now), limit(before)));
    }
}

fn on_terms(rule: &EnvironmentRule, gate: &GateName) -> String {
    let advice = if rule.advisory.contains(gate) { ", as advice" } else { "" };
    let age = rule.max_age.iter().find(|age| age.gate == *gate);
    let aged = age.map(|age| format!(", with a result of at most {}", words(age.seconds))).unwrap_or_default();
    format!("{advice}{aged}")
}

fn advice(before: &EnvironmentRule, now: &EnvironmentRule, gate: &GateName, found: &mut Found) {
    match (before.advisory.contains(gate), now.advisory.contains(gate)) {
        (false, true) => found.loosens(format!("{} now takes gate {gate} as advice", now.name)),
        (true, false) => found.note(format!("{} now requires gate {gate} (it took it as advice)", now.name)),
        _ => {}
    }
}

fn ages(before: &EnvironmentRule, now: &EnvironmentRule, gate: &GateName, found: &mut Found) {
    let name = &now.name;
    match (before.max_age_of(gate), now.max_age_of(gate)) {
        (Some(was), Some(is)) if was != is => {
            let sentence = format!("{name} now takes results of gate {gate} for {} (it took them for {})", words(is), words(was));
            found.either(is > was, sentence);
        }
        (Some(was), None) => found.loosens(format!("{name} now takes results of gate {gate} of any age (it took them for {})", words(was))),
        (None, Some(is)) => found.note(format!("{name} now takes results of gate {gate} for {} (it took them at any age)", words(is))),
        _ => {}
    }
}
