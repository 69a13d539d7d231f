//! Somebody who can write to the ledger's file, and what a verdict says of it.

use rusqlite::Connection;
use serde_json::Value;

use crate::command::Run;
use crate::shop::Shop;

/// Changes the ledger's file behind everybody's back: with the triggers out of the way, which are put back after.
pub fn edit<T>(shop: &Shop, change: impl FnOnce(&Connection) -> T) -> T {
    let connection = Connection::open(shop.ledger()).expect("the ledger can be opened");
    let triggers: Vec<(String, String)> = {
        let mut rows = connection.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").expect("a schema");
        let triggers = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("triggers can be listed");
        triggers.collect::<Result<_, _>>().expect("triggers have names")
    };
    assert!(triggers.len() >= 2, "entries are guarded against accidents");
    for (name, _) in &triggers {
        connection.execute_batch(&format!("DROP TRIGGER {name}")).expect("a trigger can be dropped");
    }
    let changed = change(&connection);
    for (_, sql) in &triggers {
        connection.execute_batch(sql).expect("a trigger can be put back");
    }
    changed
}

/// What a verdict found wrong.
#[derive(Debug)]
pub struct Finding {
    /// The exit code that it stands for.
    pub code: i64,
    /// The entry that it is about, if it is about one.
    pub entry: Option<u64>,
    /// In words.
    pub message: String,
}

impl Finding {
    /// Everything that `verify --output json` found wrong.
    #[must_use]
    pub fn all(run: &Run) -> Vec<Self> {
        let verdict = run.json();
        assert_eq!(verdict["success"], run.code == Some(0), "{verdict}");
        verdict["findings"].as_array().into_iter().flatten().map(Self::of).collect()
    }

    fn of(value: &Value) -> Self {
        let message = value["message"].as_str().unwrap_or_default().to_owned();
        Self { code: value["code"].as_i64().unwrap_or(-1), entry: value["entry"].as_u64(), message }
    }
}
