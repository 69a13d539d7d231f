//! What a release must bring along: time in the environment before, a version in the range, a signature.

use promotion_ledger::meaning::rules::{Enforcement, EnvironmentRule};
use promotion_ledger::meaning::span::words;

use super::super::demands::signature;

use super::found::Found;

pub(super) fn release(before: &EnvironmentRule, now: &EnvironmentRule, found: &mut Found) {
    soak(before, now, found);
    versions(before, now, found);
    signatures(before, now, found);
}

fn soak(before: &EnvironmentRule, now: &EnvironmentRule, found: &mut Found) {
    let name = &now.name;
    match (before.soak_seconds, now.soak_seconds) {
        (Some(was), None) => found.loosens(format!("{name} now takes a release at once (it waited for {})", words(was))),
        (was, Some(is)) if was != Some(is) => {
            let waited = was.map(|was| format!(" (it waited for {})", words(was))).unwrap_or_default();
            let sentence = format!("{name} now takes a release after {} in the environment before{waited}", words(is));
            found.either(was.is_some_and(|was| was > is), sentence);
        }
        _ => {}
    }
}

/// Another range is taken for a wider one: whether it lies inside of the old one is for reviewers to see.
fn versions(before: &EnvironmentRule, now: &EnvironmentRule, found: &mut Found) {
    let name = &now.name;
    match (&before.versions, &now.versions) {
        (Some(was), None) => found.loosens(format!("{name} now takes every version (it took versions {was} alone)")),
        (None, Some(is)) => found.note(format!("{name} now takes versions {is} alone")),
        (Some(was), Some(is)) if was != is => found.loosens(format!("{name} now takes versions {is} (it took versions {was})")),
        _ => {}
    }
}

fn signatures(before: &EnvironmentRule, now: &EnvironmentRule, found: &mut Found) {
    let name = &now.name;
    let strictness = |enforcement: Option<Enforcement>| match enforcement {
        None => 0,
        Some(Enforcement::Warn) => 1,
        Some(Enforcement::Enforce) => 2,
    };
    if before.signature == now.signature {
        return;
    }
    let was = before.signature.map_or("did not look at signatures", past);
    let is = now.signature.map_or("does not look at signatures", signature);
    found.either(strictness(now.signature) < strictness(before.signature), format!("{name} now {is} (it {was})"));
}

fn past(enforcement: Enforcement) -> &'static str {
    match enforcement {
        Enforcement::Warn => "warned of them",
        Enforcement::Enforce => "refused them",
    }
}
