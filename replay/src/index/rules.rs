//! Questions about rules: which are and were in force, and when they changed.

use std::collections::BTreeMap;

use promotion_ledger::meaning::names::Pipeline;
use promotion_ledger::meaning::rules::Rules;
use rusqlite::{Row, params};

use super::columns::{self, integer};
use super::error::IndexError;
use super::picture::Index;
use crate::models::horizon::Horizon;
use crate::models::rows::AdoptedRow;

/// Who adopted them, and when, stands with the entry.
const ADOPTED: &str = "SELECT r.sequence, r.rules, e.time, e.actor FROM rules r JOIN entry e ON e.sequence = r.sequence ";

impl Index {
    /// The rules in force, by pipeline.
    pub fn rules(&self, horizon: Horizon) -> Result<Vec<Rules>, IndexError> {
        if horizon.size() == self.head().size {
            return Ok(self.core().pipelines.values().map(|adopted| adopted.rules.clone()).collect());
        }
        Ok(self.in_force(horizon)?.into_iter().map(|row| row.rules).collect())
    }

    /// The newest of each pipeline; one that was ever adopted stays in the core.
    fn in_force(&self, horizon: Horizon) -> Result<Vec<AdoptedRow>, IndexError> {
        let sql = format!("{ADOPTED} WHERE r.pipeline = ? AND r.sequence < ? ORDER BY r.sequence DESC LIMIT 1");
        let newest = |pipeline: &Pipeline| self.adopted(&sql, params![pipeline.as_str(), integer(horizon.size())]);
        let found = self.core().pipelines.keys().map(newest).collect::<Result<Vec<_>, _>>()?;
        Ok(found.into_iter().flatten().collect())
    }

    /// The rules that were adopted after one place and up to another, oldest first, each with those before them in the
    /// same pipeline.
    pub fn rules_between(&self, before: Horizon, after: Horizon) -> Result<Vec<(Option<AdoptedRow>, AdoptedRow)>, IndexError> {
        let sql = format!("{ADOPTED} WHERE r.sequence >= ? AND r.sequence < ? ORDER BY r.sequence");
        let earlier = self.in_force(before)?.into_iter().map(|row| (row.rules.pipeline().clone(), row));
        let mut in_force: BTreeMap<Pipeline, AdoptedRow> = earlier.collect();
        let changes = self.adopted(&sql, params![integer(before.size()), integer(after.size())])?;
        Ok(changes.into_iter().map(|row| (in_force.insert(row.rules.pipeline().clone(), row.clone()), row)).collect())
    }

    fn adopted(&self, sql: &str, values: impl rusqlite::Params) -> Result<Vec<AdoptedRow>, IndexError> {
        self.ask(|connection| connection.prepare_cached(sql)?.query_map(values, adopted)?.collect())
    }
}

fn adopted(row: &Row<'_>) -> rusqlite::Result<AdoptedRow> {
    Ok(AdoptedRow {
        rules: columns::json(row, "rules")?,
        sequence: columns::sequence(row, "sequence")?,
        time: columns::time(row, "time")?,
        by: columns::name(row, "actor")?,
    })
}
