//! The facts that the guards rest on: those of the state against those of the model, each of them and no others.

use std::collections::BTreeMap;

use promotion_ledger::meaning::facts::{self, Fact, FactKey};
use promotion_ledger::meaning::id::PromotionId;
use promotion_ledger::meaning::names::{Component, Environment, Principal};
use promotion_ledger::meaning::state::State;

use crate::model::{Lock, Model, Override, Release, Request, Run, Spot};

type Found = Result<(), String>;

/// Releases, locks, visits, results, movers, approvals and overrides of the state are those of the model.
pub(crate) fn all(state: &State, model: &Model) -> Found {
    let mut told = BTreeMap::new();
    for (key, fact) in state.facts() {
        told.extend(line(key, fact));
    }
    let mut expected = BTreeMap::new();
    expected.extend(model.releases.iter().map(|((component, version), release)| released(component, version, release)));
    for (spot, environment) in model.locks.iter().map(|lock| (lock, lock.environment.clone())) {
        expected.entry(format!("locks {environment}")).or_insert_with(String::new).push_str(&locked(spot));
    }
    expected.extend(model.visits.iter().map(|((spot, version), visit)| {
        let told = format!("{} since {}, left {}, rollbacks {}", visit.digest, visit.since, visit.left, visit.rollbacks);
        (format!("visit {} {version}", at(spot)), told)
    }));
    expected.extend(model.gates.iter().map(|((spot, gate, digest), result)| {
        (format!("gate {} {gate} {digest}", at(spot)), format!("{} {} {}", result.sequence, result.time, result.passes))
    }));
    expected.extend(model.movers.iter().map(|((spot, digest), movers)| (format!("movers {} {digest}", at(spot)), listed(movers))));
    expected.extend(model.requests.iter().map(|((spot, digest), request)| (format!("approvals {} {digest}", at(spot)), asked(request))));
    expected.extend(model.overrides.iter().map(|(id, found)| overrode(id, found)));
    for (key, expected) in &expected {
        let found = told.remove(key);
        if found.as_ref() != Some(expected) {
            return Err(format!("{key}: expected {expected}, found {found:?}"));
        }
    }
    match told.pop_first() {
        None => Ok(()),
        Some((key, found)) => Err(format!("{key}: expected nothing, found {found}")),
    }
}

/// What a run that is under way rests on.
pub(crate) fn run(id: &PromotionId, expected: &Run, found: Option<&facts::Run>) -> Found {
    let Some(found) = found else { return Err(format!("run {id}: expected {expected:?}, found none")) };
    let gates: Vec<String> = expected.gates.iter().map(|gate| format!("{} {:?} {}", gate.gate, gate.max_age, gate.advice)).collect();
    let expected = [
        format!("held by {} in epoch {}, unwinding {}", expected.holder, expected.epoch, expected.unwinding),
        format!("hands {}, approved by {}", listed(&expected.hands), listed(&expected.approvers)),
        format!("overridden {:?}", expected.overridden),
        format!("gates {gates:?} at {}", expected.requested),
    ];
    let gates: Vec<String> = found.gates.iter().map(|gate| format!("{} {:?} {}", gate.gate, gate.max_age, gate.advisory)).collect();
    let overridden: Vec<&str> = found.overridden.iter().map(|guard| guard.as_str()).collect();
    let found = [
        format!("held by {} in epoch {}, unwinding {}", found.holder, found.epoch.get(), found.unwinding),
        format!("hands {}, approved by {}", listed(&found.hands), listed(&found.approved_by)),
        format!("overridden {overridden:?}"),
        format!("gates {gates:?} at {}", found.requested_at.as_micros()),
    ];
    if expected == found { Ok(()) } else { Err(format!("run {id}: expected {expected:?}, found {found:?}")) }
}

fn at((component, environment): &Spot) -> String {
    format!("{component} {environment}")
}

fn listed<T: ToString>(persons: impl IntoIterator<Item = T>) -> String {
    let mut persons: Vec<String> = persons.into_iter().map(|person| person.to_string()).collect();
    persons.sort();
    persons.join(" ")
}

fn released(component: &str, version: &str, release: &Release) -> (String, String) {
    (format!("release {component} {version}"), format!("{} breaking {}", release.digest, release.breaking))
}

