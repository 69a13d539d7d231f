//! The downgrade guard: an older version needs the caller's word.

use crate::meaning::event::promotion::{DowngradeDecided, Outcome, Promotion};
use crate::meaning::id::Sequence;
use crate::meaning::names::Version;
use crate::meaning::rules::{OnIncomparable, Rules};
use crate::meaning::state::State;
use crate::meaning::versions::{Comparison, Scheme, compare_by};

/// Judges whether the version that would land may replace the one that is there. An older one needs the caller's word;
/// no rule of a pipeline turns that off.
pub fn downgrade(state: &State, rules: &Rules, promotion: &Promotion, current: Option<Version>, allow_downgrade: bool) -> DowngradeDecided {
    let scheme = rules.component(&promotion.component).and_then(|component| component.versions.clone());
    let comparison = match &scheme {
        Some(scheme) => compare_by(scheme, &promotion.version, current.as_ref(), registered(state, scheme, promotion, current.as_ref())),
        None => compare_by(&Scheme::Semver, &promotion.version, current.as_ref(), (None, None)),
    };
    let passes = match comparison {
        Comparison::Empty | Comparison::Newer | Comparison::Equal => true,
        Comparison::Older => allow_downgrade,
        Comparison::Incomparable => allow_downgrade || rules.on_incomparable() == OnIncomparable::Warn,
    };
    let outcome = if passes { Outcome::Passed } else { Outcome::Refused };
    DowngradeDecided { allow_downgrade, comparison, current, outcome, promotion: promotion.clone(), scheme }
}

/// Where the two were registered, for the scheme that looks at it.
fn registered(state: &State, scheme: &Scheme, promotion: &Promotion, current: Option<&Version>) -> (Option<Sequence>, Option<Sequence>) {
    if *scheme != Scheme::Recency {
        return (None, None);
    }
    let at = |version: &Version| state.release(&promotion.pipeline, &promotion.component, version).map(|release| release.registered);
    (at(&promotion.version), current.and_then(at))
}
