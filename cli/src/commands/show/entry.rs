//! One entry, with all that it holds.

use promotion_ledger::custody::store::{Store as _, StoredEntry};
use promotion_ledger::evidence::entry::{Content, Entry};
use promotion_ledger::evidence::hash::{body_digest, leaf_hash};
use promotion_ledger::evidence::keyring::key_id;
use promotion_ledger::evidence::malformed::Malformed;
use promotion_ledger::meaning::event::artifact::Evidence;
use promotion_ledger::meaning::id::{KeyRef, Sequence};
use promotion_ledger::meaning::refusal::ExitCode;
use promotion_ledger::meaning::time::Timestamp;
use promotion_replay::models::filters::HistoryFilter;
use promotion_replay::models::rows::HistoryRow;
use serde_json::{Map, Value};

use super::find::read;
use crate::answer::Answer;
use crate::error::CommandError;
use crate::page::{BAD, BOLD, DIM, Page, ago};
use crate::session::Opened;
use crate::shown::{Shown, paint, shown, visible};
use crate::views::show::{EntryShown, EvidenceShown};

pub(super) fn show(opened: &Opened, place: Sequence, now: Timestamp) -> Result<Answer, CommandError> {
    let stored = read(opened, place)?;
    let entry = Entry::parse(&stored.note).map_err(|error| unreadable(place, &error))?;
    let view = view(opened, &stored, &entry)?;
    Ok(Answer::new(page(&view, entry.time(), now), &view))
}

/// An entry that was verified and cannot be read is a contradiction that only a changed program can bring about.
pub(super) fn unreadable(place: Sequence, error: &Malformed) -> CommandError {
    CommandError::new(ExitCode::Tampered, format!("entry {place} cannot be read: {error}"))
        .hint("`promoledger verify` tells the whole of it")
}

fn view(opened: &Opened, stored: &StoredEntry, entry: &Entry<'_>) -> Result<EntryShown, CommandError> {
    let line = line(opened, stored.sequence)?;
    let content = entry.content();
    let named = if let Content::Event(event) = &content { event.evidence().cloned() } else { None };
    let mut fields: Map<String, Value> = serde_json::from_slice(entry.signed()).unwrap_or_default();
    let data = match fields.remove("data") {
        Some(Value::Object(data)) => data,
        _ => Map::new(),
    };
    Ok(EntryShown {
        entry: stored.sequence.get(),
        event_type: entry.event_type().to_owned(),
        summary: line.as_ref().map(|line| line.summary.clone()).unwrap_or_default(),
        time: entry.time().to_string(),
        actor: entry.actor().to_string(),
        key: entry.key().to_string(),
        principal: principal(opened, entry.key()),
        agent: entry.agent().to_string(),
        id: entry.id().to_string(),
        hash: leaf_hash(&stored.note).to_string(),
        previous: entry.prev().to_string(),
        promotion_id: line.and_then(|line| line.promotion_id).map(|id| id.to_string()),
        understood: matches!(content, Content::Event(_)),
        data_version: fields.get("v").and_then(Value::as_u64).unwrap_or_default(),
        data,
        evidence: named.map(|named| evidence(opened, &named)).transpose()?,
        note: String::from_utf8_lossy(&stored.note).into_owned(),
    })
}

/// The entry's line in the history.
pub(super) fn line(opened: &Opened, place: Sequence) -> Result<Option<HistoryRow>, CommandError> {
    let filter = HistoryFilter { before: Some(place.next().into()), limit: 1, ..HistoryFilter::default() };
    Ok(opened.index.history(&filter)?.pop().filter(|line| line.sequence == place))
}

/// Whom the key stands for.
fn principal(opened: &Opened, named: &KeyRef) -> Option<String> {
    let same = |key: &promotion_ledger::meaning::id::SigningKey| key.name == named.name && key_id(&key.name, &key.public) == named.id;
    opened.core().keys.iter().find(|record| same(&record.key)).map(|record| record.principal.to_string())
}

