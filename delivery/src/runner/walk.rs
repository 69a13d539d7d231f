//! The walk itself: one tag after another, each announced, written, read back and recorded; then the completion.

use promotion_ledger::custody::ledger::AppendError;
use promotion_ledger::evidence::chain::{EntryFault, Verified};
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::event::promotion::{
    Promotion, PromotionCompleted, RegistryTagged, RollbackCompleted, SignatureStatus, StepStarted, TagPurpose,
};
use promotion_ledger::meaning::facts::Run;
use promotion_ledger::meaning::guard;
use promotion_ledger::meaning::id::{Epoch, PromotionId};
use promotion_ledger::meaning::law::Rule;
use promotion_ledger::meaning::names::TagName;
use promotion_ledger::meaning::needs::About;
use promotion_ledger::meaning::refusal::ExitCode;
use promotion_ledger::meaning::state::State;

use super::{RegistryOrSession, RunError, Runner, unwind};
use crate::registry::{Manifest, RegistryError};
use crate::session::SessionError;

/// One write of one tag.
pub(super) struct Write<'a> {
    pub(super) run: &'a Run,
    pub(super) tag: &'a TagName,
    pub(super) purpose: TagPurpose,
    pub(super) manifest: &'a Manifest,
}

/// Walks a run that this process holds until it is complete.
pub(super) fn to_the_end(
    runner: &mut Runner<'_, '_>,
    id: PromotionId,
    mut entries: Vec<Verified>,
) -> Result<(Promotion, Vec<Verified>), RunError> {
    let epoch = run(runner, id)?.epoch;
    loop {
        let state = look(runner, id)?;
        let run = held(&state, id, epoch)?.clone();
        if let Err(missing) = guard::gates(&state, &run.promotion, &run.gates) {
            return Err(unwind::fail(runner, id, ExitCode::GateFailed, missing.to_string(), &mut entries));
        }
        let Some((tag, purpose)) = run.next_tag() else {
            entries.extend(complete(runner, id, epoch)?);
            return Ok((run.promotion, entries));
        };
        let manifest = runner.registry.manifest(&run.promotion.digest).map_err(|error| interrupted(error.into(), id))?;
        let write = Write { run: &run, tag: &tag, purpose, manifest: &manifest };
        match write_tag(runner, &write, &mut entries) {
            Ok(()) => {}
            Err(Stopped::Conflict(message)) => {
                return Err(unwind::fail(runner, id, ExitCode::TagConflict, message, &mut entries));
            }
            Err(Stopped::Registry(error)) if error.exit_code() == ExitCode::Immutability => {
                return Err(unwind::fail(runner, id, ExitCode::Immutability, error.to_string(), &mut entries));
            }
            Err(Stopped::Registry(error)) => return Err(interrupted(error.into(), id)),
            Err(Stopped::Session(error)) => return Err(lost(error, id)),
        }
    }
}

/// Why a tag was not written.
pub(super) enum Stopped {
    /// A tag that is never moved points elsewhere.
    Conflict(String),
    Registry(RegistryError),
    Session(SessionError),
}

/// Announces, writes, reads back and records one tag.
pub(super) fn write_tag(runner: &mut Runner<'_, '_>, write: &Write<'_>, entries: &mut Vec<Verified>) -> Result<(), Stopped> {
    let Write { run, tag, purpose, manifest } = write;
    let previous = runner.registry.resolve(tag).map_err(Stopped::Registry)?;
    if let Some(found) = previous.as_ref().filter(|found| *purpose != TagPurpose::Latest && *found != manifest.digest()) {
        let message = format!("tag {tag} exists on another digest: expected {}, found {found}", manifest.digest());
        return Err(Stopped::Conflict(message));
    }
    let started = StepStarted {
        digest: manifest.digest().clone(),
        epoch: run.epoch,
        previous,
        promotion: run.promotion.clone(),
        purpose: *purpose,
        tag: (*tag).clone(),
    };
    entries.extend(append(runner, started.into(), &run.promotion).map_err(Stopped::Session)?);
    runner.registry.tag(tag, manifest).map_err(Stopped::Registry)?;
    let tagged = RegistryTagged {
        digest: manifest.digest().clone(),
        epoch: run.epoch,
        promotion: run.promotion.clone(),
        purpose: *purpose,
        repository: runner.repository.clone(),
        tag: (*tag).clone(),
    };
    entries.extend(append(runner, tagged.into(), &run.promotion).map_err(Stopped::Session)?);
    Ok(())
}

