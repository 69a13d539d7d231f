//! `resume`: goes on with a promotion or rollback that was interrupted.

use clap::Args;
use promotion_delivery::runner::Runner;

use crate::answer::Answer;
use crate::context::Context;
use crate::error::CommandError;
use crate::report;
use crate::session::{self, RegistryOptions};

/// Goes on with a promotion or rollback that was interrupted, where it stopped.
///
/// Taking it over raises its epoch: whoever was at it before can record nothing more. Without PROMOTION: the only one
/// that is under way.
#[derive(Debug, Args)]
pub(crate) struct Resume {
    /// The promotion's id, or the beginning of it
    promotion: Option<String>,
    #[command(flatten)]
    registry: RegistryOptions,
}

pub(crate) fn run(context: &Context, arguments: &Resume) -> Result<Answer, CommandError> {
    let mut opened = session::open(context)?;
    let run = report::run_under_way(context, &opened, arguments.promotion.as_deref())?;
    let repository = report::repository_of(&opened, &run, false)?;
    let key = opened.signing_key(context)?;
    let registry = session::open_registry(context, &repository, &arguments.registry)?;
    let id = run.promotion.promotion_id;
    let done = opened.write_in(context, &run.promotion.pipeline, &key, |session| {
        Ok(Runner { session, registry: registry.as_ref(), repository }.resume(id)?)
    })?;
    report::done(context, &opened, &report::Subject::of(&run), &done)
}
