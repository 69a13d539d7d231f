//! Questions about tenures: what was in a place, from where in the log to where.

use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::id::Sequence;
use promotion_ledger::meaning::names::{Component, Environment, Pipeline, Version};
use promotion_ledger::meaning::time::Timestamp;
use rusqlite::{OptionalExtension as _, Row, params, params_from_iter};

use super::columns::{self, digest_bytes, integer};
use super::error::IndexError;
use super::picture::Index;
use super::places::narrowed;
use crate::models::filters::StatusFilter;
use crate::models::horizon::Horizon;
use crate::models::rows::{Spot, TenureRow};

/// The commit that a release was built from stands with the release.
const TENURES: &str = "SELECT t.*, r.source_sha FROM tenure t LEFT JOIN release r \
     ON r.pipeline = t.pipeline AND r.component = t.component AND r.version = t.version ";
/// In one place.
const THERE: &str = "t.pipeline = ?1 AND t.component = ?2 AND t.environment = ?3";

impl Index {
    /// The tenures that have not ended.
    pub(super) fn holders(&self, filter: &StatusFilter) -> Result<Vec<TenureRow>, IndexError> {
        let (conditions, values) = narrowed(filter);
        // A plain name would be ambiguous beside those of the release.
        let conditions = conditions.replace("AND ", "AND t.");
        self.tenure_rows(&format!("{TENURES} WHERE t.to_sequence IS NULL{conditions}"), params_from_iter(values))
    }

    /// The releases that were in an environment, newest first.
    pub fn tenures(
        &self,
        pipeline: &Pipeline,
        component: Option<&Component>,
        environment: &Environment,
        horizon: Horizon,
        limit: u32,
    ) -> Result<Vec<TenureRow>, IndexError> {
        let (pipeline, environment, size) = (pipeline.as_str(), environment.as_str(), integer(horizon.size()));
        let rows = match component {
            Some(component) => self.tenure_rows(
                &format!("{TENURES} WHERE {THERE} AND t.from_sequence < ?4 ORDER BY t.from_sequence DESC LIMIT ?5"),
                params![pipeline, component.as_str(), environment, size, limit],
            ),
            None => self.tenure_rows(
                &format!(
                    "{TENURES} WHERE t.pipeline = ? AND t.environment = ? AND t.from_sequence < ? ORDER BY t.from_sequence DESC LIMIT ?"
                ),
                params![pipeline, environment, size, limit],
            ),
        }?;
        Ok(rows.into_iter().filter_map(|row| row.as_of(horizon)).collect())
    }

    /// The release that a run had brought into a place by the horizon.
    pub fn recorded_holder(&self, spot: &Spot, horizon: Horizon) -> Result<Option<TenureRow>, IndexError> {
        let sql = format!("{TENURES} WHERE {THERE} AND t.from_sequence < ?4 ORDER BY t.from_sequence DESC LIMIT 1");
        let values = params![spot.pipeline.as_str(), spot.component.as_str(), spot.environment.as_str(), integer(horizon.size())];
        Ok(self.tenure_rows(&sql, values)?.pop().and_then(|row| row.as_of(horizon)))
    }

    /// Every tenure of a digest, those that have not ended first, then newest first.
    pub fn whereabouts(&self, digest: &Digest, horizon: Horizon) -> Result<Vec<TenureRow>, IndexError> {
        let sql = format!("{TENURES} WHERE t.digest = ? AND t.from_sequence < ? ORDER BY t.from_sequence DESC");
        let rows = self.tenure_rows(&sql, params![digest_bytes(digest), integer(horizon.size())])?;
        let mut rows: Vec<TenureRow> = rows.into_iter().filter_map(|row| row.as_of(horizon)).collect();
        rows.sort_by_key(|row| row.to_sequence.is_some());
        Ok(rows)
    }

    /// The tenures of a version in a place, newest first.
    pub fn tenures_of_version(&self, spot: &Spot, version: &Version) -> Result<Vec<TenureRow>, IndexError> {
        let sql = format!("{TENURES} WHERE {THERE} AND t.version = ?4 ORDER BY t.from_sequence DESC");
        let values = params![spot.pipeline.as_str(), spot.component.as_str(), spot.environment.as_str(), version.as_str()];
        self.tenure_rows(&sql, values)
    }

    /// The tenures of a place that began after that entry, newest first.
    pub fn tenures_since(&self, spot: &Spot, after: Sequence, limit: u32) -> Result<Vec<TenureRow>, IndexError> {
        let sql = format!("{TENURES} WHERE {THERE} AND t.from_sequence > ?4 ORDER BY t.from_sequence DESC LIMIT ?5");
        let values = params![spot.pipeline.as_str(), spot.component.as_str(), spot.environment.as_str(), integer(after.get()), limit];
        self.tenure_rows(&sql, values)
    }

    /// When the first release was recorded to be in a place: history that is asserted for it ends there.
    pub(super) fn first_recorded(&self, spot: &Spot, horizon: Horizon) -> Result<Option<Timestamp>, IndexError> {
        let sql = "SELECT since FROM tenure t WHERE t.pipeline = ?1 AND t.component = ?2 AND t.environment = ?3 AND t.from_sequence < ?4 \
             ORDER BY t.from_sequence LIMIT 1";
        let values = params![spot.pipeline.as_str(), spot.component.as_str(), spot.environment.as_str(), integer(horizon.size())];
        self.ask(|connection| connection.prepare_cached(sql)?.query_row(values, |row| columns::time(row, "since")).optional())
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

fn tenure(row: &Row<'_>) -> rusqlite::Result<TenureRow> {
    Ok(TenureRow {
        pipeline: columns::name(row, "pipeline")?,
        component: columns::name(row, "component")?,
        environment: columns::name(row, "environment")?,
        version: columns::name(row, "version")?,
        digest: columns::digest(row, "digest")?,
        kind: columns::kind(row)?,
        from_sequence: columns::sequence(row, "from_sequence")?,
        to_sequence: columns::sequence_if_any(row, "to_sequence")?,
        since: columns::time(row, "since")?,
        until: columns::time_if_any(row, "until")?,
        by: columns::name(row, "actor")?,
        promotion_id: columns::promotion(row, "promotion_id")?,
        left_by_rollback: row.get("left_by_rollback")?,
        source_sha: columns::name_if_any(row, "source_sha")?,
        arrivals: columns::number(row, "arrivals")?,
        rollbacks: columns::number(row, "rollbacks")?,
    })
}
