//! The facts that the state is made of, each under the spelling of its key. Those about imported history are not kept
//! twice: they are read from its lines.

use promotion_ledger::meaning::event::history::AssertedKind;
use promotion_ledger::meaning::facts::{AssertedVisit, Fact, FactKey};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::columns;

pub(super) fn fetch(connection: &Connection, key: &FactKey) -> rusqlite::Result<Option<Fact>> {
    match key {
        FactKey::Line(line) => {
            let mut query = connection.prepare_cached("SELECT 1 FROM asserted WHERE id = ?")?;
            query.query_row([line.as_bytes()], |_| Ok(Fact::Imported)).optional()
        }
        FactKey::Asserted(pipeline, component, environment, version) => {
            let mut query = connection.prepare_cached(
                "SELECT digest, kind, time, sequence FROM asserted WHERE version = ? AND component = ? AND environment = ? AND pipeline = ? \
                 ORDER BY time DESC, sequence DESC, line DESC LIMIT 1",
            )?;
            query.query_row([version.as_str(), component.as_str(), environment.as_str(), pipeline.as_str()], visit).optional()
        }
        _ => {
            let mut query = connection.prepare_cached("SELECT fact FROM fact WHERE key = ?")?;
            query.query_row([key.to_string()], |row| columns::json(row, "fact")).optional()
        }
    }
}

fn visit(row: &Row<'_>) -> rusqlite::Result<Fact> {
    Ok(Fact::Asserted(AssertedVisit {
        digest: columns::digest_if_any(row, "digest")?,
        removed: columns::asserted_kind(row)? == AssertedKind::Removal,
        time: columns::time(row, "time")?,
        sequence: columns::sequence(row, "sequence")?,
    }))
}

/// Writes a fact, or takes it away where there is none any more.
pub(super) fn put(connection: &Connection, key: &FactKey, fact: Option<&Fact>) -> rusqlite::Result<()> {
    if matches!(key, FactKey::Line(_) | FactKey::Asserted(..)) {
        return Ok(());
    }
    let Some(fact) = fact else {
        connection.prepare_cached("DELETE FROM fact WHERE key = ?")?.execute([key.to_string()])?;
        return Ok(());
    };
    let text = serde_json::to_string(fact).map_err(columns::unreadable)?;
    connection.prepare_cached("INSERT OR REPLACE INTO fact(key, fact) VALUES (?, ?)")?.execute(params![key.to_string(), text])?;
    Ok(())
}
