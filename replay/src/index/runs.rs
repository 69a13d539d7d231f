//! Questions about runs: what is under way, which there were, how long they took.

use std::time::Duration;

use promotion_ledger::meaning::event::EventType;
use promotion_ledger::meaning::event::promotion::Promotion;
use promotion_ledger::meaning::facts::{Fact, FactKey, Run};
use promotion_ledger::meaning::id::{PromotionId, Sequence};
use promotion_ledger::meaning::names::{Component, Environment, Pipeline, Principal};
use promotion_ledger::meaning::time::Timestamp;
use rusqlite::{Connection, Params, Row, params};

use super::columns::{self, integer, promotion_bytes};
use super::error::IndexError;
use super::intervals;
use super::picture::Index;
use crate::models::horizon::Horizon;
use crate::models::rows::{Kind, RunRow};

impl Index {
    /// The promotions and rollbacks that are under way, oldest first.
    pub fn under_way(&self, pipeline: Option<&Pipeline>, horizon: Horizon) -> Result<Vec<RunRow>, IndexError> {
        let pipeline = pipeline.map(Pipeline::as_str);
        let mut runs =
            self.runs("SELECT * FROM run WHERE ended IS NULL AND requested < ?1", params![integer(horizon.size()), pipeline], horizon)?;
        if horizon.size() < self.head().size {
            let ended_later = "SELECT * FROM run WHERE span = ?1 AND requested BETWEEN ?3 AND ?4 AND ended > ?4";
            for (span, first, last) in intervals::beginnings(horizon.size(), self.head().size) {
                runs.extend(self.runs(ended_later, params![span, pipeline, integer(first), integer(last)], horizon)?);
            }
        }
        runs.sort_by_key(|run| run.requested);
        Ok(runs)
    }

    /// Runs of a pipeline, the second value, or of all; each as far as it came by the horizon.
    fn runs(&self, sql: &str, values: impl Params, horizon: Horizon) -> Result<Vec<RunRow>, IndexError> {
        let sql = format!("{sql} AND (?2 IS NULL OR pipeline = ?2)");
        self.ask(|connection| {
            let mut query = connection.prepare_cached(&sql)?;
            query.query_map(values, |row| run(connection, row, horizon))?.collect()
        })
    }

    /// The promotion or rollback of that id, while it is under way.
    pub fn run(&self, id: &PromotionId) -> Result<Option<Run>, IndexError> {
        Ok(self.fact(&FactKey::Run(*id))?.and_then(|fact| match fact {
            Fact::Run(run) => Some(*run),
            _ => None,
        }))
    }

    /// The entries of a run, in order; those of a refusal too.
    pub fn promotion_entries(&self, id: &PromotionId) -> Result<Vec<Sequence>, IndexError> {
        self.ask(|connection| {
            let mut query = connection.prepare_cached("SELECT sequence FROM entry WHERE promotion_id = ? ORDER BY sequence")?;
            query.query_map([promotion_bytes(id)], |row| columns::sequence(row, "sequence"))?.collect()
        })
    }

    /// How long completed promotions into an environment took, or rollbacks there, from request to completion, newest
    /// first.
    pub fn durations(
        &self,
        kind: Kind,
        pipeline: &Pipeline,
        component: &Component,
        environment: &Environment,
        limit: u32,
    ) -> Result<Vec<Duration>, IndexError> {
        let sql = "SELECT max(until - since, 0) AS taken FROM run WHERE pipeline = ? AND component = ? AND environment = ? AND kind = ? \
             AND ending = 'completed' ORDER BY ended DESC LIMIT ?";
        let values = params![pipeline.as_str(), component.as_str(), environment.as_str(), kind.as_str(), limit];
        self.ask(|connection| {
            let mut query = connection.prepare_cached(sql)?;
            query.query_map(values, |row| columns::number(row, "taken").map(Duration::from_micros))?.collect()
        })
    }
}

fn run(connection: &Connection, row: &Row<'_>, horizon: Horizon) -> rusqlite::Result<RunRow> {
    let promotion = Promotion {
        component: columns::name(row, "component")?,
        digest: columns::digest(row, "digest")?,
        from: columns::name(row, "source")?,
        pipeline: columns::name(row, "pipeline")?,
        promotion_id: columns::promotion(row, "promotion_id")?,
        to: columns::name(row, "environment")?,
        version: columns::name(row, "version")?,
    };
    let requested = columns::sequence(row, "requested")?;
    let (last, holder) = reached(connection, &promotion.promotion_id, horizon)?;
    Ok(RunRow { leaves: columns::name_if_any(row, "leaves")?, since: columns::time(row, "since")?, promotion, holder, requested, last })
}

/// When the run's newest entry was recorded, and who was at it by then: whoever requested it, or took it over last.
fn reached(connection: &Connection, id: &PromotionId, horizon: Horizon) -> rusqlite::Result<(Timestamp, Principal)> {
    let newest = |condition: &str| {
        format!("SELECT time, actor FROM entry WHERE promotion_id = ? AND sequence < ?{condition} ORDER BY sequence DESC LIMIT 1")
    };
    let values = params![promotion_bytes(id), integer(horizon.size())];
    let last = connection.prepare_cached(&newest(""))?.query_row(values, |row| columns::time(row, "time"))?;
    let began = format!(
        " AND +event_type IN ('{}', '{}', '{}')",
        EventType::PromotionRequested,
        EventType::RollbackRequested,
        EventType::PromotionTakenOver
    );
    let holder = connection.prepare_cached(&newest(&began))?.query_row(values, |row| columns::name(row, "actor"))?;
    Ok((last, holder))
}
