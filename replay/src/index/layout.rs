//! What is in an index's file.

use rusqlite::{Connection, TransactionBehavior};

/// "PmIx" in the file's header: an index of promoledger (<https://sqlite.org/fileformat2.html#application_id>).
const APPLICATION_ID: i32 = i32::from_be_bytes(*b"PmIx");

/// The layout below and what the models put into it. Whoever changes either raises it: a file of another layout is made
/// again from the log.
const LAYOUT: i32 = 6;

/// A table whose rows follow from the log: its name, and how many of its first columns are its key.
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) key: usize,
}

/// Every table, the position first.
pub(crate) const TABLES: [Table; 14] = [
    Table { name: "position", key: 1 },
    Table { name: "fact", key: 1 },
    Table { name: "entry", key: 1 },
    Table { name: "rules", key: 2 },
    Table { name: "place", key: 3 },
    Table { name: "asserted", key: 2 },
    Table { name: "release", key: 3 },
    Table { name: "tenure", key: 4 },
    Table { name: "run", key: 1 },
    Table { name: "lock", key: 1 },
    Table { name: "halt", key: 1 },
    Table { name: "override", key: 1 },
    Table { name: "request", key: 1 },
    Table { name: "body", key: 2 },
];

/// Identifiers, hashes and digests are their bytes, times are microseconds since 1970.
///
/// An index on one column of `entry` lists equal values in the order of the log, since `sequence` is the row's own id:
/// so one page of a long history is read without sorting it. `latest` is the latest time so far: unlike `time`, which a
/// corrected clock sets back, it never falls, and so it says where a time begins in the log.
///
/// `span` is how many binary digits it takes to count the entries from the beginning of a run or lock to its end: see
/// `intervals`. `arrivals` and `rollbacks` count on from one tenure of a place to the next, so that what happened between
/// two of them is a difference, not a count. `place` names every place that a run was ever meant for, or that imported
/// history tells of.
///
/// `asserted` holds the lines of imported history, and is also what the facts about them are fetched from. Who was in a
/// place by their word is folded from its lines when somebody asks, so that they may come in any order.
const OBJECTS: &str = "
CREATE TABLE position(
    one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, head BLOB NOT NULL, genesis BLOB,
    understood INTEGER NOT NULL, core TEXT NOT NULL
) STRICT;

