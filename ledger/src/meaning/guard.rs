//! Guards: judgements that decisions make and that the law makes again.

use super::event::artifact::GateStatus;
use super::event::promotion::{DowngradeDecided, GateCited, Outcome, Promotion};
use super::id::Sequence;
use super::names::{GateName, Version};
use super::rules::{OnIncomparable, Rules};
use super::state::State;
use super::versions::{Comparison, compare};

/// Judges whether the version that would land may replace the one that is there. An older one needs the caller's word;
/// no rule of a pipeline turns that off.
pub fn downgrade(rules: &Rules, promotion: &Promotion, current: Option<Version>, allow_downgrade: bool) -> DowngradeDecided {
    let comparison = compare(&promotion.version, current.as_ref());
    let passes = match comparison {
        Comparison::Empty | Comparison::Newer | Comparison::Equal => true,
        Comparison::Older => allow_downgrade,
        Comparison::Incomparable => allow_downgrade || rules.on_incomparable() == OnIncomparable::Warn,
    };
    let outcome = if passes { Outcome::Passed } else { Outcome::Refused };
    DowngradeDecided { allow_downgrade, comparison, current, outcome, promotion: promotion.clone() }
}

/// A gate that does not let pass.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GateMissing {
    /// There is no result for this digest and environment.
    #[error("gate {gate} must have passed for this digest and environment, found no result")]
    NoResult {
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
}

/// The newest results of the gates, in their order, when every one of them lets pass; else the first that does not.
pub fn gates(state: &State, promotion: &Promotion, gates: &[GateName]) -> Result<Vec<GateCited>, GateMissing> {
    gates.iter().map(|gate| judge(state, promotion, gate)).collect()
}

/// The newest result of one gate, when it lets pass.
pub fn judge(state: &State, promotion: &Promotion, gate: &GateName) -> Result<GateCited, GateMissing> {
    let Promotion { pipeline, component, to, digest, .. } = promotion;
    let result = state.gate(pipeline, component, to, gate, digest).ok_or_else(|| GateMissing::NoResult { gate: gate.clone() })?;
    if result.status.lets_pass() {
        Ok(GateCited { entry: result.sequence, gate: gate.clone(), status: result.status })
    } else {
        Err(GateMissing::NotPassed { gate: gate.clone(), status: result.status, entry: result.sequence })
    }
}
