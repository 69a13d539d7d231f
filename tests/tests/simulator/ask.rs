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
    },
    Promote {
        id: PromotionId,
        component: &'static str,
        version: &'static str,
        from: &'static str,
        to: &'static str,
        downgrade: bool,
        force: bool,
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
    /// The component whose registry is opened for it.
    pub(crate) fn component(&self) -> Option<&'static str> {
        match self {
            Self::Promote { component, .. } | Self::Rollback { component, .. } => Some(component),
            _ => None,
        }
    }
}
