//! What rules demand, in words: for those who check a manifest, and for those who review what it changes.

use std::collections::BTreeMap;
use std::fmt::Display;

use promotion_ledger::meaning::rules::{
    ApprovalRule, AuthorizationRule, CommandRule, Enforcement, EnvironmentRule, FreezeRule, GroupGiven, MaxAge, POLICY_COMPLIANCE, Rules,
    SECURITY_SCAN, VerificationRule, Window,
};
use promotion_ledger::meaning::span;

use crate::signature::Policy;

/// What an environment demands beyond its gates: sentences that lack their subject, the environment.
pub fn demands(rule: &EnvironmentRule) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    found.extend(rule.advisory.iter().map(|gate| format!("takes gate {gate} as advice: it is told, and stops nothing")));
    found.extend(rule.max_age.iter().map(|MaxAge { gate, seconds }| format!("takes results of gate {gate} for {}", span::words(*seconds))));
    found.extend(
        rule.gate_timeout_seconds.map(|seconds| format!("gives a gate {}, unless its command says otherwise", span::words(seconds))),
    );
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

/// What the rules say of tokens, gates and signatures, whatever environment looks at them: whole sentences without a full stop.
pub fn provisions(rules: &Rules) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    found.extend(rules.issuers().iter().map(|issuer| {
        let gives: String = issuer.groups.iter().map(|group| format!(", and give {}", given(group))).collect();
        format!("Tokens of {} for {} say who somebody is: {}{gives}", issuer.issuer, issuer.audience, issuer.principal)
    }));
    if !rules.policies().is_empty() {
        let names: Vec<_> = rules.policies().iter().map(|policy| &policy.name).collect();
        found.push(format!("Gate {POLICY_COMPLIANCE} asks {}", joined(&names, ", ")));
    }
    found.extend(rules.security_scan().map(|scan| {
        let stops: Vec<&str> = scan.block_on.iter().map(|severity| severity.as_str()).collect();
        let unfixed = if scan.ignore_unfixed.is_some() { ", unless they have no fix" } else { "" };
        format!("Gate {SECURITY_SCAN} needs a report of {}, and findings of {} stop it{unfixed}", scan.scanner, joined(&stops, ", "))
    }));
    found.extend(rules.commands().iter().map(|command| format!("Gate {} runs {}{}", command.gate, run(command), terms(command))));
    found.extend(rules.verification().map(|verification| {
        let must: Vec<String> =
            verification.annotations.iter().map(|annotation| format!(" that say {}={}", annotation.name, annotation.value)).collect();
        format!("Signatures count of {}{}", joined(&signers(verification), ", "), joined(&must, " and"))
    }));
    found
}

fn terms(command: &CommandRule) -> String {
    let limit = command.timeout_seconds.map(|seconds| format!(", for at most {}", span::words(seconds)));
    let given = (!command.variables.is_empty()).then(|| format!(", and is given {}", joined(&command.variables, ", ")));
    let warned = command.warning_status.map(|status| format!(", and passes with a warning with exit status {status}"));
    limit.into_iter().chain(given).chain(warned).collect()
}

/// `make test`, or the text that a shell reads.
pub(super) fn run(command: &CommandRule) -> String {
    let words: Vec<&str> = command.arguments.iter().map(|argument| argument.as_str()).collect();
    match command.shell {
        Some(_) => format!("`{}`, read by a shell", words.concat()),
        None => format!("`{}`", shlex::try_join(words.iter().copied()).unwrap_or_else(|_| words.join(" "))),
    }
}

/// Everybody whose signatures count: keys by what messages call them, identities with their issuers.
pub(super) fn signers(rule: &VerificationRule) -> Vec<String> {
    let key = |text: &str| Policy::new(vec![text.to_owned()], Vec::new(), None, BTreeMap::new());
    let key = |text: &str| key(text).ok().and_then(|policy| policy.fingerprints().next().map(|digest| format!("the key {digest}")));
    let keys = rule.keys.iter().map(|text| key(text.as_str()).unwrap_or_else(|| "a key that cannot be used".to_owned()));
    keys.chain(rule.identities.iter().map(|named| format!("{} (issuer {})", named.identity, named.issuer))).collect()
}

/// `release-ci if environment=production and repository=acme/shop`.
pub(super) fn given(group: &GroupGiven) -> String {
    let claims: Vec<String> = group.claims.iter().map(|claim| format!("{}={}", claim.name, claim.value)).collect();
    format!("{} if {}", group.name, joined(&claims, " and "))
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
