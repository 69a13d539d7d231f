//! What all gates of a run share: subject, environment, bounds, time.

use std::collections::BTreeMap;
use std::ffi::OsString;

use super::cancel::Cancel;
use super::limits::Limits;
use super::subject::Subject;
use crate::registry::retry::Pace;

/// What all gates of a run share.
#[derive(Clone, Copy)]
pub struct Conditions<'a> {
    /// What they look at.
    pub subject: &'a Subject,
    /// The caller's environment; little of it is passed on.
    pub environment: &'a BTreeMap<String, OsString>,
    /// Their bounds.
    pub limits: Limits,
    /// How time passes.
    pub pace: &'a dyn Pace,
    /// Ends them before their time.
    pub cancel: &'a Cancel,
}
