//! The runner: walks promotions and rollbacks through the outside world.
//!
//! The intent is durable before the first side effect, each side effect is announced before and recorded after, and
//! whatever interrupts the walk leaves a promotion that is visible in the log and can be gone on with or ended.

mod commands;
mod compliance;
mod ending;
mod examine;
mod means;
mod plan;
mod result;
mod signed;
mod tag;
mod unwind;
mod waiting;
mod walk;

pub use ending::{Done, RunError, Runner};
pub use means::Means;
pub use plan::{Plan, PlannedGate, Standing};
pub use waiting::Waited;

use promotion_ledger::custody::store::{Body, Hold};
use promotion_ledger::evidence::chain::Verified;
use promotion_ledger::meaning::command::{Command, Promote, Rollback, Seen};
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::facts::Run;
use promotion_ledger::meaning::id::PromotionId;
use promotion_ledger::meaning::names::{Component, Environment, Pipeline, Reason, TagName};
use promotion_ledger::meaning::needs::About;
use promotion_ledger::meaning::rules::Source;

use crate::session::{Committed, SessionError};
use ending::RegistryOrSession;
use examine::Examination;

impl Runner<'_, '_> {
    /// Promotes, or goes on with the same promotion where it stopped.
    pub fn promote(&mut self, mut promote: Promote, means: &Means<'_>) -> Result<Done, RunError> {
        let _held = self.hold(&promote.pipeline, &promote.component, &promote.to)?;
        let mut bodies = match self.look_for_promotion(&mut promote, means) {
            Ok(bodies) => bodies,
            // What the ledger refuses is refused whatever the registry says; only then is its fault in the way.
            Err(error) => {
                self.session.refuse(&Command::Promote(promote), &[])?;
                return Err(error.into());
            }
        };
        // Gates are run when nothing else stands in the way; what does is refused without running them.
        while !promote.seen.pending.is_empty() {
            match self.session.judge(&Command::Promote(promote.clone()))? {
                Ok(decision) if decision.events.is_empty() => break,
                Ok(_) => bodies.extend(self.run_gates(&mut promote, means)?),
                Err(_) => self.session.refuse(&Command::Promote(promote.clone()), &bodies)?,
            }
        }
        let id = promote.promotion_id;
        let committed = self.session.commit(&Command::Promote(promote), &bodies)?;
        self.go(id, committed)
    }

    /// Rolls back, or goes on with the same rollback where it stopped.
    pub fn rollback(&mut self, mut rollback: Rollback) -> Result<Done, RunError> {
        let _held = self.hold(&rollback.pipeline, &rollback.component, &rollback.environment)?;
        match self.look_for_rollback(&rollback) {
            Ok(target_tag) => rollback.target_tag = target_tag,
            Err(error) => {
                self.session.refuse(&Command::Rollback(rollback), &[])?;
                return Err(error.into());
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
        // Whoever may end it need not be one who may go on with it.
        let mut entries = self.session.commit(&Command::TakeOverToAbort(id), &[])?.entries;
        if !leave_tags {
            unwind::put_back(self, id, &mut entries).map_err(|error| tag::interrupted(error, id))?;
        }
        entries.extend(self.session.commit(&Command::Abort(id, reason.clone()), &[])?.entries);
        Ok(Done { promotion: Some(run.promotion), entries, warnings: Vec::new(), resumed: false })
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

    /// What the registry says of the tags that a promotion touches, whether the artifact is there at all, and what can be told
    /// of gates and signature at once.
    fn look_for_promotion(&mut self, promote: &mut Promote, means: &Means<'_>) -> Result<Vec<Body>, RegistryOrSession> {
        let state = self.session.look(&Command::Promote(promote.clone()).about())?;
        let asked = promote.clone();
        let Some(examination) = Examination::of(&state, &asked, self.session.asker().now) else { return Ok(Vec::new()) };
        promote.seen.pending = examination.open();
        let artifact = self.registry.manifest(&examination.promotion.digest)?;
        let resolve = |environment: &Environment| match TagName::new(format!("{}-{environment}", asked.version)) {
            Ok(tag) => self.registry.resolve(&tag),
            Err(_) => Ok(None),
        };
        let source_tag = match &asked.from {
            Source::From(environment) => resolve(environment)?,
            Source::Nowhere => None,
        };
        let target_tag = resolve(&asked.to)?;
        let (seen, bodies) = examination.at_once(self, &artifact, means)?;
        promote.seen = Seen { source_tag, target_tag, ..seen };
        Ok(bodies)
    }

    /// Runs the gates' commands that are open. What they wrote is to be kept beside the log.
    fn run_gates(&mut self, promote: &mut Promote, means: &Means<'_>) -> Result<Vec<Body>, SessionError> {
        let state = self.session.look(&Command::Promote(promote.clone()).about())?;
        let asked = promote.clone();
        let ran = Examination::of(&state, &asked, self.session.asker().now).map(|examination| examination.run(self, means));
        promote.seen.pending.clear();
        let Some((gates, bodies)) = ran else { return Ok(Vec::new()) };
        promote.seen.gates = gates;
        Ok(bodies)
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
