//! What decisions have in common: what is to happen, by what right, and which names are known.

use super::super::command::Asker;
use super::super::core::KeyRecord;
use super::super::event::promotion::{Action, AuthorizationDecided, Outcome, Promotion, RefusedBecause};
use super::super::event::{Event, EventType};
use super::super::grant::{Permission, Touches};
use super::super::guard::{self, Person, Stop};
use super::super::id::{PromotionId, Sequence};
use super::super::names::{Component, Environment, Pipeline, Reason, Version};
use super::super::refusal::{Because, ExitCode, Refusal};
use super::super::rules::{EnvironmentRule, Rules};
use super::super::state::State;
use super::super::time::Timestamp;

/// What is to happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The events to append, together or not at all. None when all is as was asked for.
    pub events: Vec<Event>,
    /// What the asker should know although it goes ahead.
    pub warnings: Vec<String>,
    /// A promotion that is under way and is just what was asked for: it is to be taken over instead.
    pub resume: Option<PromotionId>,
}

impl Decision {
    pub(super) fn append(events: Vec<Event>) -> Self {
        Self { events, warnings: Vec::new(), resume: None }
    }

    pub(super) fn nothing() -> Self {
        Self::append(Vec::new())
    }

    pub(super) fn resume(promotion: PromotionId) -> Self {
        Self { resume: Some(promotion), ..Self::nothing() }
    }
}

/// The live key that will sign, standing for the actor.
pub(super) fn signer<'a>(state: &'a State, asker: &Asker) -> Result<&'a KeyRecord, Refusal> {
    let name = &asker.key.name;
    let Some(record) = state.core().key(&asker.key) else {
        let message = format!("key {name} is not in this ledger");
        return Err(Because::new(ExitCode::NotAuthorized, message)
            .hint("ask an admin to add it: `promoledger keys request` makes what they need")
            .into());
    };
    if let Some(at) = record.revoked {
        return Err(Because::new(ExitCode::NotAuthorized, format!("key {name} was revoked at entry {at}")).into());
    }
    if !record.may_act_for(&asker.actor) {
        let message = format!("key {name} stands for {} and may not act for {}", record.principal, asker.actor);
        return Err(Because::new(ExitCode::NotAuthorized, message).into());
    }
    Ok(record)
}

/// By what right the key may do all of it, or the reason why it may not.
pub(super) fn right(signer: &KeyRecord, needed: &[EventType], touches: Touches<'_>) -> Result<Reason, Because> {
    let lacking: Vec<&str> = needed
        .iter()
        .filter(|event| signer.recovery || signer.grant_for(Permission::Append(**event), touches).is_none())
        .map(|event| event.as_str())
        .collect();
    if !lacking.is_empty() {
        let place = describe(touches);
        let message = format!(
            "{} is not allowed to do this{place}: key {} holds no grant for {}",
            signer.principal,
            signer.key.name,
            lacking.join(", ")
        );
        let hint =
            format!("an admin can add a key of {} with such a grant; `promoledger keys list` shows what each key may do", signer.principal);
        return Err(Because::new(ExitCode::NotAuthorized, message).hint(hint));
    }
    let grant = needed.first().and_then(|event| signer.grant_for(Permission::Append(*event), touches)).unwrap_or(0);
    Ok(sentence(format!("key {}, grant {}", signer.key.name, grant + 1)))
}

/// The same right, with that by which the principal may change the environment, or why they may not.
pub(super) fn environment_right(rules: &Rules, rule: &EnvironmentRule, who: &Person<'_>, granted: Reason) -> Result<Reason, Because> {
    match guard::authorization(rules, rule, who).map_err(because)? {
        Some(via) => Ok(sentence(format!("{granted}; {via}"))),
        None => Ok(granted),
    }
}

/// A guard that stands in the way, as a reason.
pub(super) fn because(stop: Stop) -> Because {
    Because { code: stop.guard.code(), message: stop.message, hint: stop.hint }
}

/// The time that the entries of a decision will bear.
pub(super) fn at(state: &State, asker: &Asker) -> Timestamp {
    state.core().floor.map_or(asker.now, |floor| floor.max(asker.now))
}

/// Where the rules in force were adopted.
pub(super) fn in_force(state: &State, pipeline: &Pipeline) -> Sequence {
    state.core().pipelines.get(pipeline).map_or(Sequence::GENESIS, |adopted| adopted.sequence)
}

