//! Guards of the moment: locks, freezes, and the time that a release must have been where it comes from.

use super::stop::{Asked, Guard, Stop};
use crate::meaning::facts::Lock;
use crate::meaning::names::Environment;
use crate::meaning::rules::{EnvironmentRule, Frozen};
use crate::meaning::span;
use crate::meaning::state::State;
use crate::meaning::time::Timestamp;

/// Every lock that stands in the way.
pub fn locks(state: &State, asked: &Asked<'_>) -> Vec<Stop> {
    let promotion = asked.promotion;
    let locks = state.locks_on(&promotion.pipeline, &promotion.to, &promotion.component, asked.at);
    locks.map(|lock| locked(&promotion.to, lock)).collect()
}

/// What a lock says to whoever runs into it.
pub fn locked(environment: &Environment, lock: &Lock) -> Stop {
    let what = lock.component.as_ref().map_or(environment.to_string(), |component| format!("{component} in {environment}"));
    let until = lock.expires.map_or(String::new(), |expires| format!(" until {}", expires.to_minute()));
    let Lock { owner, reason, since, sequence, .. } = lock;
    let message = format!("{what} is locked{until}: \"{reason}\", by {owner}, since {} (entry {sequence})", since.to_minute());
    let hint = format!("its owner can unlock it: promoledger unlock --env {environment} --reason …");
    Stop::new(Guard::Lock, message).hint(hint)
}

/// The freeze that the time of asking lies in.
pub fn freeze(rule: &EnvironmentRule, asked: &Asked<'_>) -> Option<Stop> {
    let name = &rule.name;
    Some(match rule.freezes.as_ref()?.at(asked.at)? {
        Frozen::Window(window) => Stop::new(Guard::Freeze, format!("{name} is frozen until {}: {}", window.until.to_minute(), window.name))
            .hint(format!("promote after {}", window.until.to_minute())),
        Frozen::Unknown(until) => {
            let message = format!("the freezes of {name} are written out until {} only, and it is later than that", until.to_minute());
            Stop::new(Guard::Freeze, message).hint("have an admin adopt the manifest again, which writes them out further")
        }
    })
}

/// How long the release has not been in the environment that it comes from, of the time that it should have been.
pub fn soak(state: &State, rule: &EnvironmentRule, asked: &Asked<'_>) -> Option<Stop> {
    let seconds = rule.soak_seconds?;
    let promotion = asked.promotion;
    let from = promotion.from.environment()?;
    let since = in_since(state, asked, from)?;
    let due = since.plus_seconds(seconds);
    if asked.at >= due {
        return None;
    }
    let message = format!(
        "{} {} must have been in {from} for {} before it goes to {}: it came there {}",
        promotion.component,
        promotion.version,
        span::words(seconds),
        promotion.to,
        since.to_minute()
    );
    Some(Stop::new(Guard::Soak, message).hint(format!("promote after {}", due.to_minute())))
}

/// Since when the release is where it comes from. A release that never was there is another guard's business.
fn in_since(state: &State, asked: &Asked<'_>, from: &Environment) -> Option<Timestamp> {
    let promotion = asked.promotion;
    match state.visit(&promotion.pipeline, &promotion.component, from, &promotion.version) {
        Some(visit) => Some(visit.since),
        None if asked.accept_asserted => {
            let asserted = state.asserted(&promotion.pipeline, &promotion.component, from, &promotion.version);
            asserted.map(|visit| visit.time)
        }
        None => None,
    }
}
