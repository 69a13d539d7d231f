//! What changed between two moments.

use promotion_delivery::manifest::differences;
use promotion_ledger::meaning::names::Pipeline;
use promotion_ledger::meaning::time::Timestamp;
use promotion_replay::models::filters::StatusFilter;
use promotion_replay::models::rows::{AdoptedRow, HaltRow, LockRow};

use crate::answer::Answer;
use crate::commands::moment::{Asked, Moment};
use crate::commands::status::imported;
use crate::commands::status::when::second;
use crate::context::Context;
use crate::error::CommandError;
use crate::page::{BOLD, DIM, Page, Table, WARN, count, short};
use crate::session::Opened;
use crate::shown::{Shown, paint, shown, visible};
use crate::views::diff::{ChangeRow, Difference, LockChange, RulesChange, There};
use crate::views::halt::HaltChange;

pub(super) fn diff(
    context: &Context,
    opened: &Opened,
    filter: &StatusFilter,
    before: Moment,
    after: Option<Moment>,
) -> Result<Answer, CommandError> {
    let (before, after) = (Asked::new(opened, Some(before))?, Asked::new(opened, after)?);
    if before.horizon.size() > after.horizon.size() || (after.moment.is_some() && before.time > after.time) {
        return Err(CommandError::usage("the first moment lies after the second").hint("name the earlier one first"));
    }
    let changes = opened.index.changes(filter, before.horizon, after.horizon)?;
    let view = Difference {
        before: before.view(),
        after: after.view(),
        changes: changes.iter().map(Into::into).collect(),
        halts: halts(opened, filter, &before, &after)?,
        locks: locks(opened, filter, &before, &after)?,
        rules: rules(opened, filter, &before, &after)?,
    };
    let several = opened.core().pipelines.len() > 1;
    Ok(Answer::new(page(&view, (&before, &after), several, context.now()), &view))
}

/// Failures told and resolved, by the entries that say so.
fn halts(opened: &Opened, filter: &StatusFilter, before: &Asked, after: &Asked) -> Result<Vec<HaltChange>, CommandError> {
    let concerned = |row: &&HaltRow| {
        let component = row.halt.component.as_ref();
        filter.environment.as_ref().is_none_or(|wanted| *wanted == row.halt.environment)
            && filter.component.as_ref().is_none_or(|wanted| component.is_none_or(|component| component == wanted))
    };
    let rows = opened.index.halts_between(filter.pipeline.as_ref(), before.horizon, after.horizon)?;
    let rows: Vec<&HaltRow> = rows.iter().filter(concerned).collect();
    let between = |change: &HaltChange| (before.horizon.size()..after.horizon.size()).contains(&change.entry);
    let told = rows.iter().map(|row| HaltChange::halted(row));
    let resolved = rows.iter().filter_map(|row| HaltChange::resolved(row));
    let mut changes: Vec<HaltChange> = told.chain(resolved).filter(between).collect();
    changes.sort_by_key(|change| change.entry);
    Ok(changes)
}

/// Locks set and lifted, by the entries that say so.
fn locks(opened: &Opened, filter: &StatusFilter, before: &Asked, after: &Asked) -> Result<Vec<LockChange>, CommandError> {
    let pipeline = filter.pipeline.as_ref();
    let (before, after) = (before.horizon, after.horizon);
    let concerned = |row: &&LockRow| {
        let component = row.lock.component.as_ref();
        filter.environment.as_ref().is_none_or(|wanted| *wanted == row.environment)
            && filter.component.as_ref().is_none_or(|wanted| component.is_none_or(|component| component == wanted))
    };
    let set = opened.index.locks_set(pipeline, before, after)?;
    let lifted = opened.index.locks_lifted(pipeline, before, after)?;
    let mut changes: Vec<LockChange> = set.iter().filter(concerned).map(LockChange::set).collect();
    changes.extend(lifted.iter().filter(concerned).filter_map(LockChange::lifted));
    changes.sort_by_key(|change| change.entry);
    Ok(changes)
}

fn rules(opened: &Opened, filter: &StatusFilter, before: &Asked, after: &Asked) -> Result<Vec<RulesChange>, CommandError> {
    let adopted = opened.index.rules_between(before.horizon, after.horizon)?;
    let concerned = |pipeline: &Pipeline| filter.pipeline.as_ref().is_none_or(|wanted| wanted == pipeline);
    let shown = adopted.iter().filter(|(_, row)| concerned(row.rules.pipeline()));
    Ok(shown.map(|(earlier, row)| rules_change(earlier.as_ref(), row)).collect())
}

