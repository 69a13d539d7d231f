//! `unlock`: lifts locks.

use clap::Args;
use promotion_ledger::meaning::command::{Command, Unlock as Asked};
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::names::{Component, Environment, Reason};

use crate::answer::Answer;
use crate::context::Context;
use crate::error::CommandError;
use crate::page::{DIM, GOOD, Page, count};
use crate::session;
use crate::shown::{paint, shown};
use crate::views::run::{EntryRange, LocksChanged};

/// Lifts your own locks of an environment; with --others everybody's, where you are granted to.
#[derive(Debug, Args)]
pub(crate) struct Unlock {
    /// The environment
    #[arg(long, value_name = "ENVIRONMENT")]
    env: Environment,
    /// Only locks that are narrowed to this component
    #[arg(long)]
    component: Option<Component>,
    /// Others' locks too
    #[arg(long)]
    others: bool,
    /// Why
    #[arg(long)]
    reason: Option<Reason>,
}

pub(crate) fn run(context: &Context, arguments: Unlock) -> Result<Answer, CommandError> {
    let mut opened = session::open(context)?;
    let pipeline = opened.pipeline(context)?;
    let key = opened.signing_key(context)?;
    let Unlock { env: environment, component, others, reason } = arguments;
    let asked = Asked { pipeline: pipeline.clone(), environment: environment.clone(), component: component.clone(), others, reason };
    let committed = opened.write_in(context, &pipeline, &key, |session| Ok(session.commit(&Command::Unlock(asked), &[])?))?;
    let lifted = committed.entries.iter().filter_map(|entry| match &entry.recorded().event {
        Event::EnvironmentUnlocked(unlocked) => Some(unlocked.lock.get()),
        _ => None,
    });
    let locks: Vec<u64> = lifted.collect();
    let remaining =
        opened.index.locks(Some(&pipeline), opened.index.now())?.into_iter().filter(|row| row.environment == environment).count();
    let view = LocksChanged {
        expires: None,
        pipeline: pipeline.to_string(),
        environment: environment.to_string(),
        component: component.map(|component| component.to_string()),
        outcome: if locks.is_empty() { "unchanged" } else { "unlocked" }.to_owned(),
        entries: EntryRange::of(&committed.entries),
        locks,
    };
    Ok(Answer::new(page(&view, remaining), &view))
}

fn page(view: &LocksChanged, remaining: usize) -> Page {
    let mut page = Page::new();
    match view.entries {
        None => page.line(format!("Not locked  {}", view.environment)),
        Some(entries) => {
            let lifted = count(view.locks.len() as u64, "lock", "locks");
            page.line(shown!("{}  {}: {} lifted  {}", paint(GOOD, "Unlocked"), view.environment, lifted, paint(DIM, entries.words())));
        }
    }
    if remaining > 0 {
        page.line(format!(
            "  {} still stand there; `promoledger status --env {}` shows them",
            count(remaining as u64, "lock", "locks"),
            view.environment
        ));
    }
    page
}
