//! What somebody said yes to, as entries and rules spell it.

use serde::{Deserialize, Serialize};

/// Somebody said so. Written as `true`; what was not said is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "bool", into = "bool")]
pub struct Accepted;

/// A flag that may only be `true` is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what is not accepted is left out: expected true, found false")]
pub struct NotAccepted;

impl Accepted {
    /// The flag, if it was said.
    pub fn when(said: bool) -> Option<Self> {
        said.then_some(Self)
    }
}

impl TryFrom<bool> for Accepted {
    type Error = NotAccepted;

    fn try_from(said: bool) -> Result<Self, NotAccepted> {
        if said { Ok(Self) } else { Err(NotAccepted) }
    }
}

impl From<Accepted> for bool {
    fn from(_: Accepted) -> Self {
        true
    }
}
