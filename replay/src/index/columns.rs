//! How values stand in columns, and how they are read back through their one constructor.

use promotion_ledger::meaning::digest::{BodyDigest, Digest, EntryHash, from_hex};
use promotion_ledger::meaning::event::history::AssertedKind;
use promotion_ledger::meaning::id::{PromotionId, Sequence};
use promotion_ledger::meaning::time::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Error, Row};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::models::rows::{Kind, Spot};

/// Sequences and sizes stay below 2^53, as the format bounds them.
pub(super) fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The 32 bytes of an artifact's digest.
pub(super) fn digest_bytes(digest: &Digest) -> [u8; 32] {
    from_hex(digest.hex()).expect("a digest is 64 hexadecimal digits, as its constructor checks")
}

/// The 16 bytes of a promotion's id.
pub(super) const fn promotion_bytes(id: &PromotionId) -> &[u8; 16] {
    id.as_uuid().as_bytes()
}

pub(super) fn name<T>(row: &Row<'_>, column: &str) -> rusqlite::Result<T>
where
    T: TryFrom<String>,
    T::Error: std::error::Error + Send + Sync + 'static,
{
    T::try_from(row.get(column)?).map_err(unreadable)
}

pub(super) fn name_if_any<T>(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<T>>
where
    T: TryFrom<String>,
    T::Error: std::error::Error + Send + Sync + 'static,
{
    row.get::<_, Option<String>>(column)?.map(|text| T::try_from(text).map_err(unreadable)).transpose()
}

pub(super) fn number(row: &Row<'_>, column: &str) -> rusqlite::Result<u64> {
    u64::try_from(row.get::<_, i64>(column)?).map_err(unreadable)
}

pub(super) fn sequence(row: &Row<'_>, column: &str) -> rusqlite::Result<Sequence> {
    number(row, column).map(Sequence::new)
}

pub(super) fn sequence_if_any(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<Sequence>> {
    if row.get::<_, Option<i64>>(column)?.is_some() { sequence(row, column).map(Some) } else { Ok(None) }
}

pub(super) fn time(row: &Row<'_>, column: &str) -> rusqlite::Result<Timestamp> {
    Timestamp::from_micros(row.get(column)?).ok_or_else(|| unreadable(NotATime))
}

pub(super) fn time_if_any(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<Timestamp>> {
    if row.get::<_, Option<i64>>(column)?.is_some() { time(row, column).map(Some) } else { Ok(None) }
}

pub(super) fn digest(row: &Row<'_>, column: &str) -> rusqlite::Result<Digest> {
    row.get(column).map(|bytes: [u8; 32]| Digest::from_sha256(&bytes))
}

pub(super) fn digest_if_any(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<Digest>> {
    row.get::<_, Option<[u8; 32]>>(column).map(|bytes| bytes.map(|bytes| Digest::from_sha256(&bytes)))
}

pub(super) fn hash(row: &Row<'_>, column: &str) -> rusqlite::Result<EntryHash> {
    row.get(column).map(EntryHash::from_bytes)
}

pub(super) fn body(row: &Row<'_>, column: &str) -> rusqlite::Result<BodyDigest> {
    row.get(column).map(BodyDigest::from_bytes)
}

pub(super) fn promotion(row: &Row<'_>, column: &str) -> rusqlite::Result<PromotionId> {
    row.get(column).map(|bytes| PromotionId::from_uuid(Uuid::from_bytes(bytes)))
}

pub(super) fn promotion_if_any(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<PromotionId>> {
    row.get::<_, Option<[u8; 16]>>(column).map(|bytes| bytes.map(|bytes| PromotionId::from_uuid(Uuid::from_bytes(bytes))))
}

pub(super) fn json<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str().map_err(unreadable)?;
    serde_json::from_str(text).map_err(unreadable)
}

/// The place that the row is about.
pub(super) fn spot(row: &Row<'_>) -> rusqlite::Result<Spot> {
    Ok(Spot { pipeline: name(row, "pipeline")?, component: name(row, "component")?, environment: name(row, "environment")? })
}

/// What a line of imported history says happened, in the column `kind`.
pub(super) fn asserted_kind(row: &Row<'_>) -> rusqlite::Result<AssertedKind> {
    let word: String = row.get("kind")?;
    let kinds = [AssertedKind::Promotion, AssertedKind::Rollback, AssertedKind::Removal];
    kinds.into_iter().find(|kind| kind.as_str() == word).ok_or_else(|| unreadable(NotAKind(word)))
}

/// What kind of run it is, in the column `kind`.
pub(super) fn kind(row: &Row<'_>) -> rusqlite::Result<Kind> {
    let word: String = row.get("kind")?;
    Kind::parse(&word).ok_or_else(|| unreadable(NotAKind(word)))
}

/// A value that no index holds.
pub(super) fn unreadable(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::FromSqlConversionFailure(0, Type::Null, Box::new(error))
}

#[derive(Debug, thiserror::Error)]
#[error("a time must lie between the years 1970 and 9999")]
struct NotATime;

#[derive(Debug, thiserror::Error)]
#[error("{0:?} is no kind of change of a place")]
struct NotAKind(String);
