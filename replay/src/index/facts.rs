//! The facts that the state is made of, each under the spelling of its key.

use promotion_ledger::meaning::facts::{Fact, FactKey};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::columns;

pub(super) fn fetch(connection: &Connection, key: &FactKey) -> rusqlite::Result<Option<Fact>> {
    let mut query = connection.prepare_cached("SELECT fact FROM fact WHERE key = ?")?;
    query.query_row([key.to_string()], |row| columns::json(row, "fact")).optional()
}

/// Writes a fact, or takes it away where there is none any more.
pub(super) fn put(connection: &Connection, key: &FactKey, fact: Option<&Fact>) -> rusqlite::Result<()> {
    let Some(fact) = fact else {
        connection.prepare_cached("DELETE FROM fact WHERE key = ?")?.execute([key.to_string()])?;
        return Ok(());
    };
    let text = serde_json::to_string(fact).map_err(columns::unreadable)?;
    connection.prepare_cached("INSERT OR REPLACE INTO fact(key, fact) VALUES (?, ?)")?.execute(params![key.to_string(), text])?;
    Ok(())
}
