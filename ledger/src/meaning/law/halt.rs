//! The law of halts: what halts a pipeline is known, and what is resolved stands.

use super::super::event::halt::{PipelineHalted, PipelineResumed};
use super::super::state::State;
use super::environment::known;
use super::rule::{Rule, Unlawful};

pub(super) fn halted(state: &State, event: &PipelineHalted) -> Result<(), Unlawful> {
    known(state, &event.pipeline, &event.environment, event.component.as_ref()).map(|_| ())
}

/// A failure in an environment that the rules dropped since may still be resolved.
pub(super) fn resumed(state: &State, event: &PipelineResumed) -> Result<(), Unlawful> {
    let halt = state.halts(&event.pipeline).iter().find(|halt| halt.sequence == event.halt);
    if halt.is_some_and(|halt| halt.environment == event.environment && halt.component == event.component) {
        return Ok(());
    }
    let what = event.component.as_ref().map_or(event.environment.to_string(), |component| format!("{component} in {}", event.environment));
    Err(Unlawful::new(Rule::Halt, format!("entry {} must be a failure of {what} that is not resolved", event.halt)))
}
