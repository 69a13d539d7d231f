//! Consistent copies of a ledger, made while others append.
//!
//! `VACUUM INTO` reads one snapshot on a connection of its own and writes a file of live rows alone: no `-wal`, and none
//! of the free pages where a removed body may have been.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

use rusqlite::Connection;

use super::connect::{self, beside, sync_directory};
use super::fault::{fault, unavailable};
use super::{layout, rows};
use crate::custody::store::{Head, StoreError};

/// Copies the ledger at `source` to `destination` and returns the head of the copy.
///
/// The destination's name is taken first, with an empty file, and the copy replaces it when it is complete and durable:
/// a backup that was interrupted leaves an empty file, never one that passes for a ledger.
pub(super) fn backup(source: &Path, destination: &Path) -> Result<Head, StoreError> {
    let (connection, access) = connect::open_read_only(source)?;
    let destination = &std::path::absolute(destination).map_err(|error| unavailable(destination, &error))?;
    reserve(destination)?;
    let partial = beside(destination, ".partial");
    let copied = copy(&connection, source, &partial).and_then(|head| {
        access.check_still(source)?;
        publish(&partial, destination)?;
        Ok(head)
    });
    if copied.is_err() {
        // Whatever failed is the news: what cannot be cleaned up as well is empty, or named partial.
        for left in [&partial, destination] {
            fs::remove_file(left).unwrap_or_default();
        }
    }
    copied
}

/// Takes the name, so that nobody else does meanwhile.
fn reserve(destination: &Path) -> Result<(), StoreError> {
    match OpenOptions::new().write(true).create_new(true).open(destination) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(StoreError::Exists { path: destination.to_owned() }),
        Err(error) => Err(unavailable(destination, &error)),
    }
}

/// Writes a copy and compares it with the source.
fn copy(source: &Connection, source_path: &Path, partial: &Path) -> Result<Head, StoreError> {
    remove_leftover(partial)?;
    let before = rows::head(source).map_err(|error| fault(source_path, error))?;
    vacuum_into(source, source_path, partial)?;
    let copy = connect::connect_to_copy(partial)?;
    layout::check(&copy, partial)?;
    let head = rows::head(&copy).map_err(|error| fault(partial, error))?;
    let is_older = head.size < before.size;
    let is_of_source = holds(source, &head).map_err(|error| fault(source_path, error))?;
    let holds_before = holds(&copy, &before).map_err(|error| fault(partial, error))?;
    if is_older || !is_of_source || !holds_before {
        let detail = format!("a copy of it has {head}, and it had {before} when the copy began");
        return Err(StoreError::Damaged { path: source_path.to_owned(), detail });
    }
    Ok(head)
}

/// Whether that was a head of the ledger: entries are only ever added, so it is one for good.
fn holds(connection: &Connection, head: &Head) -> rusqlite::Result<bool> {
    let Some(last) = head.size.checked_sub(1) else { return Ok(true) };
    Ok(rows::page(connection, last..head.size)?.first().is_some_and(|entry| entry.hash == head.hash))
}

/// What an interrupted backup to the same name left: ours, since the name is.
fn remove_leftover(partial: &Path) -> Result<(), StoreError> {
    match fs::remove_file(partial) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(unavailable(partial, &error)),
        _ => Ok(()),
    }
}

fn vacuum_into(source: &Connection, source_path: &Path, partial: &Path) -> Result<(), StoreError> {
    let Some(name) = partial.to_str() else {
        let detail = "the name of a backup has to be UTF-8".to_owned();
        return Err(StoreError::Unavailable { path: partial.to_owned(), detail });
    };
    source.execute("VACUUM INTO ?1", [name]).map_err(|error| match fault(source_path, error) {
        // Reading the one and writing the other fail alike. Which it was is not told, and the new one is likelier.
        StoreError::Unavailable { detail, .. } => {
            let detail = format!("copying {} to it failed: {detail}", source_path.display());
            StoreError::Unavailable { path: partial.to_owned(), detail }
        }
        other => other,
    })?;
    Ok(())
}

/// Makes the copy durable, then puts it in the place of the empty file.
fn publish(partial: &Path, destination: &Path) -> Result<(), StoreError> {
    File::open(partial).and_then(|file| file.sync_all()).map_err(|error| unavailable(partial, &error))?;
    fs::rename(partial, destination).map_err(|error| unavailable(destination, &error))?;
    sync_directory(destination)
}
