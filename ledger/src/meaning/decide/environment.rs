//! To lock and unlock environments, and to record what gates said.

use super::super::command::{Asker, Lock, Unlock};
use super::super::core::KeyRecord;
use super::super::event::artifact::GateCompleted;
use super::super::event::environment::{EnvironmentLocked, EnvironmentUnlocked};
use super::super::event::promotion::Action;
use super::super::event::{Event, EventType, in_environment};
use super::super::facts;
use super::super::grant::Permission;
use super::super::guard::{self, Person};
use super::super::names::{Component, Environment, Pipeline, Principal};
use super::super::refusal::{Because, ExitCode, Refusal};
use super::super::rules::POLICY_COMPLIANCE;
use super::super::state::State;
use super::super::time::Timestamp;
use super::common::{Decision, at, environment_right, known_component, known_environment, refused_authorization, right, rules};

pub(super) fn lock(state: &State, asker: &Asker, signer: &KeyRecord, lock: &Lock) -> Result<Decision, Refusal> {
    let Lock { pipeline, environment, component, expires, reason } = lock.clone();
    known(state, &pipeline, &environment, component.as_ref())?;
    let now = at(state, asker);
    if let Some(expires) = expires.filter(|expires| *expires <= now) {
        let message = format!("the lock must be over later than now, {}, found {}", now.to_minute(), expires.to_minute());
        return Err(Because::new(ExitCode::Usage, message).into());
    }
    let who = Who { state, asker, signer };
    who.allowed(Action::Lock, EventType::EnvironmentLocked, &pipeline, &environment, component.as_ref())?;
    Ok(Decision::append(vec![EnvironmentLocked { component, environment, expires, pipeline, reason }.into()]))
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
    let now = at(state, asker);
    let (own, foreign): (Vec<_>, Vec<_>) = standing.into_iter().partition(|lock| ones_own(lock, &asker.actor, now));
    if own.is_empty() && !others {
        return Err(not_ones_own(asker, environment, &foreign).into());
    }
    let lifted: Vec<&facts::Lock> = own.into_iter().chain(foreign.into_iter().filter(|_| *others)).collect();
    for lock in &lifted {
        may_lift(&Who { state, asker, signer }, unlock, lock)?;
    }
    Ok(Decision::append(lifted.into_iter().map(|lock| lift(pipeline, environment, lock, reason.as_ref())).collect()))
}

/// A lock that is over by itself is everybody's to clear away.
fn ones_own(lock: &facts::Lock, actor: &Principal, now: Timestamp) -> bool {
    lock.owner == *actor || !lock.stands(now)
}

/// Checks the right to lift this lock; being refused is recorded.
fn may_lift(who: &Who<'_>, unlock: &Unlock, lock: &facts::Lock) -> Result<(), Refusal> {
    let Who { state, asker, signer } = who;
    let Unlock { pipeline, environment, .. } = unlock;
    who.allowed(Action::Unlock, EventType::EnvironmentUnlocked, pipeline, environment, lock.component.as_ref())?;
    let touches = in_environment(pipeline, environment, lock.component.as_ref());
    if ones_own(lock, &asker.actor, at(state, asker)) || signer.grant_for(Permission::UnlockOthers, touches).is_some() {
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
    if gate.gate.as_str() == POLICY_COMPLIANCE {
        let message = format!("gate {POLICY_COMPLIANCE} is answered by the pipeline's policies, when a promotion asks them");
        return Err(Because::new(ExitCode::Usage, message).hint("promote: no result of this gate is recorded by hand").into());
    }
    guard::founded(rules(state, &gate.pipeline)?, gate).map_err(|unfounded| {
        Because::new(ExitCode::Usage, unfounded.to_string())
            .hint("record it out of the report: --scan-report FILE in the place of --status")
    })?;
    let event = Event::GateCompleted(gate.clone());
    right(signer, &[EventType::GateCompleted], event.touches())?;
    Ok(Decision::append(vec![event]))
}

pub(super) fn known(state: &State, pipeline: &Pipeline, environment: &Environment, component: Option<&Component>) -> Result<(), Because> {
    let rules = rules(state, pipeline)?;
    known_environment(rules, environment, ExitCode::NotFound)?;
    component.map_or(Ok(()), |component| known_component(rules, component))
}

/// Who asks.
pub(super) struct Who<'a> {
    pub(super) state: &'a State,
    pub(super) asker: &'a Asker,
    pub(super) signer: &'a KeyRecord,
}

impl Who<'_> {
    /// Checks the right to do it; being refused is recorded. An environment that the rules dropped since restricts nobody.
    pub(super) fn allowed(
        &self,
        action: Action,
        event: EventType,
        pipeline: &Pipeline,
        environment: &Environment,
        component: Option<&Component>,
    ) -> Result<(), Refusal> {
        let Self { state, asker, signer } = self;
        let rules = state.core().rules(pipeline);
        let rule = rules.and_then(|rules| Some((rules, rules.environment(environment)?)));
        let granted = right(signer, &[event], in_environment(pipeline, environment, component));
        let granted = granted.and_then(|granted| match rule {
            Some((rules, rule)) => {
                let who = Person::new(state, pipeline, signer, &asker.actor, at(state, asker));
                environment_right(rules, rule, &who, granted)
            }
            None => Ok(granted),
        });
        granted.map(|_| ()).map_err(|reason| {
            let record = refused_authorization(action, pipeline, environment, component, &reason, None);
            Refusal::new(reason, Vec::new(), vec![record])
        })
    }
}
