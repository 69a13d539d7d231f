//! Questions about runs: what is under way, which there were, how long they took.

use std::time::Duration;

use promotion_ledger::meaning::facts::{Fact, FactKey, Run};
use promotion_ledger::meaning::id::{PromotionId, Sequence};
use promotion_ledger::meaning::names::{Component, Environment, Pipeline};
use promotion_ledger::meaning::time::Timestamp;
use rusqlite::{Row, params};

use super::columns::{self, promotion_bytes};
use super::error::IndexError;
use super::facts;
use super::picture::Index;
use crate::models::rows::{Kind, RunRow};

impl Index {
    /// The promotions and rollbacks that are under way, oldest first.
    pub fn under_way(&self, pipeline: Option<&Pipeline>) -> Result<Vec<RunRow>, IndexError> {
        let sql = "SELECT promotion_id, since, (SELECT time FROM entry WHERE entry.promotion_id = run.promotion_id \
             ORDER BY sequence DESC LIMIT 1) AS last FROM run WHERE ended IS NULL AND (?1 IS NULL OR pipeline = ?1) ORDER BY requested";
        self.ask(|connection| {
            let mut query = connection.prepare_cached(sql)?;
            let open: Vec<Open> = query.query_map([pipeline.map(Pipeline::as_str)], open)?.collect::<rusqlite::Result<_>>()?;
            open.into_iter()
                .map(|Open { id, since, last }| match facts::fetch(connection, &FactKey::Run(id))? {
                    Some(Fact::Run(run)) => Ok(RunRow { run, since, last }),
                    _ => Err(columns::unreadable(NoRun(id))),
                })
                .collect()
        })
    }

    /// The promotion or rollback of that id, while it is under way.
    pub fn run(&self, id: &PromotionId) -> Result<Option<Run>, IndexError> {
        Ok(self.fact(&FactKey::Run(*id))?.and_then(|fact| match fact {
            Fact::Run(run) => Some(run),
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

    /// Promotion ids that begin with that text, in order, at most `limit`. Two of them say that the text is too short.
    pub fn promotions_like(&self, prefix: &str, limit: u32) -> Result<Vec<PromotionId>, IndexError> {
        let Some((first, last)) = range(prefix) else { return Ok(Vec::new()) };
        self.ask(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT DISTINCT promotion_id FROM entry WHERE promotion_id BETWEEN ? AND ? ORDER BY promotion_id LIMIT ?",
            )?;
            query.query_map(params![first, last, limit], |row| columns::promotion(row, "promotion_id"))?.collect()
        })
    }

    /// How long completed promotions into an environment took, from request to completion, newest first.
    pub fn durations(
        &self,
        pipeline: &Pipeline,
        component: &Component,
        environment: &Environment,
        limit: u32,
    ) -> Result<Vec<Duration>, IndexError> {
        let sql = "SELECT max(until - since, 0) AS taken FROM run WHERE pipeline = ? AND component = ? AND environment = ? AND kind = ? \
             AND ending = 'completed' ORDER BY ended DESC LIMIT ?";
        let values = params![pipeline.as_str(), component.as_str(), environment.as_str(), Kind::Promotion.as_str(), limit];
        self.ask(|connection| {
            let mut query = connection.prepare_cached(sql)?;
            query.query_map(values, |row| columns::number(row, "taken").map(Duration::from_micros))?.collect()
        })
    }
}

struct Open {
    id: PromotionId,
    since: Timestamp,
    last: Timestamp,
}

fn open(row: &Row<'_>) -> rusqlite::Result<Open> {
    Ok(Open { id: columns::promotion(row, "promotion_id")?, since: columns::time(row, "since")?, last: columns::time(row, "last")? })
}

/// The first and the last id that begin with the text, if ids are spelled so.
fn range(prefix: &str) -> Option<([u8; 16], [u8; 16])> {
    const PATTERN: &str = "00000000-0000-0000-0000-000000000000";
    let shaped = prefix.len() <= PATTERN.len()
        && prefix.bytes().zip(PATTERN.bytes()).all(|(found, expected)| match expected {
            b'-' => found == b'-',
            _ => matches!(found, b'0'..=b'9' | b'a'..=b'f'),
        });
    let rest = PATTERN.get(prefix.len()..).filter(|_| shaped)?;
    let id = |rest: &str| PromotionId::parse(&format!("{prefix}{rest}")).ok().map(|id| *promotion_bytes(&id));
    Some((id(rest)?, id(&rest.replace('0', "f"))?))
}

#[derive(Debug, thiserror::Error)]
#[error("promotion {0} is under way and its state is missing")]
struct NoRun(PromotionId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_spans_the_ids_that_begin_with_it() {
        let (first, last) = range("0198f0a4-6").unwrap();
        assert_eq!(first, [0x01, 0x98, 0xf0, 0xa4, 0x60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(last, [0x01, 0x98, 0xf0, 0xa4, 0x6f, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255]);
        let whole = range("0198f0a4-6f3a-7c1e-8a55-3f0a2b9d1c77").unwrap();
        assert_eq!(whole.0, whole.1);
        assert_eq!(range("").unwrap(), ([0; 16], [255; 16]));
        for bad in ["x", "0198F0A4", "0198f0a46", "0198f0a4-6f3a-7c1e-8a55-3f0a2b9d1c770", "é"] {
            assert_eq!(range(bad), None, "{bad}");
        }
    }
}
