//! Questions about failures that halted a pipeline: which stand and stood, and when they were told and resolved.

use promotion_ledger::meaning::event::halt::{PipelineHalted, PipelineResumed};
use promotion_ledger::meaning::facts::Halt;
use promotion_ledger::meaning::names::{Component, Pipeline, Principal};
use rusqlite::{Connection, Row, params};

use super::columns::{self, integer};
use super::error::IndexError;
use super::picture::Index;
use super::statement::execute;
use crate::models::Moment;
use crate::models::horizon::Horizon;
use crate::models::rows::{HaltRow, Resolved};

impl Index {
    /// The failures that are not resolved, oldest first.
    pub fn halts(&self, pipeline: Option<&Pipeline>, horizon: Horizon) -> Result<Vec<HaltRow>, IndexError> {
        // A failure that halts everything is rare: no list of them is long.
        let sql = "SELECT * FROM halt WHERE sequence < ?1 AND (resolved IS NULL OR resolved >= ?1) AND (?2 IS NULL OR pipeline = ?2) \
                   ORDER BY sequence";
        self.ask(|connection| {
            let mut query = connection.prepare_cached(sql)?;
            let rows = query.query_map(params![integer(horizon.size()), pipeline.map(Pipeline::as_str)], halt)?;
            rows.map(|row| row.map(|row| HaltRow { resolved: None, ..row })).collect()
        })
    }

    /// The failures that were told or resolved after one place and up to another, oldest first, each with how it was resolved.
    pub fn halts_between(&self, pipeline: Option<&Pipeline>, before: Horizon, after: Horizon) -> Result<Vec<HaltRow>, IndexError> {
        let sql = "SELECT * FROM halt WHERE (sequence BETWEEN ?1 AND ?2 - 1 OR resolved BETWEEN ?1 AND ?2 - 1) \
                   AND (?3 IS NULL OR pipeline = ?3) ORDER BY sequence";
        self.ask(|connection| {
            let mut query = connection.prepare_cached(sql)?;
            let values = params![integer(before.size()), integer(after.size()), pipeline.map(Pipeline::as_str)];
            query.query_map(values, halt)?.collect()
        })
    }
}

fn halt(row: &Row<'_>) -> rusqlite::Result<HaltRow> {
    let halt = Halt {
        by: columns::name(row, "actor")?,
        component: columns::name_if_any(row, "component")?,
        environment: columns::name(row, "environment")?,
        reason: columns::name(row, "reason")?,
        sequence: columns::sequence(row, "sequence")?,
        since: columns::time(row, "since")?,
    };
    let resolved = match columns::sequence_if_any(row, "resolved")? {
        None => None,
        Some(sequence) => Some(Resolved {
            sequence,
            time: columns::time(row, "resolved_at")?,
            by: columns::name(row, "resolved_by")?,
            reason: columns::name(row, "resolution")?,
        }),
    };
    Ok(HaltRow { pipeline: columns::name(row, "pipeline")?, halt, resolved })
}

pub(super) fn tell(connection: &Connection, halted: &PipelineHalted, by: &Principal, at: Moment) -> rusqlite::Result<()> {
    execute(
        connection,
        "INSERT INTO halt(sequence, pipeline, environment, component, actor, reason, since) VALUES (?, ?, ?, ?, ?, ?, ?)",
        params![
            integer(at.sequence.get()),
            halted.pipeline.as_str(),
            halted.environment.as_str(),
            halted.component.as_ref().map(Component::as_str),
            by.as_str(),
            halted.reason.as_str(),
            at.time.as_micros(),
        ],
    )
}

pub(super) fn resolve(connection: &Connection, resumed: &PipelineResumed, by: &Principal, at: Moment) -> rusqlite::Result<()> {
    execute(
        connection,
        "UPDATE halt SET resolved = ?, resolved_at = ?, resolved_by = ?, resolution = ? WHERE sequence = ? AND resolved IS NULL",
        params![integer(at.sequence.get()), at.time.as_micros(), by.as_str(), resumed.reason.as_str(), integer(resumed.halt.get()),],
    )
}
