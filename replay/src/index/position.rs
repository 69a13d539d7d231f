//! How far an index has verified the log, and the core of the state there.

use promotion_ledger::custody::store::Head;
use promotion_ledger::evidence::chain::Chain;
use promotion_ledger::meaning::core::Core;
use promotion_ledger::meaning::digest::EntryHash;
use promotion_ledger::meaning::state::State;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::columns::{self, integer};

#[derive(Debug, Clone)]
pub(super) struct Position {
    pub(super) head: Head,
    pub(super) genesis: Option<EntryHash>,
    /// Whether every entry so far was understood.
    pub(super) understood: bool,
    pub(super) core: Core,
}

impl Position {
    /// Before entry 0.
    fn start() -> Self {
        Self { head: Head::EMPTY, genesis: None, understood: true, core: Core::default() }
    }

    /// The chain up to here, which brings its facts as it needs them.
    pub(super) fn chain(&self) -> Chain {
        Chain::resume(State::slice(self.core.clone()), self.head.hash, self.genesis, self.understood)
    }

    pub(super) fn load(connection: &Connection) -> rusqlite::Result<Self> {
        let mut query = connection.prepare_cached("SELECT size, head, genesis, understood, core FROM position")?;
        let found = query.query_row([], |row| {
            Ok(Self {
                head: Head { size: columns::number(row, "size")?, hash: columns::hash(row, "head")? },
                genesis: row.get::<_, Option<[u8; 32]>>("genesis")?.map(EntryHash::from_bytes),
                understood: row.get("understood")?,
                core: columns::json(row, "core")?,
            })
        });
        Ok(found.optional()?.unwrap_or_else(Self::start))
    }

    pub(super) fn save(&self, connection: &Connection) -> rusqlite::Result<()> {
        let core = serde_json::to_string(&self.core).map_err(columns::unreadable)?;
        let genesis = self.genesis.as_ref().map(EntryHash::as_bytes);
        let mut statement = connection
            .prepare_cached("INSERT OR REPLACE INTO position(one, size, head, genesis, understood, core) VALUES (1, ?, ?, ?, ?, ?)")?;
        statement.execute(params![integer(self.head.size), self.head.hash.as_bytes(), genesis, self.understood, core])?;
        Ok(())
    }
}
