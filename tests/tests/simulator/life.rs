//! What the world knows of a process that lives.

use promotion_ledger::meaning::id::PromotionId;
use promotion_ledger::meaning::time::Timestamp;

use crate::ask::Ask;
use crate::cast::Who;
use crate::model::{Fate, Seen};

/// What is known of a process: who asks what, what it was told, and what it appended.
#[derive(Debug, Clone)]
pub(crate) struct Life {
    pub(crate) who: Who,
    pub(crate) ask: Ask,
    /// How far its clock is off, in microseconds.
    pub(crate) clock_off: i64,
    pub(crate) repository: String,
    pub(crate) source_tag: Option<String>,
    pub(crate) answer: Option<String>,
    pub(crate) registry_error: Option<u8>,
    /// Whether store or registry failed it.
    pub(crate) faulted: bool,
    /// Whether another had the run.
    pub(crate) turned_away: bool,
    pub(crate) look: Option<Fate>,
    pub(crate) take_over: Option<Fate>,
    pub(crate) resumes: Option<PromotionId>,
    pub(crate) decided: bool,
    pub(crate) walking: Option<(PromotionId, u32)>,
    pub(crate) last: Option<&'static str>,
    /// The last entry, with the purpose of the tag that it is about.
    pub(crate) stage: String,
    pub(crate) failed_code: u8,
    /// What its clock said since its last append.
    pub(crate) ticks: Vec<Timestamp>,
}

impl Life {
    pub(crate) fn new(who: Who, ask: Ask, clock_off: i64) -> Self {
        Self {
            who,
            ask,
            clock_off,
            repository: String::new(),
            source_tag: None,
            answer: None,
            registry_error: None,
            faulted: false,
            turned_away: false,
            look: None,
            take_over: None,
            resumes: None,
            decided: false,
            walking: None,
            last: None,
            stage: "the start".to_owned(),
            failed_code: 0,
            ticks: Vec::new(),
        }
    }

    /// What it was told of tags: all that it asked about, or nothing.
    pub(crate) fn seen(&self) -> Seen {
        if self.registry_error.is_some() {
            return Seen::default();
        }
        Seen { source: self.source_tag.clone(), target: self.answer.clone() }
    }
}
