//! Somebody's word: guards that were passed on it, and approvals that were asked for and given.

use promotion_ledger::meaning::event::approval::ApprovalRequested;
use promotion_ledger::meaning::event::overriding::{GuardOverridden, OverrideReviewed};
use promotion_ledger::meaning::event::promotion::Promotion;
use promotion_ledger::meaning::id::Sequence;
use promotion_ledger::meaning::names::{Pipeline, Principal};
use rusqlite::{Connection, Row, params};

use super::columns::{self, digest_bytes, integer, promotion_bytes};
use super::error::IndexError;
use super::picture::Index;
use super::statement::execute;
use crate::models::Moment;
use crate::models::horizon::Horizon;
use crate::models::rows::{OverrideRow, RequestRow};

impl Index {
    /// The overrides that nobody else has looked at, oldest first.
    pub fn unreviewed(&self, pipeline: Option<&Pipeline>, horizon: Horizon) -> Result<Vec<OverrideRow>, IndexError> {
        let sql = "SELECT * FROM override WHERE sequence < ?1 AND (reviewed IS NULL OR reviewed >= ?1) AND (?2 IS NULL OR pipeline = ?2) \
                   ORDER BY sequence";
        self.ask(|connection| {
            let mut query = connection.prepare_cached(sql)?;
            query.query_map(params![integer(horizon.size()), pipeline.map(Pipeline::as_str)], overridden)?.collect()
        })
    }

    /// The requests for approval that stand, oldest first; those whose time is over are among them.
    pub fn requests(&self, pipeline: Option<&Pipeline>, horizon: Horizon) -> Result<Vec<RequestRow>, IndexError> {
        let sql = "SELECT * FROM request WHERE sequence < ?1 AND (closed IS NULL OR closed >= ?1) AND (?2 IS NULL OR pipeline = ?2) \
                   ORDER BY sequence";
        self.ask(|connection| {
            let mut query = connection.prepare_cached(sql)?;
            query.query_map(params![integer(horizon.size()), pipeline.map(Pipeline::as_str)], request)?.collect()
        })
    }
}

fn overridden(row: &Row<'_>) -> rusqlite::Result<OverrideRow> {
    Ok(OverrideRow {
        spot: columns::spot(row)?,
        sequence: columns::sequence(row, "sequence")?,
        promotion_id: columns::promotion(row, "promotion_id")?,
        version: columns::name(row, "version")?,
        guards: columns::json(row, "guards")?,
        justification: columns::name(row, "justification")?,
        by: columns::name(row, "actor")?,
        since: columns::time(row, "since")?,
    })
}

fn request(row: &Row<'_>) -> rusqlite::Result<RequestRow> {
    Ok(RequestRow {
        spot: columns::spot(row)?,
        sequence: columns::sequence(row, "sequence")?,
        version: columns::name(row, "version")?,
        digest: columns::digest(row, "digest")?,
        by: columns::name(row, "actor")?,
        since: columns::time(row, "since")?,
        expires: columns::time(row, "expires")?,
        granted: columns::number(row, "granted")?,
    })
}

pub(super) fn note_override(connection: &Connection, event: &GuardOverridden, by: &Principal, at: Moment) -> rusqlite::Result<()> {
    let guards: Vec<_> = event.guards.iter().map(|overridden| overridden.guard).collect();
    let guards = serde_json::to_string(&guards).map_err(columns::unreadable)?;
    let Promotion { promotion_id, pipeline, component, to, version, .. } = &event.promotion;
    execute(
        connection,
        "INSERT INTO override(sequence, promotion_id, pipeline, component, environment, version, guards, justification, actor, since) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            integer(at.sequence.get()),
            promotion_bytes(promotion_id),
            pipeline.as_str(),
            component.as_str(),
            to.as_str(),
            version.as_str(),
            guards,
            event.justification.as_str(),
            by.as_str(),
            at.time.as_micros(),
        ],
    )
}

pub(super) fn note_review(connection: &Connection, event: &OverrideReviewed, by: &Principal, at: Moment) -> rusqlite::Result<()> {
    execute(
        connection,
        "UPDATE override SET reviewed = ?, reviewed_at = ?, reviewed_by = ?, finding = ? WHERE sequence = ?",
        params![integer(at.sequence.get()), at.time.as_micros(), by.as_str(), event.finding.to_string(), integer(event.overriding.get())],
    )
}

/// A new request closes the one before.
pub(super) fn ask(connection: &Connection, event: &ApprovalRequested, by: &Principal, at: Moment) -> rusqlite::Result<()> {
    let ApprovalRequested { pipeline, component, environment, digest, .. } = event;
    let about = params![integer(at.sequence.get()), pipeline.as_str(), component.as_str(), environment.as_str(), digest_bytes(digest)];
    execute(connection, CLOSE, about)?;
    execute(
        connection,
        "INSERT INTO request(sequence, pipeline, component, environment, version, digest, actor, since, expires, manifest, granted) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
        params![
            integer(at.sequence.get()),
            pipeline.as_str(),
            component.as_str(),
            environment.as_str(),
            event.version.as_str(),
            digest_bytes(digest),
            by.as_str(),
            at.time.as_micros(),
            event.expires.as_micros(),
            integer(event.manifest.get()),
        ],
    )
}

const CLOSE: &str = "UPDATE request SET closed = ? \
                     WHERE pipeline = ? AND component = ? AND environment = ? AND digest = ? AND closed IS NULL";

pub(super) fn give(connection: &Connection, request: Sequence) -> rusqlite::Result<()> {
    execute(connection, "UPDATE request SET granted = granted + 1 WHERE sequence = ?", [integer(request.get())])
}

pub(super) fn close(connection: &Connection, request: Sequence, at: Sequence) -> rusqlite::Result<()> {
    execute(connection, "UPDATE request SET closed = ? WHERE sequence = ?", [integer(at.get()), integer(request.get())])
}

/// What was granted is spent once the promotion is done.
pub(super) fn spend(connection: &Connection, promotion: &Promotion, at: Sequence) -> rusqlite::Result<()> {
    let Promotion { pipeline, component, to, digest, .. } = promotion;
    execute(connection, CLOSE, params![integer(at.get()), pipeline.as_str(), component.as_str(), to.as_str(), digest_bytes(digest)])
}
