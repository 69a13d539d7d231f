//! What two environments do not have in common.

use std::collections::BTreeMap;

use promotion_ledger::meaning::names::{Component, Environment, Pipeline};
use promotion_ledger::meaning::refusal::ExitCode;
use promotion_ledger::meaning::time::Timestamp;
use promotion_replay::models::filters::StatusFilter;
use promotion_replay::models::places::{HolderRow, PlaceRow};

use crate::answer::Answer;
use crate::commands::moment::{Asked, Moment};
use crate::commands::status::imported;
use crate::commands::status::when::since;
use crate::context::Context;
use crate::error::CommandError;
use crate::page::{BOLD, DIM, Page, Table, count};
use crate::session::Opened;
use crate::shown::{paint, shown, visible};
use crate::views::diff::{Comparison, ComparisonRow};

/// What is in the one and in the other.
type Pair = (Option<HolderRow>, Option<HolderRow>);

pub(super) fn diff(
    context: &Context,
    opened: &Opened,
    filter: &StatusFilter,
    (left, right): (&Environment, &Environment),
    at: Option<Moment>,
) -> Result<Answer, CommandError> {
    let asked = Asked::new(opened, at)?;
    let places = |environment: &Environment| -> Result<Vec<PlaceRow>, CommandError> {
        let filter = StatusFilter { environment: Some(environment.clone()), ..filter.clone() };
        let mut places = opened.index.status(&filter, asked.horizon)?;
        places.extend(opened.index.unlisted(&filter, asked.horizon)?);
        if places.is_empty() { Err(unknown(environment)) } else { Ok(places) }
    };
    let mut pairs: BTreeMap<(Pipeline, Component), Pair> = BTreeMap::new();
    for place in places(left)? {
        pairs.entry((place.spot.pipeline, place.spot.component)).or_default().0 = place.holder;
    }
    for place in places(right)? {
        pairs.entry((place.spot.pipeline, place.spot.component)).or_default().1 = place.holder;
    }
    let components: Vec<ComparisonRow> = pairs.iter().map(row).collect();
    let view = Comparison {
        at: asked.at(),
        left: left.to_string(),
        right: right.to_string(),
        different: components.iter().map(|row| u64::from(!row.same)).sum(),
        components,
    };
    let several = opened.core().pipelines.len() > 1;
    Ok(Answer::new(page(&view, &pairs, several, asked.now(context.now())), &view))
}

fn unknown(environment: &Environment) -> CommandError {
    CommandError::new(ExitCode::NotFound, format!("there is no environment {environment} with that in the rules in force"))
        .hint("`promoledger status` shows the environments and components that there are")
}

fn row(((pipeline, component), (left, right)): (&(Pipeline, Component), &Pair)) -> ComparisonRow {
    ComparisonRow {
        pipeline: pipeline.to_string(),
        component: component.to_string(),
        same: identity(left) == identity(right),
        left: left.as_ref().map(Into::into),
        right: right.as_ref().map(Into::into),
    }
}

/// What makes two releases the same: the digest, and the name only where imported history gives no digest.
fn identity(holder: &Option<HolderRow>) -> Option<&str> {
    holder.as_ref().map(|holder| holder.digest().map_or_else(|| holder.version().as_str(), |digest| digest.as_str()))
}

fn page(view: &Comparison, pairs: &BTreeMap<(Pipeline, Component), Pair>, several_pipelines: bool, now: Timestamp) -> Page {
    let mut page = Page::new();
    let all = view.components.len() as u64;
    let told = match view.different {
        0 => format!("the same in {}", count(all, "component", "components")),
        1 => format!("1 of {} differs", count(all, "component", "components")),
        different => format!("{different} of {} differ", count(all, "component", "components")),
    };
    page.line(shown!("{}  {}", paint(BOLD, shown!("{} and {}", visible(&view.left), visible(&view.right))), told));
    if view.different > 0 {
        page.table(&table(view, pairs, several_pipelines, now), 2);
    }
    page
}

fn table(view: &Comparison, pairs: &BTreeMap<(Pipeline, Component), Pair>, several_pipelines: bool, now: Timestamp) -> Table {
    let columns = ["pipeline", "component", &view.left, "since (UTC)", &view.right, "since (UTC)"];
    let skipped = usize::from(!several_pipelines);
    let mut table = Table::new(&columns.into_iter().skip(skipped).collect::<Vec<_>>());
    let told = |holder: &Option<HolderRow>| match holder {
        Some(holder) => [visible(holder.version()), imported(since(holder.since(), now), holder.asserted().is_some())],
        None => [paint(DIM, "–"), paint(DIM, "–")],
    };
    for ((pipeline, component), (one, other)) in pairs.iter().filter(|(_, (one, other))| identity(one) != identity(other)) {
        let [version, arrived] = told(one);
        let [other_version, other_arrived] = told(other);
        let cells = [visible(pipeline), visible(component), version, arrived, other_version, other_arrived];
        table.row(cells.into_iter().skip(skipped).collect());
    }
    table
}
