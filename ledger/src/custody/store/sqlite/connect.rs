//! How a ledger's file is created, opened, and opened for reading only. Paths are those that [`super::place`] gives.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, MAIN_DB, OpenFlags};

use super::fault::{fault, unavailable};
use super::layout;

/// How long a store waits for another writer unless told otherwise.
pub const PATIENCE: Duration = Duration::from_secs(5);
use crate::custody::store::StoreError;

/// What a store may do with its file.
#[derive(Debug)]
pub(super) enum Access {
    /// Read and append.
    Write,
    /// Read, and see what others append.
    Read,
    /// Read a file that nobody writes, as it was when it was opened.
    Still(Stamp),
}

/// What a file looks like while nobody writes it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    size: u64,
    modified: SystemTime,
}

impl Access {
    /// Refuses what was just read if the file was to stand still and does not: without locks, pages of two states can
    /// come together. A writer's bytes are in the `-wal` before they are in the file, and both are looked at.
    pub(super) fn check_still(&self, path: &Path) -> Result<(), StoreError> {
        let Self::Still(stamp) = self else { return Ok(()) };
        if Stamp::of(path)? == *stamp && stands_alone(path)? {
            return Ok(());
        }
        Err(StoreError::Unavailable { path: path.to_owned(), detail: "it was written while it was read: open it again".to_owned() })
    }
}

impl Stamp {
    fn of(path: &Path) -> Result<Self, StoreError> {
        let look = |file: Metadata| Ok(Self { size: file.len(), modified: file.modified()? });
        fs::metadata(path).and_then(look).map_err(|error| unavailable(path, &error))
    }
}

/// Makes a file and lays it out.
pub(super) fn create(path: &Path) -> Result<Connection, StoreError> {
    let mut connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
    connection.pragma_update(None, "page_size", 8192).map_err(|error| fault(path, error))?;
    layout::write(&mut connection, path)?;
    prepare_to_write(&connection, path)?;
    sync_directory(path)?;
    Ok(connection)
}

/// Opens a file for reading and writing.
pub(super) fn open(path: &Path) -> Result<Connection, StoreError> {
    layout::check_header(path)?;
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // Where it must not write, SQLite opens for reading without a word.
    if connection.is_readonly(MAIN_DB).map_err(|error| fault(path, error))? {
        return Err(StoreError::Unavailable { path: path.to_owned(), detail: "no permission to write to it".to_owned() });
    }
    layout::check(&connection, path)?;
    prepare_to_write(&connection, path)?;
    Ok(connection)
}

/// Opens a file for reading.
///
/// Readers and writers meet in a file of shared memory (`-shm`) beside the ledger, which has to be made if it is not
/// there. Where that is not permitted SQLite can be told that nobody writes (`immutable=1`), and then takes no locks and
/// does not look at the `-wal`. That is right only while the `-wal` is missing or empty: otherwise it would show an older
/// ledger as if it were the whole one. [`Access::check_still`] guards the rest of the time.
pub(super) fn open_read_only(path: &Path) -> Result<(Connection, Access), StoreError> {
    layout::check_header(path)?;
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    if can_be_shared(&connection, path)? {
        layout::check(&connection, path)?;
        return Ok((connection, Access::Read));
    }
    drop(connection);
    if !stands_alone(path)? {
        let detail = "a part of it is in the -wal or -journal beside it, and reading that needs permission to write to the \
                      directory: copy both to a directory of your own, or ask for a backup or an export";
        return Err(StoreError::Unavailable { path: path.to_owned(), detail: detail.to_owned() });
    }
    let access = Access::Still(Stamp::of(path)?);
    let connection = connect_immutable(path)?;
    layout::check(&connection, path)?;
    access.check_still(path)?;
    Ok((connection, access))
}

/// Opens a copy that is being made: it stands alone, and may be on its way to another machine.
pub(super) fn connect_to_copy(path: &Path) -> Result<Connection, StoreError> {
    connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
}

/// Whether a first read finds, or may make, the shared memory that it needs.
fn can_be_shared(connection: &Connection, path: &Path) -> Result<bool, StoreError> {
    let first_read = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()));
    match first_read {
        Ok(()) => Ok(true),
        Err(error) if matches!(error.sqlite_error_code(), Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly)) => Ok(false),
        Err(error) => Err(fault(path, error)),
    }
}

/// How long the connection waits for another one.
pub(super) fn wait(connection: &Connection, patience: Duration) -> rusqlite::Result<()> {
    // SQLite counts milliseconds in 31 bits: 24 days.
    const LONGEST: Duration = Duration::from_secs(i32::MAX as u64 / 1000);
    connection.busy_timeout(patience.min(LONGEST))
}

/// The size of the write-ahead log, in bytes.
pub(super) fn wal_size(path: &Path) -> io::Result<u64> {
    size_beside(path, "-wal")
}

