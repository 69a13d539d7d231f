//! `abort`: ends a promotion or rollback that was interrupted.

use clap::Args;
use promotion_delivery::runner::Runner;
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::names::Reason;
use promotion_ledger::meaning::refusal::ExitCode;

use crate::answer::Answer;
use crate::context::Context;
use crate::error::CommandError;
use crate::page::{DIM, GOOD, Page, WARN};
use crate::report;
use crate::session::{self, RegistryOptions};
use crate::shown::{paint, shown};
use crate::views::run::{Aborted, EntryRange, Tag};

/// Ends a promotion or rollback that was interrupted, putting `latest-<ENV>` back to where it was before.
///
/// Tags that cannot be put back are named in the record and here: a registry cannot give a tag back that was not there.
#[derive(Debug, Args)]
pub(crate) struct Abort {
    /// The promotion's id, or the beginning of it; without it, the only one that is under way
    promotion: Option<String>,
    /// Why
    #[arg(long)]
    reason: Reason,
    /// Do not touch the registry: the tags are left as they are and named in the record
    #[arg(long)]
    leave_tags: bool,
    #[command(flatten)]
    registry: RegistryOptions,
}

pub(crate) fn run(context: &Context, arguments: &Abort) -> Result<Answer, CommandError> {
    let mut opened = session::open(context)?;
    let run = report::run_under_way(context, &opened, arguments.promotion.as_deref())?;
    let repository = report::repository_of(&opened, &run, arguments.leave_tags)?;
    let key = opened.signing_key(context)?;
    let registry = session::open_registry(context, &repository, &arguments.registry)?;
    let id = run.promotion.promotion_id;
    let ended = opened.write_in(context, &run.promotion.pipeline, &key, |session| {
        Ok(Runner { session, registry: registry.as_ref(), repository }.abort(id, &arguments.reason, arguments.leave_tags)?)
    });
    let done = ended.map_err(|error| match error.code {
        ExitCode::Unavailable => {
            error.hint(format!("to end it without touching the registry: promoledger abort {id} --leave-tags --reason …"))
        }
        _ => error,
    })?;
    let left = done.entries.iter().find_map(|entry| match &entry.recorded().event {
        Event::PromotionAborted(aborted) => Some(aborted.tags_left.clone()),
        _ => None,
    });
    let view = Aborted {
        promotion_id: id.to_string(),
        tags_left: left
            .unwrap_or_default()
            .into_iter()
            .map(|left| Tag { tag: left.tag.to_string(), digest: left.digest.to_string() })
            .collect(),
        entries: EntryRange::of(&done.entries),
    };
    Ok(Answer::new(page(&view, &report::Subject::of(&run)), &view))
}

fn page(view: &Aborted, subject: &report::Subject) -> Page {
    let mut page = Page::new();
    let at = view.entries.map(|entries| paint(DIM, entries.words())).unwrap_or_default();
    page.line(shown!("{}  {}  {}", paint(GOOD, "Ended"), subject.words(), at));
    for left in &view.tags_left {
        page.line(shown!("  {} tag {} may point at {}: it is not back where it was", paint(WARN, "left:"), left.tag, left.digest));
    }
    page
}
