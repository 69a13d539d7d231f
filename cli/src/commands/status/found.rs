//! What is where: gathered from the index, narrowed to what was asked for.

use std::collections::BTreeSet;

use promotion_ledger::meaning::refusal::ExitCode;
use promotion_ledger::meaning::rules::Rules;
use promotion_ledger::meaning::time::Timestamp;
use promotion_replay::models::filters::StatusFilter;
use promotion_replay::models::horizon::Horizon;
use promotion_replay::models::past::PastRow;
use promotion_replay::models::places::PlaceRow;
use promotion_replay::models::rows::{HaltRow, LockRow, OverrideRow, RequestRow, RunRow, Spot};

use crate::error::CommandError;
use crate::session::Opened;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The rules of the pipelines that have what was asked for.
    pub(super) pipelines: Vec<Rules>,
    pub(super) places: Vec<PlaceRow>,
    /// Places that the rules do not list and where something is, where they are shown.
    pub(super) unlisted: Vec<PlaceRow>,
    /// How many of those there are where they are not shown.
    pub(super) hidden: u64,
    /// Failures of these pipelines, wherever in them: each keeps promotions out of every environment.
    pub(super) halts: Vec<HaltRow>,
    pub(super) locks: Vec<LockRow>,
    pub(super) under_way: Vec<RunRow>,
    pub(super) waiting: Vec<RequestRow>,
    pub(super) unreviewed: Vec<OverrideRow>,
    /// What was there before, when asked for.
    pub(super) history: Option<Vec<PastRow>>,
    /// Whether the log has gone on since.
    pub(super) past: bool,
}

impl Found {
    /// Gathers it; of what was there before, so many for each place.
    pub(super) fn gather(
        opened: &Opened,
        filter: &StatusFilter,
        (horizon, now): (Horizon, Timestamp),
        all: bool,
        history_limit: Option<u32>,
    ) -> Result<Self, CommandError> {
        let index = &opened.index;
        let mut unlisted = index.unlisted(filter, horizon)?;
        let pipelines = pipelines(index.rules(horizon)?, filter, unlisted.is_empty())?;
        let hidden = if all || named(filter) { 0 } else { hide(&mut unlisted, &pipelines) };
        let places = index.status(filter, horizon)?;
        let mut halts = index.halts(filter.pipeline.as_ref(), horizon)?;
        halts.retain(|row| pipelines.iter().any(|rules| *rules.pipeline() == row.pipeline));
        let mut locks = index.locks(filter.pipeline.as_ref(), horizon)?;
        locks.retain(|row| {
            let component = &row.lock.component;
            row.lock.stands(now)
                && admits(&filter.environment, &row.environment)
                && component.as_ref().is_none_or(|component| admits(&filter.component, component))
        });
        let mut under_way = index.under_way(filter.pipeline.as_ref(), horizon)?;
        under_way.retain(|row| {
            let promotion = &row.promotion;
            admits(&filter.environment, &promotion.to) && admits(&filter.component, &promotion.component)
        });
        let mut waiting = index.requests(filter.pipeline.as_ref(), horizon)?;
        waiting.retain(|row| now < row.expires && concerns(filter, &row.spot));
        let mut unreviewed = index.unreviewed(filter.pipeline.as_ref(), horizon)?;
        unreviewed.retain(|row| concerns(filter, &row.spot));
        let history = history_limit.map(|limit| history(opened, places.iter().chain(&unlisted), horizon, limit)).transpose()?;
        Ok(Self {
            pipelines,
            places,
            unlisted,
            hidden,
            halts,
            locks,
            under_way,
            waiting,
            unreviewed,
            history,
            past: horizon != index.now(),
        })
    }

    /// Whether a lock keeps promotions of the component out of the environment.
    pub(super) fn is_locked(&self, place: &PlaceRow) -> bool {
        self.locks.iter().any(|row| {
            let concerned = row.lock.component.as_ref().is_none_or(|component| *component == place.spot.component);
            row.pipeline == place.spot.pipeline && row.environment == place.spot.environment && concerned
        })
    }
}

fn concerns(filter: &StatusFilter, spot: &Spot) -> bool {
    admits(&filter.environment, &spot.environment) && admits(&filter.component, &spot.component)
}

fn admits<T: PartialEq>(wanted: &Option<T>, found: &T) -> bool {
    wanted.as_ref().is_none_or(|wanted| wanted == found)
}

/// The rules of the pipelines that have what was asked for; of all, where nothing was.
fn pipelines(mut rules: Vec<Rules>, filter: &StatusFilter, nothing_else: bool) -> Result<Vec<Rules>, CommandError> {
    rules.retain(|rules| admits(&filter.pipeline, rules.pipeline()));
    if let Some(wanted) = &filter.environment {
        let names = rules.iter().flat_map(|rules| rules.environments()).map(|environment| environment.name.to_string()).collect();
        rules.retain(|rules| rules.environment(wanted).is_some());
        known(rules.is_empty() && nothing_else, &format!("no environment {wanted}"), names)?;
    }
    if let Some(wanted) = &filter.component {
        let names = rules.iter().flat_map(|rules| rules.components()).map(|component| component.name.to_string()).collect();
        rules.retain(|rules| rules.component(wanted).is_some());
        known(rules.is_empty() && nothing_else, &format!("no component {wanted}"), names)?;
    }
    Ok(rules)
}

/// Refuses what no pipeline has, naming what there is.
fn known(nothing: bool, missing: &str, names: BTreeSet<String>) -> Result<(), CommandError> {
    if !nothing {
        return Ok(());
    }
    let names = if names.is_empty() { "none".to_owned() } else { names.into_iter().collect::<Vec<_>>().join(", ") };
    Err(CommandError::new(ExitCode::NotFound, format!("there is {missing} in the rules in force")).hint(format!("there is: {names}")))
}

/// Whether an environment or a component was named: then whatever has that name is shown.
fn named(filter: &StatusFilter) -> bool {
    filter.environment.is_some() || filter.component.is_some()
}

/// Takes away the places that rules could list and do not, and counts them. Before a pipeline has rules, all it has is shown.
fn hide(unlisted: &mut Vec<PlaceRow>, pipelines: &[Rules]) -> u64 {
    let all = unlisted.len();
    unlisted.retain(|place| !pipelines.iter().any(|rules| *rules.pipeline() == place.spot.pipeline));
    (all - unlisted.len()) as u64
}

/// The last releases that were in each place: recorded, then by the word of imported history.
fn history<'a>(
    opened: &Opened,
    places: impl Iterator<Item = &'a PlaceRow>,
    horizon: Horizon,
    limit: u32,
) -> Result<Vec<PastRow>, CommandError> {
    let mut past = Vec::new();
    for PlaceRow { spot, .. } in places {
        let recorded = opened.index.tenures(&spot.pipeline, Some(&spot.component), &spot.environment, horizon, limit)?;
        let asserted = opened.index.asserted_tenures(spot, horizon)?;
        let all = recorded.into_iter().map(PastRow::from).chain(asserted.into_iter().map(PastRow::from));
        past.extend(all.take(usize::try_from(limit).unwrap_or(usize::MAX)));
    }
    Ok(past)
}
