//! To register a release, and to promote it.

use super::super::command::{Promote, Register};
use super::super::core::KeyRecord;
use super::super::event::artifact::ArtifactRegistered;
use super::super::event::history::Accepted;
use super::super::event::promotion::{
    Action, AuthorizationDecided, DowngradeDecided, Outcome, Promotion, PromotionRefused, PromotionRequested,
};
use super::super::event::{Event, EventType};
use super::super::facts::Run;
use super::super::grant::{Reach, Touches};
use super::super::guard;
use super::super::id::{PromotionId, Sequence};
use super::super::names::Reason;
use super::super::refusal::{Because, ExitCode, Refusal};
use super::super::rules::{Rules, Source};
use super::super::state::State;
use super::super::versions::Comparison;
use super::common::{
    Decision, asserted_only, for_the_record, id_taken, known_component, known_environment, path, refused_authorization, rests_on_import,
    right, rules,
};

/// What a promotion appends; whoever may not append all of it may not begin.
const APPENDS: &[EventType] = &[
    EventType::PromotionRequested,
    EventType::AuthorizationDecided,
    EventType::DowngradeDecided,
    EventType::StepStarted,
    EventType::RegistryTagged,
    EventType::PromotionCompleted,
];

pub(super) fn register(state: &State, signer: &KeyRecord, register: &Register) -> Result<Decision, Refusal> {
    known_component(rules(state, &register.pipeline)?, &register.component)?;
    let touches = Touches {
        pipeline: Reach::One(&register.pipeline),
        component: Reach::One(&register.component),
        environment: Reach::Nothing,
        gate: Reach::Nothing,
    };
    right(signer, &[EventType::ArtifactRegistered], touches)?;
    if let Some(release) = state.release(&register.pipeline, &register.component, &register.version) {
        if release.digest == register.digest {
            return Ok(Decision::nothing());
        }
        let message = format!(
            "{} {} was registered as {} at entry {}: expected the same digest, found {}",
            register.component, register.version, release.digest, release.registered, register.digest
        );
        return Err(Because::new(ExitCode::TagConflict, message)
            .hint("a version stands for one digest; register the other under a version of its own")
            .into());
    }
    let Register { pipeline, component, version, digest, source_sha } = register.clone();
    Ok(Decision::append(vec![ArtifactRegistered { component, digest, pipeline, source_sha, version }.into()]))
}

pub(super) fn promote(state: &State, signer: &KeyRecord, promote: &Promote) -> Result<Decision, Refusal> {
    let rules = rules(state, &promote.pipeline)?;
    known_component(rules, &promote.component)?;
    known_environment(rules, &promote.to, ExitCode::InvalidTransition)?;
    let Some(release) = state.release(&promote.pipeline, &promote.component, &promote.version) else {
        let message = format!("{} {} is not registered in pipeline {}", promote.component, promote.version, promote.pipeline);
        return Err(Because::new(ExitCode::NotFound, message)
            .hint(format!(
                "make it known first: promoledger register {} --component {} --ref REPOSITORY@DIGEST",
                promote.version, promote.component
            ))
            .into());
    };
    let promotion = Promotion {
        component: promote.component.clone(),
        digest: release.digest.clone(),
        from: promote.from.clone(),
        pipeline: promote.pipeline.clone(),
        promotion_id: promote.promotion_id,
        to: promote.to.clone(),
        version: promote.version.clone(),
    };
    let place = state.place(&promote.pipeline, &promote.component, &promote.to);
    let step = one_step(rules, promote);
    if step.is_none() {
        if let Some(same) = place.run.and_then(|id| same_run(state, &id, &promotion)) {
            return Ok(Decision::resume(same));
        }
        let there = place.holder.as_ref().is_some_and(|holder| holder.version == promotion.version && holder.digest == promotion.digest);
        if there && !promote.force && place.run.is_none() && tag(promote, &promotion).is_none() {
            return Ok(Decision::nothing());
        }
    }
    if state.ever_began(&promote.promotion_id) {
        return Err(id_taken(&promote.promotion_id));
    }
    let current = place.holder.map(|holder| holder.version);
    let downgrade = guard::downgrade(rules, &promotion, current, promote.allow_downgrade);
    judge(state, signer, promote, &promotion, &downgrade, step)
}

