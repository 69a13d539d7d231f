//! Promotions and rollbacks under way: they write their tags and come to an end, mostly a good one.

use fastrand::Rng;
use promotion_ledger::meaning::command::Command;
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::event::promotion::{
    PromotionCompleted, PromotionFailed, RegistryTagged, RollbackCompleted, RollbackFailed, SignatureStatus, StepStarted, TagPurpose,
};
use promotion_ledger::meaning::facts::Run;
use promotion_ledger::meaning::guard;
use promotion_ledger::meaning::id::PromotionId;
use promotion_ledger::meaning::names::Repository;
use promotion_ledger::meaning::refusal::ExitCode;
use promotion_ledger::meaning::state::State;

use super::cast::{Cast, Person};
use super::plan::GenerateError;
use super::teller::{Teller, reason};

/// Who is at it.
#[derive(Debug, Clone, Copy)]
pub(super) enum By {
    /// The CI system of the pipeline in that place.
    Ci(usize),
    /// The operator in that place.
    Operator(usize),
}

/// How a run will go.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Completes,
    /// Its deployment fails after the tags were written.
    Fails,
    /// Somebody ends it half-way.
    IsAborted,
    /// Its holder dies, and an operator goes on with it.
    IsTakenOver,
}

/// A run under way.
pub(super) struct Walk {
    id: PromotionId,
    by: By,
    repository: Repository,
    fate: Fate,
}

impl Walk {
    /// The run of that number, counted from 0: chance would leave a short ledger without some of the endings.
    pub(super) fn new(id: PromotionId, by: By, repository: Repository, number: u64, is_rollback: bool) -> Self {
        let fate = match (number % 50, is_rollback) {
            (7 | 32, false) | (1 | 8 | 15 | 22 | 29 | 36 | 43, true) => Fate::Fails,
            (18, _) => Fate::IsAborted,
            (40, _) => Fate::IsTakenOver,
            _ => Fate::Completes,
        };
        Self { id, by, repository, fate }
    }

    /// Takes it further, and says whether it is still under way.
    pub(super) fn advance(&mut self, teller: &mut Teller<'_>, cast: &Cast, rng: &mut Rng) -> Result<bool, GenerateError> {
        // A rollback may have taken its place.
        let Some(run) = teller.state().run(&self.id).cloned() else { return Ok(false) };
        teller.wait(rng);
        let passes = guard::gates(teller.state(), &run.promotion, &run.gates, run.requested_at).is_ok();
        let by = person(cast, self.by);
        match self.fate {
            _ if !passes => self.fail(teller, by, ExitCode::GateFailed, "a gate was run again, and failed")?,
            Fate::Completes => {
                let mut events = self.steps(teller.state(), &run);
                events.extend(completion(teller.state(), &run));
                teller.append(by, &events, &[])?;
            }
            Fate::Fails => {
                teller.append(by, &self.steps(teller.state(), &run), &[])?;
                self.put_back(teller, by)?;
                self.fail(teller, by, ExitCode::DeployFailed, "pods did not become ready within 300 seconds")?;
            }
            Fate::IsAborted => {
                let first: Vec<Event> = self.steps(teller.state(), &run).into_iter().take(1).collect();
                teller.append(by, &first, &[])?;
                let operator = person(cast, By::Operator(rng.usize(..cast.operators.len())));
                teller.must(operator, &Command::Abort(self.id, reason("superseded before it was deployed")))?;
            }
            Fate::IsTakenOver => {
                self.by = By::Operator(rng.usize(..cast.operators.len()));
                teller.must(person(cast, self.by), &Command::TakeOver(self.id))?;
                self.fate = Fate::Completes;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What writes each tag that is not written yet.
    fn steps(&self, state: &State, run: &Run) -> Vec<Event> {
        let Run { promotion, epoch, .. } = run;
        let there = state.place(&promotion.pipeline, &promotion.component, &promotion.to).holder.map(|holder| holder.digest);
        let due = run.tags_due().into_iter().filter(|(tag, _)| !run.tag(tag).is_some_and(|tag| tag.is_at(&promotion.digest)));
        due.flat_map(|(tag, purpose)| {
            let previous = if purpose == TagPurpose::Latest { there.clone() } else { None };
            let (digest, promotion) = (promotion.digest.clone(), promotion.clone());
            let started =
                StepStarted { digest: digest.clone(), epoch: *epoch, previous, promotion: promotion.clone(), purpose, tag: tag.clone() };
            let repository = self.repository.clone();
            [Event::from(started), RegistryTagged { digest, epoch: *epoch, promotion, purpose, repository, tag }.into()]
        })
        .collect()
    }

    /// Puts the mutable tag back to where it was.
    fn put_back(&self, teller: &mut Teller<'_>, by: &Person) -> Result<(), GenerateError> {
        let Some(run) = teller.state().run(&self.id).cloned() else { return Ok(()) };
        let Some((tag, digest)) = run.to_put_back() else { return Ok(()) };
        let Run { promotion, epoch, .. } = run;
        let (previous, purpose) = (Some(promotion.digest.clone()), TagPurpose::Latest);
        let started = StepStarted { digest: digest.clone(), epoch, previous, promotion: promotion.clone(), purpose, tag: tag.clone() };
        let repository = self.repository.clone();
        let tagged = RegistryTagged { digest, epoch, promotion, purpose, repository, tag };
        teller.append(by, &[started.into(), tagged.into()], &[])
    }

    fn fail(&self, teller: &mut Teller<'_>, by: &Person, code: ExitCode, message: &str) -> Result<(), GenerateError> {
        let Some(run) = teller.state().run(&self.id).cloned() else { return Ok(()) };
        let (tags_left, message) = (run.tags_left(), reason(message));
        let Run { promotion, epoch, leaves, .. } = run;
        let failed: Event = match leaves {
            Some(_) => RollbackFailed { code, epoch, message, promotion, tags_left }.into(),
            None => PromotionFailed { code, epoch, message, promotion, tags_left }.into(),
        };
        teller.append(by, &[failed], &[])
    }
}

pub(super) fn person(cast: &Cast, by: By) -> &Person {
    let found = match by {
        By::Ci(at) => cast.ci.get(at),
        By::Operator(at) => cast.operators.get(at),
    };
    found.expect("there is a CI system for each pipeline, and operators are chosen among those there are")
}

/// What completes the run once its tags are written; nothing while a gate stands in the way.
fn completion(state: &State, run: &Run) -> Option<Event> {
    let Run { promotion, epoch, authorized_via, leaves, gates, requested_at, .. } = run.clone();
    let (authorization_passed, authorized_via) = (true, authorized_via?);
    Some(match leaves {
        Some(leaves) => RollbackCompleted { authorization_passed, authorized_via, epoch, leaves, promotion }.into(),
        None => {
            guard::gates(state, &promotion, &gates, requested_at).ok()?;
            let gates = guard::cited(state, &promotion, &gates, requested_at);
            let signature_status = SignatureStatus::NotRequired;
            PromotionCompleted { authorization_passed, authorized_via, epoch, gates, promotion, signature_status }.into()
        }
    })
}
