//! A store in one SQLite file.
//!
//! * `layout`: what is in the file, and what makes a file a ledger;
//! * `connect`: how a file is created, opened, and opened for reading only;
//! * `rows`: what is read, and how far a file is believed;
//! * `backup`, `hold`, `place`, `fault`: copies, runs, paths, errors.
//!
//! Appends go to a write-ahead log beside the file (`-wal`), synced at every commit; the file itself changes only when
//! that log is folded into it. A file copied without its `-wal` is therefore an older ledger: use [`Sqlite::backup`].

mod backup;
mod connect;
mod fault;
mod hold;
mod layout;
mod place;
mod rows;

use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};

use self::connect::Access;
use self::fault::fault;
pub use connect::PATIENCE;

use super::{AppendError, Body, Head, Hold, HoldError, NewEntry, Store, StoreError, StoredEntry};
use crate::meaning::digest::{BodyDigest, EntryHash};
use crate::meaning::id::EntryId;

/// The size of the write-ahead log, in bytes, from which it is folded into the file. Folding more often syncs more than
/// it needs to; folding later makes every open read a longer log.
const WAL_LIMIT: u64 = 512 * 1024;

/// A ledger in one SQLite file. One value is one connection; threads that want to read side by side open one each.
#[derive(Debug)]
pub struct Sqlite {
    path: PathBuf,
    access: Access,
    patience: Duration,
    connection: Mutex<Connection>,
}

impl Sqlite {
    /// Makes a new ledger at `path`, whose directory must be there. Refuses a path where something is.
    ///
    /// A creation that was interrupted leaves nothing or a file of no bytes, which the next creation takes.
    pub fn create(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = place::of_new(path.as_ref())?;
        let connection = connect::create(&path)?;
        Ok(Self::over(path, Access::Write, connection))
    }

    /// Opens a ledger for reading and writing. Never makes one.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = place::of_existing(path.as_ref())?;
        let connection = connect::open(&path)?;
        Ok(Self::over(path, Access::Write, connection))
    }

    /// Opens a ledger for reading, which needs no permission to write: neither to the file nor to its directory.
    pub fn open_read_only(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = place::of_existing(path.as_ref())?;
        let (connection, access) = connect::open_read_only(&path)?;
        Ok(Self::over(path, access, connection))
    }

    fn over(path: PathBuf, access: Access, connection: Connection) -> Self {
        Self { path, access, patience: PATIENCE, connection: Mutex::new(connection) }
    }

    /// The same store, waiting that long for another writer before it says [`StoreError::Busy`].
    pub fn with_patience(mut self, patience: Duration) -> Result<Self, StoreError> {
        connect::wait(&self.connection(), patience).map_err(|error| fault(&self.path, error))?;
        self.patience = patience;
        Ok(self)
    }

    /// Where the ledger is, without links.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Copies the ledger as it is now to `destination`, where nothing may be, while others go on appending. The copy is
    /// one durable file without a `-wal`. Returns the head of the copy.
    pub fn backup(&self, destination: impl AsRef<Path>) -> Result<Head, StoreError> {
        backup::backup(&self.path, destination.as_ref())
    }

    /// A panic elsewhere leaves nothing half done: a transaction that is not committed is rolled back while unwinding.
    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn query<T>(&self, ask: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        let answer = ask(&self.connection());
        self.access.check_still(&self.path)?;
        answer.map_err(|error| fault(&self.path, error))
    }

    fn check_writable(&self) -> Result<(), StoreError> {
        match self.access {
            Access::Write => Ok(()),
            Access::Read | Access::Still(_) => Err(StoreError::ReadOnly { path: self.path.clone() }),
        }
    }

    fn damaged(&self, detail: String) -> StoreError {
        StoreError::Damaged { path: self.path.clone(), detail }
    }

    /// Puts the batch into the transaction. Nothing counts before the commit.
    fn fill(&self, batch: &Transaction<'_>, expected: &Head, entries: &[NewEntry], bodies: &[Body]) -> Result<(), AppendError> {
        let found = rows::head(batch).map_err(|error| fault(&self.path, error))?;
        if found != *expected {
            return Err(AppendError::HeadMoved { expected: *expected, found });
        }
        for (sequence, entry) in (found.size..).zip(entries) {
            rows::insert_entry(batch, sequence, entry).map_err(|error| self.refused(batch, entry, error))?;
        }
        for body in bodies {
            rows::insert_body(batch, body).map_err(|error| fault(&self.path, error))?;
        }
        Ok(())
    }

    /// Why an entry was not taken: `error` says that a constraint failed, the rows say which.
    fn refused(&self, batch: &Transaction<'_>, entry: &NewEntry, error: rusqlite::Error) -> AppendError {
        if error.sqlite_error_code() != Some(ErrorCode::ConstraintViolation) {
            return fault(&self.path, error).into();
        }
        match (rows::find(batch, &entry.id), rows::find_hash(batch, &entry.hash)) {
            (Ok(Some(_)), _) => AppendError::IdTaken { id: entry.id },
            (_, Ok(Some(_))) => AppendError::HashTaken { hash: entry.hash },
            _ => fault(&self.path, error).into(),
        }
    }

    /// Folds the write-ahead log into the file and empties it, if nobody is in the way, and says whether it is empty.
    /// What was committed is durable with or without it, so a failure is no error here: the next append tries again, and
    /// a disk that fails will say so where it matters.
    fn fold_wal(&self, connection: &Connection) -> bool {
        let unhurried = connect::wait(connection, Duration::ZERO);
        let folded = unhurried
            .and_then(|()| connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0).map(|busy: i64| busy == 0)));
        let restored = connect::wait(connection, self.patience);
        restored.is_ok() && folded.unwrap_or_default()
    }

    /// What a commit that failed came to.
    ///
    /// A sync can fail after its bytes were written. The batch then stands whole behind the end of the write-ahead log,
    /// and whoever recovers that log takes it in, whether or not the disk has it; what is appended after it would be lost
    /// with it. Emptying the log settles it: what counts is in the file then, and durable.
    fn settle(&self, connection: &Connection, entries: &[NewEntry], error: rusqlite::Error) -> Result<(), AppendError> {
        // Where there was no room for the end of the batch, there is no batch to recover.
        let was_full = error.sqlite_error_code() == Some(ErrorCode::DiskFull);
        let cause = fault(&self.path, error);
        if was_full {
            return Err(cause.into());
        }
        if !self.fold_wal(connection) {
            return Err(AppendError::OutcomeUnknown { cause });
        }
        let Some(last) = entries.last() else { return Ok(()) };
        match rows::find(connection, &last.id) {
            Ok(Some(found)) if found.hash == last.hash => Ok(()),
            Ok(_) => Err(cause.into()),
            Err(_) => Err(AppendError::OutcomeUnknown { cause }),
        }
    }

    fn integrity(&self, connection: &Connection) -> Result<Option<String>, StoreError> {
        let found = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get::<_, String>(0));
        found.map(|detail| (detail != "ok").then_some(detail)).map_err(|error| fault(&self.path, error))
    }

    fn wal_is_long(&self) -> bool {
        connect::wal_size(&self.path).is_ok_and(|size| size > WAL_LIMIT)
    }
}

