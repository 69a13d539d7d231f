//! The runner: walks promotions and rollbacks through the outside world.
//!
//! The intent is durable before the first side effect, each side effect is announced before and recorded after, and
//! whatever interrupts the walk leaves a promotion that is visible in the log and can be gone on with or ended.

mod unwind;
mod walk;

use promotion_ledger::custody::store::{Hold, HoldError};
use promotion_ledger::evidence::chain::Verified;
use promotion_ledger::meaning::command::{Command, Promote, Rollback, Seen};
use promotion_ledger::meaning::decide::Decision;
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::event::promotion::Promotion;
use promotion_ledger::meaning::facts::Run;
use promotion_ledger::meaning::id::PromotionId;
use promotion_ledger::meaning::names::{Component, Environment, Pipeline, Reason, Repository, TagName};
use promotion_ledger::meaning::needs::About;
use promotion_ledger::meaning::refusal::{ExitCode, Refusal};
use promotion_ledger::meaning::rules::Source;

use crate::registry::{Registry, RegistryError};
use crate::session::{Committed, Session, SessionError};

/// Walks promotions of one component through its registry.
pub struct Runner<'s, 'a> {
    /// The ledger.
    pub session: &'s mut Session<'a>,
    /// The component's registry.
    pub registry: &'s dyn Registry,
    /// Where that is, for the record.
    pub repository: Repository,
}

/// How a walk ended well.
#[derive(Debug)]
pub struct Done {
    /// What landed; `None` when all was as asked for and nothing was done.
    pub promotion: Option<Promotion>,
    /// Every entry that this walk appended, in order.
    pub entries: Vec<Verified>,
    /// What the asker should know.
    pub warnings: Vec<String>,
    /// Whether it went on where another walk had stopped.
    pub resumed: bool,
}

/// Why a walk did not end well.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The ledger stood in the way: refused, or not to be read or written.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// The registry stood in the way before anything was asked of the ledger.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The registry stood in the way half-way. The promotion is still under way and can be gone on with.
    #[error("{error}")]
    Interrupted {
        /// What happened.
        error: RegistryError,
        /// The promotion that is under way.
        promotion: PromotionId,
    },
    /// The promotion ended without the release in the environment, and that is recorded.
    #[error("{message}")]
    Failed {
        /// The exit code.
        code: ExitCode,
        /// What happened.
        message: String,
        /// The promotion that ended.
        promotion: PromotionId,
    },
    /// Another process is at it.
    #[error("another process is promoting here: {0}")]
    Held(#[from] HoldError),
    /// Somebody took the promotion over, or ended it, while this walk was at it.
    #[error("promotion {promotion} was taken over or ended by somebody else: {detail}")]
    Lost {
        /// The promotion.
        promotion: PromotionId,
        /// What the law said to the next step.
        detail: String,
    },
}

impl RunError {
    /// The exit code that it stands for.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Session(error) => error.exit_code(),
            Self::Registry(error) | Self::Interrupted { error, .. } => error.exit_code(),
            Self::Failed { code, .. } => *code,
            Self::Held(error) => error.exit_code(),
            Self::Lost { .. } => ExitCode::Busy,
        }
    }
}

/// What a dry run found.
#[derive(Debug)]
pub struct Plan {
    /// What would be decided.
    pub outcome: Result<Decision, Refusal>,
    /// What would land, when the release is known.
    pub digest: Option<Digest>,
}

impl Runner<'_, '_> {
    /// Promotes, or goes on with the same promotion where it stopped.
    pub fn promote(&mut self, mut promote: Promote) -> Result<Done, RunError> {
        let _held = self.hold(&promote.pipeline, &promote.component, &promote.to)?;
        match self.look_for_promotion(&promote) {
            Ok(seen) => promote.seen = seen,
            // What the ledger refuses is refused whatever the registry says; only then is its fault in the way.
            Err(error) => {
                let refused = self.session.judge(&Command::Promote(promote.clone()))?.is_err();
                if !refused {
                    return Err(error.into());
                }
            }
        }
        let id = promote.promotion_id;
        let committed = self.session.commit(&Command::Promote(promote), &[])?;
        self.go(id, committed)
    }

