//! The moment that a question about the past was about.

use schemars::JsonSchema;
use serde::Serialize;

/// A moment that was asked about.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct At {
    /// The last entry that counts; null where that is before the first one.
    pub(crate) entry: Option<u64>,
    /// The time that was asked for, or when that entry was recorded.
    pub(crate) time: Option<String>,
}
