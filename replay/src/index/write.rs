//! Writes what the models say changed. Decides nothing.

use promotion_ledger::meaning::digest::BodyDigest;
use promotion_ledger::meaning::event::artifact::ArtifactRegistered;
use promotion_ledger::meaning::event::environment::EnvironmentLocked;
use promotion_ledger::meaning::event::history::Asserted;
use promotion_ledger::meaning::event::promotion::Promotion;
use promotion_ledger::meaning::id::{PromotionId, Sequence};
use promotion_ledger::meaning::names::{Component, Environment, Pipeline, Principal, Reason, SourceSha, Version};
use promotion_ledger::meaning::rules::Rules;
use promotion_ledger::meaning::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::columns::{self, digest_bytes, integer, promotion_bytes};
use super::halts;
use super::intervals;
use super::statement::execute;
use super::words;
use crate::models::rows::Kind;
use crate::models::{Change, Ending, Line, Moment};

pub(super) fn write(connection: &Connection, change: &Change<'_>) -> rusqlite::Result<()> {
    match *change {
        Change::Recorded(ref line) => record(connection, line),
        Change::Registered { release, at } => register(connection, release, at),
        Change::Adopted { rules, at } => adopt(connection, rules, at),
        Change::Asserted { pipeline, line, number, at } => assert(connection, pipeline, line, number, at),
        Change::RunBegan { promotion, kind, leaves, at } => begin_run(connection, promotion, kind, leaves, at),
        Change::RunEnded { promotion_id, ending, at } => end_run(connection, &promotion_id, ending, at),
        Change::TenureEnded { promotion, by_rollback, at } => end_tenure(connection, promotion, by_rollback, at),
        Change::TenureBegan { promotion, kind, by, at } => begin_tenure(connection, promotion, kind, by, at),
        Change::Locked { lock, owner, at } => set_lock(connection, lock, owner, at),
        Change::Unlocked { lock, by, at } => lift_lock(connection, lock, by, at),
        Change::Halted { halted, by, at } => halts::tell(connection, halted, by, at),
        Change::Resolved { resumed, by, at } => halts::resolve(connection, resumed, by, at),
        Change::Overridden { overridden, by, at } => words::note_override(connection, overridden, by, at),
        Change::Reviewed { reviewed, by, at } => words::note_review(connection, reviewed, by, at),
        Change::ApprovalAsked { request, by, at } => words::ask(connection, request, by, at),
        Change::ApprovalGiven { request } => words::give(connection, request),
        Change::ApprovalClosed { request, at } => words::close(connection, request, at),
        Change::ApprovalSpent { promotion, at } => words::spend(connection, promotion, at),
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

fn adopt(connection: &Connection, rules: &Rules, at: Sequence) -> rusqlite::Result<()> {
    let text = serde_json::to_string(rules).map_err(columns::unreadable)?;
    execute(
        connection,
        "INSERT INTO rules(pipeline, sequence, rules) VALUES (?, ?, ?)",
        params![rules.pipeline().as_str(), integer(at.get()), text],
    )
}

fn assert(connection: &Connection, pipeline: &Pipeline, line: &Asserted, number: u32, at: Sequence) -> rusqlite::Result<()> {
    note_place(connection, pipeline, &line.component, &line.to)?;
    execute(
        connection,
        "INSERT INTO asserted(sequence, line, id, time, kind, pipeline, component, environment, version, digest, actor, source, note) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            integer(at.get()),
            number,
            line.id(pipeline).as_bytes(),
            line.time.as_micros(),
            line.kind.as_str(),
            pipeline.as_str(),
            line.component.as_str(),
            line.to.as_str(),
            line.version.as_str(),
            line.digest.as_ref().map(digest_bytes),
            line.actor.as_str(),
            line.from.environment().map_or("none", Environment::as_str),
            line.note.as_ref().map(Reason::as_str),
        ],
    )
}

fn begin_run(connection: &Connection, promotion: &Promotion, kind: Kind, leaves: Option<&Version>, at: Moment) -> rusqlite::Result<()> {
    note_place(connection, &promotion.pipeline, &promotion.component, &promotion.to)?;
    execute(
        connection,
        "INSERT OR REPLACE INTO run(promotion_id, pipeline, component, environment, version, digest, source, kind, leaves, requested, since) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            promotion_bytes(&promotion.promotion_id),
            promotion.pipeline.as_str(),
            promotion.component.as_str(),
            promotion.to.as_str(),
            promotion.version.as_str(),
            digest_bytes(&promotion.digest),
            promotion.from.to_string(),
            kind.as_str(),
            leaves.map(Version::as_str),
            integer(at.sequence.get()),
            at.time.as_micros(),
        ],
    )
}

fn note_place(connection: &Connection, pipeline: &Pipeline, component: &Component, environment: &Environment) -> rusqlite::Result<()> {
    execute(
        connection,
        "INSERT OR IGNORE INTO place(pipeline, component, environment) VALUES (?, ?, ?)",
        [pipeline.as_str(), component.as_str(), environment.as_str()],
    )
}

fn end_run(connection: &Connection, id: &PromotionId, ending: Ending, at: Moment) -> rusqlite::Result<()> {
    let mut began = connection.prepare_cached("SELECT requested FROM run WHERE promotion_id = ?")?;
    let began = began.query_row([promotion_bytes(id)], |row| columns::sequence(row, "requested")).optional()?;
    execute(
        connection,
        "UPDATE run SET ended = ?, until = ?, ending = ?, span = ? WHERE promotion_id = ?",
        params![
            integer(at.sequence.get()),
            at.time.as_micros(),
            ending.as_str(),
            began.map(|began| intervals::span(began, at.sequence)),
            promotion_bytes(id)
        ],
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
         left_by_rollback, arrivals, rollbacks) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0, \
         1 + coalesce((SELECT arrivals FROM tenure WHERE pipeline = ?1 AND component = ?2 AND environment = ?3 ORDER BY from_sequence DESC LIMIT 1), 0), \
         ?11 + coalesce((SELECT rollbacks FROM tenure WHERE pipeline = ?1 AND component = ?2 AND environment = ?3 ORDER BY from_sequence DESC LIMIT 1), 0))",
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
            kind == Kind::Rollback,
        ],
    )
}

fn set_lock(connection: &Connection, lock: &EnvironmentLocked, owner: &Principal, at: Moment) -> rusqlite::Result<()> {
    execute(
        connection,
        "INSERT INTO lock(sequence, pipeline, environment, component, owner, reason, since, expires) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            integer(at.sequence.get()),
            lock.pipeline.as_str(),
            lock.environment.as_str(),
            lock.component.as_ref().map(Component::as_str),
            owner.as_str(),
            lock.reason.as_str(),
            at.time.as_micros(),
            lock.expires.map(Timestamp::as_micros),
        ],
    )
}

fn lift_lock(connection: &Connection, lock: Sequence, by: &Principal, at: Moment) -> rusqlite::Result<()> {
    execute(
        connection,
        "UPDATE lock SET lifted = ?, lifted_at = ?, lifted_by = ?, span = ? WHERE sequence = ?",
        params![integer(at.sequence.get()), at.time.as_micros(), by.as_str(), intervals::span(lock, at.sequence), integer(lock.get())],
    )
}

fn note_body(connection: &Connection, digest: &BodyDigest, at: Sequence, removed: bool) -> rusqlite::Result<()> {
    execute(
        connection,
        "INSERT INTO body(digest, sequence, removed) VALUES (?, ?, ?)",
        params![digest.as_bytes(), integer(at.get()), removed],
    )
}
