//! What a promotion is examined with before it is asked for: the caller's environment for gates, and what shows them and ends them.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use crate::gate::{Cancel, Progress};
use crate::registry::retry::Pace;
use crate::signature::Cache;

/// What a promotion is examined with.
#[derive(Clone, Copy)]
pub struct Means<'a> {
    /// The caller's environment; little of it is passed on to gates.
    pub environment: &'a BTreeMap<String, OsString>,
    /// The folder that gates run in.
    pub folder: &'a PathBuf,
    /// How time passes.
    pub pace: &'a dyn Pace,
    /// Ends gates before their time.
    pub cancel: &'a Cancel,
    /// Is told what happens to gates.
    pub progress: &'a dyn Fn(Progress<'_>),
    /// Where good verdicts on signatures are kept.
    pub verdicts: &'a dyn Cache,
}