impl Store for Sqlite {
    fn head(&self) -> Result<Head, StoreError> {
        self.query(rows::head)
    }

    /// Reads page by page and lets go in between: entries never change, so a long read is as good as one snapshot, and
    /// it keeps nobody from folding the write-ahead log.
    fn read(&self, range: Range<u64>, each: &mut dyn FnMut(StoredEntry) -> ControlFlow<()>) -> Result<(), StoreError> {
        let mut next = range.start;
        while next < range.end {
            let page = self.query(|connection| rows::page(connection, next..range.end))?;
            if page.is_empty() {
                break;
            }
            for entry in page {
                let found = entry.sequence.get();
                if found != next {
                    return Err(self.damaged(format!("entry {next} is missing: the next one is {found}")));
                }
                if each(entry).is_break() {
                    return Ok(());
                }
                next += 1;
            }
        }
        Ok(())
    }

    fn find(&self, id: &EntryId) -> Result<Option<StoredEntry>, StoreError> {
        self.query(|connection| rows::find(connection, id))
    }

    fn find_hash(&self, hash: &EntryHash) -> Result<Option<StoredEntry>, StoreError> {
        self.query(|connection| rows::find_hash(connection, hash))
    }

    fn append(&self, expected: &Head, entries: &[NewEntry], bodies: &[Body]) -> Result<(), AppendError> {
        self.check_writable()?;
        let mut connection = self.connection();
        let batch = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(|error| fault(&self.path, error))?;
        self.fill(&batch, expected, entries, bodies)?;
        if let Err(error) = batch.commit() {
            return self.settle(&connection, entries, error);
        }
        if self.wal_is_long() {
            self.fold_wal(&connection);
        }
        Ok(())
    }

    fn body(&self, digest: &BodyDigest) -> Result<Option<Body>, StoreError> {
        self.query(|connection| rows::body(connection, digest))
    }

    fn bodies(&self, each: &mut dyn FnMut(BodyDigest) -> ControlFlow<()>) -> Result<(), StoreError> {
        let mut after = None;
        loop {
            let page = self.query(|connection| rows::digests_after(connection, after.as_ref()))?;
            let Some(last) = page.last().copied() else { return Ok(()) };
            if page.into_iter().try_for_each(&mut *each).is_break() {
                return Ok(());
            }
            after = Some(last);
        }
    }

    /// The bytes are overwritten in the file, and the write-ahead log that may repeat them is emptied unless a reader is
    /// in the way; then the next long append empties it. Backups and what the disk remembers are out of reach.
    fn remove_body(&self, digest: &BodyDigest) -> Result<bool, StoreError> {
        self.check_writable()?;
        let connection = self.connection();
        let removed = rows::remove_body(&connection, digest).map_err(|error| fault(&self.path, error))?;
        if removed {
            self.fold_wal(&connection);
        }
        Ok(removed)
    }

    /// SQLite's check takes a page that the disk did not give for one that is missing. Damage is what is still found after
    /// every page could be read.
    fn check(&self) -> Result<(), StoreError> {
        let connection = self.connection();
        if self.integrity(&connection)?.is_none() {
            return Ok(());
        }
        let pages = connection.query_row("SELECT count(*) FROM dbstat", [], |_| Ok(()));
        if let Err(unreadable @ StoreError::Unavailable { .. }) = pages.map_err(|error| fault(&self.path, error)) {
            return Err(unreadable);
        }
        self.integrity(&connection)?.map_or(Ok(()), |detail| Err(self.damaged(detail)))
    }

    fn hold(&self, name: &str) -> Result<Box<dyn Hold>, HoldError> {
        self.check_writable()?;
        Ok(Box::new(hold::hold(&self.path, name)?))
    }
}
