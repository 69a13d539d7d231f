//! What people and machines are given to read.

mod exit_codes;
mod hostile;
mod machines;
mod page;
mod people;
mod refusals;
mod secrets;
mod snapshots;
