//! The law of promotions and rollbacks: no step without the one before, no completion without all that the rules demand.

use super::super::event::Recorded;
use super::super::event::artifact::ArtifactRegistered;
use super::super::event::overriding::Overridable;
use super::super::event::promotion::{
    Action, AuthorizationDecided, DowngradeDecided, Outcome, Promotion, PromotionAborted, PromotionCompleted, PromotionRequested,
    PromotionTakenOver, RefusedBecause, RegistryTagged, RollbackCompleted, RollbackRequested, StepStarted, TagLeft, TagPurpose,
};
use super::super::exit_code::ExitCode;
use super::super::facts::{Run, SignatureDemanded};
use super::super::guard;
use super::super::id::{Epoch, Sequence};
use super::super::rules::{Rules, Source};
use super::super::state::State;
use super::environment::known;
use super::rule::{Rule, Unlawful, is_refusal_code, require, rules};

pub(super) fn registered(state: &State, event: &ArtifactRegistered) -> Result<(), Unlawful> {
    let rules = rules(state, &event.pipeline)?;
    require(rules.component(&event.component).is_some(), Rule::Known, || {
        format!("pipeline {} has no component {}", event.pipeline, event.component)
    })?;
    let before = state.release(&event.pipeline, &event.component, &event.version);
    require(before.is_none(), Rule::ReleaseOnce, || {
        let at = before.map_or(0, |release| release.registered.get());
        format!("{} {} was registered at entry {at}: a version is registered once", event.component, event.version)
    })
}

pub(super) fn requested(state: &State, event: &PromotionRequested) -> Result<(), Unlawful> {
    let promotion = &event.promotion;
    let rules = opening(state, promotion, event.manifest)?;
    let Promotion { pipeline, component, version, digest, from, to, .. } = promotion;
    require(rules.source_of(to).as_ref() == Some(from), Rule::Path, || {
        let expected = rules.source_of(to).map_or("nowhere".to_owned(), |source| source.to_string());
        format!("a promotion to {to} must come from {expected}, found {from}")
    })?;
    let release = state.release(pipeline, component, version);
    require(release.is_some_and(|release| release.digest == *digest), Rule::Release, || {
        let expected = release.map_or("a registered release".to_owned(), |release| release.digest.to_string());
        format!("{component} {version} must be {expected}, found {digest}")
    })?;
    if let Source::From(source) = from {
        let visit = state.visit(pipeline, component, source, version);
        let asserted = || event.accept_asserted.is_some() && state.asserted_there(pipeline, component, source, version, digest);
        let there = visit.map_or_else(asserted, |visit| visit.digest == *digest && visit.left_by_rollback.is_none());
        require(there, Rule::Path, || {
            format!("{component} {version} must have been promoted to {source}, and not rolled back from there since")
        })?;
    }
    let holder = state.place(pipeline, component, to).holder;
    let there = holder.is_some_and(|holder| holder.version == *version && holder.digest == *digest);
    require(!there || event.forced, Rule::Already, || format!("{component} {version} is in {to} already, and force was not asked for"))
}

pub(super) fn rollback_requested(state: &State, event: &RollbackRequested, entry: &Recorded) -> Result<(), Unlawful> {
    let promotion = &event.promotion;
    opening(state, promotion, event.manifest)?;
    let Promotion { pipeline, component, version, digest, from, to, .. } = promotion;
    require(from.environment() == Some(to), Rule::Path, || format!("a rollback of {to} must come from {to} itself, found {from}"))?;
    let holder = state.place(pipeline, component, to).holder;
    let leaves = &event.leaves;
    require(holder.is_some_and(|holder| holder.version == leaves.version && holder.digest == leaves.digest), Rule::RollbackTarget, || {
        format!("a rollback of {to} must leave what is there, found {}", leaves.version)
    })?;
    require(*version != leaves.version, Rule::RollbackTarget, || format!("{version} is in {to} already"))?;
    let visit = state.visit(pipeline, component, to, version);
    let asserted = || event.accept_asserted.is_some() && state.asserted_there(pipeline, component, to, version, digest);
    require(visit.map_or_else(asserted, |visit| visit.digest == *digest), Rule::RollbackTarget, || {
        format!("{component} {version} must have been promoted to {to} before, as {digest}")
    })?;
    let number = visit.map_or(0, |visit| visit.rollbacks) + 1;
    require(leaves.number == number, Rule::RollbackTarget, || {
        format!("this is rollback {number} to {version} in {to}, found number {}", leaves.number)
    })?;
    let foreign = state.locks_on(pipeline, to, component, entry.time).find(|lock| lock.owner != entry.actor);
    require(foreign.is_none(), Rule::Locks, || {
        let at = foreign.map_or(0, |lock| lock.sequence.get());
        format!("{to} must not be locked by somebody else, found the lock of entry {at}")
    })
}

