//! One tag: announced, written, read back and recorded; and what every step of a walk needs.

use promotion_ledger::custody::ledger::AppendError;
use promotion_ledger::evidence::chain::{EntryFault, Verified};
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::event::promotion::{Promotion, RegistryTagged, StepStarted, TagPurpose};
use promotion_ledger::meaning::facts::Run;
use promotion_ledger::meaning::id::{Epoch, PromotionId};
use promotion_ledger::meaning::law::Rule;
use promotion_ledger::meaning::names::TagName;
use promotion_ledger::meaning::needs::About;
use promotion_ledger::meaning::state::State;

use super::ending::{RegistryOrSession, RunError, Runner};
use crate::registry::{Manifest, RegistryError};
use crate::session::SessionError;

/// One write of one tag.
pub(super) struct Write<'a> {
    pub(super) run: &'a Run,
    pub(super) tag: &'a TagName,
    pub(super) purpose: TagPurpose,
    pub(super) manifest: &'a Manifest,
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

pub(super) fn about(runner: &mut Runner<'_, '_>, id: PromotionId) -> Result<About, RunError> {
    let promotion = run(runner, id)?.promotion;
    Ok(About {
        subject: Some((promotion.pipeline, promotion.component)),
        versions: vec![promotion.version],
        environment: Some(promotion.to),
        run: Some(id),
        ..About::default()
    })
}

pub(super) fn run(runner: &mut Runner<'_, '_>, id: PromotionId) -> Result<Run, RunError> {
    let state = runner.session.look(&About { run: Some(id), ..About::default() })?;
    state.run(&id).cloned().ok_or_else(|| ended(id))
}

pub(super) fn held(state: &State, id: PromotionId, epoch: Epoch) -> Result<&Run, RunError> {
    let run = state.run(&id).ok_or_else(|| ended(id))?;
    if run.epoch == epoch {
        return Ok(run);
    }
    Err(RunError::Lost { promotion: id, detail: format!("it is in epoch {} by now, this walk in {epoch}", run.epoch) })
}

pub(super) fn ended(promotion: PromotionId) -> RunError {
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
