//! What a question is narrowed to.

use promotion_ledger::meaning::digest::{Digest, EntryHash};
use promotion_ledger::meaning::id::{EntryId, PromotionId, Sequence};
use promotion_ledger::meaning::names::{Component, Environment, Pipeline, Principal, Version};
use promotion_ledger::meaning::time::Timestamp;

use super::horizon::Horizon;

/// Which places are asked for. What is absent does not narrow.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StatusFilter {
    /// Of this pipeline.
    pub pipeline: Option<Pipeline>,
    /// Of this environment.
    pub environment: Option<Environment>,
    /// Of this component.
    pub component: Option<Component>,
}

/// Which entries are asked for. What is absent does not narrow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryFilter {
    /// About this pipeline.
    pub pipeline: Option<Pipeline>,
    /// About this component.
    pub component: Option<Component>,
    /// About this environment.
    pub environment: Option<Environment>,
    /// About this version.
    pub version: Option<Version>,
    /// About this digest.
    pub digest: Option<Digest>,
    /// Recorded on behalf of this principal.
    pub principal: Option<Principal>,
    /// Of this type, or of this family: `promotion.completed`, or `promotion.` with the dot.
    pub event_type: Option<String>,
    /// Recorded at this time or later.
    pub since: Option<Timestamp>,
    /// Recorded at this time or earlier.
    pub until: Option<Timestamp>,
    /// Of this run.
    pub promotion_id: Option<PromotionId>,
    /// As it stood then.
    pub horizon: Option<Horizon>,
    /// Before this place: the last row of one page is where the next page goes on.
    pub before: Option<Sequence>,
    /// At most so many.
    pub limit: u32,
}

/// Everything, one page of it.
impl Default for HistoryFilter {
    fn default() -> Self {
        Self {
            pipeline: None,
            component: None,
            environment: None,
            version: None,
            digest: None,
            principal: None,
            event_type: None,
            since: None,
            until: None,
            promotion_id: None,
            horizon: None,
            before: None,
            limit: 50,
        }
    }
}

/// What an entry is looked for by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locator {
    /// Its hash.
    Hash(EntryHash),
    /// The id that its writer gave it.
    Id(EntryId),
}
