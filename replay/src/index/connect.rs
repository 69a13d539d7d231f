//! How an index's file is opened, and made again when it is of no use.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, MAIN_DB, OpenFlags};

use super::error::IndexError;
use super::layout::{self, Found};

/// How long to wait for another process that writes.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often to try what SQLite does not wait for itself, and how long to wait in between.
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(50);

/// The size of the write-ahead log, in bytes, from which it is folded into the file.
const LONG_LOG: u64 = 512 * 1024;

/// Page cache, in KiB: following a long log touches many pages of many indexes at once.
const CACHE: i64 = 32 * 1024;

/// How many prepared statements are kept: more than following a log uses.
const STATEMENTS: usize = 64;

/// Opens the file, making it when it is not there, of another layout, or no database at all.
pub(super) fn open(path: &Path) -> Result<Connection, IndexError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| unavailable(path, &error))?;
    }
    match prepare(path) {
        Err(IndexError::Damaged { .. }) => {
            remove(path)?;
            prepare(path)
        }
        other => other,
    }
}

/// A database of this process alone: in memory, or, for the empty name, in a temporary file that memory spills into.
pub(super) fn private(name: &str) -> Result<Connection, IndexError> {
    let make = || -> rusqlite::Result<Connection> {
        let mut connection = Connection::open(name)?;
        connection.pragma_update(None, "synchronous", "OFF")?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        keep_plans(&connection)?;
        layout::make(&mut connection)?;
        Ok(connection)
    };
    make().map_err(|error| IndexError::of(Path::new(name), &error))
}

fn prepare(path: &Path) -> Result<Connection, IndexError> {
    let fault = |error: rusqlite::Error| IndexError::of(path, &error);
    let mut connection = connect(path).map_err(fault)?;
    match layout::identify(&connection).map_err(fault)? {
        Found::Foreign => return Err(IndexError::NotAnIndex { path: path.to_owned() }),
        _ if connection.is_readonly(MAIN_DB).map_err(fault)? => {
            return Err(IndexError::Unavailable { path: path.to_owned(), detail: "it may not be written".to_owned() });
        }
        Found::Index => log_ahead(&connection, path)?,
        Found::ToBeMade => {
            log_ahead(&connection, path)?;
            layout::make(&mut connection).map_err(fault)?;
        }
    }
    Ok(connection)
}

/// A crash of the machine may lose the newest transactions, and the next run makes them again: that is what is given up
/// by not syncing each of them.
fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "cache_size", -CACHE)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    keep_plans(&connection)?;
    // The last to close would else fold the log into the file and delete it: ten times the cost of a command.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(connection)
}

/// SQLite would else compile a statement anew for each value that is bound to it, to see whether another plan suits it better.
fn keep_plans(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(|_| ())
}

/// Readers keep their picture while another process writes only with a write-ahead log. The first to switch it on needs
/// the file for itself, and SQLite does not always wait for that.
fn log_ahead(connection: &Connection, path: &Path) -> Result<(), IndexError> {
    let fault = |error: rusqlite::Error| IndexError::of(path, &error);
    let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).map_err(fault)?;
    if mode == "wal" {
        return Ok(());
    }
    let mut left = TRIES;
    loop {
        let switched = switch_to_log(connection).map_err(fault);
        match switched {
            Ok(mode) if mode == "wal" => return Ok(()),
            Ok(mode) => {
                let detail = format!("its file system cannot keep a write-ahead log, only {mode}");
                return Err(IndexError::Unavailable { path: path.to_owned(), detail });
            }
            Err(IndexError::Busy { .. }) if left > 0 => thread::sleep(PAUSE),
            Err(error) => return Err(error),
        }
        left -= 1;
    }
}

/// Gives the mode that came of it. The row with the mode comes before the switch is committed: only who reads to the end
/// hears that it was not.
fn switch_to_log(connection: &Connection) -> rusqlite::Result<String> {
    let mut switch = connection.prepare("PRAGMA journal_mode=wal")?;
    let rows = switch.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<Vec<String>>>()?.pop().unwrap_or_default())
}

/// Folds the log into the file and empties it once it is long, if nobody is in the way. Whoever opens the file reads all of
/// the log again: left to itself it grows to megabytes, and each command pays for them. A failure is no error: what was
/// committed counts with or without it, and the next commit tries again.
pub(super) fn fold_long_log(connection: &Connection, path: &Path) {
    if !fs::metadata(beside(path, "-wal")).is_ok_and(|log| log.len() > LONG_LOG) {
        return;
    }
    let unhurried = connection.busy_timeout(Duration::ZERO);
    let folded = unhurried.and_then(|()| connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())));
    folded.and(connection.busy_timeout(PATIENCE)).unwrap_or_default();
}

/// The log beside the file goes first: left alone, it would be taken for the log of the next file.
fn remove(path: &Path) -> Result<(), IndexError> {
    for end in ["-wal", "-shm", ""] {
        match fs::remove_file(beside(path, end)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(unavailable(path, &error)),
            _ => {}
        }
    }
    Ok(())
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

fn unavailable(path: &Path, error: &io::Error) -> IndexError {
    IndexError::Unavailable { path: path.to_owned(), detail: error.to_string() }
}
