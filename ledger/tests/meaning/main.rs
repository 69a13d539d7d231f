//! The meaning layer as a whole: what `decide` decides, what `lawful` allows, and that the two agree.
//!
//! Given events that were really appended, when somebody asks for something, then these events or these reasons.

mod support;

mod appends;
mod decide_gates;
mod decide_guards;
mod decide_import;
mod decide_keys;
mod decide_locks;
mod decide_promote;
mod decide_rollback;
mod decide_runs;
mod lawful;
mod properties;
