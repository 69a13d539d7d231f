//! What `promote` is asked.

use clap::Args;
use promotion_ledger::custody::random::uuid;
use promotion_ledger::meaning::command::{Promote as Asked, Seen};
use promotion_ledger::meaning::id::PromotionId;
use promotion_ledger::meaning::names::{Component, Environment, Reason, Version};
use promotion_ledger::meaning::rules::{Rules, Source};

use crate::context::Context;
use crate::machine::SystemRandom;
use crate::session::RegistryOptions;

/// Promotes a release one step along the path, or goes on with the same promotion where it was interrupted.
///
/// Tags `<VERSION>-<TO>` and `latest-<TO>` are made on the same digest, last of all. A release that is there already is no
/// error: exit 0, nothing appended.
#[derive(Debug, Args)]
pub(crate) struct Promote {
    /// The release, such as v1.4.2
    #[arg(required_unless_present = "all_eligible")]
    pub(super) version: Option<Version>,
    /// Instead of one release: for each component, the one that is in FROM, if nothing stands in its way. What is not eligible is
    /// told, and not recorded as refused
    #[arg(long, conflicts_with_all = ["version", "force", "break_glass", "wait", "allow_downgrade", "allow_breaking", "run_gates"])]
    pub(super) all_eligible: bool,
    /// The component; needed unless the pipeline has one
    #[arg(long)]
    pub(super) component: Option<Component>,
    /// Where it comes from: an environment, or `none` for the first step
    #[arg(long, value_name = "ENVIRONMENT")]
    pub(super) from: Source,
    /// Where it goes
    #[arg(long, value_name = "ENVIRONMENT")]
    pub(super) to: Environment,
    /// Say what would happen, with the exit code that the real run would have; nothing is written anywhere
    #[arg(long)]
    pub(super) dry_run: bool,
    /// With --dry-run: run the gates' commands, too; what they say is not recorded
    #[arg(long, requires = "dry_run")]
    pub(super) run_gates: bool,
    /// Where nothing but approvals is missing: ask for them, and wait until they are given, rejected or over
    #[arg(long, conflicts_with = "dry_run")]
    pub(super) wait: bool,
    /// Changes that break what others rely on, as the release was registered with, are meant
    #[arg(long)]
    pub(super) allow_breaking: bool,
    /// An older version than the one that is there is meant
    #[arg(long)]
    pub(super) allow_downgrade: bool,
    /// Pass locks, freezes, soak time, approvals and gates on your word, never the artifact's digest or signature; somebody
    /// else has to review it
    #[arg(long, value_name = "WHY")]
    pub(super) break_glass: Option<Reason>,
    /// Let imported history stand for what was not recorded here; that you did is recorded
    #[arg(long)]
    pub(super) accept_asserted: bool,
    /// Make the tags again although the release is there; passes no guard
    #[arg(long)]
    pub(super) force: bool,
    /// Why
    #[arg(long)]
    pub(super) reason: Option<Reason>,
    #[command(flatten)]
    pub(super) registry: RegistryOptions,
}

/// The command that the ledger decides on, for one release.
pub(super) fn asked(context: &Context, arguments: &Promote, rules: &Rules, component: Component, version: Version) -> Asked {
    Asked {
        promotion_id: PromotionId::from_uuid(uuid(&SystemRandom, context.now())),
        pipeline: rules.pipeline().clone(),
        component,
        version,
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
