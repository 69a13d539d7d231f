//! Who may change an environment, and whether duties are kept apart there.

use promotion_ledger::meaning::rules::{AuthorizationRule, EnvironmentRule};

use super::super::demands::{joined, whom};
use super::found::{Found, only};

pub(super) fn authorization(before: &EnvironmentRule, now: &EnvironmentRule, found: &mut Found) {
    let name = &now.name;
    match (&before.authorization, &now.authorization) {
        (Some(was), Some(is)) => lists(name.as_str(), was, is, found),
        (Some(was), None) => {
            found.loosens(format!("{name} may now be changed by everybody whose key is granted to (it took {} alone)", whom(was)));
        }
        (None, Some(is)) => found.note(format!("{name} may now be changed by {} alone", whom(is))),
        (None, None) => {}
    }
    match (before.separation_of_duties, now.separation_of_duties) {
        (Some(_), None) => found.loosens(format!("separation of duties is lifted in {name}")),
        (None, Some(_)) => found.note(format!("separation of duties now holds in {name}")),
        _ => {}
    }
}

fn lists(name: &str, was: &AuthorizationRule, is: &AuthorizationRule, found: &mut Found) {
    let gains = [named("group ", &only(&is.groups, &was.groups)), named("", &only(&is.operators, &was.operators))].concat();
    if !gains.is_empty() {
        found.loosens(format!("{name} may now also be changed by {}", joined(&gains, ", ")));
    }
    let losses = [named("group ", &only(&was.groups, &is.groups)), named("", &only(&was.operators, &is.operators))].concat();
    if !losses.is_empty() {
        found.note(format!("{name} may no longer be changed by {}", joined(&losses, ", ")));
    }
}

fn named<T: std::fmt::Display>(kind: &str, names: &[T]) -> Vec<String> {
    names.iter().map(|name| format!("{kind}{name}")).collect()
}