CREATE TABLE fact(key TEXT NOT NULL PRIMARY KEY, fact TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE entry(
    sequence INTEGER PRIMARY KEY, id BLOB NOT NULL, hash BLOB NOT NULL, time INTEGER NOT NULL, latest INTEGER NOT NULL,
    event_type TEXT NOT NULL, actor TEXT NOT NULL, pipeline TEXT, component TEXT, environment TEXT, version TEXT, digest BLOB, promotion_id BLOB,
    outcome TEXT, summary TEXT NOT NULL
) STRICT;
CREATE INDEX entry_id ON entry(id);
CREATE INDEX entry_hash ON entry(hash);
CREATE INDEX entry_latest ON entry(latest);
CREATE INDEX entry_type ON entry(event_type);
CREATE INDEX entry_family ON entry(substr(event_type, 1, instr(event_type, '.')));
CREATE INDEX entry_actor ON entry(actor);
CREATE INDEX entry_component ON entry(component) WHERE component IS NOT NULL;
CREATE INDEX entry_place ON entry(component, environment, pipeline) WHERE component IS NOT NULL AND environment IS NOT NULL;
CREATE INDEX entry_environment ON entry(environment) WHERE environment IS NOT NULL;
CREATE INDEX entry_version ON entry(version) WHERE version IS NOT NULL;
CREATE INDEX entry_digest ON entry(digest) WHERE digest IS NOT NULL;
CREATE INDEX entry_promotion ON entry(promotion_id) WHERE promotion_id IS NOT NULL;

CREATE TABLE rules(pipeline TEXT NOT NULL, sequence INTEGER NOT NULL, rules TEXT NOT NULL, PRIMARY KEY (pipeline, sequence)) STRICT, WITHOUT ROWID;
CREATE INDEX rules_sequence ON rules(sequence);

CREATE TABLE place(
    pipeline TEXT NOT NULL, component TEXT NOT NULL, environment TEXT NOT NULL, PRIMARY KEY (pipeline, component, environment)
) STRICT, WITHOUT ROWID;

CREATE TABLE asserted(
    sequence INTEGER NOT NULL, line INTEGER NOT NULL, id BLOB NOT NULL, time INTEGER NOT NULL, kind TEXT NOT NULL,
    pipeline TEXT NOT NULL, component TEXT NOT NULL, environment TEXT NOT NULL, version TEXT NOT NULL, digest BLOB,
    actor TEXT NOT NULL, source TEXT NOT NULL, note TEXT, PRIMARY KEY (sequence, line)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX asserted_id ON asserted(id);
CREATE INDEX asserted_place ON asserted(component, environment, pipeline, time);
CREATE INDEX asserted_version ON asserted(version, component, environment, pipeline, time);
CREATE INDEX asserted_digest ON asserted(digest) WHERE digest IS NOT NULL;

CREATE TABLE release(
    pipeline TEXT NOT NULL, component TEXT NOT NULL, version TEXT NOT NULL, digest BLOB NOT NULL,
    registered INTEGER NOT NULL, source_sha TEXT, PRIMARY KEY (pipeline, component, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX release_digest ON release(digest);
CREATE INDEX release_age ON release(pipeline, component, registered);

CREATE TABLE tenure(
    pipeline TEXT NOT NULL, component TEXT NOT NULL, environment TEXT NOT NULL, from_sequence INTEGER NOT NULL,
    version TEXT NOT NULL, digest BLOB NOT NULL, kind TEXT NOT NULL, since INTEGER NOT NULL, actor TEXT NOT NULL,
    promotion_id BLOB NOT NULL, to_sequence INTEGER, until INTEGER, left_by_rollback INTEGER NOT NULL,
    arrivals INTEGER NOT NULL, rollbacks INTEGER NOT NULL,
    PRIMARY KEY (pipeline, component, environment, from_sequence)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX tenure_now ON tenure(pipeline, component, environment) WHERE to_sequence IS NULL;
CREATE INDEX tenure_version ON tenure(pipeline, component, environment, version, from_sequence);
CREATE INDEX tenure_environment ON tenure(pipeline, environment, from_sequence);
CREATE INDEX tenure_digest ON tenure(digest);

CREATE TABLE run(
    promotion_id BLOB NOT NULL PRIMARY KEY, pipeline TEXT NOT NULL, component TEXT NOT NULL, environment TEXT NOT NULL,
    version TEXT NOT NULL, digest BLOB NOT NULL, source TEXT NOT NULL, kind TEXT NOT NULL, leaves TEXT, requested INTEGER NOT NULL,
    since INTEGER NOT NULL, ended INTEGER, until INTEGER, ending TEXT, span INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX run_under_way ON run(requested) WHERE ended IS NULL;
CREATE INDEX run_span ON run(span, requested) WHERE span IS NOT NULL;
CREATE INDEX run_completed ON run(pipeline, component, environment, kind, ended) WHERE ending = 'completed';

CREATE TABLE lock(
    sequence INTEGER PRIMARY KEY, pipeline TEXT NOT NULL, environment TEXT NOT NULL, component TEXT, owner TEXT NOT NULL,
    reason TEXT NOT NULL, since INTEGER NOT NULL, expires INTEGER, lifted INTEGER, lifted_at INTEGER, lifted_by TEXT, span INTEGER
) STRICT;
CREATE INDEX lock_standing ON lock(sequence) WHERE lifted IS NULL;
CREATE INDEX lock_span ON lock(span, sequence) WHERE span IS NOT NULL;
CREATE INDEX lock_lifted ON lock(lifted) WHERE lifted IS NOT NULL;

CREATE TABLE halt(
    sequence INTEGER PRIMARY KEY, pipeline TEXT NOT NULL, environment TEXT NOT NULL, component TEXT, actor TEXT NOT NULL,
    reason TEXT NOT NULL, since INTEGER NOT NULL, resolved INTEGER, resolved_at INTEGER, resolved_by TEXT, resolution TEXT
) STRICT;

CREATE TABLE override(
    sequence INTEGER PRIMARY KEY, promotion_id BLOB NOT NULL, pipeline TEXT NOT NULL, component TEXT NOT NULL,
    environment TEXT NOT NULL, version TEXT NOT NULL, guards TEXT NOT NULL, justification TEXT NOT NULL, actor TEXT NOT NULL,
    since INTEGER NOT NULL, reviewed INTEGER, reviewed_at INTEGER, reviewed_by TEXT, finding TEXT
) STRICT;
CREATE INDEX override_open ON override(sequence) WHERE reviewed IS NULL;

CREATE TABLE request(
    sequence INTEGER PRIMARY KEY, pipeline TEXT NOT NULL, component TEXT NOT NULL, environment TEXT NOT NULL,
    version TEXT NOT NULL, digest BLOB NOT NULL, actor TEXT NOT NULL, since INTEGER NOT NULL, expires INTEGER NOT NULL,
    manifest INTEGER NOT NULL, granted INTEGER NOT NULL, closed INTEGER
) STRICT;
CREATE INDEX request_open ON request(pipeline, component, environment, digest) WHERE closed IS NULL;

CREATE TABLE body(digest BLOB NOT NULL, sequence INTEGER NOT NULL, removed INTEGER NOT NULL, PRIMARY KEY (digest, sequence))
STRICT, WITHOUT ROWID;
";

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// An index of this layout.
    Index,
    /// Nothing yet, or an index of another layout.
    ToBeMade,
    /// Somebody else's database.
    Foreign,
}

/// Looks at what a file is. Tables are counted before the mark is read: another process may be laying the file out, and
/// marks it in the same transaction that makes the tables.
pub(super) fn identify(connection: &Connection) -> rusqlite::Result<Found> {
    let objects: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let mark: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if mark == APPLICATION_ID {
        let layout: i32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        return Ok(if layout == LAYOUT { Found::Index } else { Found::ToBeMade });
    }
    Ok(if mark == 0 && objects == 0 { Found::ToBeMade } else { Found::Foreign })
}

/// Lays the file out, unless another process did meanwhile.
pub(super) fn make(connection: &mut Connection) -> rusqlite::Result<()> {
    let layout = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if identify(&layout)? == Found::ToBeMade {
        clear(&layout)?;
    }
    layout.commit()
}

/// Lays the file out anew, whatever it holds.
pub(super) fn make_again(connection: &mut Connection) -> rusqlite::Result<()> {
    let layout = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    clear(&layout)?;
    layout.commit()
}

/// Drops every table, with its indexes, and makes those of this layout. Belongs into a transaction.
pub(super) fn clear(connection: &Connection) -> rusqlite::Result<()> {
    for table in tables(connection)? {
        connection.execute_batch(&format!("DROP TABLE \"{}\"", table.replace('"', "\"\"")))?;
    }
    connection.execute_batch(OBJECTS)?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", LAYOUT)
}

fn tables(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut query = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")?;
    query.query_map([], |row| row.get(0))?.collect()
}
