//! `promote --all-eligible`: every release that may go on goes on; the others stay, and nothing is recorded of them.

use promotion_delivery::runner::{RunError, Runner};
use promotion_delivery::session::SessionError;
use promotion_ledger::meaning::names::{Component, Version};
use promotion_ledger::meaning::refusal::{ExitCode, Refusal};
use promotion_ledger::meaning::rules::{Rules, Source};
use promotion_replay::models::rows::{Spot, TenureRow};

use super::arguments::{Promote, asked};
use crate::answer::Answer;
use crate::context::Context;
use crate::error::CommandError;
use crate::examiner::Examiner;
use crate::page::{BOLD, DIM, GOOD, Page, Table, WARN};
use crate::session::{self, Opened};
use crate::shown::{Shown, paint, shown, visible};
use crate::views::run::{AllPromoted, Eligible, EntryRange};

pub(super) fn run(context: &Context, arguments: &Promote, mut opened: Opened, rules: &Rules) -> Result<Answer, CommandError> {
    let Source::From(from) = arguments.from.clone() else {
        return Err(CommandError::usage("--all-eligible promotes what is in an environment, and nothing is in `none`")
            .hint("name the environment that the releases come from: --from ENVIRONMENT"));
    };
    let components: Vec<Component> = match &arguments.component {
        Some(only) => vec![only.clone()],
        None => rules.components().iter().map(|component| component.name.clone()).collect(),
    };
    let mut releases = Vec::with_capacity(components.len());
    for component in components {
        let spot = Spot { pipeline: rules.pipeline().clone(), component, environment: from.clone() };
        let there = opened.index.recorded_holder(&spot, opened.index.now())?.filter(|there| there.to_sequence.is_none());
        releases.push(match there {
            Some(there) => one(context, arguments, &mut opened, rules, &there)?,
            None => row(&spot.component, None, "nothing_there", ExitCode::Done),
        });
    }
    let code = releases.iter().find(|row| row.outcome == "failed").map_or(ExitCode::Done, |row| code(row.code));
    let view = AllPromoted {
        pipeline: rules.pipeline().to_string(),
        from: from.to_string(),
        to: arguments.to.to_string(),
        dry_run: arguments.dry_run,
        releases,
    };
    Ok(Answer::with_code(page(&view), &view, code))
}

/// Promotes the component's release, if it is eligible.
fn one(context: &Context, arguments: &Promote, opened: &mut Opened, rules: &Rules, there: &TenureRow) -> Result<Eligible, CommandError> {
    let repository = session::repository(rules, &there.component)?;
    let key = opened.signing_key(context)?;
    let registry = session::open_registry(context, &repository, &arguments.registry)?;
    let wanted = asked(context, arguments, rules, there.component.clone(), there.version.clone());
    let examiner = Examiner::new(context);
    let whole = |outcome, code| row(&there.component, Some((&there.version, there.digest.to_string())), outcome, code);
    opened.write_in(context, &wanted.pipeline, &key, |session| {
        let mut runner = Runner { session, registry: registry.as_ref(), repository };
        let planned = examiner.with(|means| runner.plan_promotion(wanted.clone(), means, false));
        let decision = match planned.map(|plan| plan.outcome) {
            Ok(Ok(decision)) => decision,
            Ok(Err(refusal)) => return Ok(not_eligible(whole("not_eligible", refusal.code()), &refusal)),
            Err(error) => return Ok(failed(whole("failed", error.exit_code()), &error)),
        };
        if decision.events.is_empty() && decision.resume.is_none() {
            return Ok(whole("already", ExitCode::Done));
        }
        if arguments.dry_run {
            return Ok(whole("would_promote", ExitCode::Done));
        }
        Ok(match examiner.with(|means| runner.promote(wanted.clone(), means)) {
            Ok(done) => {
                done.warnings.iter().for_each(|warning| context.pass_on(warning));
                Eligible {
                    promotion_id: done.promotion.as_ref().map(|promotion| promotion.promotion_id.to_string()),
                    entries: EntryRange::of(&done.entries),
                    ..whole("promoted", ExitCode::Done)
                }
            }
            // Its gates said no, or somebody was quicker: that is recorded as any refusal is.
            Err(RunError::Session(SessionError::Refused { refusal, .. })) => not_eligible(whole("not_eligible", refusal.code()), &refusal),
            Err(error) => failed(whole("failed", error.exit_code()), &error),
        })
    })
}

fn row(component: &Component, release: Option<(&Version, String)>, outcome: &str, code: ExitCode) -> Eligible {
    let (version, artifact_digest) = release.map(|(version, digest)| (version.to_string(), digest)).unzip();
    Eligible {
        component: component.to_string(),
        version,
        artifact_digest,
        outcome: outcome.to_owned(),
        code: code.number(),
        reasons: Vec::new(),
        promotion_id: None,
        entries: None,
    }
}

fn not_eligible(row: Eligible, refusal: &Refusal) -> Eligible {
    Eligible { reasons: refusal.reasons().iter().map(|reason| reason.message.clone()).collect(), ..row }
}

fn failed(row: Eligible, error: &RunError) -> Eligible {
    Eligible { reasons: vec![error.to_string()], ..row }
}

fn code(number: u8) -> ExitCode {
    ExitCode::from_number(number).unwrap_or(ExitCode::Failure)
}

fn page(view: &AllPromoted) -> Page {
    let mut page = Page::new();
    let dry = if view.dry_run { "dry run: nothing is written anywhere" } else { "" };
    page.line(shown!("{}  {}", paint(BOLD, format!("{}  {} → {}", view.pipeline, view.from, view.to)), paint(DIM, dry)));
    let mut table = Table::new(&[]);
    for release in &view.releases {
        let reasons = visible(release.reasons.join("; "));
        let version = visible(release.version.as_deref().unwrap_or("nothing there"));
        table.row(vec![visible(&release.component), version, word(&release.outcome), reasons]);
    }
    page.table(&table, 2);
    page
}

fn word(outcome: &str) -> Shown {
    match outcome {
        "promoted" => paint(GOOD, "promoted"),
        "would_promote" => paint(GOOD, "would be promoted"),
        "already" => visible("already there"),
        "nothing_there" => visible(""),
        "failed" => paint(WARN, "failed"),
        _ => paint(WARN, "not eligible"),
    }
}
