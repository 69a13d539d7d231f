//! Writes what the models say changed. Decides nothing.

use promotion_ledger::meaning::digest::BodyDigest;
use promotion_ledger::meaning::event::artifact::ArtifactRegistered;
use promotion_ledger::meaning::event::environment::EnvironmentLocked;
use promotion_ledger::meaning::event::promotion::Promotion;
use promotion_ledger::meaning::id::{PromotionId, Sequence};
use promotion_ledger::meaning::names::{Component, Environment, Pipeline, Principal, SourceSha, Version};
use rusqlite::{Connection, Params, params};

use super::columns::{digest_bytes, integer, promotion_bytes};
use crate::models::rows::Kind;
use crate::models::{Change, Ending, Line, Moment};

pub(super) fn write(connection: &Connection, change: &Change<'_>) -> rusqlite::Result<()> {
    match *change {
        Change::Recorded(ref line) => record(connection, line),
        Change::Registered { release, at } => register(connection, release, at),
        Change::RunBegan { promotion, kind, at } => begin_run(connection, promotion, kind, at),
        Change::RunEnded { promotion_id, ending, at } => end_run(connection, &promotion_id, ending, at),
        Change::TenureEnded { promotion, by_rollback, at } => end_tenure(connection, promotion, by_rollback, at),
        Change::TenureBegan { promotion, kind, by, at } => begin_tenure(connection, promotion, kind, by, at),
        Change::Locked { lock, owner, at } => set_lock(connection, lock, owner, at),
        Change::Unlocked { lock } => execute(connection, "DELETE FROM lock WHERE sequence = ?", [integer(lock.get())]),
        Change::BodyCited { digest, at } => note_body(connection, &digest, at, false),
        Change::BodyRemoved { digest, at } => note_body(connection, &digest, at, true),
    }
}

pub(super) fn record(connection: &Connection, line: &Line<'_>) -> rusqlite::Result<()> {
    execute(
        connection,
        "INSERT INTO entry(sequence, id, hash, time, latest, event_type, actor, pipeline, component, environment, version, digest, \
         promotion_id, outcome, summary) \
         VALUES (?1, ?2, ?3, ?4, max(?4, coalesce((SELECT latest FROM entry ORDER BY sequence DESC LIMIT 1), 0)), \
         ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        params![
            integer(line.sequence.get()),
            line.id.as_uuid().as_bytes(),
            line.hash.as_bytes(),
            line.time.as_micros(),
            line.event_type,
            line.actor.as_str(),
            line.pipeline.map(Pipeline::as_str),
            line.component.map(Component::as_str),
            line.environment.map(Environment::as_str),
            line.version.map(Version::as_str),
            line.digest.map(digest_bytes),
            line.promotion_id.map(promotion_bytes),
            line.outcome,
            line.summary,
        ],
    )
}

fn register(connection: &Connection, release: &ArtifactRegistered, at: Sequence) -> rusqlite::Result<()> {
    execute(
        connection,
        "INSERT OR REPLACE INTO release(pipeline, component, version, digest, registered, source_sha) VALUES (?, ?, ?, ?, ?, ?)",
        params![
            release.pipeline.as_str(),
            release.component.as_str(),
            release.version.as_str(),
            digest_bytes(&release.digest),
            integer(at.get()),
            release.source_sha.as_ref().map(SourceSha::as_str),
        ],
    )
}

fn begin_run(connection: &Connection, promotion: &Promotion, kind: Kind, at: Moment) -> rusqlite::Result<()> {
    execute(
        connection,
        "INSERT OR REPLACE INTO run(promotion_id, pipeline, component, environment, kind, requested, since) VALUES (?, ?, ?, ?, ?, ?, ?)",
        params![
            promotion_bytes(&promotion.promotion_id),
            promotion.pipeline.as_str(),
            promotion.component.as_str(),
            promotion.to.as_str(),
            kind.as_str(),
            integer(at.sequence.get()),
            at.time.as_micros(),
        ],
    )
}

fn end_run(connection: &Connection, id: &PromotionId, ending: Ending, at: Moment) -> rusqlite::Result<()> {
    execute(
        connection,
        "UPDATE run SET ended = ?, until = ?, ending = ? WHERE promotion_id = ?",
        params![integer(at.sequence.get()), at.time.as_micros(), ending.as_str(), promotion_bytes(id)],
    )
}

fn end_tenure(connection: &Connection, promotion: &Promotion, by_rollback: bool, at: Moment) -> rusqlite::Result<()> {
    execute(
        connection,
        "UPDATE tenure SET to_sequence = ?, until = ?, left_by_rollback = ? \
         WHERE pipeline = ? AND component = ? AND environment = ? AND to_sequence IS NULL",
        params![
            integer(at.sequence.get()),
            at.time.as_micros(),
            by_rollback,
            promotion.pipeline.as_str(),
            promotion.component.as_str(),
            promotion.to.as_str(),
        ],
    )
}

fn begin_tenure(connection: &Connection, promotion: &Promotion, kind: Kind, by: &Principal, at: Moment) -> rusqlite::Result<()> {
    execute(
        connection,
        "INSERT INTO tenure(pipeline, component, environment, from_sequence, version, digest, kind, since, actor, promotion_id, \
         left_by_rollback) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
        params![
            promotion.pipeline.as_str(),
            promotion.component.as_str(),
            promotion.to.as_str(),
            integer(at.sequence.get()),
            promotion.version.as_str(),
            digest_bytes(&promotion.digest),
            kind.as_str(),
            at.time.as_micros(),
            by.as_str(),
            promotion_bytes(&promotion.promotion_id),
        ],
    )
}

fn set_lock(connection: &Connection, lock: &EnvironmentLocked, owner: &Principal, at: Moment) -> rusqlite::Result<()> {
    execute(
        connection,
        "INSERT INTO lock(sequence, pipeline, environment, component, owner, reason, since) VALUES (?, ?, ?, ?, ?, ?, ?)",
        params![
            integer(at.sequence.get()),
            lock.pipeline.as_str(),
            lock.environment.as_str(),
            lock.component.as_ref().map(Component::as_str),
            owner.as_str(),
            lock.reason.as_str(),
            at.time.as_micros(),
        ],
    )
}

fn note_body(connection: &Connection, digest: &BodyDigest, at: Sequence, removed: bool) -> rusqlite::Result<()> {
    execute(
        connection,
        "INSERT INTO body(digest, sequence, removed) VALUES (?, ?, ?)",
        params![digest.as_bytes(), integer(at.get()), removed],
    )
}

fn execute(connection: &Connection, sql: &str, parameters: impl Params) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute(parameters).map(|_| ())
}
