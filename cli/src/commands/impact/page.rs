//! What a rollback would come to, as people read it.

use promotion_ledger::meaning::time::Timestamp;
use promotion_replay::models::past::PastRow;

use crate::commands::status::when::{moment, since};
use crate::commands::status::{imported, notes};
use crate::page::{BAD, BOLD, DIM, GOOD, Page, ago, count, short};
use crate::shown::{Shown, paint, shown, visible};
use crate::views::impact::{Allowed, Impact, RolledBack};
use crate::views::run::Estimate;

/// How many lines of one kind are shown to people; machines get more.
const SHOWN: usize = 10;

pub(super) fn page(view: &Impact, undone: &[PastRow], last: &PastRow, now: Timestamp) -> Page {
    let mut page = Page::new();
    let current = view.current.as_ref().map_or_else(|| visible("nothing"), |current| visible(&current.version));
    let (environment, version) = (visible(&view.environment), visible(&view.version));
    if view.already {
        page.line(shown!("{} {} is in {} now: there is nothing to undo", visible(&view.component), version, environment));
        page.pairs(&[("since", shown!("{}  by {}", since(last.since, now), visible(&last.by)))], 2);
        return page;
    }
    let headline = shown!("Rolling {} in {} back from {} to {} would", visible(&view.component), environment, current, version);
    page.line(paint(BOLD, headline));
    let mut pairs = Vec::new();
    listed(&mut pairs, "undo", undone.iter().map(|row| arrival(row, now)), view.undone_count);
    pairs.push(("restore", restored(view, last, now)));
    listed(&mut pairs, "mind", view.rolled_back_from.iter().map(|row| rolled_back(row, now)), view.rolled_back_from.len() as u64);
    pairs.extend(downstream(view, now).into_iter().map(|line| ("touch", line)));
    pairs.push(("take", view.estimate.map_or_else(|| visible("nobody knows: no rollback there yet"), |estimate| visible(took(estimate)))));
    pairs.extend(view.allowed.as_ref().map(|allowed| ("you may", may(allowed))));
    page.pairs(&pairs, 2);
    page
}

/// Lines under one label, the first beside it, and how many there are beyond those that are shown.
fn listed<'a>(pairs: &mut Vec<(&'a str, Shown)>, label: &'a str, lines: impl Iterator<Item = Shown>, all: u64) {
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
fn arrival(row: &PastRow, now: Timestamp) -> Shown {
    let source = row.source_sha.as_ref().map(|sha| shown!(", built from {}", visible(sha))).unwrap_or_default();
    let notes = notes(row);
    let notes = if notes.is_empty() { Shown::default() } else { paint(DIM, format!(", {notes}")) };
    shown!("{}, since {}, by {}{}{}", visible(&row.version), since(row.since, now), visible(&row.by), source, notes)
}

fn restored(view: &Impact, last: &PastRow, now: Timestamp) -> Shown {
    let digest = view.artifact_digest.as_deref().map_or_else(|| view.version.clone(), short);
    let until = last.until.unwrap_or(now);
    let there = format!("last there {} to {}, {}", moment(last.since, now), moment(until, now), ago(last.since, until));
    shown!("{}  {}", digest, imported(there, last.is_asserted()))
}

/// `it was rolled back from on 2026-11-03 to v1.3.9, by ops@acme.example: "it was slow"`.
fn rolled_back(row: &RolledBack, now: Timestamp) -> Shown {
    let when = Timestamp::parse(&row.time).map(|time| moment(time, now)).unwrap_or_default();
    let to = row.to.as_ref().map(|version| shown!(", to {}", visible(version))).unwrap_or_default();
    let by = row.by.as_ref().map(|by| shown!(", by {}", visible(by))).unwrap_or_default();
    let reason = row.reason.as_ref().map(|reason| shown!(": \"{}\"", visible(reason))).unwrap_or_default();
    imported(shown!("it was rolled back from at {}{}{}{}", when, to, by, reason), row.asserted)
}

fn downstream(view: &Impact, now: Timestamp) -> Vec<Shown> {
    if view.downstream.is_empty() {
        return vec![visible("nothing further along the path has what would be undone")];
    }
    let line = |environment: &str, version: &str, arrived: &str| {
        let when = Timestamp::parse(arrived).map(|time| format!(" since {}", since(time, now))).unwrap_or_default();
        shown!("{} has {}{}, and keeps it", visible(environment), visible(version), when)
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

fn may(allowed: &Allowed) -> Shown {
    if allowed.yes {
        return paint(GOOD, "yes");
    }
    shown!("{}: {}", paint(BAD, "no"), allowed.because.join("; "))
}
