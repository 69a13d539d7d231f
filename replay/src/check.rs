//! `replay --check`: everything again from the log alone, compared with what the index holds.

use std::cmp::Ordering;

use promotion_ledger::custody::store::Store;
use promotion_ledger::meaning::digest::to_hex;
use promotion_ledger::meaning::refusal::ExitCode;
use rusqlite::types::Value;
use rusqlite::{Connection, Rows, Statement};

use crate::index::layout::{TABLES, Table};
use crate::index::{FollowError, Index, IndexError};

/// What was compared, when all of it is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checked {
    /// How many entries were verified again.
    pub entries: u64,
    /// How many rows were compared.
    pub rows: u64,
}

/// The first row that does not follow from the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("table {table}, row {key}: expected {expected}, found {found}; delete the index, and it is made again from the ledger",
    expected = .expected.as_deref().unwrap_or("no such row"), found = .found.as_deref().unwrap_or("no such row"))]
pub struct Difference {
    /// The table.
    pub table: &'static str,
    /// The row's key.
    pub key: String,
    /// The columns that differ, as they follow from the log; absent when no such row does.
    pub expected: Option<String>,
    /// The columns that differ, as they stand in the index; absent when no such row does.
    pub found: Option<String>,
}

/// Why an index was not found to follow from the log.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The log could not be verified again.
    #[error(transparent)]
    Follow(#[from] FollowError),
    /// The index could not be read.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The index says something else than the log.
    #[error("the index differs from what the ledger says: {0}")]
    Difference(#[from] Difference),
}

impl CheckError {
    /// How a process ends that cannot go on for this.
    pub const fn exit_code(&self) -> ExitCode {
        match self {
            Self::Follow(error) => error.exit_code(),
            Self::Index(error) => error.exit_code(),
            Self::Difference(_) => ExitCode::Failure,
        }
    }
}

/// Verifies the log again, from entry 0 to where the index stands, into a fresh index, and compares every table row by
/// row. Memory does not grow with the log.
pub fn check(index: &Index, store: &dyn Store) -> Result<Checked, CheckError> {
    index.check_extended(store)?;
    let mut fresh = Index::temporary()?;
    fresh.go_to(store, index.head().size)?;
    let mut rows = 0;
    for table in &TABLES {
        rows += same(&fresh, index, table)?;
    }
    Ok(Checked { entries: fresh.head().size, rows })
}

/// Compares one table and counts its rows.
fn same(fresh: &Index, index: &Index, table: &Table) -> Result<u64, CheckError> {
    index.ask(|found| compare(fresh.connection(), found, table))?.map_err(CheckError::from)
}

/// The outer error is SQLite's, the inner one a difference.
fn compare(expected: &Connection, found: &Connection, table: &Table) -> rusqlite::Result<Result<u64, Difference>> {
    let columns: Vec<String> = (1..=table.key).map(|column| column.to_string()).collect();
    let sql = format!("SELECT * FROM {} ORDER BY {}", table.name, columns.join(", "));
    let (mut expected, mut found) = (expected.prepare(&sql)?, found.prepare(&sql)?);
    let names = expected.column_names().map(str::to_owned).collect();
    let mut sides = Sides { table, names, expected: Side::over(&mut expected)?, found: Side::over(&mut found)? };
    let mut rows = 0;
    loop {
        match sides.next()? {
            None => return Ok(Ok(rows)),
            Some(Ok(())) => rows += 1,
            Some(Err(difference)) => return Ok(Err(difference)),
        }
    }
}

struct Side<'a> {
    rows: Rows<'a>,
    width: usize,
}

impl<'a> Side<'a> {
    fn over(statement: &'a mut Statement<'_>) -> rusqlite::Result<Self> {
        let width = statement.column_count();
        Ok(Self { rows: statement.query([])?, width })
    }

    fn next(&mut self) -> rusqlite::Result<Option<Vec<Value>>> {
        let Some(row) = self.rows.next()? else { return Ok(None) };
        (0..self.width).map(|column| row.get(column)).collect::<rusqlite::Result<_>>().map(Some)
    }
}

struct Sides<'a> {
    table: &'a Table,
    names: Vec<String>,
    expected: Side<'a>,
    found: Side<'a>,
}

impl Sides<'_> {
    /// Compares the next rows of both sides, until both end.
    fn next(&mut self) -> rusqlite::Result<Option<Result<(), Difference>>> {
        let rows = (self.expected.next()?, self.found.next()?);
        Ok(match rows {
            (None, None) => None,
            (Some(expected), None) => Some(Err(self.missing(&expected))),
            (None, Some(found)) => Some(Err(self.added(&found))),
            (Some(expected), Some(found)) => Some(self.same(&expected, &found)),
        })
    }

    fn same(&self, expected: &[Value], found: &[Value]) -> Result<(), Difference> {
        match order(self.key(expected), self.key(found)) {
            Ordering::Less => Err(self.missing(expected)),
            Ordering::Greater => Err(self.added(found)),
            Ordering::Equal if expected == found => Ok(()),
            Ordering::Equal => Err(self.difference(expected, Some(self.differing(expected, found)), Some(self.differing(found, expected)))),
        }
    }

    fn missing(&self, expected: &[Value]) -> Difference {
        self.difference(expected, Some(self.differing(expected, &[])), None)
    }

    fn added(&self, found: &[Value]) -> Difference {
        self.difference(found, None, Some(self.differing(found, &[])))
    }

    fn difference(&self, row: &[Value], expected: Option<String>, found: Option<String>) -> Difference {
        let key: Vec<String> = self.key(row).iter().map(show).collect();
        Difference { table: self.table.name, key: key.join(" "), expected, found }
    }

    fn key<'a>(&self, row: &'a [Value]) -> &'a [Value] {
        row.get(..self.table.key).unwrap_or(row)
    }

    /// The columns of `row` that are not as in `other`.
    fn differing(&self, row: &[Value], other: &[Value]) -> String {
        let columns = self.names.iter().zip(row).enumerate().filter(|(at, (_, value))| other.get(*at) != Some(value));
        let shown: Vec<String> = columns.map(|(_, (name, value))| format!("{name} {}", show(value))).collect();
        shown.join(", ")
    }
}

/// The order in which SQLite sorts keys, which hold whole numbers, texts and bytes.
fn order(one: &[Value], other: &[Value]) -> Ordering {
    let each = one.iter().zip(other).map(|pair| match pair {
        (Value::Integer(one), Value::Integer(other)) => one.cmp(other),
        (Value::Text(one), Value::Text(other)) => one.as_bytes().cmp(other.as_bytes()),
        (Value::Blob(one), Value::Blob(other)) => one.cmp(other),
        _ => Ordering::Equal,
    });
    each.fold(Ordering::Equal, Ordering::then)
}

/// A value for people, shortened.
fn show(value: &Value) -> String {
    const LONGEST: usize = 200;
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) if text.chars().count() > LONGEST => format!("{}…", text.chars().take(LONGEST).collect::<String>()),
        Value::Text(text) => text.clone(),
        Value::Blob(bytes) => to_hex(bytes),
    }
}