/// What holds for every run that begins: names that are known, the manifest in force, nobody else at it, a fresh id.
fn opening<'a>(state: &'a State, promotion: &Promotion, manifest: Sequence) -> Result<&'a Rules, Unlawful> {
    let Promotion { pipeline, component, to, promotion_id, .. } = promotion;
    let (rules, _) = known(state, pipeline, to, Some(component))?;
    let in_force = state.core().pipelines.get(pipeline).map(|adopted| adopted.sequence);
    require(in_force == Some(manifest), Rule::Manifest, || {
        let expected = in_force.map_or(0, Sequence::get);
        format!("the manifest in force is that of entry {expected}, found {manifest}")
    })?;
    let run = state.place(pipeline, component, to).run;
    require(run.is_none() && !state.ever_began(promotion_id), Rule::Alone, || {
        format!(
            "{component} in {to} must have nothing under way and the promotion's id must be fresh, found promotion {}",
            run.unwrap_or(*promotion_id)
        )
    })?;
    Ok(rules)
}

pub(super) fn refused(reasons: &[RefusedBecause]) -> Result<(), Unlawful> {
    require(!reasons.is_empty() && reasons.iter().all(|reason| is_refusal_code(reason.code)), Rule::Reasons, || {
        "a refusal must name at least one reason, each with a code from 1 to 19".to_owned()
    })
}

pub(super) fn authorization(state: &State, event: &AuthorizationDecided, entry: &Recorded) -> Result<(), Unlawful> {
    if event.outcome == Outcome::Refused {
        return Ok(());
    }
    let Some(promotion) = &event.promotion else { return Ok(()) };
    let agrees =
        event.pipeline == promotion.pipeline && event.environment == promotion.to && event.component.as_ref() == Some(&promotion.component);
    require(agrees, Rule::UnderWay, || "pipeline, component and environment must be those of its promotion".to_owned())?;
    let run = under_way(state, promotion)?;
    let asked = if run.leaves.is_some() { Action::Rollback } else { Action::Promote };
    require(event.action == asked, Rule::Authorized, || "the action must be the one that was requested".to_owned())?;
    held(run, run.epoch, entry)
}

pub(super) fn downgrade(state: &State, event: &DowngradeDecided, entry: &Recorded) -> Result<(), Unlawful> {
    let promotion = &event.promotion;
    let rules = rules(state, &promotion.pipeline)?;
    let holder = state.place(&promotion.pipeline, &promotion.component, &promotion.to).holder;
    let judged = guard::downgrade(state, rules, promotion, holder.map(|holder| holder.version), event.allow_downgrade);
    require(judged == *event, Rule::Downgrade, || {
        format!(
            "the downgrade guard must find {:?}, {:?}, found {:?}, {:?}",
            judged.comparison, judged.outcome, event.comparison, event.outcome
        )
    })?;
    match event.outcome {
        Outcome::Refused => Ok(()),
        Outcome::Passed => {
            let run = under_way(state, promotion)?;
            require(event.allow_downgrade == run.allow_downgrade, Rule::Downgrade, || {
                "whether a downgrade is meant must be as it was requested".to_owned()
            })?;
            held(run, run.epoch, entry)
        }
    }
}

/// Whoever takes over becomes the holder; the grants say whether they may.
pub(super) fn taken_over(state: &State, event: &PromotionTakenOver) -> Result<(), Unlawful> {
    let run = under_way(state, &event.promotion)?;
    require(event.epoch == run.epoch.next(), Rule::Epoch, || format!("the next epoch is {}, found {}", run.epoch.next(), event.epoch))?;
    require(event.from_holder == run.holder, Rule::Epoch, || format!("the holder is {}, found {}", run.holder, event.from_holder))
}

