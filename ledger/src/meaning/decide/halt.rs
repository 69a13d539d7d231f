//! To halt a pipeline after a failure, and to say that it is resolved.

use super::super::command::{Asker, Halt, Resolve};
use super::super::core::KeyRecord;
use super::super::event::EventType;
use super::super::event::halt::{PipelineHalted, PipelineResumed};
use super::super::event::in_environment;
use super::super::event::promotion::Action;
use super::super::facts;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::common::{Decision, refused_authorization, right};
use super::environment::{Who, known};

/// Whoever may say so halts it: a failure need not be told by somebody who may change the environment.
pub(super) fn halt(state: &State, signer: &KeyRecord, halt: &Halt) -> Result<Decision, Refusal> {
    let Halt { pipeline, environment, component, reason } = halt.clone();
    known(state, &pipeline, &environment, component.as_ref())?;
    let touches = in_environment(&pipeline, &environment, component.as_ref());
    right(signer, &[EventType::PipelineHalted], touches).map_err(|because| {
        let record = refused_authorization(Action::Halt, &pipeline, &environment, component.as_ref(), &because, None);
        Refusal::new(because, Vec::new(), vec![record])
    })?;
    Ok(Decision::append(vec![PipelineHalted { component, environment, pipeline, reason }.into()]))
}

/// Rollbacks, unlocking and this pass a halt; promotions do not.
pub(super) fn resolve(state: &State, asker: &Asker, signer: &KeyRecord, resolve: &Resolve) -> Result<Decision, Refusal> {
    let Resolve { pipeline, environment, component, reason } = resolve;
    super::common::rules(state, pipeline)?;
    let there = |halt: &&facts::Halt| halt.environment == *environment && (component.is_none() || halt.component == *component);
    let standing: Vec<&facts::Halt> = state.halts(pipeline).iter().filter(there).collect();
    if standing.is_empty() {
        known(state, pipeline, environment, component.as_ref())?;
        return Ok(Decision::nothing());
    }
    let who = Who { state, asker, signer };
    for halt in &standing {
        who.allowed(Action::Resolve, EventType::PipelineResumed, pipeline, environment, halt.component.as_ref())?;
    }
    let resumed = |halt: &facts::Halt| PipelineResumed {
        component: halt.component.clone(),
        environment: environment.clone(),
        halt: halt.sequence,
        pipeline: pipeline.clone(),
        reason: reason.clone(),
    };
    Ok(Decision::append(standing.into_iter().map(|halt| resumed(halt).into()).collect()))
}
