//! The history: one line for each entry, with all that it can be looked for by.

use promotion_ledger::evidence::entry::Entry;
use promotion_ledger::meaning::digest::{Digest, EntryHash};
use promotion_ledger::meaning::event::promotion::Outcome;
use promotion_ledger::meaning::event::{Event, Recorded};
use promotion_ledger::meaning::id::{EntryId, PromotionId, Sequence};
use promotion_ledger::meaning::names::{Component, Environment, Pipeline, Principal, Version};
use promotion_ledger::meaning::time::Timestamp;

use super::summary::summary;

/// A line of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line<'a> {
    /// The entry's place.
    pub sequence: Sequence,
    /// The id that its writer gave it.
    pub id: EntryId,
    /// Its hash.
    pub hash: EntryHash,
    /// When it was recorded.
    pub time: Timestamp,
    /// Its type.
    pub event_type: &'a str,
    /// On whose behalf.
    pub actor: &'a Principal,
    /// The pipeline that it is about.
    pub pipeline: Option<&'a Pipeline>,
    /// The component.
    pub component: Option<&'a Component>,
    /// The environment.
    pub environment: Option<&'a Environment>,
    /// The release's name.
    pub version: Option<&'a Version>,
    /// The release's digest.
    pub digest: Option<&'a Digest>,
    /// The run that it belongs to.
    pub promotion_id: Option<&'a PromotionId>,
    /// How it went.
    pub outcome: Option<&'static str>,
    /// What happened, in a sentence.
    pub summary: String,
}

/// The line of an entry that was understood.
pub(super) fn line(entry: &Recorded, hash: EntryHash) -> Line<'_> {
    let touches = entry.event.touches();
    let (version, digest) = release(&entry.event);
    Line {
        sequence: entry.sequence,
        id: entry.id,
        hash,
        time: entry.time,
        event_type: entry.event.event_type().as_str(),
        actor: &entry.actor,
        pipeline: touches.pipeline.one(),
        component: touches.component.one(),
        environment: touches.environment.one(),
        version,
        digest,
        promotion_id: entry.event.promotion_id(),
        outcome: outcome(&entry.event),
        summary: summary(&entry.event),
    }
}

/// The line of an entry that is authentic, of a later level of the format, and not understood here.
pub fn passed_over<'a>(entry: &'a Entry<'_>, hash: EntryHash) -> Line<'a> {
    Line {
        sequence: entry.sequence(),
        id: entry.id(),
        hash,
        time: entry.time(),
        event_type: entry.event_type(),
        actor: entry.actor(),
        pipeline: None,
        component: None,
        environment: None,
        version: None,
        digest: None,
        promotion_id: None,
        outcome: None,
        summary: "authentic, of a later format, and not understood by this program".to_owned(),
    }
}

/// The release that the event is about. A tag that is put back points elsewhere, and is still about the run's release.
fn release(event: &Event) -> (Option<&Version>, Option<&Digest>) {
    if let Some(promotion) = event.promotion() {
        return (Some(&promotion.version), Some(&promotion.digest));
    }
    match event {
        Event::ArtifactRegistered(event) => (Some(&event.version), Some(&event.digest)),
        Event::GateCompleted(event) => (None, Some(&event.digest)),
        _ => (None, None),
    }
}

fn outcome(event: &Event) -> Option<&'static str> {
    let decided = |outcome| match outcome {
        Outcome::Passed => "passed",
        Outcome::Refused => "refused",
    };
    match event {
        Event::GateCompleted(event) => Some(event.status.as_str()),
        Event::AuthorizationDecided(event) => Some(decided(event.outcome)),
        Event::DowngradeDecided(event) => Some(decided(event.outcome)),
        Event::PromotionRefused(_) | Event::RollbackRefused(_) => Some("refused"),
        Event::PromotionCompleted(_) | Event::RollbackCompleted(_) => Some("completed"),
        Event::PromotionFailed(_) | Event::RollbackFailed(_) => Some("failed"),
        Event::PromotionAborted(_) => Some("aborted"),
        _ => None,
    }
}
