//! What happened, in a sentence. Times, principals and places stand beside it and are not repeated.

use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::event::environment::{EnvironmentLocked, EnvironmentUnlocked};
use promotion_ledger::meaning::event::history::AssertedKind;
use promotion_ledger::meaning::event::identity::IdentityProven;
use promotion_ledger::meaning::event::ledger::KeyChange;
use promotion_ledger::meaning::event::promotion::{
    Action, AuthorizationDecided, DowngradeDecided, Outcome, Promotion, RefusedBecause, RollbackRequested, StepStarted,
};
use promotion_ledger::meaning::names::{Component, Environment, Group, Reason};
use promotion_ledger::meaning::rules::Rules;
use promotion_ledger::meaning::versions::Comparison;

use super::asserted::AssertedRow;

pub(super) fn summary(event: &Event) -> String {
    match event {
        Event::LedgerCreated(event) => format!("ledger {} begins with {}", event.origin, counted(event.keys.len(), "key")),
        Event::FormatRaised(event) => format!("the format is raised to level {}", event.level),
        Event::ClockCorrected(event) => format!("the clock is corrected: {}", event.reason),
        Event::KeyProposed(event) => proposed(&event.change),
        Event::KeyEndorsed(event) => format!("the proposal of entry {} is endorsed", event.proposal),
        Event::KeyAdded(event) => format!("key {} of {} is added", event.key.name, event.key.principal),
        Event::KeyRevoked(event) => format!("key {} is revoked: {}", event.name, event.reason),
        Event::ManifestAdopted(event) => format!("rules of {} are in force: {}", event.rules.pipeline(), path(&event.rules)),
        Event::BodyRemoved(event) => format!("body {} is removed: {}", event.digest, event.reason),
        Event::ArtifactRegistered(event) => format!("{} {} is registered", event.component, event.version),
        Event::GateCompleted(event) => format!("gate {} {} for {} in {}", event.gate, event.status, event.component, event.environment),
        Event::SignatureChecked(event) => format!("signature of {}: {}", release(&event.promotion), event.message),
        Event::ApprovalRequested(event) => format!(
            "approval of {} {} for {} is asked for{}",
            event.component,
            event.version,
            event.environment,
            because(event.reason.as_ref())
        ),
        Event::ApprovalGranted(event) => {
            format!("{} may go to {}, as entry {} asks{}", event.component, event.environment, event.request, because(event.note.as_ref()))
        }
        Event::ApprovalRejected(event) => {
            format!("{} may not go to {}, as entry {} asks: {}", event.component, event.environment, event.request, event.reason)
        }
        Event::GuardOverridden(event) => {
            let guards: Vec<&str> = event.guards.iter().map(|overridden| overridden.guard.as_str()).collect();
            format!("{} overridden for {}: {}", guards.join(", "), moved(&event.promotion), event.justification)
        }
        Event::OverrideReviewed(event) => format!("the override of entry {} was {}: {}", event.overriding, event.finding, event.note),
        Event::AuthorizationDecided(event) => authorization(event),
        Event::DowngradeDecided(event) => downgrade(event),
        Event::PromotionRequested(event) => {
            format!("promotion of {} is requested{}", moved(&event.promotion), because(event.reason.as_ref()))
        }
        Event::PromotionRefused(event) => format!("promotion of {} is refused{}", moved(&event.promotion), refused(&event.reasons)),
        Event::PromotionCompleted(event) => format!("{} is in {}", release(&event.promotion), event.promotion.to),
        Event::PromotionFailed(event) => format!("promotion of {} failed: {}", moved(&event.promotion), event.message),
        Event::PromotionAborted(event) => format!("promotion of {} is aborted: {}", moved(&event.promotion), event.reason),
        Event::PromotionTakenOver(event) => format!("promotion of {} is taken over from {}", moved(&event.promotion), event.from_holder),
        Event::StepStarted(event) => step(event),
        Event::RegistryTagged(event) => format!("tag {} points at {}", event.tag, event.digest),
        Event::RollbackRequested(event) => rollback(event),
        Event::RollbackRefused(event) => format!("rollback of {} is refused{}", back(&event.promotion), refused(&event.reasons)),
        Event::RollbackCompleted(event) => {
            format!("{} is in {} again, after {}", release(&event.promotion), event.promotion.to, event.leaves.version)
        }
        Event::RollbackFailed(event) => format!("rollback of {} failed: {}", back(&event.promotion), event.message),
        Event::HistoryImported(event) => {
            format!("{} of history imported into {}", counted(event.lines.as_slice().len(), "line"), event.pipeline)
        }
        Event::PipelineHalted(event) => {
            format!("{} failed, and {} is halted: {}", narrowed(&event.environment, event.component.as_ref()), event.pipeline, event.reason)
        }
        Event::PipelineResumed(event) => format!(
            "the failure of {} from entry {} is resolved: {}",
            narrowed(&event.environment, event.component.as_ref()),
            event.halt,
            event.reason
        ),
        Event::IdentityProven(event) => identity(event),
        Event::EnvironmentLocked(event) => locked(event),
        Event::EnvironmentUnlocked(event) => unlocked(event),
    }
}

