//! Questions about the past: what stood at a time or an entry, and what changed since.

mod between;
mod impact;
mod imported;
mod past;

use serde_json::Value;

use crate::shop::{PLAIN, Shop};

/// `v1.0.0` is in dev and staging, then `v1.1.0` in dev, which is rolled back from; prod is locked and unlocked.
fn shop() -> Shop {
    let shop = Shop::in_layouts(PLAIN);
    shop.promote_up_to("v1.0.0", "staging");
    shop.promote_up_to("v1.1.0", "dev");
    shop.run(&["lock", "--env", "prod", "--reason", "stocktaking"]).expect_code(0);
    shop.run(&["rollback", "--env", "dev", "--reason", "it was slow"]).expect_code(0);
    shop.run(&["unlock", "--env", "prod"]).expect_code(0);
    shop
}

/// The newest place of an entry of that type.
#[track_caller]
fn place(shop: &Shop, event_type: &str) -> String {
    let newest = shop.newest(event_type);
    format!("seq:{}", newest.0["seq"].as_u64().expect("an entry has a place"))
}

/// What the row of a place holds.
#[track_caller]
fn row<'a>(rows: &'a Value, environment: &str) -> &'a Value {
    let rows = rows.as_array().expect("rows");
    rows.iter().find(|row| row["environment"] == environment).unwrap_or_else(|| panic!("no row of {environment}: {rows:#?}"))
}
