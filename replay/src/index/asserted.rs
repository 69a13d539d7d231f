//! Questions about imported history: who was in a place by its word, and which lines there are.

use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::event::history::AssertedKind;
use promotion_ledger::meaning::names::Version;
use rusqlite::{Params, Row, params};

use super::columns::{self, digest_bytes, integer};
use super::error::IndexError;
use super::picture::Index;
use crate::models::asserted::{self, AssertedRow, AssertedTenure};
use crate::models::horizon::Horizon;
use crate::models::rows::Spot;

/// The lines of one place up to a time, or of some entries: those that the horizon admits.
const THERE: &str = "FROM asserted WHERE component = ?1 AND environment = ?2 AND pipeline = ?3 AND time <= ?4 AND sequence < ?5";

/// How often something is said to have happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Counted {
    pub(super) promotions: u64,
    pub(super) rollbacks: u64,
    pub(super) removals: u64,
}

impl Index {
    /// Whether there is imported history at all.
    pub(super) fn has_asserted(&self) -> Result<bool, IndexError> {
        self.ask(|connection| connection.prepare_cached("SELECT EXISTS(SELECT 1 FROM asserted)")?.query_row([], |row| row.get(0)))
    }

    /// Who is in a place by the word of imported history, whatever was recorded there.
    pub(super) fn asserted_holder(&self, spot: &Spot, horizon: Horizon) -> Result<Option<AssertedRow>, IndexError> {
        let sql = format!("SELECT * {THERE} ORDER BY time DESC, sequence DESC, line DESC");
        let (time, size) = self.bounds(horizon);
        let values = params![spot.component.as_str(), spot.environment.as_str(), spot.pipeline.as_str(), time, size];
        self.ask(|connection| asserted::holder(connection.prepare_cached(&sql)?.query_map(values, line)?))
    }

    /// The tenures of a place by the word of imported history, newest first. The last of them ends where the first release
    /// was recorded.
    pub fn asserted_tenures(&self, spot: &Spot, horizon: Horizon) -> Result<Vec<AssertedTenure>, IndexError> {
        let sql = format!("SELECT * {THERE} ORDER BY time, sequence, line");
        let (time, size) = self.bounds(horizon);
        let lines = self.lines(&sql, params![spot.component.as_str(), spot.environment.as_str(), spot.pipeline.as_str(), time, size])?;
        let mut tenures = asserted::tenures(lines);
        if let Some(last) = tenures.last_mut().filter(|last| last.until.is_none()) {
            last.until = self.first_recorded(spot, horizon)?;
        }
        tenures.reverse();
        Ok(tenures)
    }

    /// Every tenure of a digest by the word of imported history, those that have not ended first, then newest first.
    pub fn asserted_whereabouts(&self, digest: &Digest, horizon: Horizon) -> Result<Vec<AssertedTenure>, IndexError> {
        let places = "SELECT DISTINCT pipeline, component, environment FROM asserted WHERE digest = ?";
        self.tenures_of(self.spots(places, [digest_bytes(digest)])?, horizon, |line| line.digest.as_ref() == Some(digest))
    }

    /// The same for a version.
    pub fn asserted_version(&self, version: &Version, horizon: Horizon) -> Result<Vec<AssertedTenure>, IndexError> {
        let places = "SELECT DISTINCT pipeline, component, environment FROM asserted WHERE version = ?";
        self.tenures_of(self.spots(places, [version.as_str()])?, horizon, |line| line.version == *version)
    }

    fn tenures_of(
        &self,
        spots: Vec<Spot>,
        horizon: Horizon,
        wanted: impl Fn(&AssertedRow) -> bool,
    ) -> Result<Vec<AssertedTenure>, IndexError> {
        let mut found = Vec::new();
        for spot in spots {
            found.extend(self.asserted_tenures(&spot, horizon)?.into_iter().filter(|tenure| wanted(&tenure.arrival)));
        }
        found.sort_by_key(|tenure| (tenure.until.is_some(), std::cmp::Reverse(tenure.arrival.time)));
        Ok(found)
    }

    /// What is said to have happened in a place after one moment and up to another.
    pub(super) fn asserted_between(&self, spot: &Spot, before: Horizon, after: Horizon) -> Result<Counted, IndexError> {
        let sql = format!("SELECT kind, count(*) AS many {THERE} AND NOT (time <= ?6 AND sequence < ?7) GROUP BY kind");
        let ((time, size), (earlier, first)) = (self.bounds(after), self.bounds(before));
        let values = params![spot.component.as_str(), spot.environment.as_str(), spot.pipeline.as_str(), time, size, earlier, first];
        self.ask(|connection| {
            let mut counted = Counted::default();
            let mut query = connection.prepare_cached(&sql)?;
            let kinds = query.query_map(values, |row| Ok((columns::asserted_kind(row)?, columns::number(row, "many")?)))?;
            for found in kinds {
                match found? {
                    (AssertedKind::Promotion, many) => counted.promotions = many,
                    (AssertedKind::Rollback, many) => counted.rollbacks = many,
                    (AssertedKind::Removal, many) => counted.removals = many,
                }
            }
            Ok(counted)
        })
    }

    pub(super) fn lines(&self, sql: &str, values: impl Params) -> Result<Vec<AssertedRow>, IndexError> {
        self.ask(|connection| connection.prepare_cached(sql)?.query_map(values, line)?.collect())
    }

    /// The last time and the size of the log that a line must be within to count.
    fn bounds(&self, horizon: Horizon) -> (i64, i64) {
        match horizon.time() {
            Some(time) => (time.as_micros(), integer(self.head().size)),
            None => (i64::MAX, integer(horizon.size())),
        }
    }
}

pub(super) fn line(row: &Row<'_>) -> rusqlite::Result<AssertedRow> {
    Ok(AssertedRow {
        sequence: columns::sequence(row, "sequence")?,
        line: row.get("line")?,
        spot: columns::spot(row)?,
        time: columns::time(row, "time")?,
        kind: columns::asserted_kind(row)?,
        version: columns::name(row, "version")?,
        digest: columns::digest_if_any(row, "digest")?,
        actor: columns::name(row, "actor")?,
        from: columns::name(row, "source")?,
        note: columns::name_if_any(row, "note")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_place_are_one_stretch_of_an_index_and_nothing_is_sorted() {
        let index = Index::in_memory().unwrap();
        let plan = |sql: &str, count: usize| {
            let steps = index.ask(|connection| {
                let mut query = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
                let steps = query.query_map(rusqlite::params_from_iter(vec![1; count]), |row| row.get::<_, String>("detail"))?;
                steps.collect::<rusqlite::Result<Vec<_>>>()
            });
            steps.unwrap().join("; ")
        };
        let expected = "SEARCH asserted USING INDEX asserted_place (component=? AND environment=? AND pipeline=? AND time<?)";
        assert_eq!(plan(&format!("SELECT * {THERE} ORDER BY time DESC, sequence DESC, line DESC"), 5), expected);
        assert_eq!(plan(&format!("SELECT * {THERE} ORDER BY time, sequence, line"), 5), expected);
        let newest = "SELECT digest FROM asserted WHERE version = ? AND component = ? AND environment = ? AND pipeline = ? \
             ORDER BY time DESC, sequence DESC, line DESC LIMIT 1";
        assert!(plan(newest, 4).starts_with("SEARCH asserted USING INDEX asserted_version") && !plan(newest, 4).contains("TEMP"));
    }
}
