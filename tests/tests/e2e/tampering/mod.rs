//! A ledger that somebody changed: rows, bodies, exports, and whole histories signed anew with a true key.

mod evidence;
mod export;
mod forgery;
mod rows;
mod upkeep;

use promoledger_tests::tamper::Finding;
pub(crate) use promoledger_tests::tamper::edit;

use crate::shop::{GATED, Shop};

/// The gate that a release passes on its way into staging, beside the policies that are always asked.
const GATE: &str = "tests";

/// A ledger with a bit of everything in it: keys, a gate with evidence, promotions, a rollback, a refusal, locks.
fn story() -> Shop {
    let shop = Shop::in_layouts(GATED);
    crate::promotion::add_key(&shop, "ci", "ci:acme/shop", &["--role", "ci", "--environments", "dev"]);
    shop.promote_up_to("v1.0.0", "dev");
    shop.workspace.write("report.txt", "3 of 3 passed\n");
    let digest = crate::shop::digest("api", "v1.0.0");
    let gate = ["record", "gate", GATE, "--digest", &digest, "--env", "staging", "--status", "passed", "--evidence", "report.txt"];
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

/// Verifies with further arguments; the verdict must have that code. Gives the findings.
#[track_caller]
fn verify(shop: &Shop, code: i32, further: &[&str]) -> Vec<Finding> {
    let run = shop.run(&[&["verify", "--output", "json"], further].concat()).expect_code(code);
    Finding::all(&run)
}
