//! Decisions: `(state, who asks, command) -> events, or a refusal`. Pure: the same question gets the same answer.
//!
//! The order of checks is the order of a refusal's reasons, and the first gives the exit code: names that are known,
//! busy, locks, authorization, path and source, tag, version guards, gates.

mod environment;
mod keys;
mod promote;
mod rollback;
mod run;

use super::command::{Asker, Command};
use super::core::KeyRecord;
use super::event::promotion::{Action, AuthorizationDecided, Outcome, RefusedBecause};
use super::event::{Event, EventType};
use super::grant::{Permission, Touches};
use super::id::PromotionId;
use super::names::{Component, Environment, Pipeline, Reason};
use super::refusal::{Because, ExitCode, Refusal};
use super::rules::Rules;
use super::state::State;

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
    fn append(events: Vec<Event>) -> Self {
        Self { events, warnings: Vec::new(), resume: None }
    }

    fn nothing() -> Self {
        Self::append(Vec::new())
    }

    fn resume(promotion: PromotionId) -> Self {
        Self { resume: Some(promotion), ..Self::nothing() }
    }
}

/// Decides. The state must hold what `needs` names for the command.
pub fn decide(state: &State, asker: &Asker, command: &Command) -> Result<Decision, Refusal> {
    let signer = signer(state, asker)?;
    match command {
        Command::Register(register) => promote::register(state, signer, register),
        Command::Promote(promote) => promote::promote(state, signer, promote),
        Command::Rollback(rollback) => rollback::rollback(state, asker, signer, rollback),
        Command::TakeOver(promotion) => run::take_over(state, signer, promotion),
        Command::Abort(promotion, reason) => run::abort(state, signer, promotion, reason),
        Command::Lock(lock) => environment::lock(state, signer, lock),
        Command::Unlock(unlock) => environment::unlock(state, asker, signer, unlock),
        Command::RecordGate(gate) => environment::record_gate(state, signer, gate),
        Command::AdoptManifest(rules) => keys::adopt(state, signer, rules),
        Command::AddKey(key) => keys::add(state, signer, key),
        Command::RevokeKey(key) => keys::revoke(state, signer, key),
        Command::Endorse(proposal) => keys::endorse(state, asker, signer, *proposal),
        Command::CorrectClock(reason) => keys::correct_clock(signer, reason),
    }
}

/// The live key that will sign, standing for the actor.
fn signer<'a>(state: &'a State, asker: &Asker) -> Result<&'a KeyRecord, Refusal> {
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
fn right(signer: &KeyRecord, needed: &[EventType], touches: Touches<'_>) -> Result<Reason, Because> {
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

fn describe(touches: Touches<'_>) -> String {
    let environment = touches.environment.map(|environment| format!(" in {environment}")).unwrap_or_default();
    let component = touches.component.map(|component| format!(" with {component}")).unwrap_or_default();
    format!("{component}{environment}")
}

/// A sentence for the record: shortened to what a reason may hold.
fn sentence(mut text: String) -> Reason {
    if text.len() > 1024 {
        let end = (0..=1021).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
    Reason::new(text).expect("sentences of decisions are never blank and were shortened")
}

/// The rules in force, or why there are none.
fn rules<'a>(state: &'a State, pipeline: &Pipeline) -> Result<&'a Rules, Because> {
    state.core().rules(pipeline).ok_or_else(|| {
        let known: Vec<_> = state.core().pipelines.keys().map(Pipeline::to_string).collect();
        Because::new(ExitCode::Usage, format!("there is no pipeline {pipeline} in this ledger"))
            .hint(format!("pipelines with rules in force: {}", if known.is_empty() { "none".to_owned() } else { known.join(", ") }))
    })
}

fn known_component(rules: &Rules, component: &Component) -> Result<(), Because> {
    if rules.component(component).is_some() {
        return Ok(());
    }
    let known: Vec<_> = rules.components().iter().map(|component| component.name.to_string()).collect();
    Err(Because::new(ExitCode::NotFound, format!("pipeline {} has no component {component}", rules.pipeline()))
        .hint(format!("its components: {}", known.join(", "))))
}

fn known_environment(rules: &Rules, environment: &Environment, code: ExitCode) -> Result<(), Because> {
    if rules.environment(environment).is_some() {
        return Ok(());
    }
    Err(Because::new(code, format!("pipeline {} has no environment {environment}", rules.pipeline()))
        .hint(format!("its path: {}", path(rules))))
}

fn path(rules: &Rules) -> String {
    let names: Vec<_> = rules.environments().iter().map(|environment| environment.name.to_string()).collect();
    names.join(" → ")
}

/// The record of having been found not allowed.
fn refused_authorization(
    action: Action,
    pipeline: &Pipeline,
    environment: &Environment,
    component: Option<&Component>,
    reason: &Because,
    promotion: Option<super::event::promotion::Promotion>,
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

fn for_the_record(reasons: &[Because]) -> Vec<RefusedBecause> {
    // A handful of reasons says it; the entry stays far below its limit.
    reasons.iter().take(16).map(|reason| RefusedBecause { code: reason.code, message: sentence(reason.message.clone()) }).collect()
}
