//! The law of guards: nothing gets past them, and what passes them on somebody's word names what it passed.

use super::super::core::KeyRecord;
use super::super::digest::Digest;
use super::super::event::Recorded;
use super::super::event::approval::{ApprovalGranted, ApprovalRejected, ApprovalRequested};
use super::super::event::overriding::{GuardOverridden, Overridable, OverrideReviewed};
use super::super::event::promotion::{Promotion, PromotionRequested, PromotionTakenOver};
use super::super::event::signature::{SignatureChecked, SignatureFound};
use super::super::facts::{GateDemanded, Override};
use super::super::guard::{self, Answer, Asked, Guard, Person, Stop};
use super::super::id::Sequence;
use super::super::names::{Component, Environment, Group, Pipeline};
use super::super::rules::{EnvironmentRule, Rules};
use super::super::state::State;
use super::environment::known;
use super::promotion::{held, under_way};
use super::rule::{Rule, Unlawful, require};

/// Every guard that is judged when a promotion is requested, in order, but those that the promotion passed on somebody's word.
pub(super) fn requested(state: &State, event: &PromotionRequested, entry: &Recorded, key: &KeyRecord) -> Result<(), Unlawful> {
    let promotion = &event.promotion;
    let (rules, rule) = known(state, &promotion.pipeline, &promotion.to, Some(&promotion.component))?;
    let overriding = state.overriding(&promotion.promotion_id);
    if let Some(overriding) = overriding {
        follows(overriding, promotion, entry)?;
    }
    let passed = |guard: Guard| {
        let overridable = guard.overridable();
        overriding.is_some_and(|overriding| overridable.is_some_and(|guard| overriding.guards.contains(&guard)))
    };
    let asked = Asked {
        promotion,
        who: Person::new(state, &promotion.pipeline, key, &entry.actor, entry.time),
        at: entry.time,
        accept_asserted: event.accept_asserted.is_some(),
        allow_breaking: event.allow_breaking.is_some(),
    };
    match stops(state, rules, rule, &asked).into_iter().find(|stop| !passed(stop.guard)) {
        Some(stop) => Err(Unlawful::new(rule_of(stop.guard), stop.message)),
        None => Ok(()),
    }
}

/// Somebody's word passes guards for the promotion that follows at once, and is never kept for later.
fn follows(overriding: &Override, promotion: &Promotion, entry: &Recorded) -> Result<(), Unlawful> {
    require(overriding.promotion == *promotion, Rule::Override, || {
        "what was overridden must have been overridden for this promotion".to_owned()
    })?;
    let Override { sequence, actor, key, .. } = overriding;
    require(sequence.next() == entry.sequence, Rule::Override, || {
        format!("an override is used by the entry right after it or never: expected {}, found {}", sequence.next(), entry.sequence)
    })?;
    require(*key == entry.key, Rule::Override, || {
        format!("an override is used by its own key: expected {}, found {}", key.name, entry.key.name)
    })?;
    require(*actor == entry.actor, Rule::Override, || {
        format!("an override is used by whoever gave it: expected {actor}, found {}", entry.actor)
    })
}

/// A rollback passes nothing on somebody's word.
pub(super) fn not_overridden(state: &State, promotion: &Promotion) -> Result<(), Unlawful> {
    let overriding = state.overriding(&promotion.promotion_id);
    require(overriding.is_none(), Rule::Override, || {
        let at = overriding.map_or(0, |overriding| overriding.sequence.get());
        format!("a rollback overrides nothing, found an override under its id at entry {at}")
    })
}

/// Whoever goes on with a promotion is one who could have begun it. Whoever ends it need not be.
pub(super) fn taken_over(state: &State, event: &PromotionTakenOver, entry: &Recorded, key: &KeyRecord) -> Result<(), Unlawful> {
    let Some(run) = state.run(&event.promotion.promotion_id).filter(|_| event.to_abort.is_none()) else { return Ok(()) };
    let who = Person::new(state, &run.promotion.pipeline, key, &entry.actor, entry.time);
    match guard::taking_over(state, run, who, entry.time).into_iter().next() {
        Some(stop) => Err(Unlawful::new(rule_of(stop.guard), stop.message)),
        None => Ok(()),
    }
}

/// What stands in the way when a promotion is requested, in the order of checks. Gates are judged when it goes on.
fn stops(state: &State, rules: &Rules, rule: &EnvironmentRule, asked: &Asked<'_>) -> Vec<Stop> {
    let mut stops = guard::halts(state, &asked.promotion.pipeline);
    stops.extend(guard::locks(state, asked));
    stops.extend(guard::freeze(rule, asked));
    stops.extend(guard::soak(state, rule, asked));
    stops.extend(guard::authorization(rules, rule, &asked.who).err());
    stops.extend(guard::duties(state, rule, asked));
    stops.extend(guard::versions(rule, asked));
    stops.extend(guard::breaking(state, asked));
    stops.extend(guard::approvals(state, rule, asked));
    stops
}