fn locked(lock: &Lock) -> String {
    format!("{} {:?} {} {:?};", lock.sequence, lock.component, lock.owner, lock.expires)
}

fn asked(request: &Request) -> String {
    let granted: Vec<String> = request.granted.iter().map(|(by, persons)| format!("{by} of {}", listed(persons))).collect();
    let Request { sequence, manifest, version, expires, asked_by, rejected, .. } = request;
    let (asked_by, rejected) = (listed(asked_by), rejected.unwrap_or("nobody"));
    format!("{sequence} of {manifest}, {version} until {expires}, by {asked_by}, granted {granted:?}, rejected by {rejected}")
}

fn overrode(id: &PromotionId, found: &Override) -> (String, String) {
    let Override { sequence, spot, guards, by, reviewed } = found;
    (format!("override {id}"), format!("{sequence} {} {guards:?} by {}, reviewed {reviewed}", at(spot), listed(by)))
}

/// A fact of the state in the words of the model; places and runs are compared elsewhere.
fn line(key: &FactKey, fact: &Fact) -> Option<(String, String)> {
    let spot = |component: &Component, environment: &Environment| format!("{component} {environment}");
    Some(match (key, fact) {
        (FactKey::Release(_, component, version), Fact::Release(release)) => {
            released(component.as_str(), version.as_str(), &Release { digest: release.digest.to_string(), breaking: release.breaking })
        }
        (FactKey::Locks(_, environment), Fact::Locks(locks)) if !locks.is_empty() => {
            let told = locks.iter().map(|lock| {
                let (component, owner) = (lock.component.as_ref().map(ToString::to_string), lock.owner.to_string());
                let expires = lock.expires.map(|expires| expires.as_micros());
                locked(&Lock { sequence: lock.sequence.get(), environment: environment.to_string(), component, owner, expires })
            });
            (format!("locks {environment}"), told.collect())
        }
        (FactKey::Visit(_, component, environment, version), Fact::Visit(visit)) => {
            let facts::Visit { digest, since, left_by_rollback, rollbacks, .. } = visit;
            let told = format!("{digest} since {}, left {}, rollbacks {rollbacks}", since.as_micros(), left_by_rollback.is_some());
            (format!("visit {} {version}", spot(component, environment)), told)
        }
        (FactKey::Gate(_, component, environment, gate, digest), Fact::Gate(result)) => {
            let told = format!("{} {} {}", result.sequence.get(), result.time.as_micros(), result.status.lets_pass());
            (format!("gate {} {gate} {digest}", spot(component, environment)), told)
        }
        (FactKey::Movers(_, component, environment, digest), Fact::Movers(movers)) => {
            (format!("movers {} {digest}", spot(component, environment)), listed(movers))
        }
        (FactKey::Approvals(_, component, environment, digest), Fact::Approvals(approvals)) => {
            (format!("approvals {} {digest}", spot(component, environment)), words(approvals))
        }
        (FactKey::Override(id), Fact::Override(found)) => {
            let guards: Vec<&str> = found.guards.iter().map(|guard| guard.as_str()).collect();
            let place = spot(&found.promotion.component, &found.promotion.to);
            let (by, reviewed) = (listed(&found.by), found.reviewed.is_some());
            (format!("override {id}"), format!("{} {place} {guards:?} by {by}, reviewed {reviewed}", found.sequence.get()))
        }
        _ => return None,
    })
}

/// A request in the words of the model.
fn words(approvals: &facts::Approvals) -> String {
    let facts::Approvals { request, requested_by, manifest, expires, version, granted, rejected } = approvals;
    let persons = |granted: &facts::Granted| {
        let mut persons: Vec<&Principal> = vec![&granted.by, &granted.signed_by];
        persons.dedup();
        format!("{} of {}", granted.by, listed(persons))
    };
    let granted: Vec<String> = granted.iter().map(persons).collect();
    let rejected = rejected.as_ref().map_or("nobody".to_owned(), |rejected| rejected.by.to_string());
    let (sequence, manifest, expires) = (request.get(), manifest.get(), expires.as_micros());
    let asked_by = listed(requested_by);
    format!("{sequence} of {manifest}, {version} until {expires}, by {asked_by}, granted {granted:?}, rejected by {rejected}")
}