fn rules_change(earlier: Option<&AdoptedRow>, row: &AdoptedRow) -> RulesChange {
    RulesChange {
        pipeline: row.rules.pipeline().to_string(),
        entry: row.sequence.get(),
        time: row.time.to_string(),
        by: row.by.to_string(),
        new_pipeline: earlier.is_none(),
        differences: earlier
            .map(|earlier| differences(&earlier.rules, &row.rules, row.time).iter().map(ToString::to_string).collect())
            .unwrap_or_default(),
    }
}

fn page(view: &Difference, (before, after): (&Asked, &Asked), several_pipelines: bool, now: Timestamp) -> Page {
    let mut page = Page::new();
    let end = if after.moment.is_some() { after.words() } else { "now".to_owned() };
    page.line(shown!("{}  {} → {}", paint(BOLD, "What changed"), before.words(), end));
    if view.changes.is_empty() && view.halts.is_empty() && view.locks.is_empty() && view.rules.is_empty() {
        page.line("  nothing");
    }
    if !view.changes.is_empty() {
        page.table(&places(&view.changes, several_pipelines), 2);
    }
    for change in &view.halts {
        page.line(shown!("  {}", halt(change)));
    }
    for change in &view.locks {
        page.line(shown!("  {}", lock(change)));
    }
    for change in &view.rules {
        rules_lines(&mut page, change, now);
    }
    page
}

fn places(changes: &[ChangeRow], several_pipelines: bool) -> Table {
    let columns = ["pipeline", "environment", "component", "before", "after", "digest", "in between", "last by"];
    let skipped = usize::from(!several_pipelines);
    let mut table = Table::new(&columns.into_iter().skip(skipped).collect::<Vec<_>>());
    for row in changes {
        let nothing = || paint(DIM, "–");
        let version = |there: &Option<There>| there.as_ref().map_or_else(nothing, |there| visible(&there.version));
        let digest = row.after.as_ref().and_then(|there| there.artifact_digest.as_deref());
        let cells = [
            visible(&row.pipeline),
            visible(&row.environment),
            visible(&row.component),
            version(&row.before),
            version(&row.after),
            digest.map_or_else(nothing, |digest| visible(short(digest))),
            visible(between(row)),
            row.by.as_ref().map_or_else(nothing, |by| imported(visible(by), row.after.as_ref().is_some_and(|there| there.asserted))),
        ];
        table.row(cells.into_iter().skip(skipped).collect());
    }
    table
}

/// `2 promotions, 1 rollback`.
fn between(row: &ChangeRow) -> String {
    let promotions = (row.promotions > 0).then(|| count(row.promotions, "promotion", "promotions"));
    let rollbacks = (row.rollbacks > 0).then(|| count(row.rollbacks, "rollback", "rollbacks"));
    let removals = (row.removals > 0).then(|| count(row.removals, "removal", "removals"));
    promotions.into_iter().chain(rollbacks).chain(removals).collect::<Vec<_>>().join(", ")
}

fn halt(change: &HaltChange) -> Shown {
    let place = match &change.component {
        Some(component) => shown!("{} in {}", visible(component), visible(&change.environment)),
        None => visible(&change.environment),
    };
    let what = if change.change == "halted" {
        shown!("{} failed and halted {}:", place, visible(&change.pipeline))
    } else {
        shown!("the failure of {} from entry {} was resolved:", place, change.halt)
    };
    told(what, &change.reason, &change.by, &change.time, change.entry)
}

fn lock(change: &LockChange) -> Shown {
    let place = match &change.component {
        Some(component) => shown!("{} in {}", visible(component), visible(&change.environment)),
        None => visible(&change.environment),
    };
    let what = if change.change == "set" {
        shown!("{} was locked:", place)
    } else {
        shown!("the lock of {} from entry {} was lifted:", place, change.lock)
    };
    told(what, &change.reason, &change.by, &change.time, change.entry)
}

/// What happened, why, who said so, and when.
fn told(what: Shown, reason: &str, by: &str, time: &str, entry: u64) -> Shown {
    let when = time.get(..19).unwrap_or(time).replace('T', " ");
    shown!("{} \"{}\", by {} at {}, entry {}", paint(WARN, what), visible(reason), visible(by), when, entry)
}

fn rules_lines(page: &mut Page, change: &RulesChange, now: Timestamp) {
    let when = Timestamp::parse(&change.time).map(second).unwrap_or_else(|_| second(now));
    let what = if change.new_pipeline { "are the first" } else { "changed" };
    let whose = paint(WARN, shown!("rules of {} {}:", visible(&change.pipeline), what));
    page.line(shown!("  {} by {} at {}, entry {}", whose, visible(&change.by), when, change.entry));
    for sentence in &change.differences {
        page.line(shown!("    {}", visible(sentence)));
    }
}
