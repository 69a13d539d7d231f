//! Questions about places: which there are, and what is where.

use std::collections::BTreeMap;

use promotion_ledger::meaning::names::{Component, Environment, Pipeline};
use promotion_ledger::meaning::rules::Rules;
use rusqlite::params_from_iter;

use super::columns;
use super::error::IndexError;
use super::picture::Index;
use crate::models::filters::StatusFilter;
use crate::models::horizon::Horizon;
use crate::models::rows::{PlaceRow, RunRow, Spot, TenureRow};

impl Index {
    /// One row for each place of the rules in force: by pipeline, then along the path, then by component. Places where
    /// nothing is are rows too.
    pub fn status(&self, filter: &StatusFilter, horizon: Horizon) -> Result<Vec<PlaceRow>, IndexError> {
        let runs = self.under_way(filter.pipeline.as_ref(), horizon)?;
        let mut under_way: BTreeMap<Spot, RunRow> = runs.into_iter().map(|run| (run.spot(), run)).collect();
        let rules = self.rules(horizon)?;
        let admitted = rules.iter().filter(|rules| admits(filter.pipeline.as_ref(), rules.pipeline()));
        let spots: Vec<Spot> = admitted.flat_map(|rules| spots(rules, filter)).collect();
        let mut holders = self.holders_of(&spots, filter, horizon)?;
        let row = |spot: Spot| PlaceRow { holder: holders.remove(&spot), under_way: under_way.remove(&spot), spot };
        Ok(spots.into_iter().map(row).collect())
    }

    /// Who is there now stands together; who was there once is asked for place by place.
    fn holders_of(&self, spots: &[Spot], filter: &StatusFilter, horizon: Horizon) -> Result<BTreeMap<Spot, TenureRow>, IndexError> {
        if horizon.size() == self.head().size {
            return Ok(self.holders(filter)?.into_iter().map(|tenure| (tenure.spot(), tenure)).collect());
        }
        let mut holders = BTreeMap::new();
        for spot in spots {
            holders.extend(self.holder(spot, horizon)?.map(|tenure| (spot.clone(), tenure)));
        }
        Ok(holders)
    }

    /// Every place that a run was ever meant for, by pipeline, component and environment.
    pub fn places(&self, filter: &StatusFilter) -> Result<Vec<Spot>, IndexError> {
        let (conditions, values) = narrowed(filter);
        let sql = format!("SELECT * FROM place WHERE 1{conditions} ORDER BY pipeline, component, environment");
        self.ask(|connection| {
            let mut query = connection.prepare_cached(&sql)?;
            let spots = query.query_map(params_from_iter(values), |row| {
                Ok(Spot {
                    pipeline: columns::name(row, "pipeline")?,
                    component: columns::name(row, "component")?,
                    environment: columns::name(row, "environment")?,
                })
            })?;
            spots.collect()
        })
    }
}

/// The conditions that the filter comes to, and their values.
pub(super) fn narrowed(filter: &StatusFilter) -> (String, Vec<&str>) {
    let columns = [
        ("pipeline", filter.pipeline.as_ref().map(Pipeline::as_str)),
        ("component", filter.component.as_ref().map(Component::as_str)),
        ("environment", filter.environment.as_ref().map(Environment::as_str)),
    ];
    let given = columns.into_iter().filter_map(|(column, value)| Some((format!(" AND {column} = ?"), value?)));
    given.unzip()
}

fn admits<T: PartialEq>(wanted: Option<&T>, found: &T) -> bool {
    wanted.is_none_or(|wanted| wanted == found)
}

/// The places of one pipeline that the filter lets through, along the path, then by component.
fn spots<'a>(rules: &'a Rules, filter: &'a StatusFilter) -> impl Iterator<Item = Spot> + 'a {
    let environments = rules.environments().iter().map(|rule| &rule.name);
    environments.filter(|environment| admits(filter.environment.as_ref(), *environment)).flat_map(|environment| {
        let components = rules.components().iter().map(|rule| &rule.name);
        components.filter(|component| admits(filter.component.as_ref(), *component)).map(|component| Spot {
            pipeline: rules.pipeline().clone(),
            component: component.clone(),
            environment: environment.clone(),
        })
    })
}
