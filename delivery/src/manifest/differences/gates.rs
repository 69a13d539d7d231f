//! Gates that an environment demands, in which order, and how old their results may be.

use promotion_ledger::meaning::names::GateName;
use promotion_ledger::meaning::rules::EnvironmentRule;

use super::super::demands::joined;
use super::super::span::words;
use super::found::{Found, only};

pub(super) fn gates(before: &EnvironmentRule, now: &EnvironmentRule, found: &mut Found) {
    let name = &now.name;
    only(&before.gates, &now.gates).iter().for_each(|gate| found.loosens(format!("{name} no longer requires gate {gate}")));
    let added = only(&now.gates, &before.gates);
    added.iter().for_each(|gate| found.note(format!("{name} now requires gate {gate}{}", aged(now, gate))));
    let kept =
        |gates: &[GateName], other: &[GateName]| -> Vec<GateName> { gates.iter().filter(|gate| other.contains(gate)).cloned().collect() };
    let both = kept(&now.gates, &before.gates);
    if kept(&before.gates, &now.gates) != both || !now.gates.ends_with(&added) {
        found.note(format!("the order of gates in {name} is now {}", joined(&now.gates, ", ")));
    }
    both.iter().for_each(|gate| ages(before, now, gate, found));
}

fn aged(rule: &EnvironmentRule, gate: &GateName) -> String {
    rule.max_age_of(gate).map(|seconds| format!(", with a result of at most {}", words(seconds))).unwrap_or_default()
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
