//! `promoledger` from end to end: the program itself against real registries, image layouts, crashes and forgeries.
//!
//! One test crate, so that the program's dependencies are linked once:
//! * `promotion`: a whole story against a real registry, and every guard on the way;
//! * `outputs`: what people and machines are given to read;
//! * `imports`: history from before the ledger;
//! * `interrupted`: `kill -9` at every step, and a registry that stalls, fails and lies;
//! * `proxies`: registries behind a proxy that the environment names;
//! * `races`: processes that want the same thing at once;
//! * `tampering`: a ledger that somebody changed;
//! * `travel`: what stood at a time, what changed since, and what a rollback would undo;
//! * `tour` and `readme`: the documentation does what it says.
//!
//! What they share is `promoledger_tests::shop`: a workspace with a ledger, a manifest and images.

mod imports;
mod interrupted;
mod outputs;
mod promotion;
mod proxies;
mod races;
mod readme;
mod tampering;
mod tour;
mod travel;

use promoledger_tests::shop;
