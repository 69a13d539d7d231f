//! The pipeline and its path: environments that come, go, or stand elsewhere.

use promotion_ledger::meaning::names::{Environment, GateName};
use promotion_ledger::meaning::rules::{EnvironmentRule, Rules};

use super::super::demands::{demands, joined};
use super::found::Found;

pub(super) fn pipelines(old: &Rules, new: &Rules, found: &mut Found) {
    if old.pipeline() != new.pipeline() {
        found.note(format!("the rules are for pipeline {}, not for {}", new.pipeline(), old.pipeline()));
    }
}

/// Environments that only one of the two has. Without one of them a release has less to pass.
pub(super) fn presence(old: &Rules, new: &Rules, found: &mut Found) {
    for environment in old.environments().iter().filter(|environment| new.environment(&environment.name).is_none()) {
        found.loosens(format!("environment {} was removed (it stood {})", environment.name, position(old, &environment.name)));
    }
    for environment in new.environments().iter().filter(|environment| old.environment(&environment.name).is_none()) {
        found.note(format!("environment {} was added {}{}", environment.name, position(new, &environment.name), demanded(environment)));
    }
}

fn demanded(environment: &EnvironmentRule) -> String {
    let required_gates: Vec<GateName> = environment.gates.iter().filter(|gate| !environment.advisory.contains(gate)).cloned().collect();
    let gates = required(&required_gates);
    gates.into_iter().chain(demands(environment)).map(|demand| format!("; it {demand}")).collect()
}

fn required(gates: &[GateName]) -> Option<String> {
    match gates {
        [] => None,
        [gate] => Some(format!("requires gate {gate}")),
        gates => Some(format!("requires gates {}", joined(gates, ", "))),
    }
}

fn position(rules: &Rules, name: &Environment) -> String {
    let names: Vec<&Environment> = rules.environments().iter().map(|environment| &environment.name).collect();
    let place = names.iter().position(|other| *other == name).unwrap_or_default();
    let before = place.checked_sub(1).and_then(|before| names.get(before));
    match (before, names.get(place + 1)) {
        (Some(before), Some(after)) => format!("between {before} and {after}"),
        (None, Some(after)) => format!("before {after}, as the first"),
        (Some(before), None) => format!("after {before}, as the last"),
        (None, None) => "on its own".to_owned(),
    }
}

/// The order of the environments that both have. On another path a release may pass what it would have met before.
pub(super) fn order(old: &Rules, new: &Rules, found: &mut Found) {
    let common = |one: &Rules, other: &Rules| -> Vec<Environment> {
        one.environments().iter().map(|rule| &rule.name).filter(|name| other.environment(name).is_some()).cloned().collect()
    };
    let (before, after) = (common(old, new), common(new, old));
    if before != after {
        found.loosens(format!("the order of environments changed from {} to {}", joined(&before, ", "), joined(&after, ", ")));
    }
}
