//! The law of imported history: what may be asserted beside what was recorded.

use std::collections::BTreeSet;

use super::super::event::Recorded;
use super::super::event::history::{Asserted, HistoryImported};
use super::super::rules::Rules;
use super::super::state::State;
use super::rule::{Rule, Unlawful, require, rules};

pub(super) fn imported(state: &State, event: &HistoryImported, entry: &Recorded) -> Result<(), Unlawful> {
    let rules = rules(state, &event.pipeline)?;
    let mut earlier = BTreeSet::new();
    for (at, line) in event.lines.as_slice().iter().enumerate() {
        known(rules, event, line, at)?;
        time(state, event, entry, line, at)?;
        let id = line.id(&event.pipeline);
        require(!state.imported(&id) && earlier.insert(id), Rule::ImportedOnce, || {
            format!("line {at} says what was imported before: {} {} in {} at {}", line.component, line.version, line.to, line.time)
        })?;
    }
    Ok(())
}

fn known(rules: &Rules, event: &HistoryImported, line: &Asserted, at: usize) -> Result<(), Unlawful> {
    require(event.declares.component(rules, &line.component), Rule::Known, || {
        format!("line {at} names component {}, which neither the rules nor the entry declare", line.component)
    })?;
    for environment in [Some(&line.to), line.from.environment()].into_iter().flatten() {
        require(event.declares.environment(rules, environment), Rule::Known, || {
            format!("line {at} names environment {environment}, which neither the rules nor the entry declare")
        })?;
    }
    Ok(())
}

fn time(state: &State, event: &HistoryImported, entry: &Recorded, line: &Asserted, at: usize) -> Result<(), Unlawful> {
    require(line.time <= entry.time, Rule::AssertedTime, || {
        format!("line {at} must not be of a time after its entry's, {}, found {}", entry.time, line.time)
    })?;
    let first = state.place(&event.pipeline, &line.component, &line.to).first;
    require(first.is_none_or(|first| line.time <= first), Rule::AssertedTime, || {
        let first = first.map_or(String::new(), |first| first.to_string());
        format!(
            "line {at} must not be of a time after {first}, when {} in {} was first recorded, found {}",
            line.component, line.to, line.time
        )
    })
}
