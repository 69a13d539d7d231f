//! What somebody asks for.

use promotion_ledger::meaning::event::artifact::GateStatus;
use promotion_ledger::meaning::id::PromotionId;

use crate::cast::Who;

/// One command line, in effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ask {
    Register {
        component: &'static str,
        version: &'static str,
        build: u8,
        breaking: bool,
    },
    Promote {
        id: PromotionId,
        component: &'static str,
        version: &'static str,
        from: &'static str,
        to: &'static str,
        downgrade: bool,
        breaking: bool,
        force: bool,
        /// Whether guards are to be passed on the asker's word.
        glass: bool,
    },
    /// Without a version: to where the index says.
    Rollback {
        id: PromotionId,
        component: &'static str,
        version: Option<String>,
        environment: &'static str,
    },
    Lock {
        environment: &'static str,
        component: Option<&'static str>,
        /// When it is over by itself, in microseconds.
        expires: Option<i64>,
    },
    Unlock {
        environment: &'static str,
        component: Option<&'static str>,
        others: bool,
    },
    Gate {
        gate: &'static str,
        component: &'static str,
        environment: &'static str,
        digest: String,
        status: GateStatus,
    },
    /// Yes or no to the request of that entry.
    Answer {
        component: &'static str,
        environment: &'static str,
        digest: String,
        request: u64,
        yes: bool,
    },
    Review {
        id: PromotionId,
    },
    Resume {
        id: PromotionId,
    },
    Abort {
        id: PromotionId,
        leave_tags: bool,
    },
    Adopt {
        variant: u8,
    },
    AddKey {
        whose: Who,
    },
    Revoke {
        whose: Who,
    },
    Endorse {
        proposal: u64,
    },
    CorrectClock,
}

impl Ask {
    /// What is asked for, in a word.
    pub(crate) const fn verb(&self) -> &'static str {
        match self {
            Self::Register { .. } => "register",
            Self::Promote { .. } => "promote",
            Self::Rollback { .. } => "rollback",
            Self::Lock { .. } => "lock",
            Self::Unlock { .. } => "unlock",
            Self::Gate { .. } => "gate",
            Self::Answer { .. } => "answer",
            Self::Review { .. } => "review",
            Self::Resume { .. } => "resume",
            Self::Abort { .. } => "abort",
            Self::Adopt { .. } => "adopt",
            Self::AddKey { .. } | Self::Revoke { .. } | Self::Endorse { .. } => "keys",
            Self::CorrectClock => "clock",
        }
    }

    /// The component whose registry is opened for it.
    pub(crate) fn component(&self) -> Option<&'static str> {
        match self {
            Self::Promote { component, .. } | Self::Rollback { component, .. } => Some(component),
            _ => None,
        }
    }
}