fn judge(
    state: &State,
    signer: &KeyRecord,
    promote: &Promote,
    promotion: &Promotion,
    downgrade: &DowngradeDecided,
    step: Option<Because>,
) -> Result<Decision, Refusal> {
    let touches = promotion.touches();
    let authorized = right(signer, APPENDS, touches);
    let mut reasons: Vec<Because> = Vec::new();
    reasons.extend(busy(state, promotion));
    reasons.extend(locks(state, promotion));
    reasons.extend(authorized.as_ref().err().cloned());
    reasons.extend(step);
    if reasons.iter().all(|reason| reason.code != ExitCode::InvalidTransition) {
        reasons.extend(source(state, promote, promotion));
    }
    reasons.extend(tag(promote, promotion));
    reasons.extend(guarded(downgrade));
    reasons.extend(gates(state, promotion));
    match (authorized, reasons.is_empty()) {
        (Ok(via), true) => Ok(go(state, promote, promotion, downgrade, via)),
        (authorized, _) => Err(refuse(promotion, downgrade, authorized.err(), reasons)),
    }
}

fn go(state: &State, promote: &Promote, promotion: &Promotion, downgrade: &DowngradeDecided, via: Reason) -> Decision {
    let manifest = state.core().pipelines.get(&promotion.pipeline).map_or(Sequence::GENESIS, |adopted| adopted.sequence);
    let requested = PromotionRequested {
        accept_asserted: promote.accept_asserted.then_some(Accepted),
        allow_downgrade: promote.allow_downgrade,
        forced: promote.force,
        manifest,
        promotion: promotion.clone(),
        reason: promote.reason.clone(),
    };
    let authorization = AuthorizationDecided {
        action: Action::Promote,
        authorized_via: via,
        component: Some(promotion.component.clone()),
        environment: promotion.to.clone(),
        outcome: Outcome::Passed,
        pipeline: promotion.pipeline.clone(),
        promotion: Some(promotion.clone()),
    };
    let events = vec![requested.into(), authorization.into(), downgrade.clone().into()];
    let rests = promotion
        .from
        .environment()
        .filter(|from| state.visit(&promotion.pipeline, &promotion.component, from, &promotion.version).is_none());
    let asserted = rests.map(|from| rests_on_import(&promotion.component, &promotion.version, from));
    Decision { events, warnings: warnings(downgrade).into_iter().chain(asserted).collect(), resume: None }
}

/// A refusal is part of the record: the decisions that were made, then the refusal with every reason.
fn refuse(promotion: &Promotion, downgrade: &DowngradeDecided, unauthorized: Option<Because>, reasons: Vec<Because>) -> Refusal {
    let mut record: Vec<Event> = Vec::new();
    match &unauthorized {
        Some(reason) => record.push(refused_authorization(
            Action::Promote,
            &promotion.pipeline,
            &promotion.to,
            Some(&promotion.component),
            reason,
            Some(promotion.clone()),
        )),
        None if downgrade.outcome == Outcome::Refused => record.push(downgrade.clone().into()),
        None => {}
    }
    record.push(PromotionRefused { promotion: promotion.clone(), reasons: for_the_record(&reasons) }.into());
    let mut reasons = reasons.into_iter();
    let first = reasons.next().unwrap_or_else(|| Because::new(ExitCode::Failure, "refused"));
    Refusal::new(first, reasons.collect(), record)
}

fn one_step(rules: &Rules, promote: &Promote) -> Option<Because> {
    let expected = rules.source_of(&promote.to)?;
    if expected == promote.from {
        return None;
    }
    let message = format!("{} is entered from {expected}, not from {}", promote.to, promote.from);
    Some(
        Because::new(ExitCode::InvalidTransition, message)
            .hint(format!("the path is {}; use --from {expected}, one step at a time", path(rules))),
    )
}

/// The promotion under way, if it is just what is asked for.
fn same_run(state: &State, id: &PromotionId, promotion: &Promotion) -> Option<PromotionId> {
    let run = state.run(id)?;
    let same = run.leaves.is_none() && Promotion { promotion_id: *id, ..promotion.clone() } == run.promotion;
    same.then_some(*id)
}

fn busy(state: &State, promotion: &Promotion) -> Option<Because> {
    let id = state.place(&promotion.pipeline, &promotion.component, &promotion.to).run?;
    let Run { holder, promotion: other, requested, leaves, .. } = state.run(&id)?;
    let what = if leaves.is_some() { "a rollback" } else { "a promotion" };
    let message =
        format!("{what} of {} to {} is under way in {}, by {holder}, since entry {requested}", other.component, other.version, other.to);
    Some(
        Because::new(ExitCode::Busy, message)
            .hint(format!("finish it: promoledger resume {id}; or end it: promoledger abort {id} --reason …")),
    )
}

