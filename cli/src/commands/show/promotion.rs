//! A promotion or rollback: its record, and every entry of it (FR-027).

use promotion_ledger::evidence::entry::{Content, Entry};
use promotion_ledger::meaning::event::artifact::GateCompleted;
use promotion_ledger::meaning::event::promotion::Promotion;
use promotion_ledger::meaning::event::{Event, EventType};
use promotion_ledger::meaning::id::{PromotionId, Sequence};
use promotion_ledger::meaning::names::GateName;
use promotion_ledger::meaning::refusal::ExitCode;
use promotion_ledger::meaning::time::Timestamp;
use promotion_replay::models::filters::HistoryFilter;
use promotion_replay::models::rows::{HistoryRow, Kind};

use super::entry::unreadable;
use super::find::read;
use super::record::{self, Moment};
use crate::answer::Answer;
use crate::commands::history::table;
use crate::commands::status::when::second;
use crate::error::CommandError;
use crate::page::{BAD, BOLD, DIM, GOOD, Page, WARN, ago};
use crate::session::Opened;
use crate::shown::{Shown, paint, shown, visible};
use crate::views::run::GateResult;
use crate::views::show::{DowngradeShown, PromotionShown};

/// How many results of gates are looked through for the newest of each gate.
const RESULTS: u32 = 1000;

pub(super) fn show(opened: &Opened, id: &PromotionId, now: Timestamp) -> Result<Answer, CommandError> {
    let filter = HistoryFilter { promotion_id: Some(*id), limit: u32::MAX, ..HistoryFilter::default() };
    let mut lines = opened.index.history(&filter)?;
    lines.reverse();
    let view = gather(opened, &lines)?.ok_or_else(|| CommandError::new(ExitCode::NotFound, format!("there is no promotion {id}")))?;
    Ok(Answer::new(page(&view, &lines, now), &view))
}

/// The record, from the entries of the run in order.
fn gather(opened: &Opened, lines: &[HistoryRow]) -> Result<Option<PromotionShown>, CommandError> {
    let mut gathered: Option<(PromotionShown, Promotion)> = None;
    for line in lines {
        let Some(event) = event(opened, line.sequence)? else { continue };
        let Some(promotion) = event.promotion() else { continue };
        let at = Moment { sequence: line.sequence, time: line.time, actor: &line.actor };
        let (record, _) = gathered.get_or_insert_with(|| (record::begin(promotion, &at), promotion.clone()));
        record::take(record, &event, &at);
    }
    let Some((mut record, promotion)) = gathered else { return Ok(None) };
    record.entries = lines.iter().map(Into::into).collect();
    if record.outcome != "completed" && record.kind == Kind::Promotion.as_str() {
        record.gate_results = gates(opened, &promotion, lines)?;
    }
    Ok(Some(record))
}

/// What the entry says; nothing where this program does not understand it.
fn event(opened: &Opened, place: Sequence) -> Result<Option<Event>, CommandError> {
    let stored = read(opened, place)?;
    let entry = Entry::parse(&stored.note).map_err(|error| unreadable(place, &error))?;
    Ok(match entry.content() {
        Content::Event(event) => Some(event),
        Content::Unknown { .. } | Content::Misshapen { .. } => None,
    })
}

/// For a run that is not complete: the gates that were demanded when it was asked for, and the newest results that it
/// could rest on. A run that is under way may still get results; one that ended may not.
fn gates(opened: &Opened, promotion: &Promotion, lines: &[HistoryRow]) -> Result<Vec<GateResult>, CommandError> {
    let first = lines.first().map(|line| line.sequence);
    let under_way = opened.index.run(&promotion.promotion_id)?.is_some();
    let end = lines.last().map(|line| line.sequence).filter(|_| !under_way);
    let newest = results(opened, promotion, end)?;
    let result = |gate: GateName| {
        let found = newest.iter().find(|(_, result)| result.gate == gate);
        GateResult {
            gate: gate.to_string(),
            status: found.map_or("missing", |(_, result)| result.status.as_str()).to_owned(),
            entry: found.map(|(place, _)| place.get()),
        }
    };
    Ok(demanded(opened, promotion, first)?.into_iter().map(result).collect())
}

/// The gates of the rules that were in force before that entry.
fn demanded(opened: &Opened, promotion: &Promotion, before: Option<Sequence>) -> Result<Vec<GateName>, CommandError> {
    let adopted = EventType::ManifestAdopted.as_str().to_owned();
    let filter = HistoryFilter {
        pipeline: Some(promotion.pipeline.clone()),
        event_type: Some(adopted),
        before: before.map(Into::into),
        limit: 1,
        ..HistoryFilter::default()
    };
    let Some(line) = opened.index.history(&filter)?.pop() else { return Ok(Vec::new()) };
    Ok(match event(opened, line.sequence)? {
        Some(Event::ManifestAdopted(adopted)) => {
            adopted.rules.environment(&promotion.to).map(|rule| rule.gates.clone()).unwrap_or_default()
        }
        _ => Vec::new(),
    })
}

/// The results of gates for the digest and the environment, newest first.
fn results(opened: &Opened, promotion: &Promotion, before: Option<Sequence>) -> Result<Vec<(Sequence, GateCompleted)>, CommandError> {
    let filter = HistoryFilter {
        pipeline: Some(promotion.pipeline.clone()),
        component: Some(promotion.component.clone()),
        environment: Some(promotion.to.clone()),
        digest: Some(promotion.digest.clone()),
        event_type: Some(EventType::GateCompleted.as_str().to_owned()),
        before: before.map(Into::into),
        limit: RESULTS,
        ..HistoryFilter::default()
    };
    let mut results = Vec::new();
    for line in opened.index.history(&filter)? {
        if let Some(Event::GateCompleted(result)) = event(opened, line.sequence)? {
            results.push((line.sequence, result));
        }
    }
    Ok(results)
}