const fn rule_of(guard: Guard) -> Rule {
    match guard {
        Guard::Halt => Rule::Halt,
        Guard::Lock => Rule::Locks,
        Guard::Freeze => Rule::Freeze,
        Guard::Soak => Rule::Soak,
        Guard::Authorization => Rule::Authorization,
        Guard::Duties => Rule::Duties,
        Guard::Versions => Rule::Versions,
        Guard::Breaking => Rule::Breaking,
        Guard::Approvals => Rule::Approvals,
        Guard::Gates => Rule::Gates,
    }
}

/// Whether the actor is one who may change the environment. One that the rules dropped since restricts nobody.
pub(super) fn authorized(
    state: &State,
    pipeline: &Pipeline,
    environment: &Environment,
    entry: &Recorded,
    key: &KeyRecord,
) -> Result<(), Unlawful> {
    let Some(rules) = state.core().rules(pipeline) else { return Ok(()) };
    let Some(rule) = rules.environment(environment) else { return Ok(()) };
    let who = Person::new(state, pipeline, key, &entry.actor, entry.time);
    guard::authorization(rules, rule, &who).map(|_| ()).map_err(|stop| Unlawful::new(Rule::Authorization, stop.message))
}

/// An override names just the guards that stand in the way.
pub(super) fn overridden(state: &State, event: &GuardOverridden, entry: &Recorded, key: &KeyRecord) -> Result<(), Unlawful> {
    let promotion = &event.promotion;
    let (_, rule) = known(state, &promotion.pipeline, &promotion.to, Some(&promotion.component))?;
    let fresh = !state.ever_began(&promotion.promotion_id) && state.overriding(&promotion.promotion_id).is_none();
    require(fresh, Rule::Alone, || format!("the id of promotion {} must be fresh", promotion.promotion_id))?;
    // What is accepted or meant changes no guard that can be overridden but soak, and an override of soak covers both.
    let who = Person::new(state, &promotion.pipeline, key, &entry.actor, entry.time);
    let asked = Asked { promotion, who, at: entry.time, accept_asserted: true, allow_breaking: true };
    let expected = standing(state, rule, &asked);
    let named: Vec<Overridable> = event.guards.iter().map(|overridden| overridden.guard).collect();
    require(!named.is_empty() && named == expected, Rule::Override, || {
        format!("an override must name just the guards that stand in the way: expected {}, found {}", list(&expected), list(&named))
    })
}

/// The guards that stand in the way and that somebody's word passes, in order.
fn standing(state: &State, rule: &EnvironmentRule, asked: &Asked<'_>) -> Vec<Overridable> {
    let gates = guard::gates(state, asked.promotion, &GateDemanded::of(rule), asked.at).is_err();
    [
        (!guard::locks(state, asked).is_empty(), Overridable::Lock),
        (guard::freeze(rule, asked).is_some(), Overridable::Freeze),
        (guard::soak(state, rule, asked).is_some(), Overridable::Soak),
        (guard::approvals(state, rule, asked).is_some(), Overridable::Approvals),
        (gates, Overridable::Gates),
    ]
    .into_iter()
    .filter_map(|(stands, guard)| stands.then_some(guard))
    .collect()
}

fn list(guards: &[Overridable]) -> String {
    if guards.is_empty() {
        return "none".to_owned();
    }
    guards.iter().map(|guard| guard.as_str()).collect::<Vec<_>>().join(", ")
}

/// An override is looked at once, by somebody else.
pub(super) fn reviewed(state: &State, event: &OverrideReviewed, entry: &Recorded) -> Result<(), Unlawful> {
    let id = &event.promotion.promotion_id;
    let found = state.overriding(id).filter(|found| found.promotion == event.promotion && found.sequence == event.overriding);
    let Some(found) = found else {
        return Err(Unlawful::new(Rule::Review, format!("entry {} must have overridden guards of promotion {id}", event.overriding)));
    };
    require(found.reviewed.is_none(), Rule::Review, || {
        format!("the override of entry {} was reviewed at entry {}", found.sequence, found.reviewed.map_or(0, Sequence::get))
    })?;
    let own = state.persons(entry).into_iter().find(|person| found.by.contains(person));
    require(own.is_none(), Rule::Review, || {
        let own = own.map_or(String::new(), |own| own.to_string());
        format!("{own} overrode guards at entry {}, and nobody reviews their own", found.sequence)
    })
}

