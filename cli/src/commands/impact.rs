//! `impact`: what rolling an environment back to a version would come to.

mod page;
mod undone;

use clap::Args;
use promotion_ledger::custody::random::uuid;
use promotion_ledger::meaning::command::{Command, Rollback};
use promotion_ledger::meaning::id::PromotionId;
use promotion_ledger::meaning::names::{Component, Environment, Reason, Version};
use promotion_ledger::meaning::refusal::ExitCode;
use promotion_ledger::meaning::rules::Rules;
use promotion_replay::models::rows::{Kind, Spot};

use crate::answer::Answer;
use crate::context::Context;
use crate::error::CommandError;
use crate::machine::SystemRandom;
use crate::session::{self, Opened};
use crate::views::impact::{Allowed, Downstream, Impact as View};
use crate::views::run::Estimate;
use undone::Undone;

/// How many earlier rollbacks an estimate rests on at most.
const RUNS: u32 = 50;
/// How many versions an error names.
const NAMED: u32 = 10;

/// What rolling an environment back to a version would come to.
///
/// Shows what would be undone, since when, by whom and from which commits; what would be there again, and how it fared when
/// it was; which environments further along the path have what would be undone; how long it would take, and whether your
/// key may do it now. Imported history counts, and is marked. Nothing is changed. Times are in UTC.
#[derive(Debug, Args)]
pub(crate) struct Impact {
    /// The release to go back to
    version: Version,
    /// The environment
    #[arg(long, value_name = "ENVIRONMENT")]
    env: Environment,
    /// The component; needed unless the pipeline has one
    #[arg(long)]
    component: Option<Component>,
}

pub(crate) fn run(context: &Context, arguments: &Impact) -> Result<Answer, CommandError> {
    let mut opened = session::open_to_read(context)?;
    let rules = opened.rules(context)?;
    let component = session::component(&rules, arguments.component.as_ref())?;
    let spot = Spot { pipeline: rules.pipeline().clone(), component, environment: arguments.env.clone() };
    known(&opened, &rules, &spot)?;
    let now = opened.index.now();
    let current = opened.index.holder(&spot, now)?;
    let visits = undone::visits(&opened, &spot, &arguments.version)?;
    let Some(last) = visits.first() else { return Err(never_there(&opened, &spot, &arguments.version)?) };
    let undone = Undone::since(&opened, &spot, last)?;
    let already = last.until.is_none();
    let view = View {
        pipeline: spot.pipeline.to_string(),
        environment: spot.environment.to_string(),
        component: spot.component.to_string(),
        version: arguments.version.to_string(),
        artifact_digest: last.digest.as_ref().map(ToString::to_string),
        current: current.as_ref().map(Into::into),
        already,
        undone_count: undone.count,
        undone: undone.rows.iter().map(Into::into).collect(),
        last_there: last.into(),
        last_there_seconds: undone::seconds(last, context.now()),
        rolled_back_from: visits
            .iter()
            .filter(|row| row.left_by_rollback)
            .map(|row| undone::rolled_back(&opened, row))
            .collect::<Result<_, _>>()?,
        downstream: if already { Vec::new() } else { downstream(&opened, &rules, &spot, &undone)? },
        estimate: estimate(&opened, &spot)?,
        allowed: if already { None } else { allowed(context, &mut opened, &spot, &arguments.version, last.is_asserted())? },
    };
    Ok(Answer::new(page::page(&view, &undone.rows, last, context.now()), &view))
}

/// The rules name the environment, or imported history does.
fn known(opened: &Opened, rules: &Rules, spot: &Spot) -> Result<(), CommandError> {
    if rules.environment(&spot.environment).is_some() || opened.index.holder(spot, opened.index.now())?.is_some() {
        return Ok(());
    }
    let names: Vec<_> = rules.environments().iter().map(|environment| environment.name.to_string()).collect();
    Err(CommandError::new(ExitCode::NotFound, format!("pipeline {} has no environment {}", rules.pipeline(), spot.environment))
        .hint(format!("its path: {}", names.join(" → "))))
}

/// Says which versions were there.
fn never_there(opened: &Opened, spot: &Spot, version: &Version) -> Result<CommandError, CommandError> {
    let message = format!("{} {version} was never in {}", spot.component, spot.environment);
    let error = CommandError::new(ExitCode::NeverPromoted, message);
    let mut there = opened.index.versions_there(&spot.pipeline, &spot.component, &spot.environment, NAMED)?;
    for tenure in opened.index.asserted_tenures(spot, opened.index.now())? {
        if !there.contains(&tenure.arrival.version) && there.len() < NAMED as usize {
            there.push(tenure.arrival.version);
        }
    }
    let names: Vec<String> = there.iter().map(ToString::to_string).collect();
    if names.is_empty() {
        return Ok(error.hint("nothing was ever there"));
    }
    Ok(error.hint(format!("these were there: {}", names.join(", "))).with("versions", serde_json::Value::from(names.clone())))
}

/// The environments further along the path that have a digest that would be undone.
fn downstream(opened: &Opened, rules: &Rules, spot: &Spot, undone: &Undone) -> Result<Vec<Downstream>, CommandError> {
    let path = rules.environments().iter().map(|rule| &rule.name);
    let mut found = Vec::new();
    for environment in path.skip_while(|name| **name != spot.environment).skip(1) {
        let there = Spot { environment: environment.clone(), ..spot.clone() };
        let Some(current) = opened.index.holder(&there, opened.index.now())? else { continue };
        let undoes = current.digest().map(|digest| undone.holds(opened, spot, digest)).transpose()?;
        if undoes == Some(true) {
            found.push(Downstream { environment: environment.to_string(), current: (&current).into() });
        }
    }
    Ok(found)
}

/// The median of what earlier rollbacks took.
fn estimate(opened: &Opened, spot: &Spot) -> Result<Option<Estimate>, CommandError> {
    let mut took = opened.index.durations(Kind::Rollback, &spot.pipeline, &spot.component, &spot.environment, RUNS)?;
    took.sort_unstable();
    let median = took.get(took.len() / 2);
    Ok(median.map(|median| Estimate { milliseconds: u64::try_from(median.as_millis()).unwrap_or(u64::MAX), runs: took.len() }))
}

/// What a dry run over the log alone says; the registry is not asked.
fn allowed(
    context: &Context,
    opened: &mut Opened,
    spot: &Spot,
    version: &Version,
    accept_asserted: bool,
) -> Result<Option<Allowed>, CommandError> {
    let Ok(key) = opened.signing_key(context) else { return Ok(None) };
    let command = Command::Rollback(Rollback {
        promotion_id: PromotionId::from_uuid(uuid(&SystemRandom, context.now())),
        pipeline: spot.pipeline.clone(),
        component: spot.component.clone(),
        version: version.clone(),
        environment: spot.environment.clone(),
        accept_asserted,
        reason: Reason::new("to learn whether it may be done").expect("a short sentence"),
        target_tag: None,
    });
    let Ok(judged) = opened.write_in(context, &spot.pipeline, &key, |session| Ok(session.judge(&command)?)) else { return Ok(None) };
    Ok(Some(match judged {
        Ok(_) => Allowed { yes: true, because: Vec::new() },
        Err(refusal) => Allowed { yes: false, because: refusal.reasons().iter().map(|reason| reason.message.clone()).collect() },
    }))
}
