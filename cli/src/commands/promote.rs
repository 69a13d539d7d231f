//! `promote`: moves a release into the next environment.

use clap::Args;
use promotion_delivery::runner::{Plan, Runner};
use promotion_ledger::custody::random::uuid;
use promotion_ledger::meaning::command::{Promote as Asked, Seen};
use promotion_ledger::meaning::id::PromotionId;
use promotion_ledger::meaning::names::{Component, Environment, Reason, Version};
use promotion_ledger::meaning::refusal::ExitCode;
use promotion_ledger::meaning::rules::{Rules, Source};

use crate::answer::Answer;
use crate::context::Context;
use crate::error::CommandError;
use crate::machine::SystemRandom;
use crate::report;
use crate::session::{self, Opened, RegistryOptions};

/// Promotes a release one step along the path, or goes on with the same promotion where it was interrupted.
///
/// Tags `<VERSION>-<TO>` and `latest-<TO>` are made on the same digest, last of all. A release that is there already is no
/// error: exit 0, nothing appended.
#[derive(Debug, Args)]
pub(crate) struct Promote {
    /// The release, such as v1.4.2
    version: Version,
    /// The component; needed unless the pipeline has one
    #[arg(long)]
    component: Option<Component>,
    /// Where it comes from: an environment, or `none` for the first step
    #[arg(long, value_name = "ENVIRONMENT")]
    from: Source,
    /// Where it goes
    #[arg(long, value_name = "ENVIRONMENT")]
    to: Environment,
    /// Say what would happen, with the exit code that the real run would have; nothing is written anywhere
    #[arg(long)]
    dry_run: bool,
    /// Changes that break what others rely on, as the release was registered with, are meant
    #[arg(long)]
    allow_breaking: bool,
    /// An older version than the one that is there is meant
    #[arg(long)]
    allow_downgrade: bool,
    /// Pass locks, freezes, soak time, approvals and gates on your word, never the artifact's digest or signature; somebody
    /// else has to review it
    #[arg(long, value_name = "WHY")]
    break_glass: Option<Reason>,
    /// Let imported history stand for what was not recorded here; that you did is recorded
    #[arg(long)]
    accept_asserted: bool,
    /// Make the tags again although the release is there; passes no guard
    #[arg(long)]
    force: bool,
    /// Why
    #[arg(long)]
    reason: Option<Reason>,
    #[command(flatten)]
    registry: RegistryOptions,
}

pub(crate) fn run(context: &Context, arguments: Promote) -> Result<Answer, CommandError> {
    let mut opened = session::open(context)?;
    let rules = opened.rules(context)?;
    let component = session::component(&rules, arguments.component.as_ref())?;
    let repository = session::repository(&rules, &component)?;
    let key = opened.signing_key(context)?;
    let registry = session::open_registry(context, &repository, &arguments.registry)?;
    let asked = asked(context, &arguments, &rules, component);
    let subject = report::Subject {
        action: report::Action::Promote,
        pipeline: asked.pipeline.clone(),
        component: asked.component.clone(),
        version: asked.version.clone(),
        from: asked.from.clone(),
        to: asked.to.clone(),
    };
    let outcome = opened.write(context, &key, |session| {
        let mut runner = Runner { session, registry: registry.as_ref(), repository };
        if arguments.dry_run {
            return Ok(Outcome::Planned(runner.plan_promotion(asked.clone())?));
        }
        Ok(Outcome::Done(runner.promote(asked.clone())?))
    });
    match outcome {
        Ok(Outcome::Done(done)) => {
            done.warnings.iter().for_each(|warning| context.warn(warning));
            report::done(context, &opened, &subject, &done)
        }
        Ok(Outcome::Planned(plan)) => report::planned(context, &opened, &subject, &plan),
        Err(error) => Err(near(&opened, &asked, error)),
    }
}

enum Outcome {
    Done(promotion_delivery::runner::Done),
    Planned(Plan),
}

fn asked(context: &Context, arguments: &Promote, rules: &Rules, component: Component) -> Asked {
    Asked {
        promotion_id: PromotionId::from_uuid(uuid(&SystemRandom, context.now())),
        pipeline: rules.pipeline().clone(),
        component,
        version: arguments.version.clone(),
        from: arguments.from.clone(),
        to: arguments.to.clone(),
        accept_asserted: arguments.accept_asserted,
        allow_breaking: arguments.allow_breaking,
        allow_downgrade: arguments.allow_downgrade,
        break_glass: arguments.break_glass.clone(),
        force: arguments.force,
        reason: arguments.reason.clone(),
        seen: Seen::default(),
    }
}

/// A release that is not known may be a slip of the hand: names near ones.
fn near(opened: &Opened, asked: &Asked, error: CommandError) -> CommandError {
    if error.code != ExitCode::NotFound {
        return error;
    }
    match report::near_versions(opened, &asked.pipeline, &asked.component, &asked.version) {
        Some(near) => {
            let hint =
                error.hint.clone().map(|hint| format!("did you mean {near}? Else {hint}")).unwrap_or(format!("did you mean {near}?"));
            error.hint(hint)
        }
        None => error,
    }
}
