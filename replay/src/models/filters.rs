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
    pub before: Option<Cursor>,
    /// Whether the lines of imported history are rows too, each by who is said to have done it, and when.
    pub lines: bool,
    /// At most so many.
    pub limit: u32,
}

/// A place in the history: an entry, or a line of imported history, which stands before its entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// The entry.
    pub sequence: Sequence,
    /// The line, from 1; absent for the entry itself.
    pub line: Option<u32>,
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
            lines: false,
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

impl From<Sequence> for Cursor {
    fn from(sequence: Sequence) -> Self {
        Self { sequence, line: None }
    }
}

/// `12`, or `12.3` for a line.
impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            None => write!(f, "{}", self.sequence),
            Some(line) => write!(f, "{}.{line}", self.sequence),
        }
    }
}

/// A text that is no place in the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected the number of an entry, such as 12, or of a line of one, such as 12.3, as the page before gave it")]
pub struct NotACursor;

impl std::str::FromStr for Cursor {
    type Err = NotACursor;
    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let digits = text.strip_prefix("seq:").unwrap_or(text);
        let (entry, line) = digits.split_once('.').map_or((digits, None), |(entry, line)| (entry, Some(line)));
        let sequence = entry.parse().map(Sequence::new).map_err(|_| NotACursor)?;
        let line = line.map(str::parse).transpose().map_err(|_| NotACursor)?;
        Ok(Self { sequence, line })
    }
}
