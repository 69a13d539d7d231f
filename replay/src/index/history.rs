//! Questions about entries: what happened, newest first, and where an entry stands.

use std::cmp::Reverse;

use promotion_ledger::meaning::id::Sequence;
use rusqlite::types::Value;
use rusqlite::{OptionalExtension as _, Row, params_from_iter};

use super::columns::{self, digest_bytes, integer, promotion_bytes};
use super::error::IndexError;
use super::picture::Index;
use crate::models::filters::{HistoryFilter, Locator};
use crate::models::horizon::Horizon;
use crate::models::rows::HistoryRow;

/// As the index `entry_family` has it.
const FAMILY: &str = "substr(event_type, 1, instr(event_type, '.'))";

impl Index {
    /// The entries that the filter lets through, the last of the log first; and the lines of imported history, where asked
    /// for, each after those that stand behind it and before its entry.
    pub fn history(&self, filter: &HistoryFilter) -> Result<Vec<HistoryRow>, IndexError> {
        let lines = self.history_lines(filter)?;
        let (sql, values) = question(filter, self.end(filter)?);
        let mut rows: Vec<HistoryRow> =
            self.ask(|connection| connection.prepare_cached(&sql)?.query_map(params_from_iter(values), line)?.collect())?;
        if !lines.is_empty() {
            rows.extend(lines);
            rows.sort_by_key(|row| Reverse((row.sequence, row.asserted.map(|(line, _)| line))));
            rows.truncate(usize::try_from(filter.limit).unwrap_or(usize::MAX));
        }
        Ok(rows)
    }

    /// How many entries, from the first on, can hold all that the filter lets through: so nothing after them is looked at.
    fn end(&self, filter: &HistoryFilter) -> Result<Option<u64>, IndexError> {
        let until = filter.until.map(|time| self.at_time(time)).transpose()?;
        let ends = [until, filter.horizon].into_iter().flatten().map(Horizon::size);
        // A line stands before its entry, which is still to come.
        let before = filter.before.map(|cursor| cursor.sequence.get() + u64::from(cursor.line.is_some()));
        Ok(ends.chain(before).min())
    }

    /// Where the entry stands that has that hash, or the first that has that id.
    pub fn find(&self, what: &Locator) -> Result<Option<Sequence>, IndexError> {
        let (sql, value): (_, &[u8]) = match what {
            Locator::Hash(hash) => ("SELECT sequence FROM entry WHERE hash = ? ORDER BY sequence LIMIT 1", hash.as_bytes()),
            Locator::Id(id) => ("SELECT sequence FROM entry WHERE id = ? ORDER BY sequence LIMIT 1", id.as_uuid().as_bytes()),
        };
        self.ask(|connection| connection.prepare_cached(sql)?.query_row([value], |row| columns::sequence(row, "sequence")).optional())
    }
}

/// The narrowest condition leads, by the index on its column, in which equal values stand in the order of the log; the
/// others are kept from their indexes by a plus sign (<https://sqlite.org/optoverview.html>, section 2.4), because SQLite
/// cannot know which one is narrow. Without any, the log itself is read backwards.
fn question(filter: &HistoryFilter, end: Option<u64>) -> (String, Vec<Value>) {
    let mut sql = "SELECT * FROM entry WHERE 1".to_owned();
    let mut values = Vec::new();
    for (column, value) in equalities(filter) {
        sql.push_str(&format!(" AND {}{column} = ?", if values.is_empty() { "" } else { "+" }));
        values.push(value);
    }
    let mut narrow = |condition: &str, value: Value| {
        sql.push_str(condition);
        values.push(value);
    };
    if let Some(name) = &filter.pipeline {
        narrow(" AND +pipeline = ?", text(name.as_str()));
    }
    if let Some(since) = filter.since {
        narrow(" AND time >= ?", Value::Integer(since.as_micros()));
        narrow(BEGINS, Value::Integer(since.as_micros()));
    }
    if let Some(until) = filter.until {
        narrow(" AND time <= ?", Value::Integer(until.as_micros()));
    }
    if let Some(end) = end {
        narrow(" AND sequence < ?", Value::Integer(integer(end)));
    }
    narrow(" ORDER BY sequence DESC LIMIT ?", Value::Integer(i64::from(filter.limit)));
    (sql, values)
}

