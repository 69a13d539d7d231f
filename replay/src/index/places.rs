//! Questions about places: what is where, what was there before, what is locked.

use std::collections::BTreeMap;

use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::facts::Lock;
use promotion_ledger::meaning::id::Sequence;
use promotion_ledger::meaning::names::{Component, Environment, Pipeline, Version};
use promotion_ledger::meaning::rules::Rules;
use rusqlite::{OptionalExtension as _, Row, params};

use super::columns::{self, digest_bytes, integer};
use super::error::IndexError;
use super::picture::Index;
use crate::models::filters::StatusFilter;
use crate::models::rows::{Kind, LockRow, PlaceRow, RunRow, TenureRow};

/// The commit that a release was built from stands with the release.
const TENURES: &str = "SELECT t.*, r.source_sha FROM tenure t LEFT JOIN release r \
     ON r.pipeline = t.pipeline AND r.component = t.component AND r.version = t.version ";

type Spot = (Pipeline, Component, Environment);

impl Index {
    /// One row for each place of the rules in force: by pipeline, then along the path, then by component. Places where
    /// nothing is are rows too.
    pub fn status(&self, filter: &StatusFilter) -> Result<Vec<PlaceRow>, IndexError> {
        let mut holders: BTreeMap<Spot, TenureRow> = self.holders(filter)?.into_iter().map(|tenure| (spot(&tenure), tenure)).collect();
        let runs = self.under_way(filter.pipeline.as_ref())?;
        let mut under_way: BTreeMap<Spot, RunRow> = runs.into_iter().map(|run| (spot_of_run(&run), run)).collect();
        let rules = self.core().pipelines.values().map(|adopted| &adopted.rules);
        let places = rules.filter(|rules| admits(filter.pipeline.as_ref(), rules.pipeline())).flat_map(|rules| places(rules, filter));
        let row = |(pipeline, component, environment): Spot| {
            let spot = (pipeline.clone(), component.clone(), environment.clone());
            PlaceRow { holder: holders.remove(&spot), under_way: under_way.remove(&spot), pipeline, environment, component }
        };
        Ok(places.map(row).collect())
    }

    /// The tenures that have not ended.
    fn holders(&self, filter: &StatusFilter) -> Result<Vec<TenureRow>, IndexError> {
        let narrowed = [
            ("pipeline", filter.pipeline.as_ref().map(Pipeline::as_str)),
            ("component", filter.component.as_ref().map(Component::as_str)),
            ("environment", filter.environment.as_ref().map(Environment::as_str)),
        ];
        let given = narrowed.iter().filter(|(_, value)| value.is_some());
        let conditions: String = given.map(|(column, _)| format!(" AND t.{column} = ?")).collect();
        let sql = format!("{TENURES} WHERE t.to_sequence IS NULL{conditions}");
        let values = narrowed.into_iter().filter_map(|(_, value)| value);
        self.tenure_rows(&sql, rusqlite::params_from_iter(values))
    }

    /// The releases that were in an environment, newest first.
    pub fn tenures(
        &self,
        pipeline: &Pipeline,
        component: Option<&Component>,
        environment: &Environment,
        limit: u32,
    ) -> Result<Vec<TenureRow>, IndexError> {
        let (pipeline, environment) = (pipeline.as_str(), environment.as_str());
        match component {
            Some(component) => self.tenure_rows(
                &format!("{TENURES} WHERE t.pipeline = ? AND t.component = ? AND t.environment = ? ORDER BY t.from_sequence DESC LIMIT ?"),
                params![pipeline, component.as_str(), environment, limit],
            ),
            None => self.tenure_rows(
                &format!("{TENURES} WHERE t.pipeline = ? AND t.environment = ? ORDER BY t.from_sequence DESC LIMIT ?"),
                params![pipeline, environment, limit],
            ),
        }
    }

    /// The release that was in an environment once that entry was recorded.
    pub fn holder_at(
        &self,
        pipeline: &Pipeline,
        component: &Component,
        environment: &Environment,
        at: Sequence,
    ) -> Result<Option<TenureRow>, IndexError> {
        let sql = format!(
            "{TENURES} WHERE t.pipeline = ? AND t.component = ? AND t.environment = ? AND t.from_sequence <= ? \
             ORDER BY t.from_sequence DESC LIMIT 1"
        );
        let values = params![pipeline.as_str(), component.as_str(), environment.as_str(), integer(at.get())];
        Ok(self.tenure_rows(&sql, values)?.pop())
    }

    /// Every tenure of a digest, the current ones first, then newest first.
    pub fn whereabouts(&self, digest: &Digest) -> Result<Vec<TenureRow>, IndexError> {
        let sql = format!("{TENURES} WHERE t.digest = ? ORDER BY t.to_sequence IS NOT NULL, t.from_sequence DESC");
        self.tenure_rows(&sql, [digest_bytes(digest)])
    }

