//! The guard of failures: while one is not resolved, nothing is promoted in its pipeline.

use super::stop::{Guard, Stop};
use crate::meaning::facts::Halt;
use crate::meaning::names::Pipeline;
use crate::meaning::state::State;

/// Every failure that is not resolved.
pub fn halts(state: &State, pipeline: &Pipeline) -> Vec<Stop> {
    state.halts(pipeline).iter().map(|halt| halted(pipeline, halt)).collect()
}

fn halted(pipeline: &Pipeline, halt: &Halt) -> Stop {
    let Halt { by, environment, reason, since, sequence, .. } = halt;
    let what = halt.component.as_ref().map_or(environment.to_string(), |component| format!("{component} in {environment}"));
    let message = format!(
        "pipeline {pipeline} is halted by a failure of {what}: \"{reason}\", by {by}, since {} (entry {sequence})",
        since.to_minute()
    );
    let hint = format!("roll {what} back or mend it; when it is, promoledger resolve --env {environment} --reason …");
    Stop::new(Guard::Halt, message).hint(hint)
}
