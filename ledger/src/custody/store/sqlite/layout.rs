//! What is in a ledger's file, and what makes a file a ledger.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::fault::{fault, unavailable};
use crate::custody::store::StoreError;

/// "PmLg" in the file's header: a ledger of promoledger (<https://sqlite.org/fileformat2.html#application_id>).
const APPLICATION_ID: u32 = u32::from_be_bytes(*b"PmLg");

/// The layout below. A file with a later one was written by a newer program.
const LAYOUT: u32 = 1;

/// The size of the part of the header that is looked at.
const HEADER: usize = 72;
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Everything in the file. The triggers stop accidents in other tools, such as an UPDATE at the wrong prompt; who means
/// to rewrite the file can, and is found out by the chain. `body` has a rowid because its rows are large: so the index of
/// digests stays small.
const OBJECTS: [(&str, &str); 4] = [
    (
        "entry",
        "CREATE TABLE entry(sequence INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, hash BLOB NOT NULL UNIQUE, note BLOB NOT NULL) STRICT",
    ),
    ("body", "CREATE TABLE body(digest BLOB NOT NULL PRIMARY KEY, salt BLOB NOT NULL, bytes BLOB NOT NULL) STRICT"),
    (
        "entry_is_never_changed",
        "CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END",
    ),
    (
        "entry_is_never_deleted",
        "CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END",
    ),
];

/// Lays out an empty file; refuses one that has anything in it. All or nothing, also against another process that
/// does the same.
pub(super) fn write(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let lay_out = |connection: &mut Connection| -> rusqlite::Result<bool> {
        let layout = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let in_it: i64 = layout.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        if in_it > 0 || pragma(&layout, "application_id")? != 0 {
            return Ok(false);
        }
        for (_, sql) in OBJECTS {
            layout.execute_batch(sql)?;
        }
        layout.pragma_update(None, "application_id", APPLICATION_ID)?;
        layout.pragma_update(None, "user_version", LAYOUT)?;
        layout.commit()?;
        Ok(true)
    };
    match lay_out(connection) {
        Ok(true) => Ok(()),
        Ok(false) => Err(StoreError::Exists { path: path.to_owned() }),
        Err(error) => Err(fault(path, error)),
    }
}

/// Refuses a file that does not say in its first bytes that it is a ledger, before SQLite touches it: opening somebody
/// else's database could recover it or leave files beside it.
pub(super) fn check_header(path: &Path) -> Result<(), StoreError> {
    let mut header = Vec::with_capacity(HEADER);
    let read = File::open(path).and_then(|file| file.take(HEADER as u64).read_to_end(&mut header));
    match read {
        Ok(_) => identify(&header).map_err(|found| StoreError::NotALedger { path: path.to_owned(), found }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(StoreError::Missing { path: path.to_owned() }),
        Err(error) => Err(unavailable(path, &error)),
    }
}

/// What the first bytes of a file say it is, unless they say that it is a ledger.
fn identify(header: &[u8]) -> Result<(), String> {
    if header.is_empty() {
        return Err("an empty file".to_owned());
    }
    if !header.starts_with(MAGIC) {
        return Err("a file that is not a SQLite database".to_owned());
    }
    match header.last_chunk::<4>() {
        Some(id) if header.len() == HEADER && u32::from_be_bytes(*id) == APPLICATION_ID => Ok(()),
        Some(id) if header.len() == HEADER => {
            Err(format!("a SQLite database with application id 0x{:08x} instead of 0x{APPLICATION_ID:08x}", u32::from_be_bytes(*id)))
        }
        _ => Err("the beginning of a SQLite database".to_owned()),
    }
}

/// Refuses layouts that this program does not know, and files that say they have this one and do not: a trigger or a
/// view that somebody added would run with every append.
pub(super) fn check(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let ask = |name| pragma(connection, name).map_err(|error| fault(path, error));
    if ask("application_id")? != APPLICATION_ID {
        return Err(StoreError::NotALedger { path: path.to_owned(), found: "a SQLite database without its mark".to_owned() });
    }
    let found = ask("user_version")?;
    if found > LAYOUT {
        return Err(StoreError::LaterLayout { path: path.to_owned(), found, known: LAYOUT });
    }
    let damaged = |detail| StoreError::Damaged { path: path.to_owned(), detail };
    if found < LAYOUT {
        return Err(damaged(format!("its layout is {found}, which never was: the first is {LAYOUT}")));
    }
    match stranger(connection).map_err(|error| fault(path, error))? {
        Some(name) => Err(damaged(format!("{name:?} is not as layout {LAYOUT} has it"))),
        None => Ok(()),
    }
}

/// The first table, index, trigger or view that the layout does not have, or has and the file does not. Names that begin
/// with `sqlite_` are SQLite's own: nobody else can take them.
fn stranger(connection: &Connection) -> rusqlite::Result<Option<String>> {
    let mut query = connection.prepare("SELECT name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")?;
    let found = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<BTreeSet<(String, String)>>>()?;
    let known = OBJECTS.iter().map(|(name, sql)| ((*name).to_owned(), (*sql).to_owned())).collect();
    Ok(found.symmetric_difference(&known).next().map(|(name, _)| name.clone()))
}

/// SQLite keeps both marks as signed 32-bit integers; their bits are what is compared.
fn pragma(connection: &Connection, name: &str) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0)).map(i32::cast_unsigned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(application_id: u32) -> Vec<u8> {
        let mut header = MAGIC.to_vec();
        header.resize(68, 0);
        header.extend(application_id.to_be_bytes());
        header
    }

    #[test]
    fn a_ledger_is_known_by_its_first_bytes() {
        assert_eq!(identify(&header(APPLICATION_ID)), Ok(()));
    }

    #[test]
    fn other_files_are_named() {
        let cases: [(&[u8], &str); 5] = [
            (b"", "an empty file"),
            (b"#!/bin/sh\n", "not a SQLite database"),
            (MAGIC, "the beginning of"),
            (&header(0), "application id 0x00000000"),
            (&header(0x4750_4b47), "application id 0x47504b47"),
        ];
        for (bytes, expected) in cases {
            let found = identify(bytes).unwrap_err();
            assert!(found.contains(expected), "{found}");
        }
    }
}
