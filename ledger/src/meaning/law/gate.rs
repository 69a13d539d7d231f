//! The law of gates' results.

use super::super::event::artifact::GateCompleted;
use super::super::guard::{Unfounded, founded};
use super::super::state::State;
use super::environment::known;
use super::rule::{Rule, Unlawful};

pub(super) fn completed(state: &State, event: &GateCompleted) -> Result<(), Unlawful> {
    let (rules, _) = known(state, &event.pipeline, &event.environment, Some(&event.component))?;
    founded(rules, event).map_err(|unfounded| match unfounded {
        Unfounded::Policy(detail) => Unlawful::new(Rule::Policy, detail),
        Unfounded::Scan(detail) => Unlawful::new(Rule::Scan, detail),
    })
}