    /// The newest release that was in the environment before the current one and was not itself rolled away from.
    pub fn rollback_target(
        &self,
        pipeline: &Pipeline,
        component: &Component,
        environment: &Environment,
    ) -> Result<Option<Version>, IndexError> {
        self.ask(|connection| {
            let mut query =
                connection.prepare_cached(&format!("{LAST_TENURES} AND t.to_sequence IS NOT NULL AND t.left_by_rollback = 0 {NEWEST}"))?;
            let values = params![pipeline.as_str(), component.as_str(), environment.as_str(), 1];
            query.query_row(values, |row| columns::name(row, "version")).optional()
        })
    }

    /// The versions that were ever in the environment, each once, the one that came last first.
    pub fn versions_there(
        &self,
        pipeline: &Pipeline,
        component: &Component,
        environment: &Environment,
        limit: u32,
    ) -> Result<Vec<Version>, IndexError> {
        self.ask(|connection| {
            let mut query = connection.prepare_cached(&format!("{LAST_TENURES} {NEWEST}"))?;
            let values = params![pipeline.as_str(), component.as_str(), environment.as_str(), limit];
            query.query_map(values, |row| columns::name(row, "version"))?.collect()
        })
    }

    /// The locks that stand, oldest first.
    pub fn locks(&self, pipeline: Option<&Pipeline>) -> Result<Vec<LockRow>, IndexError> {
        self.ask(|connection| {
            let mut query = connection.prepare_cached("SELECT * FROM lock WHERE ?1 IS NULL OR pipeline = ?1 ORDER BY sequence")?;
            query.query_map([pipeline.map(Pipeline::as_str)], lock)?.collect()
        })
    }

    fn tenure_rows(&self, sql: &str, values: impl rusqlite::Params) -> Result<Vec<TenureRow>, IndexError> {
        self.ask(|connection| connection.prepare_cached(sql)?.query_map(values, tenure)?.collect())
    }
}

/// The last tenure of each version. The walk goes from the newest tenure back, asks for each whether the version came
/// again later, and stops as soon as it has enough.
const LAST_TENURES: &str = "SELECT t.version FROM tenure t WHERE t.pipeline = ?1 AND t.component = ?2 AND t.environment = ?3 \
     AND NOT EXISTS (SELECT 1 FROM tenure later WHERE later.pipeline = ?1 AND later.component = ?2 AND later.environment = ?3 \
     AND later.version = t.version AND later.from_sequence > t.from_sequence)";
const NEWEST: &str = "ORDER BY t.from_sequence DESC LIMIT ?4";

fn admits<T: PartialEq>(wanted: Option<&T>, found: &T) -> bool {
    wanted.is_none_or(|wanted| wanted == found)
}

/// The places of one pipeline that the filter lets through, along the path, then by component.
fn places<'a>(rules: &'a Rules, filter: &'a StatusFilter) -> impl Iterator<Item = Spot> + 'a {
    let environments = rules.environments().iter().map(|rule| &rule.name);
    environments.filter(|environment| admits(filter.environment.as_ref(), *environment)).flat_map(|environment| {
        let components = rules.components().iter().map(|rule| &rule.name);
        components
            .filter(|component| admits(filter.component.as_ref(), *component))
            .map(|component| (rules.pipeline().clone(), component.clone(), environment.clone()))
    })
}

fn spot(tenure: &TenureRow) -> Spot {
    (tenure.pipeline.clone(), tenure.component.clone(), tenure.environment.clone())
}

fn spot_of_run(run: &RunRow) -> Spot {
    let promotion = &run.run.promotion;
    (promotion.pipeline.clone(), promotion.component.clone(), promotion.to.clone())
}

fn tenure(row: &Row<'_>) -> rusqlite::Result<TenureRow> {
    let kind: String = row.get("kind")?;
    Ok(TenureRow {
        pipeline: columns::name(row, "pipeline")?,
        component: columns::name(row, "component")?,
        environment: columns::name(row, "environment")?,
        version: columns::name(row, "version")?,
        digest: columns::digest(row, "digest")?,
        kind: Kind::parse(&kind).ok_or_else(|| columns::unreadable(NotAKind(kind)))?,
        from_sequence: columns::sequence(row, "from_sequence")?,
        to_sequence: columns::sequence_if_any(row, "to_sequence")?,
        since: columns::time(row, "since")?,
        until: columns::time_if_any(row, "until")?,
        by: columns::name(row, "actor")?,
        promotion_id: columns::promotion(row, "promotion_id")?,
        left_by_rollback: row.get("left_by_rollback")?,
        source_sha: columns::name_if_any(row, "source_sha")?,
    })
}

fn lock(row: &Row<'_>) -> rusqlite::Result<LockRow> {
    let lock = Lock {
        component: columns::name_if_any(row, "component")?,
        owner: columns::name(row, "owner")?,
        reason: columns::name(row, "reason")?,
        sequence: columns::sequence(row, "sequence")?,
        since: columns::time(row, "since")?,
    };
    Ok(LockRow { pipeline: columns::name(row, "pipeline")?, environment: columns::name(row, "environment")?, lock })
}

#[derive(Debug, thiserror::Error)]
#[error("{0:?} is no kind of run")]
struct NotAKind(String);