pub(super) fn approval_requested(state: &State, event: &ApprovalRequested, entry: &Recorded) -> Result<(), Unlawful> {
    let ApprovalRequested { pipeline, component, environment, version, digest, .. } = event;
    let (rules, rule) = known(state, pipeline, environment, Some(component))?;
    let in_force = state.core().pipelines.get(pipeline).map(|adopted| adopted.sequence);
    require(in_force == Some(event.manifest), Rule::Manifest, || {
        format!("the manifest in force is that of entry {}, found {}", in_force.map_or(0, Sequence::get), event.manifest)
    })?;
    require(rules.source_of(environment).as_ref() == Some(&event.from), Rule::Path, || {
        format!("{environment} is not entered from {}", event.from)
    })?;
    let release = state.release(pipeline, component, version);
    require(release.is_some_and(|release| release.digest == *digest), Rule::Release, || {
        let expected = release.map_or("a registered release".to_owned(), |release| release.digest.to_string());
        format!("{component} {version} must be {expected}, found {digest}")
    })?;
    let latest = rule.approvals.as_ref().map(|demanded| entry.time.plus_seconds(demanded.valid_seconds));
    require(latest.is_some_and(|latest| entry.time < event.expires && event.expires <= latest), Rule::Approvals, || match latest {
        None => format!("{environment} asks for no approvals"),
        Some(latest) => format!("a request made at {} must be over after that, and by {latest}, found {}", entry.time, event.expires),
    })
}

pub(super) fn granted(state: &State, event: &ApprovalGranted, entry: &Recorded, key: &KeyRecord) -> Result<(), Unlawful> {
    let ApprovalGranted { pipeline, component, environment, digest, request, group, .. } = event;
    let by = may_answer(state, (pipeline, component, environment, digest), *request, (entry, key), true)?;
    by_group(by, group.as_ref())
}

/// Whoever could say yes may say no, and so may whoever said yes.
pub(super) fn rejected(state: &State, event: &ApprovalRejected, entry: &Recorded, key: &KeyRecord) -> Result<(), Unlawful> {
    let ApprovalRejected { pipeline, component, environment, digest, request, group, .. } = event;
    let by = may_answer(state, (pipeline, component, environment, digest), *request, (entry, key), false)?;
    by_group(by, group.as_ref())
}

/// By which group they may answer.
fn may_answer<'a>(
    state: &'a State,
    (pipeline, component, environment, digest): (&Pipeline, &Component, &Environment, &Digest),
    request: Sequence,
    (entry, key): (&'a Recorded, &'a KeyRecord),
    counts: bool,
) -> Result<Option<&'a Group>, Unlawful> {
    let (rules, rule) = known(state, pipeline, environment, Some(component))?;
    let Some(approvals) = state.approvals(pipeline, component, environment, digest).filter(|found| found.request == request) else {
        let detail = format!("entry {request} must be the newest request for this digest and environment");
        return Err(Unlawful::new(Rule::Approvals, detail));
    };
    let in_force = state.core().pipelines.get(pipeline).map(|adopted| adopted.sequence);
    let who = Person::new(state, pipeline, key, &entry.actor, entry.time);
    let answer = Answer { rules, rule, who, at: entry.time, counts };
    guard::approver(&answer, approvals, in_force).map_err(|stop| Unlawful::new(rule_of(stop.guard), stop.message))
}

/// The group that is named is the one that the rules give.
fn by_group(expected: Option<&Group>, found: Option<&Group>) -> Result<(), Unlawful> {
    let name = |group: Option<&Group>| group.map_or("none".to_owned(), Group::to_string);
    require(expected == found, Rule::Approvals, || {
        format!("the group named must be the one by which they may answer: expected {}, found {}", name(expected), name(found))
    })
}

/// What was found of a signature belongs to a run that needs to know.
pub(super) fn signature(state: &State, event: &SignatureChecked, entry: &Recorded) -> Result<(), Unlawful> {
    let run = under_way(state, &event.promotion)?;
    held(run, event.epoch, entry)?;
    let Some(demanded) = &run.signature else {
        return Err(Unlawful::new(Rule::Signature, "the rules must ask for a signature, found that they do not"));
    };
    let asked = demanded.policy.as_ref().is_some_and(|policy| *policy == event.policy);
    require(asked || event.found != SignatureFound::Verified, Rule::Signature, || {
        let expected = demanded.policy.as_ref().map_or("rules that say whose signatures count".to_owned(), ToString::to_string);
        format!("a signature must be verified by what the rules say, {expected}, found {}", event.policy)
    })
}
