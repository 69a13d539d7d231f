//! The runner: walks promotions and rollbacks through the outside world.
//!
//! The intent is durable before the first side effect, each side effect is announced before and recorded after, and
//! whatever interrupts the walk leaves a promotion that is visible in the log and can be gone on with or ended.

mod ending;
mod tag;
mod unwind;
mod walk;

pub use ending::{Done, Plan, RunError, Runner};

use promotion_ledger::custody::store::Hold;
use promotion_ledger::evidence::chain::Verified;
use promotion_ledger::meaning::command::{Command, Promote, Rollback, Seen, SignatureSeen};
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::event::signature::SignatureFound;
use promotion_ledger::meaning::facts::Run;
use promotion_ledger::meaning::id::PromotionId;
use promotion_ledger::meaning::names::{Component, Environment, Pipeline, Reason, TagName};
use promotion_ledger::meaning::needs::About;
use promotion_ledger::meaning::rules::Source;
use sha2::{Digest as _, Sha256};

use crate::session::{Committed, SessionError};
use ending::RegistryOrSession;

impl Runner<'_, '_> {
    /// Promotes, or goes on with the same promotion where it stopped.
    pub fn promote(&mut self, mut promote: Promote) -> Result<Done, RunError> {
        let _held = self.hold(&promote.pipeline, &promote.component, &promote.to)?;
        match self.look_for_promotion(&promote) {
            Ok(seen) => promote.seen = seen,
            // What the ledger refuses is refused whatever the registry says; only then is its fault in the way.
            Err(error) => {
                self.session.refuse(&Command::Promote(promote))?;
                return Err(error.into());
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
                self.session.refuse(&Command::Rollback(rollback))?;
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
        let mut entries = self.session.commit(&Command::TakeOver(id), &[])?.entries;
        if !leave_tags {
            unwind::put_back(self, id, &mut entries).map_err(|error| tag::interrupted(error, id))?;
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
        let rules = state.core().rules(&promote.pipeline);
        let demanded = rules.and_then(|rules| rules.environment(&promote.to)?.signature);
        Ok(Seen { source_tag, target_tag: resolve(&promote.to)?, signature: demanded.map(|_| unchecked()) })
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

/// What is known of an artifact's signature: nothing, since this version does not look. Where the rules insist, that refuses.
fn unchecked() -> SignatureSeen {
    let message = Reason::new("this version of promoledger does not check signatures of artifacts").expect("a sentence is a reason");
    let nobody_asked = Digest::from_sha256(&Sha256::digest([]).into());
    SignatureSeen { found: SignatureFound::Unknown, message, policy: nobody_asked }
}
