//! How much an environment wants signatures: not at all, with a warning, or as a condition.

use serde::{Deserialize, Serialize};

/// How much an environment wants signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Enforcement {
    /// Nobody looks for one.
    #[default]
    Off,
    /// Whatever is not a good signature is a warning.
    Warn,
    /// Whatever is not a good signature refuses the promotion.
    Enforce,
}

impl Enforcement {
    /// Whether signatures are looked for.
    pub fn asks(self) -> bool {
        self != Self::Off
    }

    /// Whether anything but a good signature refuses.
    pub fn demands(self) -> bool {
        self == Self::Enforce
    }
}