fn page(view: &PromotionShown, lines: &[HistoryRow], now: Timestamp) -> Page {
    let mut page = Page::new();
    page.line(shown!("{}  {}", paint(BOLD, visible(headline(view))), outcome(&view.outcome)));
    page.pairs(&pairs(view, now), 2);
    page.gap();
    page.line(shown!("{} {}", paint(BOLD, "entries"), paint(DIM, format!("all {}", lines.len()))));
    page.table(&table(lines.iter()), 2);
    page
}

fn headline(view: &PromotionShown) -> String {
    let release = format!("{} {}", view.component, view.version);
    match (view.kind.as_str(), &view.leaves) {
        ("promotion", _) => format!("{release}  {} → {}", view.from, view.to),
        (_, Some(leaves)) => format!("rollback to {release} in {}, from {}", view.to, leaves.version),
        (_, None) => format!("rollback to {release} in {}", view.to),
    }
}

fn outcome(word: &str) -> Shown {
    match word {
        "completed" => paint(GOOD, word),
        "under_way" => paint(WARN, "under way"),
        other => paint(BAD, other),
    }
}

fn pairs(view: &PromotionShown, now: Timestamp) -> Vec<(&str, Shown)> {
    let mut pairs = vec![
        (view.kind.as_str(), visible(&view.promotion_id)),
        ("pipeline", visible(&view.pipeline)),
        ("digest", visible(&view.artifact_digest)),
        ("requested", shown!("{} by {}", time(&view.requested, now), visible(&view.operator))),
    ];
    pairs.extend(view.reason.as_ref().map(|reason| ("reason", shown!("\"{}\"", visible(reason)))));
    pairs.push(("authorization", authorization(view)));
    pairs.extend(view.downgrade.as_ref().map(|decided| ("downgrade", downgrade(decided))));
    pairs.push(("signature", view.signature_status.as_deref().map_or_else(|| paint(DIM, "–"), |status| visible(status.replace('_', " ")))));
    pairs.extend(view.gate_results.iter().map(|gate| ("gate", self::gate(gate))));
    pairs.extend(
        view.tags
            .iter()
            .map(|tag| ("tag", shown!("{} → {}  {}", visible(&tag.tag), tag.digest, paint(DIM, format!("entry {}", tag.entry))))),
    );
    pairs.extend(view.taken_over_by.iter().map(|by| ("taken over", shown!("by {}", visible(by)))));
    pairs.extend(
        view.ended
            .as_ref()
            .filter(|_| view.outcome != "refused")
            .map(|ended| ("ended", shown!("{} {}{}", view.outcome, time(ended, now), took(view.duration_ms)))),
    );
    pairs.extend(view.ended_because.iter().map(|because| {
        let code = because.code.map(|code| paint(DIM, format!(" (exit {code})"))).unwrap_or_default();
        ("because", shown!("{}{}", visible(&because.message), code))
    }));
    pairs.extend(view.tags_left.iter().map(|tag| ("not put back", paint(WARN, visible(tag)))));
    pairs
}

fn time(text: &str, now: Timestamp) -> String {
    let Ok(time) = Timestamp::parse(text) else { return text.to_owned() };
    if time > now { format!("{} UTC", second(time)) } else { format!("{} UTC ({} ago)", second(time), ago(time, now)) }
}

fn took(milliseconds: Option<u64>) -> String {
    match milliseconds {
        None => String::new(),
        Some(short @ 0..60_000) => format!(", after {}.{} s", short / 1000, short % 1000 / 100),
        Some(long) => format!(", after {} min {} s", long / 60_000, long % 60_000 / 1000),
    }
}

fn authorization(view: &PromotionShown) -> Shown {
    let via = view.authorized_via.as_deref().map(visible).unwrap_or_default();
    match view.authorization_passed {
        Some(true) => shown!("{}  {}", paint(GOOD, "passed"), via),
        Some(false) => shown!("{}  {}", paint(BAD, "refused"), via),
        None => paint(DIM, "not recorded"),
    }
}

fn downgrade(decided: &DowngradeShown) -> Shown {
    let word = if decided.outcome == "passed" { paint(GOOD, "passed") } else { paint(BAD, visible(&decided.outcome)) };
    let current = decided.current.as_deref().map(visible).unwrap_or_default();
    let compared = match decided.comparison.as_str() {
        "empty" => visible("nothing was there"),
        "newer" => shown!("newer than {}", current),
        "equal" => shown!("of the precedence of {}", current),
        "older" => shown!("older than {}", current),
        _ => shown!("cannot be compared with {}", current),
    };
    let meant = if decided.allow_downgrade { ", said to be meant" } else { "" };
    shown!("{}  {}{}", word, compared, meant)
}

fn gate(gate: &GateResult) -> Shown {
    let style = match gate.status.as_str() {
        "passed" => GOOD,
        "warning" | "skipped" => WARN,
        _ => BAD,
    };
    let place = gate.entry.map(|entry| paint(DIM, format!("entry {entry}"))).unwrap_or_default();
    shown!("{}  {}  {}", visible(&gate.gate), paint(style, visible(&gate.status)), place)
}
