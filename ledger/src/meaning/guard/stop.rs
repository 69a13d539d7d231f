//! What is asked for, and what stands in its way.

use crate::meaning::event::overriding::Overridable;
use crate::meaning::event::promotion::Promotion;
use crate::meaning::exit_code::ExitCode;
use crate::meaning::time::Timestamp;

use super::person::Person;

/// What is asked for, by whom, and when.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// What would land where.
    pub promotion: &'a Promotion,
    /// Who asks.
    pub who: Person<'a>,
    /// The time of the entry that asks.
    pub at: Timestamp,
    /// Imported history may stand for what was not recorded.
    pub accept_asserted: bool,
    /// Changes that break what others rely on are meant.
    pub allow_breaking: bool,
}

/// A guard that can stop a promotion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Guard {
    /// A failure that is not resolved.
    Halt,
    /// A lock.
    Lock,
    /// A freeze.
    Freeze,
    /// The time that a release must have been in the environment before.
    Soak,
    /// Who may change the environment.
    Authorization,
    /// Whoever brought the digest into the environment before may not bring it further.
    Duties,
    /// Which versions may come into the environment.
    Versions,
    /// Changes that break what others rely on.
    Breaking,
    /// Whose word is needed.
    Approvals,
    /// What must have been checked.
    Gates,
}

/// A guard stands in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// Which.
    pub guard: Guard,
    /// One sentence: which thing, what was expected, what was found.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Stop {
    pub(super) fn new(guard: Guard, message: impl Into<String>) -> Self {
        Self { guard, message: message.into(), hint: None }
    }

    pub(super) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

impl Guard {
    /// The exit code that it stands for.
    pub const fn code(self) -> ExitCode {
        match self {
            Self::Halt => ExitCode::Halted,
            Self::Lock => ExitCode::Locked,
            Self::Freeze | Self::Soak => ExitCode::Frozen,
            Self::Authorization | Self::Duties => ExitCode::NotAuthorized,
            Self::Versions => ExitCode::InvalidTransition,
            Self::Breaking => ExitCode::VersionGuard,
            Self::Approvals => ExitCode::Approval,
            Self::Gates => ExitCode::GateFailed,
        }
    }

    /// What passes it on somebody's word, if anything does.
    pub const fn overridable(self) -> Option<Overridable> {
        match self {
            Self::Lock => Some(Overridable::Lock),
            Self::Freeze => Some(Overridable::Freeze),
            Self::Soak => Some(Overridable::Soak),
            Self::Approvals => Some(Overridable::Approvals),
            Self::Gates => Some(Overridable::Gates),
            Self::Halt | Self::Authorization | Self::Duties | Self::Versions | Self::Breaking => None,
        }
    }
}