/// What a line of imported history says.
pub(crate) fn told(line: &AssertedRow) -> String {
    let AssertedRow { spot, version, from, note, .. } = line;
    let release = format!("{} {version}", spot.component);
    let what = match line.kind {
        AssertedKind::Promotion => format!("{release} came from {from} to {}", spot.environment),
        AssertedKind::Rollback => format!("{} went back to {release}", spot.environment),
        AssertedKind::Removal => format!("{release} was taken out of {}", spot.environment),
    };
    format!("{what}{}", because(note.as_ref()))
}

fn proposed(change: &KeyChange) -> String {
    match change {
        KeyChange::Add(key) => format!("adding key {} of {} is proposed", key.name, key.principal),
        KeyChange::Revoke(key) => format!("revoking key {} is proposed: {}", key.name, key.reason),
    }
}

fn path(rules: &Rules) -> String {
    let names: Vec<&str> = rules.environments().iter().map(|environment| environment.name.as_str()).collect();
    names.join(" → ")
}

fn authorization(event: &AuthorizationDecided) -> String {
    let action = match event.action {
        Action::Promote => "promoting",
        Action::Rollback => "rolling back",
        Action::Lock => "locking",
        Action::Unlock => "unlocking",
        Action::Halt => "halting",
        Action::Resolve => "resolving",
        Action::TakeOver => "taking over",
        Action::Abort => "aborting",
        Action::Approve => "approving",
        Action::Reject => "rejecting",
    };
    match event.outcome {
        Outcome::Passed => format!("{action} in {} is allowed by {}", event.environment, event.authorized_via),
        Outcome::Refused => format!("{action} in {} is not allowed: {}", event.environment, event.authorized_via),
    }
}

fn downgrade(event: &DowngradeDecided) -> String {
    let candidate = release(&event.promotion);
    let current = event.current.as_ref().map_or("nothing", |version| version.as_str());
    let compared = match event.comparison {
        Comparison::Empty => return format!("{candidate} replaces nothing"),
        Comparison::Newer => "is newer than",
        Comparison::Equal => "has the precedence of",
        Comparison::Older => "is older than",
        Comparison::Incomparable => "cannot be compared with",
    };
    let judged = match event.outcome {
        Outcome::Passed => "may replace it",
        Outcome::Refused => "may not replace it",
    };
    format!("{candidate} {compared} {current} and {judged}")
}

fn step(event: &StepStarted) -> String {
    format!("tag {} is about to point at {}", event.tag, event.digest)
}

fn rollback(event: &RollbackRequested) -> String {
    format!("rollback of {} from {} is requested: {}", back(&event.promotion), event.leaves.version, event.reason)
}

fn identity(event: &IdentityProven) -> String {
    let groups: Vec<&str> = event.groups.iter().map(Group::as_str).collect();
    let groups = if groups.is_empty() { "no group".to_owned() } else { groups.join(", ") };
    format!("{} says that this is {}, of {groups}, until {}", event.issuer, event.subject, event.expires.to_minute())
}

fn locked(event: &EnvironmentLocked) -> String {
    format!("{} is locked: {}", narrowed(&event.environment, event.component.as_ref()), event.reason)
}

fn unlocked(event: &EnvironmentUnlocked) -> String {
    let place = narrowed(&event.environment, event.component.as_ref());
    format!("the lock of {place} from entry {} is lifted{}", event.lock, because(event.reason.as_ref()))
}

fn narrowed(environment: &Environment, component: Option<&Component>) -> String {
    component.map_or_else(|| environment.to_string(), |component| format!("{component} in {environment}"))
}

fn release(promotion: &Promotion) -> String {
    format!("{} {}", promotion.component, promotion.version)
}

fn moved(promotion: &Promotion) -> String {
    format!("{} from {} to {}", release(promotion), promotion.from, promotion.to)
}

fn back(promotion: &Promotion) -> String {
    format!("{} to {} in {}", promotion.component, promotion.version, promotion.to)
}

fn because(reason: Option<&Reason>) -> String {
    reason.map_or_else(String::new, |reason| format!(": {reason}"))
}

/// The first reason, which gave the exit code, and how many more there are.
fn refused(reasons: &[RefusedBecause]) -> String {
    let Some(first) = reasons.first() else { return String::new() };
    match reasons.len() {
        1 => format!(": {}", first.message),
        more => format!(": {} (and {})", first.message, counted(more - 1, "more reason")),
    }
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