fn complete(runner: &mut Runner<'_, '_>, id: PromotionId, epoch: Epoch) -> Result<Vec<Verified>, RunError> {
    let about = about(runner, id)?;
    let appended = runner.session.append(|state| completion(state, id, epoch).into_iter().collect(), &about);
    appended.map_err(|error| lost(error, id))
}

/// The completion as the state backs it; an unfounded one is for the law to refuse.
fn completion(state: &State, id: PromotionId, epoch: Epoch) -> Option<Event> {
    let run = state.run(&id)?;
    let authorized_via = run.authorized_via.clone()?;
    let promotion = run.promotion.clone();
    Some(match run.leaves.clone() {
        Some(leaves) => RollbackCompleted { authorization_passed: true, authorized_via, epoch, leaves, promotion }.into(),
        None => PromotionCompleted {
            authorization_passed: true,
            authorized_via,
            epoch,
            gates: guard::gates(state, &promotion, &run.gates).unwrap_or_default(),
            promotion,
            signature_status: SignatureStatus::NotRequired,
        }
        .into(),
    })
}

/// Appends one event of a run, judged at the head as it then stands.
pub(super) fn append(runner: &mut Runner<'_, '_>, event: Event, promotion: &Promotion) -> Result<Vec<Verified>, SessionError> {
    let about = About { run: Some(promotion.promotion_id), ..About::event(&event) };
    runner.session.append(|_| vec![event.clone()], &about)
}

/// The state that judging the run needs.
pub(super) fn look(runner: &mut Runner<'_, '_>, id: PromotionId) -> Result<State, RunError> {
    let about = about(runner, id)?;
    Ok(runner.session.look(&about)?)
}

fn about(runner: &mut Runner<'_, '_>, id: PromotionId) -> Result<About, RunError> {
    let promotion = run(runner, id)?.promotion;
    Ok(About {
        subject: Some((promotion.pipeline, promotion.component)),
        versions: vec![promotion.version],
        environment: Some(promotion.to),
        run: Some(id),
        ..About::default()
    })
}

fn run(runner: &mut Runner<'_, '_>, id: PromotionId) -> Result<Run, RunError> {
    let state = runner.session.look(&About { run: Some(id), ..About::default() })?;
    state.run(&id).cloned().ok_or_else(|| ended(id))
}

fn held(state: &State, id: PromotionId, epoch: Epoch) -> Result<&Run, RunError> {
    let run = state.run(&id).ok_or_else(|| ended(id))?;
    if run.epoch == epoch {
        return Ok(run);
    }
    Err(RunError::Lost { promotion: id, detail: format!("it is in epoch {} by now, this walk in {epoch}", run.epoch) })
}

fn ended(promotion: PromotionId) -> RunError {
    RunError::Lost { promotion, detail: "it is not under way any more".to_owned() }
}

/// A step that the law refuses because the run is somebody else's by now was lost, not failed.
pub(super) fn lost(error: SessionError, promotion: PromotionId) -> RunError {
    match &error {
        SessionError::Append(AppendError::Refused(fault)) => match &fault.fault {
            EntryFault::Unlawful(unlawful) if matches!(unlawful.rule, Rule::Epoch | Rule::UnderWay) => {
                RunError::Lost { promotion, detail: unlawful.detail.clone() }
            }
            _ => error.into(),
        },
        _ => error.into(),
    }
}

/// The registry or the ledger stood in the way half-way.
pub(super) fn interrupted(error: RegistryOrSession, promotion: PromotionId) -> RunError {
    match error {
        RegistryOrSession::Registry(error) => RunError::Interrupted { error, promotion },
        RegistryOrSession::Session(error) => lost(error, promotion),
    }
}
