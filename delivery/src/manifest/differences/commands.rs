//! Gates that are commands: what is run, what it is given, what its end means, how long it may take.
//!
//! What another program will say, nobody knows: whatever changes about a command is taken for loosening.

use std::fmt::Display;
use std::num::NonZeroU8;

use promotion_ledger::meaning::names::GateName;
use promotion_ledger::meaning::rules::{CommandRule, Rules};
use promotion_ledger::meaning::span::words;

use super::super::demands::{joined, run};

use super::found::Found;

pub(super) fn commands(old: &Rules, new: &Rules, found: &mut Found) {
    for before in old.commands() {
        match new.command(&before.gate) {
            Some(now) => command(before, now, found),
            None => found.note(format!("gate {} is no longer run, its results are recorded (it ran {})", before.gate, run(before))),
        }
    }
    for now in new.commands().iter().filter(|command| old.command(&command.gate).is_none()) {
        found.either(is_demanded(old, &now.gate), format!("gate {} now runs {}", now.gate, run(now)));
        terms(&CommandRule { timeout_seconds: None, variables: Vec::new(), warning_status: None, ..now.clone() }, now, found);
    }
}

fn is_demanded(rules: &Rules, gate: &GateName) -> bool {
    rules.environments().iter().any(|environment| environment.gates.contains(gate))
}

fn command(before: &CommandRule, now: &CommandRule, found: &mut Found) {
    if (&before.arguments, before.shell) != (&now.arguments, now.shell) {
        found.loosens(format!("gate {} now runs {} (it ran {})", now.gate, run(now), run(before)));
    }
    terms(before, now, found);
}

fn terms(before: &CommandRule, now: &CommandRule, found: &mut Found) {
    let gate = &now.gate;
    if before.variables != now.variables {
        let given = |command: &CommandRule| listed(&command.variables, "no variables of its own");
        found.loosens(format!("gate {gate} is now given {} (it was given {})", given(now), given(before)));
    }
    warnings(gate, before.warning_status, now.warning_status, found);
    if before.timeout_seconds != now.timeout_seconds {
        let limit = |command: &CommandRule| command.timeout_seconds.map_or("as long as its environment says".to_owned(), words);
        found.note(format!("gate {gate} may now take {} (it might take {})", limit(now), limit(before)));
    }
}

fn warnings(gate: &GateName, was: Option<NonZeroU8>, is: Option<NonZeroU8>, found: &mut Found) {
    match (was, is) {
        (Some(was), None) => found.note(format!("gate {gate} now fails with exit status {was} (it passed with a warning)")),
        (was, Some(is)) if was != Some(is) => {
            let before = was.map_or("it failed".to_owned(), |was| format!("it did so with {was}"));
            found.loosens(format!("gate {gate} now passes with a warning with exit status {is} ({before})"));
        }
        _ => {}
    }
}

fn listed<T: Display>(items: &[T], none: &str) -> String {
    if items.is_empty() { none.to_owned() } else { joined(items, ", ") }
}
