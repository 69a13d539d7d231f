//! What entering an environment demands, in words: for those who check a manifest, and for those who review what it changes.

use std::fmt::Display;

use promotion_ledger::meaning::rules::{ApprovalRule, AuthorizationRule, Enforcement, EnvironmentRule, FreezeRule, MaxAge, Window};

use super::span;

/// What an environment demands beyond its gates: sentences that lack their subject, the environment.
pub fn demands(rule: &EnvironmentRule) -> Vec<String> {
    let mut found = Vec::new();
    found.extend(rule.max_age.iter().map(|MaxAge { gate, seconds }| format!("takes results of gate {gate} for {}", span::words(*seconds))));
    found.extend(rule.authorization.as_ref().map(|authorization| format!("is changed by {} alone", whom(authorization))));
    found.extend(
        rule.separation_of_duties
            .map(|_| "keeps duties apart: who brought a digest into an environment before may not bring it here".to_owned()),
    );
    found.extend(
        rule.approvals
            .as_ref()
            .map(|approvals| format!("needs {}, each valid for {}", needed(approvals), span::words(approvals.valid_seconds))),
    );
    found.extend(rule.soak_seconds.map(|seconds| format!("takes a release after {} in the environment before", span::words(seconds))));
    found.extend(rule.versions.as_ref().map(|range| format!("takes versions {range} alone")));
    found.extend(rule.signature.map(|enforcement| signature(enforcement).to_owned()));
    found.extend(rule.freezes.iter().flat_map(frozen));
    found
}

/// `members of release-managers or ci:acme/shop`.
pub(super) fn whom(authorization: &AuthorizationRule) -> String {
    let groups = authorization.groups.iter().map(|group| format!("members of {group}"));
    groups.chain(authorization.operators.iter().map(ToString::to_string)).collect::<Vec<_>>().join(" or ")
}

/// `2 approvals of release-managers`.
pub(super) fn needed(approvals: &ApprovalRule) -> String {
    let count = if approvals.count == 1 { "1 approval".to_owned() } else { format!("{} approvals", approvals.count) };
    if approvals.groups.is_empty() { count } else { format!("{count} of {}", joined(&approvals.groups, " or ")) }
}

pub(super) fn signature(enforcement: Enforcement) -> &'static str {
    match enforcement {
        Enforcement::Warn => "warns of artifacts without a good signature",
        Enforcement::Enforce => "refuses artifacts without a good signature",
    }
}

/// `from 2026-12-18 15:00 UTC to 2026-12-21 07:00 UTC`.
pub(super) fn times(window: &Window) -> String {
    format!("from {} to {}", window.from.to_minute(), window.until.to_minute())
}

pub(super) fn joined<T: Display>(items: &[T], between: &str) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(between)
}

/// A sentence for each freeze, by when it comes next, and one for where the calendar ends.
fn frozen(freezes: &FreezeRule) -> Vec<String> {
    let mut first: Vec<(&Window, usize)> = Vec::new();
    for window in &freezes.windows {
        match first.iter_mut().find(|(known, _)| known.name == window.name) {
            Some((_, more)) => *more += 1,
            None => first.push((window, 0)),
        }
    }
    let sentence = |(window, more): (&Window, usize)| {
        let again = if more == 0 { String::new() } else { format!(", and {more} times more") };
        format!("is frozen for {:?} {}{again}", window.name.as_str(), times(window))
    };
    let mut told: Vec<String> = first.into_iter().map(sentence).collect();
    told.extend(freezes.known_until.map(|until| format!("knows its freezes up to {}; adopt the manifest again before", until.to_minute())));
    told
}
