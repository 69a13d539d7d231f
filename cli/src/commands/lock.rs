//! `lock`: an environment takes no promotions until it is unlocked.

use clap::Args;
use promotion_ledger::meaning::command::{Command, Lock as Asked};
use promotion_ledger::meaning::names::{Component, Environment, Reason};
use promotion_ledger::meaning::time::Timestamp;

use super::moment;
use crate::answer::Answer;
use crate::context::Context;
use crate::error::CommandError;
use crate::page::{DIM, GOOD, Page};
use crate::session;
use crate::shown::{paint, shown, visible};
use crate::views::run::{EntryRange, LocksChanged};

/// Locks an environment: promotions into it are refused (exit 13) until it is unlocked.
///
/// Several locks may stand at once, each with its owner. The owner of a lock may roll back under it.
#[derive(Debug, Args)]
pub(crate) struct Lock {
    /// The environment
    #[arg(long, value_name = "ENVIRONMENT")]
    env: Environment,
    /// Lock only this component
    #[arg(long)]
    component: Option<Component>,
    /// When the lock is over by itself: a time, or a day for its end
    #[arg(long, value_name = "TIME", value_parser = moment::last_of)]
    until: Option<Timestamp>,
    /// Why; it is shown to whoever is refused
    #[arg(long)]
    reason: Reason,
}

pub(crate) fn run(context: &Context, arguments: Lock) -> Result<Answer, CommandError> {
    let mut opened = session::open(context)?;
    let pipeline = opened.pipeline(context)?;
    let key = opened.signing_key(context)?;
    let Lock { env: environment, component, until, reason } = arguments;
    let asked = Asked {
        pipeline: pipeline.clone(),
        environment: environment.clone(),
        component: component.clone(),
        expires: until,
        reason: reason.clone(),
    };
    let committed = opened.write_in(context, &pipeline, &key, |session| Ok(session.commit(&Command::Lock(asked), &[])?))?;
    let view = LocksChanged {
        pipeline: pipeline.to_string(),
        environment: environment.to_string(),
        component: component.as_ref().map(ToString::to_string),
        outcome: "locked".to_owned(),
        expires: until.map(|until| until.to_string()),
        locks: committed.entries.iter().map(|entry| entry.sequence().get()).collect(),
        entries: EntryRange::of(&committed.entries),
    };
    let mut page = Page::new();
    let what = component.map_or(environment.to_string(), |component| format!("{component} in {environment}"));
    let at = view.entries.map(|entries| paint(DIM, entries.words())).unwrap_or_default();
    let until = until.map(|until| format!(" until {}", until.to_minute())).unwrap_or_default();
    page.line(shown!("{}  {}{}: \"{}\"  {}", paint(GOOD, "Locked"), what, until, visible(reason), at));
    Ok(Answer::new(page, &view))
}