    /// Rolls back, or goes on with the same rollback where it stopped.
    pub fn rollback(&mut self, mut rollback: Rollback) -> Result<Done, RunError> {
        let _held = self.hold(&rollback.pipeline, &rollback.component, &rollback.environment)?;
        match self.look_for_rollback(&rollback) {
            Ok(target_tag) => rollback.target_tag = target_tag,
            Err(error) => {
                let refused = self.session.judge(&Command::Rollback(rollback.clone()))?.is_err();
                if !refused {
                    return Err(error.into());
                }
            }
        }
        let id = rollback.promotion_id;
        let committed = self.session.commit(&Command::Rollback(rollback), &[])?;
        self.go(id, committed)
    }

    /// Goes on with a promotion or rollback that is under way.
    pub fn resume(&mut self, id: PromotionId) -> Result<Done, RunError> {
        let run = self.run(id)?;
        let _held = self.hold_run(&run)?;
        self.take_over_and_walk(id, Vec::new())
    }

    /// Ends a promotion or rollback that is under way, putting the mutable tag back to where it was before. With
    /// `leave_tags` the registry is not touched, and the tags that are not back are named in the record.
    pub fn abort(&mut self, id: PromotionId, reason: &Reason, leave_tags: bool) -> Result<Done, RunError> {
        let run = self.run(id)?;
        let _held = self.hold_run(&run)?;
        let mut entries = self.session.commit(&Command::TakeOver(id), &[])?.entries;
        if !leave_tags {
            unwind::put_back(self, id, &mut entries).map_err(|error| walk::interrupted(error, id))?;
        }
        entries.extend(self.session.commit(&Command::Abort(id, reason.clone()), &[])?.entries);
        Ok(Done { promotion: Some(run.promotion), entries, warnings: Vec::new(), resumed: false })
    }

    /// What promoting would come to. Nothing is written anywhere.
    pub fn plan_promotion(&mut self, mut promote: Promote) -> Result<Plan, RunError> {
        let looked = self.look_for_promotion(&promote);
        if let Ok(seen) = &looked {
            promote.seen = seen.clone();
        }
        let state = self.session.look(&Command::Promote(promote.clone()).about())?;
        let digest = state.release(&promote.pipeline, &promote.component, &promote.version).map(|release| release.digest.clone());
        let outcome = self.session.judge(&Command::Promote(promote))?;
        match (looked, outcome) {
            (Err(error), Ok(_)) => Err(error.into()),
            (_, outcome) => Ok(Plan { outcome, digest }),
        }
    }

    /// What rolling back would come to. Nothing is written anywhere.
    pub fn plan_rollback(&mut self, mut rollback: Rollback) -> Result<Plan, RunError> {
        let looked = self.look_for_rollback(&rollback);
        if let Ok(target_tag) = &looked {
            rollback.target_tag = target_tag.clone();
        }
        let state = self.session.look(&Command::Rollback(rollback.clone()).about())?;
        let visit = state.visit(&rollback.pipeline, &rollback.component, &rollback.environment, &rollback.version);
        let digest = visit.map(|visit| visit.digest.clone());
        let outcome = self.session.judge(&Command::Rollback(rollback))?;
        match (looked, outcome) {
            (Err(error), Ok(_)) => Err(error.into()),
            (_, outcome) => Ok(Plan { outcome, digest }),
        }
    }

    fn go(&mut self, id: PromotionId, committed: Committed) -> Result<Done, RunError> {
        let Committed { entries, decision } = committed;
        if let Some(same) = decision.resume {
            return self.take_over_and_walk(same, entries);
        }
        if decision.events.is_empty() {
            return Ok(Done { promotion: None, entries, warnings: decision.warnings, resumed: false });
        }
        let (promotion, entries) = walk::to_the_end(self, id, entries)?;
        Ok(Done { promotion: Some(promotion), entries, warnings: decision.warnings, resumed: false })
    }

