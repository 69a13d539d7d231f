//! The index at hand: one picture of the file, and what every question and every step of following needs of it.

use std::path::{Path, PathBuf};

use promotion_ledger::custody::store::Head;
use promotion_ledger::evidence::chain::Chain;
use promotion_ledger::meaning::core::Core;
use promotion_ledger::meaning::digest::EntryHash;
use promotion_ledger::meaning::facts::{Fact, FactKey};
use promotion_ledger::meaning::needs::{About, bring};
use promotion_ledger::meaning::state::State;
use rusqlite::Connection;

use super::error::IndexError;
use super::position::Position;
use super::{connect, facts, layout};

/// What was verified of one ledger, at hand.
///
/// An index shows one picture of the log, the one at [`Index::head`], whatever other processes that share the file do
/// meanwhile: core, facts and rows always belong together. [`Index::follow`] renews the picture.
#[derive(Debug)]
pub struct Index {
    pub(super) connection: Connection,
    pub(super) place: PathBuf,
    pub(super) position: Position,
}

impl Index {
    /// Opens the index in that file, and makes it if it is not there. A file that is of another layout, or damaged, is
    /// thrown away and made again; somebody else's database is refused.
    pub fn open(path: &Path) -> Result<Self, IndexError> {
        Self::over(connect::open(path)?, path)
    }

    /// An index that is gone when it is dropped, for where no file can be written.
    pub fn in_memory() -> Result<Self, IndexError> {
        Self::over(connect::private(":memory:")?, Path::new(":memory:"))
    }

    /// An index that is gone when it is dropped, and may grow beyond memory.
    pub(crate) fn temporary() -> Result<Self, IndexError> {
        Self::over(connect::private("")?, Path::new("(temporary)"))
    }

    fn over(mut connection: Connection, path: &Path) -> Result<Self, IndexError> {
        let position = match picture(&connection) {
            Ok(position) => position,
            Err(error) => {
                let error = IndexError::of(path, &error);
                if !matches!(error, IndexError::Damaged { .. }) {
                    return Err(error);
                }
                remake(&mut connection).map_err(|error| IndexError::of(path, &error))?
            }
        };
        Ok(Self { connection, place: path.to_owned(), position })
    }

    /// How far the log is verified: its size and the hash of its last entry.
    pub const fn head(&self) -> Head {
        self.position.head
    }

    /// The hash of entry 0, by which the ledger is known.
    pub const fn genesis(&self) -> Option<EntryHash> {
        self.position.genesis
    }

    /// What every judgement needs: identity, keys, rules, time.
    pub const fn core(&self) -> &Core {
        &self.position.core
    }

    /// Whether every entry so far was understood. After one of a later format nothing may be decided here.
    pub const fn understood(&self) -> bool {
        self.position.understood
    }

    /// A fact of the state.
    pub fn fact(&self, key: &FactKey) -> Result<Option<Fact>, IndexError> {
        self.ask(|connection| facts::fetch(connection, key))
    }

    /// The slice of the state that a judgement needs.
    pub fn state(&self, about: &About) -> Result<State, IndexError> {
        let mut state = State::slice(self.position.core.clone());
        bring(about, &mut state, |key| self.fact(key))?;
        Ok(state)
    }

    /// The chain up to [`Index::head`], to append to; facts are fetched by [`Index::fact`].
    pub fn chain(&self) -> Chain {
        self.position.chain()
    }

    pub(crate) fn ask<T>(&self, question: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, IndexError> {
        question(&self.connection).map_err(|error| self.fault(&error))
    }

    pub(crate) const fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(super) fn fault(&self, error: &rusqlite::Error) -> IndexError {
        IndexError::of(&self.place, error)
    }

    /// Takes a new picture of the file.
    pub(super) fn renew(&mut self) -> Result<(), IndexError> {
        self.let_go()?;
        self.position = self.ask(picture)?;
        Ok(())
    }

    /// Lets go of the picture, so that the file can be written.
    pub(super) fn let_go(&self) -> Result<(), IndexError> {
        self.ask(|connection| if connection.is_autocommit() { Ok(()) } else { connection.execute_batch("COMMIT") })
    }
}

/// Begins to read, and so holds on to the file as it is now.
pub(super) fn picture(connection: &Connection) -> rusqlite::Result<Position> {
    connection.execute_batch("BEGIN")?;
    Position::load(connection)
}

/// Lays the file out anew, after its position could not be read.
pub(super) fn remake(connection: &mut Connection) -> rusqlite::Result<Position> {
    if !connection.is_autocommit() {
        connection.execute_batch("ROLLBACK")?;
    }
    layout::make_again(connection)?;
    picture(connection)
}
