//! Why somebody is turned down.

/// One reason not to do what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// The arguments make no sense.
    Usage,
    /// It is not there.
    NotFound,
    /// A tag that is never moved was moved.
    TagMoved,
    /// Something is under way.
    Busy,
    /// A gate has not passed.
    Gate,
    /// A gate has passed too long ago.
    OldGate,
    /// It is not one step of the path.
    Path,
    /// The environment that it comes from was rolled back from it.
    LeftThere,
    /// It was reviewed.
    Reviewed,
    /// The tag is on something else, or a version stands for something else.
    Taken,
    /// It was never there.
    NeverThere,
    /// The key holds no grant for it, or is not live.
    NotGranted,
    /// The environment is for others to change.
    NotAuthorized,
    /// Whoever asks brought it where it comes from.
    Duties,
    /// Whoever asks approved it.
    OwnWord,
    /// Whoever asks for it does not approve it.
    OwnRequest,
    /// Whoever approved it counts once.
    Twice,
    /// Whoever answers belongs to none of the groups.
    NotMember,
    /// Nobody's word is needed.
    NoWordNeeded,
    /// The manifest changed since.
    Void,
    /// Its time is over.
    Over,
    /// Somebody said no.
    Rejected,
    /// Whoever overrode does not review it.
    OwnOverride,
    /// The locks are others'.
    OthersLocks,
    /// A lock stands.
    Lock,
    /// The version is older than what is there, or cannot be compared with it.
    Downgrade,
    /// The release breaks what others rely on.
    Breaking,
    /// The environment takes other versions.
    Versions,
    /// It is the wrong time.
    Freeze,
    /// The release has not been long enough where it comes from.
    Soak,
    /// Nobody asked for approvals, or not enough were given, or in vain.
    Approvals,
    /// There is a newer request.
    NewerRequest,
}

impl Why {
    /// The exit code that it stands for.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Usage => 2,
            Self::NotFound => 3,
            Self::TagMoved => 4,
            Self::Busy => 7,
            Self::Gate | Self::OldGate => 8,
            Self::Path | Self::LeftThere | Self::Versions | Self::Reviewed => 9,
            Self::Taken => 10,
            Self::NeverThere => 11,
            Self::NotGranted
            | Self::NotAuthorized
            | Self::Duties
            | Self::OwnWord
            | Self::OwnRequest
            | Self::Twice
            | Self::NotMember
            | Self::NoWordNeeded
            | Self::Void
            | Self::Over
            | Self::Rejected
            | Self::OwnOverride
            | Self::OthersLocks => 12,
            Self::Lock => 13,
            Self::Downgrade | Self::Breaking => 14,
            Self::Approvals | Self::NewerRequest => 16,
            Self::Freeze | Self::Soak => 17,
        }
    }

    /// What the log calls the guard, if somebody's word passes it.
    pub(crate) const fn overridable(self) -> Option<&'static str> {
        match self {
            Self::Lock => Some("lock"),
            Self::Freeze => Some("freeze"),
            Self::Soak => Some("soak"),
            Self::Approvals => Some("approvals"),
            Self::Gate | Self::OldGate => Some("gates"),
            _ => None,
        }
    }
}
