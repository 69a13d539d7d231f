//! What is read from a ledger's file and written to it: one function a statement.
//!
//! A file may come from anybody. Its columns are checked for their form here (a value of another type or length is an
//! error of conversion, which [`super::fault`] calls damage) and for nothing else.

use std::ops::Range;

use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use crate::custody::store::{Body, Head, NewEntry, StoredEntry};
use crate::meaning::digest::{BodyDigest, EntryHash};
use crate::meaning::id::{EntryId, LARGEST_INTEGER, Sequence};

/// A page of a read ends with the entry that takes it over either limit: enough that the statement costs nothing beside
/// its rows, little enough that a reader's memory stays small.
const PAGE_ENTRIES: usize = 256;
const PAGE_BYTES: usize = 1024 * 1024;

/// How many digests are read at a time.
const PAGE_DIGESTS: i64 = 1024;

/// Where the entries end.
pub(super) fn head(connection: &Connection) -> rusqlite::Result<Head> {
    let mut query = connection.prepare_cached("SELECT sequence, hash FROM entry ORDER BY sequence DESC LIMIT 1")?;
    let last = query.query_row([], |row| Ok(Head { size: sequence(row)?.next().get(), hash: EntryHash::from_bytes(row.get(1)?) }));
    Ok(last.optional()?.unwrap_or(Head::EMPTY))
}

/// The first entries of `range`, as many as one page takes; none when the range is behind the head.
pub(super) fn page(connection: &Connection, range: Range<u64>) -> rusqlite::Result<Vec<StoredEntry>> {
    let mut query = connection
        .prepare_cached("SELECT sequence, id, hash, note FROM entry WHERE sequence >= ?1 AND sequence <= ?2 ORDER BY sequence")?;
    // Up to the last place and not below the one behind it: a row at the last place that SQLite can count to must be met.
    let mut rows = query.query([bound(range.start), bound(range.end.saturating_sub(1))])?;
    let mut page = Vec::new();
    let mut bytes = 0;
    while page.len() < PAGE_ENTRIES && bytes < PAGE_BYTES {
        let Some(row) = rows.next()? else { break };
        let entry = entry(row)?;
        bytes += entry.note.len();
        page.push(entry);
    }
    Ok(page)
}

/// The entry filed under that id.
pub(super) fn find(connection: &Connection, id: &EntryId) -> rusqlite::Result<Option<StoredEntry>> {
    let mut query = connection.prepare_cached("SELECT sequence, id, hash, note FROM entry WHERE id = ?1")?;
    query.query_row([id.as_uuid().as_bytes()], entry).optional()
}

/// The entry filed under that hash.
pub(super) fn find_hash(connection: &Connection, hash: &EntryHash) -> rusqlite::Result<Option<StoredEntry>> {
    let mut query = connection.prepare_cached("SELECT sequence, id, hash, note FROM entry WHERE hash = ?1")?;
    query.query_row([hash.as_bytes()], entry).optional()
}

/// Files an entry at that place.
pub(super) fn insert_entry(connection: &Connection, sequence: u64, entry: &NewEntry) -> rusqlite::Result<()> {
    let mut insert = connection.prepare_cached("INSERT INTO entry(sequence, id, hash, note) VALUES (?1, ?2, ?3, ?4)")?;
    insert.execute(params![bound(sequence), entry.id.as_uuid().as_bytes(), entry.hash.as_bytes(), entry.note])?;
    Ok(())
}

/// The body filed under that digest.
pub(super) fn body(connection: &Connection, digest: &BodyDigest) -> rusqlite::Result<Option<Body>> {
    let mut query = connection.prepare_cached("SELECT salt, bytes FROM body WHERE digest = ?1")?;
    query.query_row([digest.as_bytes()], |row| Ok(Body { digest: *digest, salt: row.get(0)?, bytes: row.get(1)? })).optional()
}

/// Files a body, unless it is there.
pub(super) fn insert_body(connection: &Connection, body: &Body) -> rusqlite::Result<()> {
    let mut insert =
        connection.prepare_cached("INSERT INTO body(digest, salt, bytes) VALUES (?1, ?2, ?3) ON CONFLICT(digest) DO NOTHING")?;
    insert.execute(params![body.digest.as_bytes(), body.salt, body.bytes])?;
    Ok(())
}

/// The next digests in the order of their bytes; none at the end.
pub(super) fn digests_after(connection: &Connection, after: Option<&BodyDigest>) -> rusqlite::Result<Vec<BodyDigest>> {
    let mut query = connection.prepare_cached("SELECT digest FROM body WHERE digest > ?1 ORDER BY digest LIMIT ?2")?;
    // No bytes at all stand before every digest.
    let after: &[u8] = after.map_or(&[], |digest| digest.as_bytes());
    query.query_map(params![after, PAGE_DIGESTS], |row| row.get(0).map(BodyDigest::from_bytes))?.collect()
}

/// Takes a body away, and says whether it was there.
pub(super) fn remove_body(connection: &Connection, digest: &BodyDigest) -> rusqlite::Result<bool> {
    let mut delete = connection.prepare_cached("DELETE FROM body WHERE digest = ?1")?;
    Ok(delete.execute([digest.as_bytes()])? > 0)
}

fn entry(row: &Row<'_>) -> rusqlite::Result<StoredEntry> {
    Ok(StoredEntry {
        sequence: sequence(row)?,
        id: EntryId::from_uuid(Uuid::from_bytes(row.get(1)?)),
        hash: EntryHash::from_bytes(row.get(2)?),
        note: row.get(3)?,
    })
}

/// The first column as a sequence that an entry can have: below zero or beyond what JSON holds, somebody else wrote it.
fn sequence(row: &Row<'_>) -> rusqlite::Result<Sequence> {
    let column: i64 = row.get(0)?;
    match u64::try_from(column) {
        Ok(place) if place < LARGEST_INTEGER => Ok(Sequence::new(place)),
        _ => Err(rusqlite::Error::IntegralValueOutOfRange(0, column)),
    }
}

/// A place as SQLite counts. No entry is as far out as the largest one.
fn bound(place: u64) -> i64 {
    i64::try_from(place).unwrap_or(i64::MAX)
}
