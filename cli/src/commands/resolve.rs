//! `resolve`: says that failures are resolved, so that the pipeline takes promotions again.

use clap::Args;
use promotion_ledger::meaning::command::{Command, Resolve as Asked};
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::names::{Component, Environment, Reason};

use crate::answer::Answer;
use crate::context::Context;
use crate::error::CommandError;
use crate::page::{DIM, GOOD, Page, count};
use crate::session;
use crate::shown::{paint, shown, visible};
use crate::views::halt::HaltsChanged;
use crate::views::run::EntryRange;

/// Says that what failed in an environment is resolved. With the last failure the pipeline takes promotions again.
///
/// Whoever may change the environment may say so.
#[derive(Debug, Args)]
pub(crate) struct Resolve {
    /// Where it failed
    #[arg(long, value_name = "ENVIRONMENT")]
    env: Environment,
    /// Only failures of this component
    #[arg(long)]
    component: Option<Component>,
    /// How it was resolved
    #[arg(long)]
    reason: Reason,
}

pub(crate) fn run(context: &Context, arguments: Resolve) -> Result<Answer, CommandError> {
    let mut opened = session::open(context)?;
    let pipeline = opened.pipeline(context)?;
    let key = opened.signing_key(context)?;
    let Resolve { env: environment, component, reason } = arguments;
    let asked =
        Asked { pipeline: pipeline.clone(), environment: environment.clone(), component: component.clone(), reason: reason.clone() };
    let committed = opened.write_in(context, &pipeline, &key, |session| Ok(session.commit(&Command::Resolve(asked), &[])?))?;
    let resolved = committed.entries.iter().filter_map(|entry| match &entry.recorded().event {
        Event::PipelineResumed(resumed) => Some(resumed.halt.get()),
        _ => None,
    });
    let halts: Vec<u64> = resolved.collect();
    let view = HaltsChanged {
        pipeline: pipeline.to_string(),
        environment: environment.to_string(),
        component: component.map(|component| component.to_string()),
        outcome: if halts.is_empty() { "unchanged" } else { "resolved" }.to_owned(),
        halts,
        remaining: opened.index.halts(Some(&pipeline), opened.index.now())?.len(),
        entries: EntryRange::of(&committed.entries),
    };
    Ok(Answer::new(page(&view, &reason), &view))
}

fn page(view: &HaltsChanged, reason: &Reason) -> Page {
    let mut page = Page::new();
    match view.entries {
        None => page.line(format!("Nothing to resolve  {}", view.environment)),
        Some(entries) => {
            let failures = count(view.halts.len() as u64, "failure", "failures");
            let at = paint(DIM, entries.words());
            page.line(shown!("{}  {}: {}, \"{}\"  {}", paint(GOOD, "Resolved"), view.environment, failures, visible(reason), at));
        }
    }
    if view.remaining > 0 {
        let failures = count(view.remaining as u64, "failure is", "failures are");
        page.line(format!("  pipeline {} stays halted: {failures} not resolved; `promoledger status` shows them", view.pipeline));
    } else if view.entries.is_some() {
        page.line(format!("  pipeline {} takes promotions again", view.pipeline));
    }
    page
}
