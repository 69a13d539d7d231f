//! A place, and who is there.

use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::id::Sequence;
use promotion_ledger::meaning::names::{Principal, Version};
use promotion_ledger::meaning::time::Timestamp;

use super::asserted::AssertedRow;
use super::rows::{RunRow, Spot, TenureRow};

/// A place, and what is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceRow {
    /// Which one.
    pub spot: Spot,
    /// The release that is there.
    pub holder: Option<HolderRow>,
    /// What is under way there.
    pub under_way: Option<RunRow>,
}

/// A release that is in a place: recorded, or by the word of imported history where nothing was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HolderRow {
    /// A run brought it.
    Recorded(TenureRow),
    /// Imported history says so.
    Asserted(AssertedRow),
}

impl HolderRow {
    /// What a run brought, if one did.
    pub const fn recorded(&self) -> Option<&TenureRow> {
        match self {
            Self::Recorded(tenure) => Some(tenure),
            Self::Asserted(_) => None,
        }
    }

    /// The line of imported history, if it is one that says so.
    pub const fn asserted(&self) -> Option<&AssertedRow> {
        match self {
            Self::Recorded(_) => None,
            Self::Asserted(line) => Some(line),
        }
    }

    /// The release's name.
    pub const fn version(&self) -> &Version {
        match self {
            Self::Recorded(tenure) => &tenure.version,
            Self::Asserted(line) => &line.version,
        }
    }

    /// What it is; imported history may not say.
    pub const fn digest(&self) -> Option<&Digest> {
        match self {
            Self::Recorded(tenure) => Some(&tenure.digest),
            Self::Asserted(line) => line.digest.as_ref(),
        }
    }

    /// When it arrived.
    pub const fn since(&self) -> Timestamp {
        match self {
            Self::Recorded(tenure) => tenure.since,
            Self::Asserted(line) => line.time,
        }
    }

    /// Who brought it.
    pub const fn by(&self) -> &Principal {
        match self {
            Self::Recorded(tenure) => &tenure.by,
            Self::Asserted(line) => &line.actor,
        }
    }

    /// How it came: `promotion` or `rollback`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Recorded(tenure) => tenure.kind.as_str(),
            Self::Asserted(line) => line.kind.as_str(),
        }
    }

    /// The entry that says so.
    pub const fn sequence(&self) -> Sequence {
        match self {
            Self::Recorded(tenure) => tenure.from_sequence,
            Self::Asserted(line) => line.sequence,
        }
    }
}
