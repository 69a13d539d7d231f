//! A ledger that somebody changed: rows, bodies, exports, and whole histories signed anew with a true key.

mod export;
mod forgery;
mod rows;
mod upkeep;

use rusqlite::Connection;
use serde_json::Value;

use crate::shop::{GATED, Shop};

/// A ledger with a bit of everything in it: keys, a gate with evidence, promotions, a rollback, a refusal, locks.
fn story() -> Shop {
    let shop = Shop::in_layouts(GATED);
    crate::promotion::add_key(&shop, "ci", "ci:acme/shop", &["--role", "ci", "--environments", "dev"]);
    shop.promote_up_to("v1.0.0", "dev");
    shop.workspace.write("report.txt", "3 of 3 passed\n");
    let digest = crate::shop::digest("api", "v1.0.0");
    let gate = ["record", "gate", "tests", "--digest", &digest, "--env", "staging", "--status", "passed", "--evidence", "report.txt"];
    shop.run(&gate).expect_code(0);
    shop.promote("v1.0.0", "dev", "staging").expect_code(0);
    shop.promote("v1.1.0", "none", "dev").expect_code(0);
    shop.run(&["rollback", "--env", "dev", "--reason", "it was slow"]).expect_code(0);
    shop.run(&["lock", "--env", "dev", "--reason", "closed"]).expect_code(0);
    shop.promote("v1.2.0", "none", "dev").expect_code(13);
    shop.run(&["unlock", "--env", "dev"]).expect_code(0);
    shop.run(&["verify"]).expect_code(0);
    shop
}

/// Changes the ledger's file behind everybody's back: with the triggers out of the way, which are put back after.
pub(crate) fn edit<T>(shop: &Shop, change: impl FnOnce(&Connection) -> T) -> T {
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

/// Verifies with further arguments; the verdict must have that code. Gives the findings.
#[track_caller]
fn verify(shop: &Shop, code: i32, further: &[&str]) -> Vec<Finding> {
    let run = shop.run(&[&["verify", "--output", "json"], further].concat()).expect_code(code);
    let verdict = run.json();
    assert_eq!(verdict["success"], code == 0);
    let findings = verdict["findings"].as_array().unwrap_or_else(|| panic!("a verdict lists findings: {verdict}"));
    findings.iter().map(Finding::of).collect()
}

/// What a verdict found wrong.
#[derive(Debug)]
struct Finding {
    code: i64,
    entry: Option<u64>,
    message: String,
}

impl Finding {
    fn of(value: &Value) -> Self {
        let message = value["message"].as_str().unwrap_or_default().to_owned();
        Self { code: value["code"].as_i64().unwrap_or(-1), entry: value["entry"].as_u64(), message }
    }
}
