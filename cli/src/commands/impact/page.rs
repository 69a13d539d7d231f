//! What a rollback would come to, as people read it.

use promotion_ledger::meaning::time::Timestamp;
use promotion_replay::models::past::PastRow;

use crate::commands::status::when::{moment, since};
use crate::commands::status::{imported, notes};
use crate::page::{BAD, BOLD, DIM, GOOD, Page, ago, count, paint, short, visible};
use crate::views::impact::{Allowed, Impact, RolledBack};
use crate::views::run::Estimate;

/// How many lines of one kind are shown to people; machines get more.
const SHOWN: usize = 10;

pub(super) fn page(view: &Impact, undone: &[PastRow], last: &PastRow, now: Timestamp) -> Page {
    let mut page = Page::new();
    let current = view.current.as_ref().map_or_else(|| "nothing".to_owned(), |current| visible(&current.version));
    let (environment, version) = (visible(&view.environment), visible(&view.version));
    if view.already {
        page.line(format!("{} {version} is in {environment} now: there is nothing to undo", visible(&view.component)));
        page.pairs(&[("since", format!("{}  by {}", since(last.since, now), visible(&last.by)))], 2);
        return page;
    }
    let headline = format!("Rolling {} in {environment} back from {current} to {version} would", visible(&view.component));
    page.line(paint(BOLD, headline));
    let mut pairs = Vec::new();
    listed(&mut pairs, "undo", undone.iter().map(|row| arrival(row, now)), view.undone_count);
    pairs.push(("restore", restored(view, last, now)));
    listed(&mut pairs, "mind", view.rolled_back_from.iter().map(|row| rolled_back(row, now)), view.rolled_back_from.len() as u64);
    pairs.extend(downstream(view, now).into_iter().map(|line| ("touch", line)));
    pairs.push(("take", view.estimate.map_or_else(|| "nobody knows: no rollback there yet".to_owned(), took)));
    pairs.extend(view.allowed.as_ref().map(|allowed| ("you may", may(allowed))));
    page.pairs(&pairs, 2);
    page
}

/// Lines under one label, the first beside it, and how many there are beyond those that are shown.
fn listed<'a>(pairs: &mut Vec<(&'a str, String)>, label: &'a str, lines: impl Iterator<Item = String>, all: u64) {
    let before = pairs.len();
    for line in lines.take(SHOWN) {
        let first = pairs.len() == before;
        pairs.push((if first { label } else { "" }, line));
    }
    let shown = (pairs.len() - before) as u64;
    if let Some(more) = all.checked_sub(shown).filter(|more| *more > 0) {
        pairs.push(("", paint(DIM, format!("and {} before, {all} in all", count(more, "other", "others")))));
    }
}

/// `v1.4.2, since Mon 09:12 (2 d), by ops@acme.example, built from 3f2e91c`.
fn arrival(row: &PastRow, now: Timestamp) -> String {
    let source = row.source_sha.as_ref().map(|sha| format!(", built from {}", visible(sha))).unwrap_or_default();
    let notes = notes(row);
    let notes = if notes.is_empty() { notes } else { paint(DIM, format!(", {notes}")) };
    format!("{}, since {}, by {}{source}{notes}", visible(&row.version), since(row.since, now), visible(&row.by))
}

fn restored(view: &Impact, last: &PastRow, now: Timestamp) -> String {
    let digest = view.artifact_digest.as_deref().map_or_else(|| visible(&view.version), short);
    let until = last.until.unwrap_or(now);
    let there = format!("last there {} to {}, {}", moment(last.since, now), moment(until, now), ago(last.since, until));
    format!("{digest}  {}", imported(there, last.is_asserted()))
}

/// `it was rolled back from on 2026-11-03 to v1.3.9, by ops@acme.example: "it was slow"`.
fn rolled_back(row: &RolledBack, now: Timestamp) -> String {
    let when = Timestamp::parse(&row.time).map(|time| moment(time, now)).unwrap_or_default();
    let to = row.to.as_ref().map(|version| format!(", to {}", visible(version))).unwrap_or_default();
    let by = row.by.as_ref().map(|by| format!(", by {}", visible(by))).unwrap_or_default();
    let reason = row.reason.as_ref().map(|reason| format!(": \"{}\"", visible(reason))).unwrap_or_default();
    imported(format!("it was rolled back from at {when}{to}{by}{reason}"), row.asserted)
}

fn downstream(view: &Impact, now: Timestamp) -> Vec<String> {
    if view.downstream.is_empty() {
        return vec!["nothing further along the path has what would be undone".to_owned()];
    }
    let line = |environment: &str, version: &str, arrived: &str| {
        let when = Timestamp::parse(arrived).map(|time| format!(" since {}", since(time, now))).unwrap_or_default();
        format!("{} has {}{when}, and keeps it", visible(environment), visible(version))
    };
    view.downstream.iter().map(|row| line(&row.environment, &row.current.version, &row.current.since)).collect()
}

/// `about 1 min 40 s, the median of 6 rollbacks`.
fn took(Estimate { milliseconds, runs }: Estimate) -> String {
    let rested = count(runs as u64, "rollback", "rollbacks");
    let time = match milliseconds {
        short @ 0..60_000 => format!("{}.{} s", short / 1000, short % 1000 / 100),
        long => format!("{} min {} s", long / 60_000, long % 60_000 / 1000),
    };
    format!("about {time}, the median of {rested}")
}

fn may(allowed: &Allowed) -> String {
    if allowed.yes {
        return paint(GOOD, "yes");
    }
    format!("{}: {}", paint(BAD, "no"), allowed.because.iter().map(visible).collect::<Vec<_>>().join("; "))
}
