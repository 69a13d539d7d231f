//! What machines read: one struct for each object that a command prints, each with a written schema (`promoledger schema`).

pub(crate) mod run;
pub(crate) mod setup;
