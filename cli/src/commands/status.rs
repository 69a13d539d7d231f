//! `status`: what is where, what is locked, what is under way.

mod found;
mod html;
mod page;
pub(super) mod when;

pub(super) use page::{imported, notes};

use clap::Args;
use promotion_ledger::meaning::names::{Component, Environment};
use promotion_ledger::meaning::rules::Rules;
use promotion_replay::models::filters::StatusFilter;
use promotion_replay::models::places::PlaceRow;

use super::moment::{self, Asked, Moment};
use crate::answer::Answer;
use crate::context::Context;
use crate::error::CommandError;
use crate::session::{self, Opened};
use crate::views::status::{EnvironmentRow, LedgerPosition, PipelinePath, Status as View};
use found::Found;

/// What is where.
///
/// Shows which release is in which environment, since when and by whom, which pipelines are halted and which environments locked
/// and why, and which promotions are under way: of every pipeline in the ledger, unless --pipeline names one. With --at, as it stood then,
/// under the rules that were in force then. What imported history alone tells is marked so, and since when is the time that
/// it asserts. Times are in UTC.
#[derive(Debug, Args)]
pub(crate) struct Status {
    /// Only this environment
    #[arg(long, value_name = "ENVIRONMENT")]
    env: Option<Environment>,
    /// Only this component
    #[arg(long)]
    component: Option<Component>,
    /// Also the last N releases that were there, newest first
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    history: Option<u32>,
    /// Also places that the rules in force do not list and where something is, such as those of imported history
    #[arg(long)]
    all: bool,
    /// Print a page for browsers instead: one file of HTML without scripts
    #[arg(long, conflicts_with = "history")]
    html: bool,
    /// As it stood then: a time, a day for its end, or seq:N for the entry that is the last one known
    #[arg(long, value_name = "TIME|seq:N", value_parser = moment::parse)]
    at: Option<Moment>,
}

pub(crate) fn run(context: &Context, arguments: &Status) -> Result<Answer, CommandError> {
    let opened = session::open_to_read(context)?;
    let pipeline = context.global.pipeline.as_ref().map(|_| opened.pipeline(context)).transpose()?;
    let filter = StatusFilter { pipeline, environment: arguments.env.clone(), component: arguments.component.clone() };
    let asked = Asked::new(&opened, arguments.at)?;
    let now = asked.now(context.now());
    let found = Found::gather(&opened, &filter, (asked.horizon, now), arguments.all, arguments.history)?;
    let view = view(&opened, &found, &asked);
    if arguments.html {
        return Ok(Answer::script(html::document(&view, context.now())));
    }
    Ok(Answer::new(page::page(&found, &asked, context.now()), &view))
}

fn view(opened: &Opened, found: &Found, asked: &Asked) -> View {
    let (core, head) = (opened.core(), opened.index.head());
    View {
        ledger: LedgerPosition {
            origin: core.identity.as_ref().map(|identity| identity.origin.to_string()).unwrap_or_default(),
            genesis: opened.index.genesis().map(|hash| hash.to_string()).unwrap_or_default(),
            size: head.size,
            head: head.hash.to_string(),
            last_time: core.floor.map(|time| time.to_string()),
        },
        at: asked.at(),
        pipelines: found.pipelines.iter().map(path).collect(),
        environments: rows(found, &found.places, true).chain(rows(found, &found.unlisted, false)).collect(),
        unlisted: found.hidden,
        halts: found.halts.iter().map(Into::into).collect(),
        locks: found.locks.iter().map(Into::into).collect(),
        under_way: found.under_way.iter().map(Into::into).collect(),
        waiting: found.waiting.iter().map(Into::into).collect(),
        unreviewed: found.unreviewed.iter().map(Into::into).collect(),
        history: found.history.as_ref().map(|tenures| tenures.iter().map(Into::into).collect()),
    }
}

fn rows<'a>(found: &'a Found, places: &'a [PlaceRow], listed: bool) -> impl Iterator<Item = EnvironmentRow> + 'a {
    places.iter().map(move |place| EnvironmentRow::new(place, listed, found.is_locked(place)))
}

fn path(rules: &Rules) -> PipelinePath {
    PipelinePath {
        pipeline: rules.pipeline().to_string(),
        path: rules.environments().iter().map(|environment| environment.name.to_string()).collect(),
    }
}