fn locks(state: &State, promotion: &Promotion) -> Vec<Because> {
    let locks = state.locks_on(&promotion.pipeline, &promotion.to, &promotion.component);
    locks.map(|lock| super::environment::locked(&promotion.to, lock)).collect()
}

fn source(state: &State, promote: &Promote, promotion: &Promotion) -> Option<Because> {
    let Source::From(from) = &promotion.from else { return None };
    let Promotion { pipeline, component, version, digest, .. } = promotion;
    let Some(visit) = state.visit(pipeline, component, from, version) else {
        let said = state.asserted_there(pipeline, component, from, version, digest);
        if said && promote.accept_asserted {
            return None;
        }
        if said {
            return Some(asserted_only(component, version, from));
        }
        let message = format!("{component} {version} was never promoted to {from}");
        let before = state.core().rules(pipeline).and_then(|rules| rules.source_of(from)).unwrap_or(Source::Nowhere);
        return Some(
            Because::new(ExitCode::NeverPromoted, message)
                .hint(format!("promote it there first: promoledger promote {version} --component {component} --from {before} --to {from}")),
        );
    };
    if let Some(at) = visit.left_by_rollback {
        let message = format!("{from} was rolled back from {component} {version} at entry {at}");
        return Some(Because::new(ExitCode::InvalidTransition, message).hint(format!("promote it to {from} again before it goes further")));
    }
    match &promote.seen.source_tag {
        Some(found) if found != digest => {
            let message = format!("tag {version}-{from} must point at {digest}, as promoted at entry {}, found {found}", visit.entered);
            Some(
                Because::new(ExitCode::Immutability, message)
                    .hint("somebody moved a tag that is never moved; find out who before promoting further"),
            )
        }
        _ => None,
    }
}

fn tag(promote: &Promote, promotion: &Promotion) -> Option<Because> {
    let found = promote.seen.target_tag.as_ref().filter(|found| **found != promotion.digest)?;
    let message =
        format!("tag {}-{} exists on another digest: expected {}, found {found}", promotion.version, promotion.to, promotion.digest);
    Some(Because::new(ExitCode::TagConflict, message).hint("release the other digest under a version of its own; this tag is never moved"))
}

fn guarded(downgrade: &DowngradeDecided) -> Option<Because> {
    if downgrade.outcome == Outcome::Passed {
        return None;
    }
    let current = downgrade.current.as_ref()?;
    let Promotion { component, version, to, .. } = &downgrade.promotion;
    let (message, hint) = match downgrade.comparison {
        Comparison::Incomparable => (
            format!("{component} {version} cannot be compared with {current}, which is in {to}, and the manifest blocks that"),
            "if it is meant, say so with --allow-downgrade",
        ),
        _ => (
            format!("{component} {version} is older than {current}, which is in {to}"),
            "if a downgrade is meant, say so with --allow-downgrade; to return to a version that was there, use `promoledger rollback`",
        ),
    };
    Some(Because::new(ExitCode::VersionGuard, message).hint(hint))
}

fn warnings(downgrade: &DowngradeDecided) -> Vec<String> {
    let Promotion { component, version, to, .. } = &downgrade.promotion;
    match (downgrade.comparison, &downgrade.current) {
        (Comparison::Older, Some(current)) => vec![format!("downgrade: {component} {version} is older than {current}, which is in {to}")],
        (Comparison::Incomparable, Some(current)) => {
            vec![format!("{component} {version} cannot be compared with {current}, which is in {to}: at least one is no semantic version")]
        }
        _ => Vec::new(),
    }
}

fn gates(state: &State, promotion: &Promotion) -> Vec<Because> {
    let needed = state.gates_of(promotion);
    let missing = needed.iter().filter_map(|gate| guard::judge(state, promotion, gate).err().map(|missing| (gate, missing)));
    missing
        .map(|(gate, missing)| {
            let hint = format!(
                "record its result: promoledger record gate {gate} --component {} --digest {} --env {} --status passed --evidence FILE",
                promotion.component, promotion.digest, promotion.to
            );
            Because::new(ExitCode::GateFailed, missing.to_string()).hint(hint)
        })
        .collect()
}
