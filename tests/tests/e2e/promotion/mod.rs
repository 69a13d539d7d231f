//! Promotions against a real registry, looked at with skopeo, and every guard on the way.

mod authorization;
mod dry_run;
mod gates;
mod guards;
mod keys;
mod locks;
mod pipelines;
mod scans;
mod story;

pub(crate) use keys::add_key;
