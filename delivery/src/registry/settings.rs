//! What opening a registry needs to be told: credentials, certificates, limits, and how to wait.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::credentials::Sources;
use super::retry::{Pace, Policy};

/// What opening a registry needs to be told. Paths and values are passed in; no environment variable is read here.
#[derive(Clone)]
pub struct Settings {
    /// Where credentials may be found.
    pub credentials: Sources,
    /// Files of PEM certificates to trust beside the system's.
    pub ca_files: Vec<PathBuf>,
    /// How long one try may take.
    pub limits: Limits,
    /// When a failed try is repeated.
    pub retry: Policy,
    /// How to wait between tries.
    pub pace: Arc<dyn Pace>,
}

impl Settings {
    /// The usual limits and retries, no credentials, the system's certificates.
    pub fn new(pace: Arc<dyn Pace>) -> Self {
        Self { credentials: Sources::default(), ca_files: Vec::new(), limits: Limits::default(), retry: Policy::default(), pace }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("credentials", &self.credentials)
            .field("ca_files", &self.ca_files)
            .field("limits", &self.limits)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

/// How long one try may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Until the connection stands.
    pub connect: Duration,
    /// From the first byte asked to the last byte answered, authentication included.
    pub attempt: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), attempt: Duration::from_secs(30) }
    }
}
