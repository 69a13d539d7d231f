//! The law of environments and their locks.

use super::super::core::KeyRecord;
use super::super::event::environment::{EnvironmentLocked, EnvironmentUnlocked};
use super::super::event::{Event, Recorded};
use super::super::grant::Permission;
use super::super::names::{Component, Environment, Pipeline};
use super::super::rules::{EnvironmentRule, Rules};
use super::super::state::State;
use super::rule::{Rule, Unlawful, require, rules};

/// The environment's rule, when pipeline, environment and component stand in the rules in force.
pub(super) fn known<'a>(
    state: &'a State,
    pipeline: &Pipeline,
    environment: &Environment,
    component: Option<&Component>,
) -> Result<(&'a Rules, &'a EnvironmentRule), Unlawful> {
    let rules = rules(state, pipeline)?;
    let Some(rule) = rules.environment(environment) else {
        return Err(Unlawful::new(Rule::Known, format!("pipeline {pipeline} has no environment {environment}")));
    };
    if let Some(component) = component {
        require(rules.component(component).is_some(), Rule::Known, || format!("pipeline {pipeline} has no component {component}"))?;
    }
    Ok((rules, rule))
}

pub(super) fn locked(state: &State, event: &EnvironmentLocked, entry: &Recorded) -> Result<(), Unlawful> {
    known(state, &event.pipeline, &event.environment, event.component.as_ref())?;
    let over = event.expires.filter(|expires| *expires <= entry.time);
    require(over.is_none(), Rule::Locks, || {
        format!("a lock must be over after it was set, at {}, found {}", entry.time, over.map_or(String::new(), |over| over.to_string()))
    })
}

/// An environment that the rules dropped since may still be unlocked.
pub(super) fn unlocked(state: &State, event: &EnvironmentUnlocked, entry: &Recorded, signer: &KeyRecord) -> Result<(), Unlawful> {
    let lock = state.locks(&event.pipeline, &event.environment).iter().find(|lock| lock.sequence == event.lock);
    let Some(lock) = lock.filter(|lock| lock.component == event.component) else {
        return Err(Unlawful::new(Rule::LockOwner, format!("entry {} must be a lock of {} that stands", event.lock, event.environment)));
    };
    let touches = Event::EnvironmentUnlocked(event.clone());
    let may_lift_others = signer.grant_for(Permission::UnlockOthers, touches.touches()).is_some();
    require(lock.owner == entry.actor || may_lift_others || !lock.stands(entry.time), Rule::LockOwner, || {
        format!("the lock of entry {} belongs to {}, and {} may not lift others' locks", event.lock, lock.owner, entry.actor)
    })
}
