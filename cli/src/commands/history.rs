//! `history`: what happened, newest first.

use clap::Args;
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::event::EventType;
use promotion_ledger::meaning::names::{Component, Environment, Principal, Version};
use promotion_ledger::meaning::time::Timestamp;
use promotion_replay::models::filters::{Cursor, HistoryFilter};
use promotion_replay::models::rows::HistoryRow;

use super::moment::{self, Asked, Moment, first_of, last_of};
use super::status::when::second;
use crate::answer::Answer;
use crate::context::Context;
use crate::error::CommandError;
use crate::page::{DIM, Page, Table, short};
use crate::session;
use crate::shown::{paint, visible};
use crate::views::history::History as View;

/// What happened, newest first.
///
/// One line for each entry that every given option lets through. History that was imported has a line for each thing that it
/// says happened, marked `imported`, with the time and the principal that it names; these count for the options. Where there is more than --limit allows, standard
/// error says how to go on. Times are in UTC.
#[derive(Debug, Args)]
pub(crate) struct History {
    /// About this component
    #[arg(long)]
    component: Option<Component>,
    /// About this environment
    #[arg(long, value_name = "ENVIRONMENT")]
    env: Option<Environment>,
    /// About this version
    #[arg(long)]
    version: Option<Version>,
    /// About this digest
    #[arg(long)]
    digest: Option<Digest>,
    /// On behalf of this principal
    #[arg(long)]
    principal: Option<Principal>,
    /// Of this type, such as promotion.completed, or of this family, such as promotion
    #[arg(long = "type", value_name = "TYPE")]
    event_type: Option<String>,
    /// Recorded at this time or later: 2026-01-15T14:45:00Z, or 2026-01-15 for the whole day
    #[arg(long, value_name = "TIME", value_parser = first_of)]
    since: Option<Timestamp>,
    /// Recorded at this time or earlier: 2026-01-15T14:45:00Z, or 2026-01-15 for the whole day
    #[arg(long, value_name = "TIME", value_parser = last_of)]
    until: Option<Timestamp>,
    /// As it stood then, nothing after: a time, or seq:N for the entry that is the last one known
    #[arg(long, value_name = "TIME|seq:N", value_parser = moment::parse)]
    at: Option<Moment>,
    /// At most so many entries
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: u32,
    /// Go on where a page ended: what stands before this entry, or before this line of one
    #[arg(long, value_name = "CURSOR")]
    before: Option<Cursor>,
}

pub(crate) fn run(context: &Context, arguments: &History) -> Result<Answer, CommandError> {
    let opened = session::open_to_read(context)?;
    let pipeline = context.global.pipeline.as_ref().map(|_| opened.pipeline(context)).transpose()?;
    let asked = Asked::new(&opened, arguments.at)?;
    let event_type = arguments.event_type.as_deref().map(|name| event_type(name, opened.index.understood())).transpose()?;
    let filter = HistoryFilter {
        pipeline,
        component: arguments.component.clone(),
        environment: arguments.env.clone(),
        version: arguments.version.clone(),
        digest: arguments.digest.clone(),
        principal: arguments.principal.clone(),
        event_type,
        since: arguments.since,
        until: arguments.until,
        promotion_id: None,
        horizon: arguments.at.map(|_| asked.horizon),
        before: arguments.before,
        lines: true,
        limit: arguments.limit.saturating_add(1),
    };
    let mut rows = opened.index.history(&filter)?;
    let next = cut(&mut rows, arguments.limit);
    let view = View { at: asked.at(), entries: rows.iter().map(Into::into).collect(), next: next.map(|next| next.to_string()) };
    let answer = Answer::new(page(&rows), &view);
    Ok(match next {
        Some(next) => answer.note(paint(DIM, format!("There is more: the same command with --before {next} goes on."))),
        None if rows.is_empty() => answer.note("No entry matches."),
        None => answer,
    })
}

/// Takes away what was only asked for to learn whether there is more, and says where to go on.
fn cut(rows: &mut Vec<HistoryRow>, limit: u32) -> Option<Cursor> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if rows.len() <= limit {
        return None;
    }
    rows.truncate(limit);
    rows.last().map(place)
}

fn place(row: &HistoryRow) -> Cursor {
    Cursor { sequence: row.sequence, line: row.asserted.map(|(line, _)| line) }
}

/// A type or family as the index spells it: families end in a dot. What this program does not know may stand in a log
/// of a later format, and nowhere else.
fn event_type(name: &str, understood: bool) -> Result<String, CommandError> {
    let family = format!("{}.", name.trim_end_matches('.'));
    if EventType::ALL.iter().any(|known| known.as_str().starts_with(&family)) {
        return Ok(family);
    }
    if EventType::parse(name).is_some() || !understood {
        return Ok(if name.contains('.') { name.to_owned() } else { family });
    }
    let mut names: Vec<&str> = EventType::ALL.iter().map(|known| known.as_str()).collect();
    names.sort_unstable();
    Err(CommandError::usage(format!("{name:?} is no type of an event")).hint(format!("the types: {}", names.join(", "))))
}

fn page(rows: &[HistoryRow]) -> Page {
    let mut page = Page::new();
    if !rows.is_empty() {
        page.table(&table(rows.iter()), 0);
    }
    page
}

/// One line for each entry. Sentences differ most in length, so they come last.
pub(super) fn table<'a>(rows: impl Iterator<Item = &'a HistoryRow>) -> Table {
    let mut table = Table::new(&["entry", "time (UTC)", "type", "by", "what"]);
    for row in rows {
        table.row(vec![
            visible(place(row)),
            visible(second(row.asserted.map_or(row.time, |(_, time)| time))),
            if row.asserted.is_some() { paint(DIM, "imported") } else { visible(&row.event_type) },
            visible(&row.actor),
            visible(shortened(&row.summary)),
        ]);
    }
    table
}

/// The sentence with its digests as tables show them.
fn shortened(sentence: &str) -> String {
    let words = sentence.split(' ').map(|word| Digest::new(word).map_or_else(|_| word.to_owned(), short));
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_and_types_are_told_apart() {
        assert_eq!(event_type("promotion", true).unwrap(), "promotion.");
        assert_eq!(event_type("promotion.", true).unwrap(), "promotion.");
        assert_eq!(event_type("promotion.completed", true).unwrap(), "promotion.completed");
        assert!(event_type("promotions", true).is_err());
        assert!(event_type("promo", true).is_err());
        assert_eq!(event_type("deploy.finished", false).unwrap(), "deploy.finished");
        assert_eq!(event_type("deploy", false).unwrap(), "deploy.");
    }

    #[test]
    fn sentences_keep_their_words_and_lose_digits() {
        let digest = format!("sha256:{}", "0c1f77ab".repeat(8));
        assert_eq!(shortened(&format!("tag v1-dev points at {digest}")), "tag v1-dev points at sha256:0c1f77ab0c1f…");
        assert_eq!(shortened("two  spaces, sha256:0c1f"), "two  spaces, sha256:0c1f");
    }
}