pub(super) fn step_started(state: &State, event: &StepStarted, entry: &Recorded) -> Result<(), Unlawful> {
    let run = under_way(state, &event.promotion)?;
    held(run, event.epoch, entry)?;
    let due = run.tags_due().contains(&(event.tag.clone(), event.purpose));
    require(due, Rule::Tags, || format!("tag {} is not one of this promotion's", event.tag))?;
    if run.unwinding || event.digest != event.promotion.digest {
        return putting_back(run, event);
    }
    let foreign = event.previous.as_ref().filter(|previous| event.purpose != TagPurpose::Latest && **previous != event.digest);
    require(foreign.is_none(), Rule::Tags, || format!("tag {} is never moved, and points at another digest", event.tag))?;
    entitled(state, run)?;
    // A tag says "promoted": the mutable one moves only when the immutable one stands.
    let next = run.next_tag();
    let in_order = next.as_ref().is_none_or(|(tag, _)| *tag == event.tag) || run.tag(&event.tag).is_some();
    require(in_order, Rule::Tags, || format!("tag {} must wait for the one before it", event.tag))
}

/// Only the mutable tag is ever put back, and only to where it was.
fn putting_back(run: &Run, event: &StepStarted) -> Result<(), Unlawful> {
    let before = run.tag(&event.tag).and_then(|state| state.before.as_ref());
    require(event.purpose == TagPurpose::Latest && before == Some(&event.digest), Rule::Tags, || match run.unwinding {
        true => format!("tag {} may only go back to where it was: the promotion was taken over to be ended", event.tag),
        false => format!("tag {} must point at {}, or back at what it was before", event.tag, event.promotion.digest),
    })
}

pub(super) fn tagged(state: &State, event: &RegistryTagged, entry: &Recorded) -> Result<(), Unlawful> {
    let run = under_way(state, &event.promotion)?;
    held(run, event.epoch, entry)?;
    let pending = run.tag(&event.tag).filter(|state| state.purpose == event.purpose).and_then(|state| state.pending.as_ref());
    require(pending.is_some_and(|pending| pending.digest == event.digest && pending.epoch == event.epoch), Rule::Tags, || {
        format!("writing tag {} to {} must have been announced in this epoch", event.tag, event.digest)
    })?;
    let repository = rules(state, &event.promotion.pipeline)?.component(&event.promotion.component).map(|component| &component.repository);
    require(repository == Some(&event.repository), Rule::Known, || {
        format!("component {} is not kept in {}", event.promotion.component, event.repository)
    })
}

pub(super) fn completed(state: &State, event: &PromotionCompleted, entry: &Recorded) -> Result<(), Unlawful> {
    let run = under_way(state, &event.promotion)?;
    held(run, event.epoch, entry)?;
    kind(run, false)?;
    all_done(state, run)?;
    let cited = guard::cited(state, &run.promotion, &run.gates, run.requested_at);
    require(event.gates == cited, Rule::Gates, || {
        "the gates named must be those that the rules demand and that passed, with their newest results".to_owned()
    })?;
    let status = SignatureDemanded::status(run.signature.as_ref());
    require(event.signature_status == status, Rule::Signature, || {
        format!("the signature's status must be {status:?}, found {:?}", event.signature_status)
    })?;
    right(run, event.authorization_passed, &event.authorized_via)
}

pub(super) fn rollback_completed(state: &State, event: &RollbackCompleted, entry: &Recorded) -> Result<(), Unlawful> {
    let run = under_way(state, &event.promotion)?;
    held(run, event.epoch, entry)?;
    kind(run, true)?;
    all_done(state, run)?;
    require(run.leaves.as_ref() == Some(&event.leaves), Rule::UnderWay, || "what it leaves must be what was requested".to_owned())?;
    right(run, event.authorization_passed, &event.authorized_via)
}

pub(super) fn ended(
    state: &State,
    promotion: &Promotion,
    epoch: Epoch,
    left: &[TagLeft],
    entry: &Recorded,
    rollback: Option<bool>,
) -> Result<(), Unlawful> {
    let run = under_way(state, promotion)?;
    held(run, epoch, entry)?;
    rollback.map_or(Ok(()), |rollback| kind(run, rollback))?;
    tags_left(run, left)
}

