//! Statements that give no rows.

use rusqlite::{Connection, Params};

pub(super) fn execute(connection: &Connection, sql: &str, parameters: impl Params) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute(parameters).map(|_| ())
}
