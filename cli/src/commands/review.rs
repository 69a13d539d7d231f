//! `review`: somebody else looks at what was overridden.

use clap::{Args, ValueEnum};
use promotion_ledger::meaning::command::{Command, Review as Asked};
use promotion_ledger::meaning::event::overriding::Finding;
use promotion_ledger::meaning::names::Reason;
use promotion_ledger::meaning::refusal::ExitCode;
use promotion_replay::models::rows::OverrideRow;

use crate::answer::Answer;
use crate::context::Context;
use crate::error::CommandError;
use crate::page::{DIM, GOOD, Page, WARN};
use crate::session::{self, Opened};
use crate::shown::{paint, shown};
use crate::views::run::EntryRange;
use crate::views::word::OverrideReviewed;

/// Records what came of looking at an override; nobody reviews their own.
///
/// A promotion that passed guards with --break-glass stands in `status` until somebody else has reviewed it.
#[derive(Debug, Args)]
pub(crate) struct Review {
    /// The promotion's id, or the beginning of it; without it, the only one that waits
    promotion: Option<String>,
    /// What was found
    #[arg(long)]
    finding: Found,
    /// What is to be said of it
    #[arg(long)]
    note: Reason,
}

/// What was found.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Found {
    /// It was right
    Justified,
    /// It was not
    Unjustified,
}

pub(crate) fn run(context: &Context, arguments: Review) -> Result<Answer, CommandError> {
    let mut opened = session::open(context)?;
    let row = waiting(context, &opened, arguments.promotion.as_deref())?;
    let key = opened.signing_key(context)?;
    let finding = match arguments.finding {
        Found::Justified => Finding::Justified,
        Found::Unjustified => Finding::Unjustified,
    };
    let asked = Asked { promotion_id: row.promotion_id, finding, note: arguments.note };
    let committed = opened.write(context, &key, |session| Ok(session.commit(&Command::Review(asked), &[])?))?;
    let entries = EntryRange::of(&committed.entries);
    let view = OverrideReviewed {
        pipeline: row.spot.pipeline.to_string(),
        component: row.spot.component.to_string(),
        environment: row.spot.environment.to_string(),
        version: row.version.to_string(),
        promotion_id: row.promotion_id.to_string(),
        overridden: row.sequence.get(),
        finding: finding.to_string(),
        entries,
    };
    let mut page = Page::new();
    let style = if matches!(finding, Finding::Justified) { GOOD } else { WARN };
    let what = paint(style, shown!("Reviewed as {}", finding));
    let at = paint(DIM, entries.map(|entries| entries.words()).unwrap_or_default());
    page.line(shown!("{}  the override of {} {} in {}  {}", what, row.spot.component, row.version, row.spot.environment, at));
    Ok(Answer::new(page, &view))
}

/// The override that was named, or the only one that nobody reviewed.
fn waiting(context: &Context, opened: &Opened, named: Option<&str>) -> Result<OverrideRow, CommandError> {
    let rows = opened.index.unreviewed(context.global.pipeline.as_ref(), opened.index.now())?;
    let all = rows.iter().map(|row| row.promotion_id.to_string()).collect::<Vec<_>>().join(", ");
    let mut rows = rows.into_iter().filter(|row| named.is_none_or(|named| row.promotion_id.to_string().starts_with(named)));
    match (rows.next(), rows.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => {
            let hint = if all.is_empty() { "no override waits".to_owned() } else { format!("those that wait: {all}") };
            Err(CommandError::new(ExitCode::NotFound, "no such override waits for a review").hint(hint))
        }
        (Some(_), Some(_)) => Err(CommandError::usage("several overrides wait for a review").hint(format!("name one of {all}"))),
    }
}
