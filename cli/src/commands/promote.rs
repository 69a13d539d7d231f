//! `promote`: moves a release into the next environment, or every release that may go there.

mod arguments;
mod eligible;

use promotion_delivery::runner::{Plan, RunError, Runner, Waited};
use promotion_ledger::meaning::command::Promote as Asked;
use promotion_ledger::meaning::refusal::ExitCode;

use crate::answer::Answer;
use crate::context::Context;
use crate::error::CommandError;
use crate::examiner::Examiner;
use crate::report;
use crate::session::{self, Opened};

pub(crate) use arguments::Promote;
use arguments::asked;

pub(crate) fn run(context: &Context, arguments: Promote) -> Result<Answer, CommandError> {
    let mut opened = session::open(context)?;
    let rules = opened.rules(context)?;
    let Some(version) = arguments.version.clone() else { return eligible::run(context, &arguments, opened, &rules) };
    let component = session::component(&rules, arguments.component.as_ref())?;
    let repository = session::repository(&rules, &component)?;
    let key = opened.signing_key(context)?;
    let registry = session::open_registry(context, &repository, &arguments.registry)?;
    let wanted = asked(context, &arguments, &rules, component, version);
    let subject = subject(&wanted);
    let examiner = Examiner::new(context);
    let outcome = opened.write_in(context, &wanted.pipeline, &key, |session| {
        let mut runner = Runner { session, registry: registry.as_ref(), repository };
        examiner.with(|means| {
            if arguments.dry_run {
                return Ok(Outcome::Planned(runner.plan_promotion(wanted.clone(), means, arguments.run_gates)?));
            }
            loop {
                match runner.promote(wanted.clone(), means) {
                    Err(error) if arguments.wait && error.exit_code() == ExitCode::Approval => {
                        waited(context, &mut runner, &wanted, error)?
                    }
                    outcome => return Ok(Outcome::Done(outcome?)),
                }
            }
        })
    });
    match outcome {
        Ok(Outcome::Done(done)) => {
            done.warnings.iter().for_each(|warning| context.pass_on(warning));
            report::done(context, &opened, &subject, &done)
        }
        Ok(Outcome::Planned(plan)) => report::planned(&opened, &subject, &plan),
        Err(error) => Err(near(&opened, &wanted, error)),
    }
}

/// Waits while approvals alone are missing and can still be given; else the refusal stands.
fn waited(context: &Context, runner: &mut Runner<'_, '_>, asked: &Asked, error: RunError) -> Result<(), CommandError> {
    let Some(approvals) = runner.awaits_approval(asked)? else { return Err(error.into()) };
    let request = approvals.request;
    context.say(format!("waiting for approvals of entry {request} until {}: {error}", approvals.expires.to_minute()));
    let over = match runner.wait_for_approval(asked)? {
        Waited::AskAgain => return Ok(()),
        Waited::Rejected(rejected) => format!("{} rejected the request of entry {request} at entry {}", rejected.by, rejected.entry),
        Waited::Over(request) => format!("the request of entry {request} is over, and not enough have approved"),
    };
    Err(CommandError::new(ExitCode::Approval, over).hint("promote again to ask anew"))
}

fn subject(asked: &Asked) -> report::Subject {
    report::Subject {
        action: report::Action::Promote,
        pipeline: asked.pipeline.clone(),
        component: asked.component.clone(),
        version: asked.version.clone(),
        from: asked.from.clone(),
        to: asked.to.clone(),
    }
}

enum Outcome {
    Done(promotion_delivery::runner::Done),
    Planned(Plan),
}

/// A release that is not known may be a slip of the hand: names near ones.
fn near(opened: &Opened, asked: &Asked, error: CommandError) -> CommandError {
    if error.code != ExitCode::NotFound {
        return error;
    }
    match crate::near::versions(opened, &asked.pipeline, &asked.component, &asked.version) {
        Some(near) => {
            let hint =
                error.hint.clone().map(|hint| format!("did you mean {near}? Else {hint}")).unwrap_or(format!("did you mean {near}?"));
            error.hint(hint)
        }
        None => error,
    }
}
