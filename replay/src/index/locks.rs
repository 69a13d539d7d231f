//! Questions about locks: which stand and stood, and when they were set and lifted.

use promotion_ledger::meaning::facts::Lock;
use promotion_ledger::meaning::names::Pipeline;
use rusqlite::{Row, params};

use super::columns::{self, integer};
use super::error::IndexError;
use super::intervals;
use super::picture::Index;
use crate::models::horizon::Horizon;
use crate::models::rows::{Lifted, LockRow};

impl Index {
    /// The locks that stand, oldest first.
    pub fn locks(&self, pipeline: Option<&Pipeline>, horizon: Horizon) -> Result<Vec<LockRow>, IndexError> {
        let mut locks = self.never_lifted(pipeline, horizon)?;
        if horizon.size() < self.head().size {
            locks.extend(self.lifted_later(pipeline, horizon)?);
            locks.sort_by_key(|row| row.lock.sequence);
        }
        Ok(locks)
    }

    fn never_lifted(&self, pipeline: Option<&Pipeline>, horizon: Horizon) -> Result<Vec<LockRow>, IndexError> {
        let sql = "SELECT * FROM lock WHERE lifted IS NULL AND sequence < ?1 AND (?2 IS NULL OR pipeline = ?2) ORDER BY sequence";
        self.ask(|connection| {
            let mut query = connection.prepare_cached(sql)?;
            query.query_map(params![integer(horizon.size()), pipeline.map(Pipeline::as_str)], lock)?.collect()
        })
    }

    /// Those that were lifted after the horizon: there they stand.
    fn lifted_later(&self, pipeline: Option<&Pipeline>, horizon: Horizon) -> Result<Vec<LockRow>, IndexError> {
        let sql = "SELECT * FROM lock WHERE span = ?1 AND sequence BETWEEN ?2 AND ?3 AND lifted > ?3 AND (?4 IS NULL OR pipeline = ?4)";
        self.ask(|connection| {
            let mut query = connection.prepare_cached(sql)?;
            let mut locks = Vec::new();
            for (span, first, last) in intervals::beginnings(horizon.size(), self.head().size) {
                let values = params![span, integer(first), integer(last), pipeline.map(Pipeline::as_str)];
                for found in query.query_map(values, lock)? {
                    locks.push(LockRow { lifted: None, ..found? });
                }
            }
            Ok(locks)
        })
    }

    /// The locks that were set after one place and up to another, oldest first, each with when it was lifted.
    pub fn locks_set(&self, pipeline: Option<&Pipeline>, before: Horizon, after: Horizon) -> Result<Vec<LockRow>, IndexError> {
        self.locks_between("SELECT * FROM lock WHERE sequence >= ?1 AND sequence < ?2", pipeline, before, after)
    }

    /// The locks that were lifted after one place and up to another, in the order of that.
    pub fn locks_lifted(&self, pipeline: Option<&Pipeline>, before: Horizon, after: Horizon) -> Result<Vec<LockRow>, IndexError> {
        self.locks_between("SELECT * FROM lock WHERE lifted >= ?1 AND lifted < ?2", pipeline, before, after)
    }

    fn locks_between(&self, sql: &str, pipeline: Option<&Pipeline>, before: Horizon, after: Horizon) -> Result<Vec<LockRow>, IndexError> {
        let sql = format!("{sql} AND (?3 IS NULL OR pipeline = ?3)");
        self.ask(|connection| {
            let mut query = connection.prepare_cached(&sql)?;
            let values = params![integer(before.size()), integer(after.size()), pipeline.map(Pipeline::as_str)];
            query.query_map(values, lock)?.collect()
        })
    }
}

fn lock(row: &Row<'_>) -> rusqlite::Result<LockRow> {
    let lock = Lock {
        component: columns::name_if_any(row, "component")?,
        owner: columns::name(row, "owner")?,
        reason: columns::name(row, "reason")?,
        sequence: columns::sequence(row, "sequence")?,
        since: columns::time(row, "since")?,
        expires: columns::time_if_any(row, "expires")?,
    };
    let lifted = match columns::sequence_if_any(row, "lifted")? {
        None => None,
        Some(sequence) => Some(Lifted { sequence, time: columns::time(row, "lifted_at")?, by: columns::name(row, "lifted_by")? }),
    };
    Ok(LockRow { pipeline: columns::name(row, "pipeline")?, environment: columns::name(row, "environment")?, lock, lifted })
}
