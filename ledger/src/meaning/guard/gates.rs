//! Gates: results that must have passed for just this digest and environment.

use crate::meaning::event::artifact::GateStatus;
use crate::meaning::event::promotion::{GateCited, Promotion};
use crate::meaning::facts::GateDemanded;
use crate::meaning::id::Sequence;
use crate::meaning::names::GateName;
use crate::meaning::rules::POLICY_COMPLIANCE;
use crate::meaning::span;
use crate::meaning::state::State;
use crate::meaning::time::Timestamp;

/// A gate that does not let pass.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GateMissing {
    /// There is no result for this digest and environment.
    #[error("gate {gate} must have passed for this digest and environment, found no result")]
    NoResult {
        /// The gate.
        gate: GateName,
    },
    /// The policies were not asked by this promotion.
    #[error("gate {gate} must have passed for this promotion, found that it was not asked")]
    NotAsked {
        /// The gate.
        gate: GateName,
    },
    /// The newest result does not let pass.
    #[error("gate {gate} must have passed for this digest and environment, found {status} at entry {entry}")]
    NotPassed {
        /// The gate.
        gate: GateName,
        /// How it ended.
        status: GateStatus,
        /// Where that was recorded.
        entry: Sequence,
    },
    /// The newest result was too old when the promotion was requested.
    #[error("gate {gate} must have passed for this digest and environment at most {} before, found a result of {} (entry {entry})", span::words(*max_age), time.to_minute())]
    TooOld {
        /// The gate.
        gate: GateName,
        /// How old it may be, in seconds.
        max_age: u64,
        /// When it was recorded.
        time: Timestamp,
        /// Where that was recorded.
        entry: Sequence,
    },
}

/// Whether every gate lets pass a promotion that is requested at that time; else why the first does not. Advice stops nothing.
pub fn gates(state: &State, promotion: &Promotion, gates: &[GateDemanded], at: Timestamp) -> Result<(), GateMissing> {
    gates.iter().filter(|gate| !gate.advisory).try_for_each(|gate| judge(state, promotion, gate, at).map(|_| ()))
}

/// What a completion rests on: the newest results of the gates that let pass, in their order, and those that are advice.
pub fn cited(state: &State, promotion: &Promotion, gates: &[GateDemanded], at: Timestamp) -> Vec<GateCited> {
    gates.iter().filter_map(|gate| judge(state, promotion, gate, at).ok().or_else(|| advice(state, promotion, gate))).collect()
}

/// The newest result of a gate that is advice, however it ended.
fn advice(state: &State, promotion: &Promotion, demanded: &GateDemanded) -> Option<GateCited> {
    let GateDemanded { gate, advisory, .. } = demanded;
    let result = state.gate(&promotion.pipeline, &promotion.component, &promotion.to, gate, &promotion.digest);
    result.filter(|_| *advisory).map(|result| GateCited { entry: result.sequence, gate: gate.clone(), status: result.status })
}

/// The newest result of one gate, when it lets pass.
pub fn judge(state: &State, promotion: &Promotion, demanded: &GateDemanded, at: Timestamp) -> Result<GateCited, GateMissing> {
    let Promotion { pipeline, component, to, digest, .. } = promotion;
    let gate = demanded.gate.clone();
    // Policies answer one promotion at a time; what they said to another counts for nothing.
    let policies = gate.as_str() == POLICY_COMPLIANCE;
    let found = if policies { state.policy_answer(promotion) } else { state.gate(pipeline, component, to, &gate, digest) };
    let Some(result) = found else { return Err(if policies { GateMissing::NotAsked { gate } } else { GateMissing::NoResult { gate } }) };
    if !result.status.lets_pass() {
        return Err(GateMissing::NotPassed { gate, status: result.status, entry: result.sequence });
    }
    match demanded.max_age.filter(|age| result.time.plus_seconds(*age) < at) {
        Some(max_age) => Err(GateMissing::TooOld { gate, max_age, time: result.time, entry: result.sequence }),
        None => Ok(GateCited { entry: result.sequence, gate, status: result.status }),
    }
}
