//! What is where: gathered from the index, narrowed to what was asked for.

use std::collections::BTreeSet;

use promotion_ledger::meaning::refusal::ExitCode;
use promotion_ledger::meaning::rules::Rules;
use promotion_replay::models::filters::StatusFilter;
use promotion_replay::models::horizon::Horizon;
use promotion_replay::models::rows::{LockRow, PlaceRow, RunRow, TenureRow};

use crate::error::CommandError;
use crate::session::Opened;

/// What was found.
pub(super) struct Found {
    /// The rules of the pipelines that have what was asked for.
    pub(super) pipelines: Vec<Rules>,
    pub(super) places: Vec<PlaceRow>,
    pub(super) locks: Vec<LockRow>,
    pub(super) under_way: Vec<RunRow>,
    /// What was there before, when asked for.
    pub(super) history: Option<Vec<TenureRow>>,
    /// Whether the log has gone on since.
    pub(super) past: bool,
}

impl Found {
    /// Gathers it; of what was there before, so many for each place.
    pub(super) fn gather(
        opened: &Opened,
        filter: &StatusFilter,
        horizon: Horizon,
        history_limit: Option<u32>,
    ) -> Result<Self, CommandError> {
        let pipelines = pipelines(opened.index.rules(horizon)?, filter)?;
        let index = &opened.index;
        let places = index.status(filter, horizon)?;
        let mut locks = index.locks(filter.pipeline.as_ref(), horizon)?;
        locks.retain(|row| {
            let component = &row.lock.component;
            admits(&filter.environment, &row.environment) && component.as_ref().is_none_or(|component| admits(&filter.component, component))
        });
        let mut under_way = index.under_way(filter.pipeline.as_ref(), horizon)?;
        under_way.retain(|row| {
            let promotion = &row.promotion;
            admits(&filter.environment, &promotion.to) && admits(&filter.component, &promotion.component)
        });
        let history = history_limit.map(|limit| history(opened, &places, horizon, limit)).transpose()?;
        Ok(Self { pipelines, places, locks, under_way, history, past: horizon != index.now() })
    }

    /// Whether a lock keeps promotions of the component out of the environment.
    pub(super) fn is_locked(&self, place: &PlaceRow) -> bool {
        self.locks.iter().any(|row| {
            let concerned = row.lock.component.as_ref().is_none_or(|component| *component == place.spot.component);
            row.pipeline == place.spot.pipeline && row.environment == place.spot.environment && concerned
        })
    }
}

fn admits<T: PartialEq>(wanted: &Option<T>, found: &T) -> bool {
    wanted.as_ref().is_none_or(|wanted| wanted == found)
}

/// The rules of the pipelines that have what was asked for; of all, where nothing was.
fn pipelines(mut rules: Vec<Rules>, filter: &StatusFilter) -> Result<Vec<Rules>, CommandError> {
    rules.retain(|rules| admits(&filter.pipeline, rules.pipeline()));
    if let Some(wanted) = &filter.environment {
        let names = rules.iter().flat_map(|rules| rules.environments()).map(|environment| environment.name.to_string()).collect();
        rules.retain(|rules| rules.environment(wanted).is_some());
        known(&rules, &format!("no environment {wanted}"), names)?;
    }
    if let Some(wanted) = &filter.component {
        let names = rules.iter().flat_map(|rules| rules.components()).map(|component| component.name.to_string()).collect();
        rules.retain(|rules| rules.component(wanted).is_some());
        known(&rules, &format!("no component {wanted}"), names)?;
    }
    Ok(rules)
}

/// Refuses what no pipeline has, naming what there is.
fn known(left: &[Rules], missing: &str, names: BTreeSet<String>) -> Result<(), CommandError> {
    if !left.is_empty() {
        return Ok(());
    }
    let names = if names.is_empty() { "none".to_owned() } else { names.into_iter().collect::<Vec<_>>().join(", ") };
    Err(CommandError::new(ExitCode::NotFound, format!("there is {missing} in the rules in force")).hint(format!("there is: {names}")))
}

/// The last releases that were in each place.
fn history(opened: &Opened, places: &[PlaceRow], horizon: Horizon, limit: u32) -> Result<Vec<TenureRow>, CommandError> {
    let mut tenures = Vec::new();
    for place in places {
        tenures.extend(opened.index.tenures(&place.spot.pipeline, Some(&place.spot.component), &place.spot.environment, horizon, limit)?);
    }
    Ok(tenures)
}