/// No entry before this one can have the time or a later one.
const BEGINS: &str = " AND sequence >= (SELECT sequence FROM entry WHERE latest >= ? ORDER BY latest, sequence LIMIT 1)";

/// The conditions that an index answers, the narrowest kind first.
fn equalities(filter: &HistoryFilter) -> impl Iterator<Item = (&'static str, Value)> {
    let family = filter.event_type.as_ref().filter(|name| name.ends_with('.'));
    let exact = filter.event_type.as_ref().filter(|name| !name.ends_with('.'));
    let all = [
        filter.promotion_id.map(|id| ("promotion_id", Value::Blob(promotion_bytes(&id).to_vec()))),
        filter.digest.as_ref().map(|digest| ("digest", Value::Blob(digest_bytes(digest).to_vec()))),
        filter.version.as_ref().map(|name| ("version", text(name.as_str()))),
        filter.principal.as_ref().map(|name| ("actor", text(name.as_str()))),
        exact.map(|name| ("event_type", text(name))),
        filter.component.as_ref().map(|name| ("component", text(name.as_str()))),
        filter.environment.as_ref().map(|name| ("environment", text(name.as_str()))),
        family.map(|name| (FAMILY, text(name))),
    ];
    all.into_iter().flatten()
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn line(row: &Row<'_>) -> rusqlite::Result<HistoryRow> {
    Ok(HistoryRow {
        sequence: columns::sequence(row, "sequence")?,
        asserted: None,
        time: columns::time(row, "time")?,
        event_type: row.get("event_type")?,
        actor: columns::name(row, "actor")?,
        pipeline: columns::name_if_any(row, "pipeline")?,
        component: columns::name_if_any(row, "component")?,
        environment: columns::name_if_any(row, "environment")?,
        version: columns::name_if_any(row, "version")?,
        digest: columns::digest_if_any(row, "digest")?,
        promotion_id: columns::promotion_if_any(row, "promotion_id")?,
        outcome: row.get("outcome")?,
        summary: row.get("summary")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use promotion_ledger::meaning::digest::Digest;
    use promotion_ledger::meaning::names::{Component, Environment, Version};
    use promotion_ledger::meaning::time::Timestamp;

    fn plan(filter: &HistoryFilter) -> String {
        let index = Index::in_memory().unwrap();
        let (sql, values) = question(filter, index.end(filter).unwrap());
        index
            .ask(|connection| {
                let mut query = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
                let steps = query.query_map(params_from_iter(values), |row| row.get::<_, String>("detail"))?;
                steps.collect::<rusqlite::Result<Vec<_>>>()
            })
            .unwrap()
            .join("; ")
    }

    #[test]
    fn the_narrowest_condition_leads_and_nothing_is_sorted() {
        let everything = HistoryFilter::default();
        let digest = Digest::from_sha256(&[7; 32]);
        let component = Some(Component::new("api").unwrap());
        let environment = Some(Environment::new("prod").unwrap());
        let cases = [
            (HistoryFilter { component: component.clone(), ..everything.clone() }, "USING INDEX entry_component (component=?)"),
            (HistoryFilter { environment: environment.clone(), ..everything.clone() }, "USING INDEX entry_environment (environment=?)"),
            (HistoryFilter { event_type: Some("promotion.".to_owned()), ..everything.clone() }, "USING INDEX entry_family (<expr>=?)"),
            (
                HistoryFilter { version: Some(Version::new("v1").unwrap()), environment, ..everything.clone() },
                "USING INDEX entry_version (version=?)",
            ),
            (
                HistoryFilter { digest: Some(digest), component, before: Some(Sequence::new(9).into()), ..everything.clone() },
                "USING INDEX entry_digest (digest=? AND rowid<?)",
            ),
            (HistoryFilter { before: Some(Sequence::new(9).into()), ..everything.clone() }, "USING INTEGER PRIMARY KEY (rowid<?)"),
            (HistoryFilter { until: Some(Timestamp::EPOCH), ..everything.clone() }, "USING INTEGER PRIMARY KEY (rowid<?)"),
            (HistoryFilter { since: Some(Timestamp::EPOCH), ..everything }, "USING INTEGER PRIMARY KEY (rowid>?)"),
        ];
        for (filter, expected) in cases {
            let plan = plan(&filter);
            assert!(plan.contains(expected) && !plan.contains("TEMP B-TREE"), "{plan}");
        }
    }
}