/// A failure names a reason as a refusal does: neither success nor a verifier's verdict.
pub(super) fn failure_code(code: ExitCode) -> Result<(), Unlawful> {
    require(is_refusal_code(code), Rule::Reasons, || format!("a failure must name a code from 1 to 19, found {}", code.number()))
}

/// Whoever may abort ends a promotion whoever holds it: an abandoned one must not block for ever.
pub(super) fn aborted(state: &State, event: &PromotionAborted) -> Result<(), Unlawful> {
    let run = under_way(state, &event.promotion)?;
    require(event.epoch == run.epoch, Rule::Epoch, || format!("the epoch in force is {}, found {}", run.epoch, event.epoch))?;
    tags_left(run, &event.tags_left)
}

fn tags_left(run: &Run, left: &[TagLeft]) -> Result<(), Unlawful> {
    require(left == run.tags_left(), Rule::TagsLeft, || {
        let expected: Vec<_> = run.tags_left().iter().map(|left| left.tag.to_string()).collect();
        format!(
            "the tags that are not back where they were must be named: {}",
            if expected.is_empty() { "none".to_owned() } else { expected.join(", ") }
        )
    })
}

/// The run that the event belongs to, which it must agree with in every particular.
pub(super) fn under_way<'a>(state: &'a State, promotion: &Promotion) -> Result<&'a Run, Unlawful> {
    let Some(run) = state.run(&promotion.promotion_id) else {
        return Err(Unlawful::new(Rule::UnderWay, format!("promotion {} must be under way, found none", promotion.promotion_id)));
    };
    require(run.promotion == *promotion, Rule::UnderWay, || {
        format!("component, version, digest and environments must be those that promotion {} was requested with", promotion.promotion_id)
    })?;
    Ok(run)
}

pub(super) fn held(run: &Run, epoch: Epoch, entry: &Recorded) -> Result<(), Unlawful> {
    require(epoch == run.epoch, Rule::Epoch, || {
        format!("the epoch in force is {}, found {epoch}: somebody took the promotion over", run.epoch)
    })?;
    require(entry.actor == run.holder, Rule::Epoch, || format!("the promotion is held by {}, found {}", run.holder, entry.actor))
}

fn kind(run: &Run, rollback: bool) -> Result<(), Unlawful> {
    require(run.leaves.is_some() == rollback, Rule::UnderWay, || {
        "a promotion must end as a promotion, and a rollback as a rollback".to_owned()
    })
}

/// Whether the run was found to be allowed in every respect, so that it may touch the outside world.
fn entitled(state: &State, run: &Run) -> Result<(), Unlawful> {
    require(run.authorized_via.is_some(), Rule::Authorized, || "authorization must have been decided, and passed".to_owned())?;
    require(run.downgrade_passed, Rule::Downgrade, || "the downgrade guard must have been asked, and have passed".to_owned())?;
    let unsigned = run.signature.as_ref().is_some_and(|demanded| !demanded.lets_pass());
    require(!unsigned, Rule::Signature, || {
        "the artifact's signature must have been checked, and be good where the rules insist".to_owned()
    })?;
    if run.overridden.contains(&Overridable::Gates) {
        return Ok(());
    }
    gates(state, run)
}

fn all_done(state: &State, run: &Run) -> Result<(), Unlawful> {
    require(!run.unwinding, Rule::Epoch, || {
        format!("{} took the promotion over to end it: whoever completes it takes it over anew", run.holder)
    })?;
    entitled(state, run)?;
    let due = run.next_tag();
    require(due.is_none(), Rule::Tags, || {
        format!("every tag must have been written and read back, found {} missing", due.map_or(String::new(), |(tag, _)| tag.to_string()))
    })
}

/// Whether every gate that the run must pass has passed.
fn gates(state: &State, run: &Run) -> Result<(), Unlawful> {
    guard::gates(state, &run.promotion, &run.gates, run.requested_at).map_err(|missing| Unlawful::new(Rule::Gates, missing.to_string()))
}

fn right(run: &Run, passed: bool, via: &super::super::names::Reason) -> Result<(), Unlawful> {
    require(passed && run.authorized_via.as_ref() == Some(via), Rule::Authorized, || {
        "the right named must be the one that was decided".to_owned()
    })
}
