//! What stands in a promotion's way, besides the guards that the law judges too.

use super::super::command::Promote;
use super::super::event::promotion::{DowngradeDecided, Outcome, Promotion};
use super::super::event::signature::SignatureFound;
use super::super::facts::Run;
use super::super::id::PromotionId;
use super::super::refusal::{Because, ExitCode};
use super::super::rules::{Enforcement, EnvironmentRule, Rules, Source};
use super::super::state::State;
use super::super::versions::{Comparison, Scheme};
use super::common::{asserted_only, path};

pub(super) fn one_step(rules: &Rules, promote: &Promote) -> Option<Because> {
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
pub(super) fn same_run(state: &State, id: &PromotionId, promotion: &Promotion) -> Option<PromotionId> {
    let run = state.run(id)?;
    let same = run.leaves.is_none() && Promotion { promotion_id: *id, ..promotion.clone() } == run.promotion;
    same.then_some(*id)
}

pub(super) fn busy(state: &State, promotion: &Promotion) -> Option<Because> {
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

pub(super) fn source(state: &State, promote: &Promote, promotion: &Promotion) -> Option<Because> {
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

pub(super) fn tag(promote: &Promote, promotion: &Promotion) -> Option<Because> {
    let found = promote.seen.target_tag.as_ref().filter(|found| **found != promotion.digest)?;
    let message =
        format!("tag {}-{} exists on another digest: expected {}, found {found}", promotion.version, promotion.to, promotion.digest);
    Some(Because::new(ExitCode::TagConflict, message).hint("release the other digest under a version of its own; this tag is never moved"))
}

pub(super) fn guarded(downgrade: &DowngradeDecided) -> Option<Because> {
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

pub(super) fn warnings(downgrade: &DowngradeDecided) -> Vec<String> {
    let Promotion { component, version, to, .. } = &downgrade.promotion;
    match (downgrade.comparison, &downgrade.current) {
        (Comparison::Older, Some(current)) => vec![format!("downgrade: {component} {version} is older than {current}, which is in {to}")],
        (Comparison::Incomparable, Some(current)) => {
            let why = match &downgrade.scheme {
                None | Some(Scheme::Semver) => "at least one is no semantic version".to_owned(),
                Some(scheme) => format!("the scheme {scheme} does not tell at least one of them"),
            };
            vec![format!("{component} {version} cannot be compared with {current}, which is in {to}: {why}")]
        }
        _ => Vec::new(),
    }
}

/// What a signature comes to where the environment demands one.
pub(super) fn signature(rule: &EnvironmentRule, promote: &Promote, promotion: &Promotion) -> Option<Because> {
    let enforced = rule.signature == Some(Enforcement::Enforce);
    let Promotion { component, version, to, .. } = promotion;
    let (found, detail) = match (&promote.seen.signature, rule.signature) {
        (_, None) => return None,
        (None, Some(_)) => ("was not looked at", String::new()),
        (Some(seen), Some(_)) if !enforced || seen.found == SignatureFound::Verified => return None,
        (Some(seen), Some(_)) => (said(seen.found), format!(": {}", seen.message)),
    };
    let demand = if enforced { "takes signed artifacts alone" } else { "has signatures looked at" };
    let message = format!("{to} {demand}, and the signature of {component} {version} {found}{detail}");
    Some(
        Because::new(ExitCode::Signature, message)
            .hint("sign the artifact, for example with cosign, by a key or identity that the manifest names"),
    )
}

const fn said(found: SignatureFound) -> &'static str {
    match found {
        SignatureFound::Verified => "is good",
        SignatureFound::Unsigned => "is missing",
        SignatureFound::Invalid => "does not count",
        SignatureFound::Unknown => "could not be checked",
    }
}
