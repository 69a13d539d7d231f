//! What machines read: one struct for each object that a command prints, each with a written schema (`promoledger schema`).

pub(crate) mod admin;
pub(crate) mod audit;
pub(crate) mod diff;
pub(crate) mod halt;
pub(crate) mod history;
pub(crate) mod impact;
pub(crate) mod import;
pub(crate) mod moment;
pub(crate) mod run;
pub(crate) mod scan;
pub(crate) mod setup;
pub(crate) mod show;
pub(crate) mod status;
pub(crate) mod whereabouts;
pub(crate) mod word;
