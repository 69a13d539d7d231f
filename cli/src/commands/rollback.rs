//! `rollback`: returns an environment to a release that was there before.

use clap::Args;
use promotion_delivery::runner::Runner;
use promotion_ledger::custody::random::uuid;
use promotion_ledger::meaning::command::Rollback as Asked;
use promotion_ledger::meaning::id::PromotionId;
use promotion_ledger::meaning::names::{Component, Environment, Pipeline, Reason, Version};
use promotion_ledger::meaning::refusal::ExitCode;
use promotion_ledger::meaning::rules::{Rules, Source};

use crate::answer::Answer;
use crate::context::Context;
use crate::error::CommandError;
use crate::machine::SystemRandom;
use crate::report;
use crate::session::{self, Opened, RegistryOptions};

/// How many versions an error names.
const NAMED: u32 = 10;

/// Rolls an environment back to a release that was there before.
///
/// Without VERSION: the newest release that was there before and was not itself rolled back from. The tag
/// `<VERSION>-<ENV>-rollback-<N>` is made and `latest-<ENV>` is moved to the same digest. A promotion that hangs there is
/// ended first.
#[derive(Debug, Args)]
pub(crate) struct Rollback {
    /// The release to go back to
    version: Option<Version>,
    /// The component; needed unless the pipeline has one
    #[arg(long)]
    component: Option<Component>,
    /// The environment
    #[arg(long, value_name = "ENVIRONMENT")]
    env: Environment,
    /// Why
    #[arg(long)]
    reason: Reason,
    /// Let imported history stand for what was not recorded here; that you did is recorded
    #[arg(long)]
    accept_asserted: bool,
    /// Say what would happen, with the exit code that the real run would have; nothing is written anywhere
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    registry: RegistryOptions,
}

pub(crate) fn run(context: &Context, arguments: Rollback) -> Result<Answer, CommandError> {
    let mut opened = session::open(context)?;
    let rules = opened.rules(context)?;
    let component = session::component(&rules, arguments.component.as_ref())?;
    let repository = session::repository(&rules, &component)?;
    let key = opened.signing_key(context)?;
    let version = match &arguments.version {
        Some(version) => version.clone(),
        None => {
            known_environment(&rules, &arguments.env)?;
            target(&opened, rules.pipeline(), &component, &arguments.env)?
        }
    };
    let registry = session::open_registry(context, &repository, &arguments.registry)?;
    let asked = Asked {
        promotion_id: PromotionId::from_uuid(uuid(&SystemRandom, context.now())),
        pipeline: rules.pipeline().clone(),
        component,
        version,
        environment: arguments.env.clone(),
        accept_asserted: arguments.accept_asserted,
        reason: arguments.reason,
        target_tag: None,
    };
    let subject = report::Subject {
        action: report::Action::Rollback,
        pipeline: asked.pipeline.clone(),
        component: asked.component.clone(),
        version: asked.version.clone(),
        from: Source::From(asked.environment.clone()),
        to: asked.environment.clone(),
    };
    if arguments.dry_run {
        let plan = opened.write_in(context, &asked.pipeline, &key, |session| {
            Ok(Runner { session, registry: registry.as_ref(), repository }.plan_rollback(asked.clone())?)
        });
        return plan.map_err(|error| named(&opened, &asked, error)).and_then(|plan| report::planned(&opened, &subject, &plan));
    }
    let done = opened.write_in(context, &asked.pipeline, &key, |session| {
        Ok(Runner { session, registry: registry.as_ref(), repository }.rollback(asked.clone())?)
    });
    let done = done.map_err(|error| named(&opened, &asked, error))?;
    done.warnings.iter().for_each(|warning| context.warn(warning));
    report::done(context, &opened, &subject, &done)
}

fn known_environment(rules: &Rules, environment: &Environment) -> Result<(), CommandError> {
    if rules.environment(environment).is_some() {
        return Ok(());
    }
    let names: Vec<_> = rules.environments().iter().map(|environment| environment.name.to_string()).collect();
    Err(CommandError::new(ExitCode::NotFound, format!("pipeline {} has no environment {environment}", rules.pipeline()))
        .hint(format!("its path: {}", names.join(" → "))))
}

/// The release to go back to when none is named; a rollback that is under way there goes on to its own.
fn target(opened: &Opened, pipeline: &Pipeline, component: &Component, environment: &Environment) -> Result<Version, CommandError> {
    let under_way = opened.index.under_way(Some(pipeline), opened.index.now())?.into_iter();
    let same = under_way.filter(|run| run.leaves.is_some()).map(|run| run.promotion);
    let going_on = same
        .filter(|promotion| promotion.component == *component && promotion.to == *environment)
        .map(|promotion| promotion.version)
        .next();
    if let Some(version) = going_on {
        return Ok(version);
    }
    opened.index.rollback_target(pipeline, component, environment)?.ok_or_else(|| {
        CommandError::new(ExitCode::NeverPromoted, format!("there is no earlier release of {component} in {environment} to go back to"))
            .hint("name the version to go back to; `promoledger status --env … --history 20` shows which were there")
    })
}

/// Says which versions were there.
fn named(opened: &Opened, asked: &Asked, error: CommandError) -> CommandError {
    if error.code != ExitCode::NeverPromoted {
        return error;
    }
    let there = opened.index.versions_there(&asked.pipeline, &asked.component, &asked.environment, NAMED).unwrap_or_default();
    let names: Vec<String> = there.iter().map(ToString::to_string).collect();
    if names.is_empty() {
        return error;
    }
    let versions = serde_json::Value::from(names.clone());
    error.hint(format!("these were promoted there: {}", names.join(", "))).with("versions", versions)
}
