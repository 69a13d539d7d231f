//! What events mean: names, events, the state that follows from them, the law, and decisions.
//!
//! Nothing here knows of bytes, clocks, files or networks: everything is a function of its arguments.

pub mod accepted;
pub mod command;
pub mod core;
pub mod decide;
pub mod digest;
pub mod event;
pub mod event_type;
pub mod exit_code;
pub mod facts;
pub mod grant;
pub mod guard;
pub mod id;
pub mod law;
pub mod names;
pub mod needs;
pub mod refusal;
pub mod rules;
pub mod shared;
pub mod span;
pub mod state;
pub mod time;
pub mod versions;
