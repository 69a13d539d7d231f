//! The read models over real ledgers: signed, chained, appended through the front door.

mod support;

mod check;
mod damage;
mod follow;
mod history;
mod imported;
mod past;
mod places;
mod properties;
mod runs;
