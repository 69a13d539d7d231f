//! The meaning layer as a whole: what `decide` decides, what `lawful` allows, and that the two agree.
//!
//! Given events that were really appended, when somebody asks for something, then these events or these reasons.

mod support;

mod appends;
mod decide_approvals;
mod decide_approving;
mod decide_authorization;
mod decide_break_glass;
mod decide_duties;
mod decide_freeze;
mod decide_gate_age;
mod decide_gates;
mod decide_guards;
mod decide_halt;
mod decide_identity;
mod decide_import;
mod decide_keys;
mod decide_lock_expiry;
mod decide_locks;
mod decide_order;
mod decide_override_use;
mod decide_promote;
mod decide_review;
mod decide_rollback;
mod decide_runs;
mod decide_seen_gates;
mod decide_signature;
mod decide_soak;
mod decide_taking_over;
mod decide_versions;
mod lawful;
mod properties;