/// What became of the evidence.
fn evidence(opened: &Opened, named: &Evidence) -> Result<EvidenceShown, CommandError> {
    let (state, removed_by) = match opened.store.body(&named.digest)? {
        Some(body) if body_digest(&body.salt, &body.bytes) == named.digest => ("kept", None),
        Some(_) => ("altered", None),
        None => {
            let cited = opened.index.bodies_cited()?.into_iter().find(|body| body.digest == named.digest);
            let removed = cited.and_then(|body| body.removed);
            (if removed.is_some() { "removed" } else { "missing" }, removed)
        }
    };
    Ok(EvidenceShown {
        digest: named.digest.to_string(),
        media_type: named.media_type.to_string(),
        size: named.size,
        state: state.to_owned(),
        removed_by: removed_by.map(Sequence::get),
    })
}

fn page(view: &EntryShown, time: Timestamp, now: Timestamp) -> Page {
    let mut page = Page::new();
    page.line(shown!("{}  {}", paint(BOLD, format!("entry {}", view.entry)), visible(&view.event_type)));
    page.line(shown!("  {}", visible(&view.summary)));
    let key =
        view.principal.as_ref().map_or_else(|| visible(&view.key), |principal| shown!("{} of {}", visible(&view.key), visible(principal)));
    let ago = if time > now { Shown::default() } else { paint(DIM, format!(" ({} ago)", ago(time, now))) };
    let mut pairs = vec![
        ("time", shown!("{}{}", view.time, ago)),
        ("actor", visible(&view.actor)),
        ("key", key),
        ("agent", visible(&view.agent)),
        ("id", visible(&view.id)),
        ("hash", visible(&view.hash)),
        ("previous", visible(&view.previous)),
    ];
    pairs.extend(view.promotion_id.as_ref().map(|id| ("promotion", visible(id))));
    pairs.extend(view.evidence.as_ref().map(|evidence| ("evidence", evidence_line(evidence))));
    page.pairs(&pairs, 2);
    page.line(shown!("  {}", paint(DIM, "data")));
    for line in data_lines(&view.data) {
        page.line(shown!("    {}", visible(line)));
    }
    page
}

fn evidence_line(evidence: &EvidenceShown) -> Shown {
    let state = match (evidence.state.as_str(), evidence.removed_by) {
        ("kept", _) => visible("kept beside the log"),
        ("removed", Some(entry)) => shown!("removed, entry {}", entry),
        (other, _) => paint(BAD, other),
    };
    shown!("{}, {} bytes, {}, {}", visible(&evidence.media_type), evidence.size, state, evidence.digest)
}

/// The data as indented lines.
fn data_lines(data: &Map<String, Value>) -> Vec<String> {
    let text = serde_saphyr::to_string(data).or_else(|_| serde_json::to_string_pretty(data)).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_shown_as_indented_lines() {
        let data = serde_json::json!({"component": "api", "gates": [{"entry": 30, "gate": "tests"}], "reason": "a: b\n\u{1b}[31m"});
        let lines = data_lines(data.as_object().unwrap());
        assert!(lines.contains(&"component: api".to_owned()), "{lines:?}");
        assert!(lines.iter().any(|line| line.trim_start().starts_with("- entry: 30")), "{lines:?}");
        assert!(!lines.iter().map(visible).any(|line| line.styled().contains('\u{1b}')), "{lines:?}");
    }

    #[test]
    fn evidence_that_is_gone_says_why() {
        let mut shown = EvidenceShown {
            digest: "ab".to_owned(),
            media_type: "application/json".to_owned(),
            size: 7,
            state: "kept".to_owned(),
            removed_by: None,
        };
        assert_eq!(evidence_line(&shown).plain(), "application/json, 7 bytes, kept beside the log, ab");
        shown.state = "removed".to_owned();
        shown.removed_by = Some(9);
        assert_eq!(evidence_line(&shown).plain(), "application/json, 7 bytes, removed, entry 9, ab");
    }
}