fn size_beside(path: &Path, suffix: &str) -> io::Result<u64> {
    match fs::metadata(beside(path, suffix)) {
        Ok(file) => Ok(file.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error),
    }
}

/// The path with a suffix: what belongs to a ledger stands beside it under its name.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

/// Makes the names in the file's directory as durable as the file.
pub(super) fn sync_directory(path: &Path) -> Result<(), StoreError> {
    let directory = path.parent().unwrap_or(path);
    // Elsewhere a directory cannot be opened as a file, and its entries are the system's business.
    if !cfg!(unix) {
        return Ok(());
    }
    File::open(directory).and_then(|opened| opened.sync_all()).map_err(|error| unavailable(directory, &error))
}

/// Whether the file alone is the ledger: no write-ahead log to add, no journal of an interrupted write to undo.
fn stands_alone(path: &Path) -> Result<bool, StoreError> {
    let sizes = size_beside(path, "-wal").and_then(|wal| Ok(wal + size_beside(path, "-journal")?));
    sizes.map(|size| size == 0).map_err(|error| unavailable(path, &error))
}

/// Opens an absolute path: SQLite takes `file:x` and `:memory:` for something else than files of that name.
fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX);
    prepare(connection).map_err(|error| fault(path, error))
}

/// Opens a file that nobody writes, without locks (<https://sqlite.org/uri.html#uriimmutable>).
fn connect_immutable(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    prepare(Connection::open_with_flags(immutable_uri(path), flags)).map_err(|error| fault(path, error))
}

fn immutable_uri(path: &Path) -> String {
    let mut uri = "file:".to_owned();
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'-' | b'_' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => uri.push(char::from(*byte)),
            _ => write!(uri, "%{byte:02x}").expect("a String takes all that is written to it"),
        }
    }
    uri.push_str("?immutable=1");
    uri
}

/// What every connection is told. A ledger may come from anybody: nothing that its schema names is run, and cells are
/// checked before they are used.
fn prepare(connection: rusqlite::Result<Connection>) -> rusqlite::Result<Connection> {
    let connection = connection?;
    wait(&connection, PATIENCE)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    // Folding the write-ahead log at every close costs a one-shot append several times its own time.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    // Reading through mapped memory is slower here, and turns an error of the disk into a signal.
    connection.pragma_update(None, "mmap_size", 0)?;
    Ok(connection)
}

/// What a connection is told that appends.
fn prepare_to_write(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let tell = || -> rusqlite::Result<String> {
        let mode = log_ahead(connection)?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        // A removed body is overwritten, not just forgotten.
        connection.pragma_update(None, "secure_delete", true)?;
        Ok(mode)
    };
    let mode = tell().map_err(|error| fault(path, error))?;
    if mode.eq_ignore_ascii_case("wal") {
        return Ok(());
    }
    let detail = format!("its file system does not support a write-ahead log: SQLite stays in mode {mode:?}");
    Err(StoreError::Unavailable { path: path.to_owned(), detail })
}

/// Switches to a write-ahead log and gives the mode that came of it. The row with the mode comes before the switch is
/// committed: only who reads to the end hears that it was not, and would else append without a write-ahead log.
fn log_ahead(connection: &Connection) -> rusqlite::Result<String> {
    let mut switch = connection.prepare("PRAGMA journal_mode=wal")?;
    let rows = switch.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<Vec<String>>>()?.pop().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_writer_syncs_every_commit_and_folds_by_itself() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        for connection in [create(&path).unwrap(), open(&path).unwrap()] {
            let ask = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap();
            let told =
                ["synchronous", "wal_autocheckpoint", "mmap_size", "secure_delete", "page_size", "trusted_schema", "busy_timeout"].map(ask);
            assert_eq!(told, [2, 0, 0, 1, 8192, 0, 5000]);
            assert_eq!(connection.pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0)).unwrap(), "wal");
        }
    }

    #[test]
    fn a_file_that_stood_still_and_does_not_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        fs::write(&path, "as it was").unwrap();
        let access = Access::Still(Stamp::of(&path).unwrap());
        assert_eq!(access.check_still(&path), Ok(()));
        fs::write(beside(&path, "-wal"), "").unwrap();
        assert_eq!(access.check_still(&path), Ok(()));
        fs::write(beside(&path, "-wal"), "more").unwrap();
        assert!(matches!(access.check_still(&path), Err(StoreError::Unavailable { .. })));
        fs::write(beside(&path, "-wal"), "").unwrap();
        fs::write(&path, "as it is now").unwrap();
        assert!(matches!(access.check_still(&path), Err(StoreError::Unavailable { .. })));
    }

    #[test]
    fn a_path_stays_a_path_inside_a_uri() {
        assert_eq!(immutable_uri(Path::new("/srv/a b?c#d%e/l.db")), "file:/srv/a%20b%3fc%23d%25e/l.db?immutable=1");
    }
}
