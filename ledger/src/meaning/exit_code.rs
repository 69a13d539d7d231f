//! How an action can end: the one table of exit codes.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How an action ended, as a process tells its caller. This is the only table of exit codes in the code; the
/// documentation's table is held to it by a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ExitCode {
    /// The action is done, or was done before.
    Done = 0,
    /// Something failed that no other code names.
    Failure = 1,
    /// The arguments make no sense, or a credential was not accepted.
    Usage = 2,
    /// The artifact, component, environment or entry is not there.
    NotFound = 3,
    /// Something that must never change was found changed.
    Immutability = 4,
    /// A registry or store cannot be reached.
    Unavailable = 5,
    /// The artifact's signature is missing or bad.
    Signature = 6,
    /// Somebody else holds what is needed, or the head would not settle.
    Busy = 7,
    /// A gate failed or has no result.
    GateFailed = 8,
    /// The move is not one step of the pipeline.
    InvalidTransition = 9,
    /// The tag exists on another digest.
    TagConflict = 10,
    /// The version was never promoted there.
    NeverPromoted = 11,
    /// The principal may not do this.
    NotAuthorized = 12,
    /// The environment is locked.
    Locked = 13,
    /// A version guard refuses: a downgrade or a breaking change.
    VersionGuard = 14,
    /// The pipeline is halted by an unresolved failure.
    Halted = 15,
    /// An approval is missing or was rejected.
    Approval = 16,
    /// The environment is frozen, or the release is still soaking.
    Frozen = 17,
    /// A deploy, a validation or a publish command failed.
    DeployFailed = 18,
    /// The manifest given is not the one in force.
    ManifestDiffers = 19,
    /// The ledger was tampered with.
    Tampered = 20,
    /// The ledger is incomplete.
    Incomplete = 21,
    /// The ledger cannot be verified here.
    NotVerifiable = 22,
    /// The ledger is authentic and holds an entry that the rules did not allow.
    Unlawful = 23,
}

impl ExitCode {
    /// Every code, in order.
    pub const ALL: [Self; 24] = [
        Self::Done,
        Self::Failure,
        Self::Usage,
        Self::NotFound,
        Self::Immutability,
        Self::Unavailable,
        Self::Signature,
        Self::Busy,
        Self::GateFailed,
        Self::InvalidTransition,
        Self::TagConflict,
        Self::NeverPromoted,
        Self::NotAuthorized,
        Self::Locked,
        Self::VersionGuard,
        Self::Halted,
        Self::Approval,
        Self::Frozen,
        Self::DeployFailed,
        Self::ManifestDiffers,
        Self::Tampered,
        Self::Incomplete,
        Self::NotVerifiable,
        Self::Unlawful,
    ];

    /// The number that the process exits with.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The code of that number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.number() == number)
    }

    /// One word for machines: the `kind` of an error in JSON.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failure => "failure",
            Self::Usage => "usage",
            Self::NotFound => "not_found",
            Self::Immutability => "immutability_violated",
            Self::Unavailable => "unavailable",
            Self::Signature => "artifact_signature",
            Self::Busy => "busy",
            Self::GateFailed => "gate_failed",
            Self::InvalidTransition => "invalid_transition",
            Self::TagConflict => "tag_conflict",
            Self::NeverPromoted => "never_promoted",
            Self::NotAuthorized => "not_authorized",
            Self::Locked => "locked",
            Self::VersionGuard => "version_guard",
            Self::Halted => "halted",
            Self::Approval => "approval",
            Self::Frozen => "frozen",
            Self::DeployFailed => "deploy_failed",
            Self::ManifestDiffers => "manifest_differs",
            Self::Tampered => "tampered",
            Self::Incomplete => "incomplete",
            Self::NotVerifiable => "not_verifiable",
            Self::Unlawful => "unlawful",
        }
    }

    /// What the code says, as the documentation's table says it.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failure => "unexpected failure",
            Self::Usage => "usage or authentication",
            Self::NotFound => "artifact not found",
            Self::Immutability => "immutability violated",
            Self::Unavailable => "registry or store unavailable",
            Self::Signature => "artifact signature missing or bad",
            Self::Busy => "busy: group held, or the head would not settle",
            Self::GateFailed => "gate failed",
            Self::InvalidTransition => "invalid transition",
            Self::TagConflict => "tag exists on another digest",
            Self::NeverPromoted => "version never promoted there",
            Self::NotAuthorized => "not authorized, duties included",
            Self::Locked => "locked",
            Self::VersionGuard => "version guard: downgrade or breaking change",
            Self::Halted => "halted by an unresolved failure",
            Self::Approval => "approval missing or rejected",
            Self::Frozen => "frozen or soaking",
            Self::DeployFailed => "deploy, validation or publish failed",
            Self::ManifestDiffers => "manifest differs from the one in force",
            Self::Tampered => "tampered with",
            Self::Incomplete => "incomplete",
            Self::NotVerifiable => "not verifiable here: could not run, or a later format",
            Self::Unlawful => "authentic but unlawful",
        }
    }
}

impl fmt::Display for ExitCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.meaning())
    }
}

impl Serialize for ExitCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.number())
    }
}

impl<'de> Deserialize<'de> for ExitCode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = u8::deserialize(deserializer)?;
        Self::from_number(number).ok_or_else(|| serde::de::Error::custom(format!("{number} is not an exit code: expected 0 to 23")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // proves: FR-034
    #[test]
    fn codes_are_numbered_in_order_without_gaps() {
        for (number, code) in (0u8..).zip(ExitCode::ALL) {
            assert_eq!(code.number(), number);
            assert_eq!(ExitCode::from_number(number), Some(code));
        }
        assert_eq!(ExitCode::from_number(24), None);
    }
}
