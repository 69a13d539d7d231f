//! Promotions against a real registry, looked at with skopeo, and every guard on the way.

mod approvals;
mod authorization;
mod commands;
mod dry_run;
mod gates;
mod guards;
mod halts;
mod keys;
mod locks;
mod pipelines;
mod policies;
mod predictions;
mod scans;
mod signatures;
mod stewards;
mod story;
mod tokens;
mod waiting;

pub(crate) use keys::add_key;