    fn take_over_and_walk(&mut self, id: PromotionId, mut entries: Vec<Verified>) -> Result<Done, RunError> {
        entries.extend(self.session.commit(&Command::TakeOver(id), &[])?.entries);
        let (promotion, entries) = walk::to_the_end(self, id, entries)?;
        Ok(Done { promotion: Some(promotion), entries, warnings: Vec::new(), resumed: true })
    }

    /// What the registry says of the tags that a promotion touches, and whether the artifact is there at all.
    fn look_for_promotion(&mut self, promote: &Promote) -> Result<Seen, RegistryOrSession> {
        let state = self.session.look(&Command::Promote(promote.clone()).about())?;
        let Some(release) = state.release(&promote.pipeline, &promote.component, &promote.version) else { return Ok(Seen::default()) };
        self.registry.manifest(&release.digest)?;
        let resolve = |environment: &Environment| match TagName::new(format!("{}-{environment}", promote.version)) {
            Ok(tag) => self.registry.resolve(&tag),
            Err(_) => Ok(None),
        };
        let source_tag = match &promote.from {
            Source::From(environment) => resolve(environment)?,
            Source::Nowhere => None,
        };
        Ok(Seen { source_tag, target_tag: resolve(&promote.to)? })
    }

    fn look_for_rollback(&mut self, rollback: &Rollback) -> Result<Option<Digest>, RegistryOrSession> {
        let state = self.session.look(&Command::Rollback(rollback.clone()).about())?;
        let visit = state.visit(&rollback.pipeline, &rollback.component, &rollback.environment, &rollback.version);
        let Some(visit) = visit else { return Ok(None) };
        self.registry.manifest(&visit.digest)?;
        let number = visit.rollbacks + 1;
        match TagName::new(format!("{}-{}-rollback-{number}", rollback.version, rollback.environment)) {
            Ok(tag) => Ok(self.registry.resolve(&tag)?),
            Err(_) => Ok(None),
        }
    }

    /// The run that is under way, or why there is none.
    fn run(&mut self, id: PromotionId) -> Result<Run, RunError> {
        let state = self.session.look(&About { run: Some(id), ..About::default() })?;
        if let Some(run) = state.run(&id) {
            return Ok(run.clone());
        }
        // Deciding says it in the right words and with the right code.
        match self.session.judge(&Command::TakeOver(id))? {
            Err(refusal) => Err(SessionError::Refused { refusal, entries: Vec::new() }.into()),
            Ok(_) => Err(SessionError::Unsettled.into()),
        }
    }

    fn hold_run(&self, run: &Run) -> Result<Box<dyn Hold>, RunError> {
        self.hold(&run.promotion.pipeline, &run.promotion.component, &run.promotion.to)
    }

    /// One process at a time walks for a component in an environment, and the system knows when it dies.
    fn hold(&self, pipeline: &Pipeline, component: &Component, environment: &Environment) -> Result<Box<dyn Hold>, RunError> {
        Ok(self.session.store.hold(&format!("{pipeline}/{component}/{environment}"))?)
    }
}

/// Looking touches the ledger and the registry; either can be in the way.
#[derive(Debug)]
enum RegistryOrSession {
    Registry(RegistryError),
    Session(SessionError),
}

impl From<RegistryError> for RegistryOrSession {
    fn from(error: RegistryError) -> Self {
        Self::Registry(error)
    }
}

impl From<SessionError> for RegistryOrSession {
    fn from(error: SessionError) -> Self {
        Self::Session(error)
    }
}

impl From<RegistryOrSession> for RunError {
    fn from(error: RegistryOrSession) -> Self {
        match error {
            RegistryOrSession::Registry(error) => error.into(),
            RegistryOrSession::Session(error) => error.into(),
        }
    }
}
