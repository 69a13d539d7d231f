//! `halt`: after a failure a pipeline takes no promotions until somebody says that it is resolved.

use clap::Args;
use promotion_ledger::meaning::command::{Command, Halt as Asked};
use promotion_ledger::meaning::names::{Component, Environment, Reason};

use crate::answer::Answer;
use crate::context::Context;
use crate::error::CommandError;
use crate::page::{BAD, DIM, Page};
use crate::session;
use crate::shown::{paint, shown, visible};
use crate::views::halt::HaltsChanged;
use crate::views::run::EntryRange;

/// Halts the whole pipeline after a failure in one of its environments: promotions are refused (exit 15) until it is resolved.
///
/// Rolling back, locking, unlocking, approving, aborting and recording go on, and what is being promoted is finished; what was
/// interrupted is not resumed. No --break-glass passes a halt. Several failures may stand at once.
#[derive(Debug, Args)]
pub(crate) struct Halt {
    /// Where it failed
    #[arg(long, value_name = "ENVIRONMENT")]
    env: Environment,
    /// What failed, where one component did
    #[arg(long)]
    component: Option<Component>,
    /// What failed, in words; it is shown to whoever is refused
    #[arg(long)]
    reason: Reason,
}

pub(crate) fn run(context: &Context, arguments: Halt) -> Result<Answer, CommandError> {
    let mut opened = session::open(context)?;
    let pipeline = opened.pipeline(context)?;
    let key = opened.signing_key(context)?;
    let Halt { env: environment, component, reason } = arguments;
    let asked =
        Asked { pipeline: pipeline.clone(), environment: environment.clone(), component: component.clone(), reason: reason.clone() };
    let committed = opened.write(context, &key, |session| Ok(session.commit(&Command::Halt(asked), &[])?))?;
    let view = HaltsChanged {
        pipeline: pipeline.to_string(),
        environment: environment.to_string(),
        component: component.as_ref().map(ToString::to_string),
        outcome: "halted".to_owned(),
        halts: committed.entries.iter().map(|entry| entry.sequence().get()).collect(),
        remaining: opened.index.halts(Some(&pipeline), opened.index.now())?.len(),
        entries: EntryRange::of(&committed.entries),
    };
    let mut page = Page::new();
    let what = component.map_or(environment.to_string(), |component| format!("{component} in {environment}"));
    let at = view.entries.map(|entries| paint(DIM, entries.words())).unwrap_or_default();
    page.line(shown!("{}  pipeline {}: {} failed, \"{}\"  {}", paint(BAD, "Halted"), pipeline, what, visible(reason), at));
    page.line(format!("  When it is mended: promoledger resolve --env {environment} --reason …"));
    Ok(Answer::new(page, &view))
}
