//! `diff`: what changed between two moments, or what two environments do not have in common.

mod environments;
mod moments;

use clap::Args;
use promotion_ledger::meaning::names::{Component, Environment};
use promotion_replay::models::filters::StatusFilter;

use super::moment::{self, Moment};
use crate::answer::Answer;
use crate::context::Context;
use crate::error::CommandError;
use crate::session;

/// What changed between two moments, or how two environments differ.
///
/// `diff BEFORE [AFTER]` compares two moments, each a time, a day for its end, or seq:N for the entry that is the last one
/// known then; AFTER is now unless given. It shows what was and is in each place that anything came to in between, locks
/// that were set or lifted, and rules that changed. `diff ENVIRONMENT ENVIRONMENT` shows which components have another
/// release in the one than in the other, now or at --at. It ends with 0 whether or not anything differs. Times are in UTC.
#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The earlier moment, or the first environment
    #[arg(value_name = "BEFORE|ENVIRONMENT", value_parser = side)]
    before: Side,
    /// The later moment (now unless given), or the second environment
    #[arg(value_name = "AFTER|ENVIRONMENT", value_parser = side)]
    after: Option<Side>,
    /// Between moments: only this environment
    #[arg(long, value_name = "ENVIRONMENT")]
    env: Option<Environment>,
    /// Only this component
    #[arg(long)]
    component: Option<Component>,
    /// Between environments: as they stood then
    #[arg(long, value_name = "TIME|seq:N", value_parser = moment::parse)]
    at: Option<Moment>,
}

/// What is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Side {
    Moment(Moment),
    Environment(Environment),
}

/// A moment where it can be read as one, else the name of an environment.
fn side(text: &str) -> Result<Side, String> {
    let moment = moment::parse(text);
    if let (true, Err(wrong)) = (text.starts_with("seq:") || text.contains(':'), &moment) {
        return Err(wrong.clone());
    }
    let name = || Environment::new(text).map(Side::Environment);
    moment.map(Side::Moment).or_else(|wrong| name().map_err(|_| format!("{wrong}, or the name of an environment")))
}

pub(crate) fn run(context: &Context, arguments: &Diff) -> Result<Answer, CommandError> {
    let opened = session::open_to_read(context)?;
    let pipeline = context.global.pipeline.as_ref().map(|_| opened.pipeline(context)).transpose()?;
    let filter = StatusFilter { pipeline, environment: arguments.env.clone(), component: arguments.component.clone() };
    match (&arguments.before, &arguments.after) {
        (Side::Moment(before), None) if arguments.at.is_none() => moments::diff(context, &opened, &filter, *before, None),
        (Side::Moment(before), Some(Side::Moment(after))) if arguments.at.is_none() => {
            moments::diff(context, &opened, &filter, *before, Some(*after))
        }
        (Side::Environment(left), Some(Side::Environment(right))) if arguments.env.is_none() => {
            environments::diff(context, &opened, &filter, (left, right), arguments.at)
        }
        _ => Err(CommandError::usage("there is nothing to compare: expected two moments, or two environments")
            .hint("such as `promoledger diff 2026-01-15`, `diff seq:10 seq:20 --env prod`, or `diff staging prod --at 2026-01-15`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_environments_are_told_apart() {
        assert!(matches!(side("seq:7"), Ok(Side::Moment(Moment::Entry(_)))));
        assert!(matches!(side("2026-01-15"), Ok(Side::Moment(Moment::Time(_)))));
        assert!(matches!(side("2026-01-15T14:45:00Z"), Ok(Side::Moment(Moment::Time(_)))));
        assert_eq!(side("staging"), Ok(Side::Environment(Environment::new("staging").unwrap())));
        for bad in ["seq:x", "2026-01-15T14:45", "", "Two Words"] {
            assert!(side(bad).is_err(), "{bad}");
        }
    }
}
