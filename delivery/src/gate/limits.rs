//! The bounds within which gates run.

use std::num::NonZeroUsize;
use std::time::Duration;

/// How long a gate may take unless the manifest says otherwise.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(300);
/// The shortest time limit that a manifest may set.
pub const SHORTEST_TIMEOUT: Duration = Duration::from_secs(30);
/// The longest time limit that a manifest may set.
pub const LONGEST_TIMEOUT: Duration = Duration::from_secs(3600);

/// The bounds that all gates of a run share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many gates run side by side.
    pub at_once: NonZeroUsize,
    /// How long a gate that was asked to end has for it before it is killed.
    pub grace: Duration,
    /// How many bytes of a gate's output are kept: one half from its beginning, the other from its end.
    pub output: usize,
    /// How many bytes of a gate's report are kept. One that is longer is cut, and can be told by that.
    pub report: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            at_once: const { NonZeroUsize::new(4).expect("4 is not 0") },
            grace: Duration::from_secs(5),
            output: 1024 * 1024,
            report: 64 * 1024 * 1024 + 1,
        }
    }
}
