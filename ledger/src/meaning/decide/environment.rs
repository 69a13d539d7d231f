//! To lock and unlock environments, and to record what gates said.

use super::super::command::{Asker, Lock, Unlock};
use super::super::core::KeyRecord;
use super::super::event::artifact::GateCompleted;
use super::super::event::environment::{EnvironmentLocked, EnvironmentUnlocked};
use super::super::event::promotion::Action;
use super::super::event::{Event, EventType, in_environment};
use super::super::facts;
use super::super::grant::Permission;
use super::super::names::{Component, Environment, Pipeline};
use super::super::refusal::{Because, ExitCode, Refusal};
use super::super::state::State;
use super::common::{Decision, known_component, known_environment, refused_authorization, right, rules};

pub(super) fn lock(state: &State, signer: &KeyRecord, lock: &Lock) -> Result<Decision, Refusal> {
    let Lock { pipeline, environment, component, reason } = lock.clone();
    known(state, &pipeline, &environment, component.as_ref())?;
    allowed(signer, Action::Lock, EventType::EnvironmentLocked, &pipeline, &environment, component.as_ref())?;
    Ok(Decision::append(vec![EnvironmentLocked { component, environment, pipeline, reason }.into()]))
}

pub(super) fn unlock(state: &State, asker: &Asker, signer: &KeyRecord, unlock: &Unlock) -> Result<Decision, Refusal> {
    let Unlock { pipeline, environment, component, others, reason } = unlock;
    rules(state, pipeline)?;
    let standing: Vec<&facts::Lock> =
        state.locks(pipeline, environment).iter().filter(|lock| component.is_none() || lock.component == *component).collect();
    if standing.is_empty() {
        known(state, pipeline, environment, component.as_ref())?;
        return Ok(Decision::nothing());
    }
    let (own, foreign): (Vec<_>, Vec<_>) = standing.into_iter().partition(|lock| lock.owner == asker.actor);
    if own.is_empty() && !others {
        return Err(not_ones_own(asker, environment, &foreign).into());
    }
    let lifted: Vec<&facts::Lock> = own.into_iter().chain(foreign.into_iter().filter(|_| *others)).collect();
    for lock in &lifted {
        may_lift(asker, signer, unlock, lock)?;
    }
    Ok(Decision::append(lifted.into_iter().map(|lock| lift(pipeline, environment, lock, reason.as_ref())).collect()))
}

/// Checks the right to lift this lock; being refused is recorded.
fn may_lift(asker: &Asker, signer: &KeyRecord, unlock: &Unlock, lock: &facts::Lock) -> Result<(), Refusal> {
    let Unlock { pipeline, environment, .. } = unlock;
    allowed(signer, Action::Unlock, EventType::EnvironmentUnlocked, pipeline, environment, lock.component.as_ref())?;
    let touches = in_environment(pipeline, environment, lock.component.as_ref());
    if lock.owner == asker.actor || signer.grant_for(Permission::UnlockOthers, touches).is_some() {
        return Ok(());
    }
    let message = format!(
        "{} may not lift others' locks in {environment}: key {} holds no grant for environment.unlocked.others",
        signer.principal, signer.key.name
    );
    let reason = Because::new(ExitCode::NotAuthorized, message).hint("ask the owner of the lock, or an operator");
    let record = refused_authorization(Action::Unlock, pipeline, environment, lock.component.as_ref(), &reason, None);
    Err(Refusal::new(reason, Vec::new(), vec![record]))
}

fn lift(pipeline: &Pipeline, environment: &Environment, lock: &facts::Lock, reason: Option<&super::super::names::Reason>) -> Event {
    EnvironmentUnlocked {
        component: lock.component.clone(),
        environment: environment.clone(),
        lock: lock.sequence,
        pipeline: pipeline.clone(),
        reason: reason.cloned(),
    }
    .into()
}

fn not_ones_own(asker: &Asker, environment: &Environment, foreign: &[&facts::Lock]) -> Because {
    let owners: Vec<String> = foreign.iter().map(|lock| format!("{} (entry {})", lock.owner, lock.sequence)).collect();
    Because::new(
        ExitCode::NotAuthorized,
        format!("no lock of {environment} is {}'s own: found those of {}", asker.actor, owners.join(", ")),
    )
    .hint("to lift others' locks too, where you are granted to: promoledger unlock … --others")
}

pub(super) fn record_gate(state: &State, signer: &KeyRecord, gate: &GateCompleted) -> Result<Decision, Refusal> {
    known(state, &gate.pipeline, &gate.environment, Some(&gate.component))?;
    let event = Event::GateCompleted(gate.clone());
    right(signer, &[EventType::GateCompleted], event.touches())?;
    Ok(Decision::append(vec![event]))
}

/// Why a locked environment refuses.
pub(super) fn locked(environment: &Environment, lock: &facts::Lock) -> Because {
    let what = lock.component.as_ref().map_or(environment.to_string(), |component| format!("{component} in {environment}"));
    let message =
        format!("{what} is locked: \"{}\", by {}, since {} (entry {})", lock.reason, lock.owner, lock.since.to_minute(), lock.sequence);
    Because::new(ExitCode::Locked, message).hint(format!("its owner can unlock it: promoledger unlock --env {environment} --reason …"))
}

fn known(state: &State, pipeline: &Pipeline, environment: &Environment, component: Option<&Component>) -> Result<(), Because> {
    let rules = rules(state, pipeline)?;
    known_environment(rules, environment, ExitCode::NotFound)?;
    component.map_or(Ok(()), |component| known_component(rules, component))
}

/// Checks the right to do it; being refused is recorded.
fn allowed(
    signer: &KeyRecord,
    action: Action,
    event: EventType,
    pipeline: &Pipeline,
    environment: &Environment,
    component: Option<&Component>,
) -> Result<(), Refusal> {
    right(signer, &[event], in_environment(pipeline, environment, component)).map(|_| ()).map_err(|reason| {
        let record = refused_authorization(action, pipeline, environment, component, &reason, None);
        Refusal::new(reason, Vec::new(), vec![record])
    })
}
