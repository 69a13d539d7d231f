//! The lines of imported history as lines of the history, by who is said to have done it and when.

use promotion_ledger::meaning::event::EventType;
use promotion_ledger::meaning::names::{Component, Environment, Pipeline, Principal, Version};
use promotion_ledger::meaning::time::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Row, params_from_iter};

use super::asserted;
use super::columns::{self, digest_bytes, integer};
use super::error::IndexError;
use super::picture::Index;
use crate::models::filters::HistoryFilter;
use crate::models::rows::HistoryRow;
use crate::models::told;

impl Index {
    /// The lines that the filter lets through, the last of the log first.
    pub(super) fn history_lines(&self, filter: &HistoryFilter) -> Result<Vec<HistoryRow>, IndexError> {
        if !concerned(filter) || !self.has_asserted()? {
            return Ok(Vec::new());
        }
        let (sql, values) = question(filter);
        self.ask(|connection| connection.prepare_cached(&sql)?.query_map(params_from_iter(values), row)?.collect())
    }
}

/// Whether the filter can let a line through at all.
fn concerned(filter: &HistoryFilter) -> bool {
    let imported = EventType::HistoryImported.as_str();
    let typed = |wanted: &String| if wanted.ends_with('.') { imported.starts_with(wanted) } else { imported == wanted };
    filter.lines && filter.promotion_id.is_none() && filter.event_type.as_ref().is_none_or(typed)
}

/// The first condition leads, by the index that begins with its column; the others are kept from theirs by a plus sign, as
/// for entries.
fn question(filter: &HistoryFilter) -> (String, Vec<Value>) {
    let mut sql =
        "SELECT a.*, e.time AS recorded, e.actor AS importer FROM asserted a CROSS JOIN entry e ON e.sequence = a.sequence WHERE 1"
            .to_owned();
    let mut values: Vec<Value> = Vec::new();
    let mut narrow = |condition: &str, value: Value| {
        sql.push_str(condition);
        values.push(value);
    };
    let text = |text: &str| Value::Text(text.to_owned());
    let indexed = [
        filter.digest.as_ref().map(|digest| ("digest", Value::Blob(digest_bytes(digest).to_vec()))),
        filter.version.as_ref().map(|name| ("version", text(Version::as_str(name)))),
        filter.component.as_ref().map(|name| ("component", text(Component::as_str(name)))),
    ];
    for (at, (column, value)) in indexed.into_iter().flatten().enumerate() {
        narrow(&format!(" AND {}a.{column} = ?", if at == 0 { "" } else { "+" }), value);
    }
    let others = [
        filter.environment.as_ref().map(|name| ("= ?", "environment", text(Environment::as_str(name)))),
        filter.pipeline.as_ref().map(|name| ("= ?", "pipeline", text(Pipeline::as_str(name)))),
        filter.principal.as_ref().map(|name| ("= ?", "actor", text(Principal::as_str(name)))),
        filter.since.map(|time| (">= ?", "time", moment(time))),
        filter.until.map(|time| ("<= ?", "time", moment(time))),
        filter.horizon.and_then(|horizon| horizon.time()).map(|time| ("<= ?", "time", moment(time))),
    ];
    for (condition, column, value) in others.into_iter().flatten() {
        narrow(&format!(" AND +a.{column} {condition}"), value);
    }
    if let Some(horizon) = filter.horizon.filter(|horizon| horizon.time().is_none()) {
        narrow(" AND a.sequence < ?", Value::Integer(integer(horizon.size())));
    }
    if let Some(before) = filter.before {
        // Before a line of an entry are the lines before it, and before the entry itself none of its lines.
        narrow(" AND (a.sequence, a.line) < (?", Value::Integer(integer(before.sequence.get())));
        narrow(", ?)", Value::Integer(i64::from(before.line.unwrap_or(0))));
    }
    narrow(" ORDER BY a.sequence DESC, a.line DESC LIMIT ?", Value::Integer(i64::from(filter.limit)));
    (sql, values)
}

fn moment(time: Timestamp) -> Value {
    Value::Integer(time.as_micros())
}

fn row(row: &Row<'_>) -> rusqlite::Result<HistoryRow> {
    let line = asserted::line(row)?;
    Ok(HistoryRow {
        sequence: line.sequence,
        asserted: Some((line.line, line.time)),
        time: columns::time(row, "recorded")?,
        event_type: EventType::HistoryImported.as_str().to_owned(),
        summary: told(&line),
        actor: line.actor,
        pipeline: Some(line.spot.pipeline),
        component: Some(line.spot.component),
        environment: Some(line.spot.environment),
        version: Some(line.version),
        digest: line.digest,
        promotion_id: None,
        outcome: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_by_an_index_and_read_backwards_without_any() {
        let everything = HistoryFilter { lines: true, ..HistoryFilter::default() };
        let cases = [
            (everything.clone(), "SCAN a"),
            (
                HistoryFilter { version: Some("v1".parse().unwrap()), component: Some("api".parse().unwrap()), ..everything.clone() },
                "asserted_version (version=?",
            ),
            (HistoryFilter { component: Some("api".parse().unwrap()), ..everything.clone() }, "asserted_place (component=?"),
            (
                HistoryFilter {
                    environment: Some("prod".parse().unwrap()),
                    before: Some(crate::models::filters::Cursor {
                        sequence: promotion_ledger::meaning::id::Sequence::new(9),
                        line: Some(2),
                    }),
                    ..everything
                },
                "PRIMARY KEY ((sequence,line)<(?,?))",
            ),
        ];
        let index = Index::in_memory().unwrap();
        for (filter, expected) in cases {
            let (sql, values) = question(&filter);
            let plan = index.ask(|connection| {
                let mut query = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
                let steps = query.query_map(params_from_iter(values), |row| row.get::<_, String>("detail"))?;
                steps.collect::<rusqlite::Result<Vec<_>>>()
            });
            let plan = plan.unwrap().join("; ");
            assert!(plan.contains(expected), "{plan}");
        }
    }
}