/// The record of having been found allowed.
pub(super) fn passed_authorization(action: Action, promotion: &Promotion, via: Reason) -> Event {
    AuthorizationDecided {
        action,
        authorized_via: via,
        component: Some(promotion.component.clone()),
        environment: promotion.to.clone(),
        outcome: Outcome::Passed,
        pipeline: promotion.pipeline.clone(),
        promotion: Some(promotion.clone()),
    }
    .into()
}

pub(super) fn describe(touches: Touches<'_>) -> String {
    let environment = touches.environment.one().map(|environment| format!(" in {environment}")).unwrap_or_default();
    let component = touches.component.one().map(|component| format!(" with {component}")).unwrap_or_default();
    format!("{component}{environment}")
}

/// A sentence for the record: shortened to what a reason may hold.
pub(super) fn sentence(mut text: String) -> Reason {
    if text.len() > 1024 {
        let end = (0..=1021).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
    Reason::new(text).expect("sentences of decisions are never blank and were shortened")
}

/// The rules in force, or why there are none.
pub(super) fn rules<'a>(state: &'a State, pipeline: &Pipeline) -> Result<&'a Rules, Because> {
    state.core().rules(pipeline).ok_or_else(|| {
        let known: Vec<_> = state.core().pipelines.keys().map(Pipeline::to_string).collect();
        Because::new(ExitCode::Usage, format!("there is no pipeline {pipeline} in this ledger"))
            .hint(format!("pipelines with rules in force: {}", if known.is_empty() { "none".to_owned() } else { known.join(", ") }))
    })
}

pub(super) fn known_component(rules: &Rules, component: &Component) -> Result<(), Because> {
    if rules.component(component).is_some() {
        return Ok(());
    }
    let known: Vec<_> = rules.components().iter().map(|component| component.name.to_string()).collect();
    Err(Because::new(ExitCode::NotFound, format!("pipeline {} has no component {component}", rules.pipeline()))
        .hint(format!("its components: {}", known.join(", "))))
}

pub(super) fn known_environment<'a>(rules: &'a Rules, environment: &Environment, code: ExitCode) -> Result<&'a EnvironmentRule, Because> {
    if let Some(rule) = rules.environment(environment) {
        return Ok(rule);
    }
    Err(Because::new(code, format!("pipeline {} has no environment {environment}", rules.pipeline()))
        .hint(format!("its path: {}", path(rules))))
}

pub(super) fn path(rules: &Rules) -> String {
    let names: Vec<_> = rules.environments().iter().map(|environment| environment.name.to_string()).collect();
    names.join(" → ")
}

/// Why imported history alone is not enough.
pub(super) fn asserted_only(component: &Component, version: &Version, environment: &Environment) -> Because {
    let message =
        format!("{component} {version} was never promoted to {environment} on record; only imported history says that it was there");
    Because::new(ExitCode::NeverPromoted, message).hint("if that is to be good enough, say so with --accept-asserted; it is recorded")
}

/// What to know where imported history is taken for enough.
pub(super) fn rests_on_import(component: &Component, version: &Version, environment: &Environment) -> String {
    format!("that {component} {version} was in {environment} is known from imported history alone, which you accepted")
}

/// An id names one run: who asks again with one that is taken gets a plain answer, and not the law's.
pub(super) fn id_taken(id: &PromotionId) -> Refusal {
    Because::new(ExitCode::Usage, format!("promotion {id} began before: expected an id that was never used"))
        .hint("ask again with a fresh id; `promoledger show` tells how that promotion ended")
        .into()
}

/// The record of having been found not allowed.
pub(super) fn refused_authorization(
    action: Action,
    pipeline: &Pipeline,
    environment: &Environment,
    component: Option<&Component>,
    reason: &Because,
    promotion: Option<Promotion>,
) -> Event {
    AuthorizationDecided {
        action,
        authorized_via: sentence(reason.message.clone()),
        component: component.cloned(),
        environment: environment.clone(),
        outcome: Outcome::Refused,
        pipeline: pipeline.clone(),
        promotion,
    }
    .into()
}

pub(super) fn for_the_record(reasons: &[Because]) -> Vec<RefusedBecause> {
    // A handful of reasons says it; the entry stays far below its limit.
    reasons.iter().take(16).map(|reason| RefusedBecause { code: reason.code, message: sentence(reason.message.clone()) }).collect()
}
