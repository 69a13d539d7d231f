//! Questions about places: which there are, and what is where.

use std::collections::BTreeMap;

use promotion_ledger::meaning::names::{Component, Environment, Pipeline};
use promotion_ledger::meaning::rules::Rules;
use rusqlite::{Params, params_from_iter};

use super::columns;
use super::error::IndexError;
use super::picture::Index;
use crate::models::filters::StatusFilter;
use crate::models::horizon::Horizon;
use crate::models::places::{HolderRow, PlaceRow};
use crate::models::rows::{RunRow, Spot};

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

    /// The places that the rules in force do not list and where something is: what was imported, and what is left of
    /// earlier rules. By pipeline, component and environment.
    pub fn unlisted(&self, filter: &StatusFilter, horizon: Horizon) -> Result<Vec<PlaceRow>, IndexError> {
        let rules: BTreeMap<Pipeline, Rules> = self.rules(horizon)?.into_iter().map(|rules| (rules.pipeline().clone(), rules)).collect();
        let listed = |spot: &Spot| {
            let rules = rules.get(&spot.pipeline);
            rules.is_some_and(|rules| rules.component(&spot.component).is_some() && rules.environment(&spot.environment).is_some())
        };
        let mut rows = Vec::new();
        for spot in self.places(filter)?.into_iter().filter(|spot| !listed(spot)) {
            if let Some(holder) = self.holder(&spot, horizon)? {
                rows.push(PlaceRow { spot, holder: Some(holder), under_way: None });
            }
        }
        Ok(rows)
    }

    /// Who is in a place: what a run brought, else what imported history says.
    pub fn holder(&self, spot: &Spot, horizon: Horizon) -> Result<Option<HolderRow>, IndexError> {
        if let Some(tenure) = self.recorded_holder(spot, horizon)? {
            return Ok(Some(HolderRow::Recorded(tenure)));
        }
        Ok(self.asserted_holder(spot, horizon)?.map(HolderRow::Asserted))
    }

    /// Who is there now stands together; who was there once is asked for place by place, and so is who was imported.
    fn holders_of(&self, spots: &[Spot], filter: &StatusFilter, horizon: Horizon) -> Result<BTreeMap<Spot, HolderRow>, IndexError> {
        let mut holders = BTreeMap::new();
        let current = horizon.size() == self.head().size;
        if current {
            holders.extend(self.holders(filter)?.into_iter().map(|tenure| (tenure.spot(), HolderRow::Recorded(tenure))));
        }
        if current && !self.has_asserted()? {
            return Ok(holders);
        }
        for spot in spots {
            if !holders.contains_key(spot) {
                holders.extend(self.holder(spot, horizon)?.map(|holder| (spot.clone(), holder)));
            }
        }
        Ok(holders)
    }

    /// Every place that a run was ever meant for or that imported history tells of, by pipeline, component and environment.
    pub fn places(&self, filter: &StatusFilter) -> Result<Vec<Spot>, IndexError> {
        let (conditions, values) = narrowed(filter);
        let sql = format!("SELECT * FROM place WHERE 1{conditions} ORDER BY pipeline, component, environment");
        self.spots(&sql, params_from_iter(values))
    }

    pub(super) fn spots(&self, sql: &str, values: impl Params) -> Result<Vec<Spot>, IndexError> {
        self.ask(|connection| connection.prepare_cached(sql)?.query_map(values, columns::spot)?.collect())
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
