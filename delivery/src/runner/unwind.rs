//! Unwinding: the mutable tag goes back to where it was, and what cannot go back is named in the record.

use promotion_ledger::evidence::chain::Verified;
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::event::promotion::{PromotionFailed, RollbackFailed, TagPurpose};
use promotion_ledger::meaning::facts::Run;
use promotion_ledger::meaning::id::PromotionId;
use promotion_ledger::meaning::names::Reason;
use promotion_ledger::meaning::needs::About;
use promotion_ledger::meaning::refusal::ExitCode;

use super::ending::{RegistryOrSession, RunError, Runner};
use super::tag::{self, Stopped, Write};

/// Puts the mutable tag back to where it was before the run, when the run moved it or may have.
pub(super) fn put_back(runner: &mut Runner<'_, '_>, id: PromotionId, entries: &mut Vec<Verified>) -> Result<(), RegistryOrSession> {
    let Some(run) = current(runner, id)? else { return Ok(()) };
    let Some((name, before)) = run.to_put_back() else { return Ok(()) };
    let manifest = runner.registry.manifest(&before)?;
    let write = Write { run: &run, tag: &name, purpose: TagPurpose::Latest, manifest: &manifest };
    match tag::write_tag(runner, &write, entries) {
        // The mutable tag is never in conflict: whatever it points at, it goes back.
        Ok(()) | Err(Stopped::Conflict(_)) => Ok(()),
        Err(Stopped::Registry(error)) => Err(error.into()),
        Err(Stopped::Session(error)) => Err(error.into()),
    }
}

/// Records that the run ended without its release in the environment, after putting back what can be put back. A registry
/// that cannot be reached does not keep the failure from being recorded: the tags that are left are named.
pub(super) fn fail(runner: &mut Runner<'_, '_>, id: PromotionId, code: ExitCode, message: String, entries: &mut Vec<Verified>) -> RunError {
    if let Err(RegistryOrSession::Session(error)) = put_back(runner, id, entries) {
        return tag::lost(error, id);
    }
    let run = match current(runner, id) {
        Ok(Some(run)) => run,
        Ok(None) => return RunError::Lost { promotion: id, detail: "it is not under way any more".to_owned() },
        Err(error) => return tag::interrupted(error, id),
    };
    match tag::append(runner, failed(&run, code, &message), &run.promotion) {
        Ok(appended) => {
            entries.extend(appended);
            RunError::Failed { code, message, promotion: id }
        }
        Err(error) => tag::lost(error, id),
    }
}

fn failed(run: &Run, code: ExitCode, message: &str) -> Event {
    let text: String = message.chars().take(250).collect();
    let message = Reason::new(text).unwrap_or_else(|_| Reason::new("failed").expect("a word is a reason"));
    let (epoch, promotion, tags_left) = (run.epoch, run.promotion.clone(), run.tags_left());
    match run.leaves {
        None => PromotionFailed { code, epoch, message, promotion, tags_left }.into(),
        Some(_) => RollbackFailed { code, epoch, message, promotion, tags_left }.into(),
    }
}

fn current(runner: &mut Runner<'_, '_>, id: PromotionId) -> Result<Option<Run>, RegistryOrSession> {
    let about = About { run: Some(id), ..About::default() };
    Ok(runner.session.look(&about)?.run(&id).cloned())
}
