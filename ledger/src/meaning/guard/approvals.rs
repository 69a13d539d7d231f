//! Approvals: whose word a promotion needs, and who may give it.

use super::person::Person;
use super::stop::{Asked, Guard, Stop};
use super::who::{authorization, groups_of};
use crate::meaning::facts::Approvals;
use crate::meaning::id::Sequence;
use crate::meaning::names::{Group, Principal};
use crate::meaning::rules::{ApprovalRule, EnvironmentRule, Rules};
use crate::meaning::state::State;
use crate::meaning::time::Timestamp;

/// The approvals that are missing. What counts was granted to the newest request for this digest and environment, under the manifest
/// in force, by others than whoever promotes, and is not over.
pub fn approvals(state: &State, rule: &EnvironmentRule, asked: &Asked<'_>) -> Option<Stop> {
    let demanded = rule.approvals.as_ref()?;
    let promotion = asked.promotion;
    let found = state.approvals(&promotion.pipeline, &promotion.component, &promotion.to, &promotion.digest);
    let in_force = state.core().pipelines.get(&promotion.pipeline).map(|adopted| adopted.sequence);
    let asking = || format!("{} needs {}", promotion.to, needed(demanded));
    let Some(standing) = found.filter(|found| is_open(found, in_force, asked.at) && found.version == promotion.version) else {
        let why = found.map_or("none was asked for", |found| why_over(found, in_force, asked.at));
        let message = format!("{}, and {why}", asking());
        return Some(Stop::new(Guard::Approvals, message).hint("ask for them: promote with --wait, or run it again when they are given"));
    };
    let request = standing.request;
    if let Some(rejected) = &standing.rejected {
        let message = format!("{} rejected the request of entry {request} at entry {}", rejected.by, rejected.entry);
        let hint = format!("read why with `promoledger show seq:{}`; a new request begins anew", rejected.entry);
        return Some(Stop::new(Guard::Approvals, message).hint(hint));
    }
    let others = standing.granted.iter().filter(|granted| !granted.is_of(asked.who.actor, &asked.who.key.principal));
    let given: Vec<&Principal> = others.map(|granted| &granted.by).collect();
    if given.len() >= usize::try_from(demanded.count).unwrap_or(usize::MAX) {
        return None;
    }
    let have = if given.is_empty() { "none yet".to_owned() } else { names(&given) };
    let message = format!("{}: the request of entry {request} has {have}", asking());
    let hint = format!("have others run `promoledger approve seq:{request}` before {}; then promote again", standing.expires.to_minute());
    Some(Stop::new(Guard::Approvals, message).hint(hint))
}

fn is_open(approvals: &Approvals, in_force: Option<Sequence>, at: Timestamp) -> bool {
    Some(approvals.manifest) == in_force && at < approvals.expires
}

fn why_over(approvals: &Approvals, in_force: Option<Sequence>, at: Timestamp) -> &'static str {
    if Some(approvals.manifest) != in_force {
        "those that were asked for are void, since the manifest changed"
    } else if at >= approvals.expires {
        "the request for them is over"
    } else {
        "they were asked for under another version"
    }
}

fn needed(ApprovalRule { count, groups, .. }: &ApprovalRule) -> String {
    let many = if *count == 1 { "1 approval".to_owned() } else { format!("{count} approvals") };
    if groups.is_empty() { many } else { format!("{many} of {}", names(groups)) }
}

fn names<T: std::fmt::Display>(names: &[T]) -> String {
    names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Somebody who answers a request.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// The rules in force.
    pub rules: &'a Rules,
    /// What they say of the environment.
    pub rule: &'a EnvironmentRule,
    /// Who.
    pub who: Person<'a>,
    /// When.
    pub at: Timestamp,
    /// Whether the answer adds to the words that count. A no does not: whoever said yes may change their mind.
    pub counts: bool,
}

/// Why they may not answer the request, or by which group they may; `None` where the rules ask for none.
pub fn approver<'a>(answer: &Answer<'a>, approvals: &Approvals, in_force: Option<Sequence>) -> Result<Option<&'a Group>, Stop> {
    let Answer { rules, rule, who, at, counts } = *answer;
    let no = |why: String| Stop::new(Guard::Approvals, why);
    let Some(demanded) = &rule.approvals else {
        return Err(no(format!("{} asks for no approvals", rule.name)));
    };
    let request = approvals.request;
    if Some(approvals.manifest) != in_force {
        return Err(no(format!("the request of entry {request} is void, since the manifest changed")));
    }
    if at >= approvals.expires {
        return Err(no(format!("the request of entry {request} is over since {}", approvals.expires.to_minute())));
    }
    if let Some(rejected) = &approvals.rejected {
        return Err(no(format!("the request of entry {request} was rejected by {} at entry {}", rejected.by, rejected.entry)));
    }
    if let Some(own) = approvals.requested_by.iter().find(|by| who.is(by)) {
        return Err(no(format!("{own} asked for this promotion at entry {request}, and nobody approves their own")));
    }
    let before = approvals.granted.iter().find(|granted| granted.is_of(who.actor, &who.key.principal));
    if let Some(before) = before.filter(|_| counts) {
        return Err(no(format!("{} approved this at entry {} already", before.by, before.entry)));
    }
    if demanded.groups.is_empty() {
        return authorization(rules, rule, &who).map(|_| None);
    }
    let has = groups_of(rules, &who);
    match has.iter().find(|(group, _)| demanded.groups.contains(group)) {
        Some((group, _)) => Ok(Some(group)),
        None => {
            Err(no(format!("{} is approved by members of {}, and {} is in none of them", rule.name, names(&demanded.groups), who.actor)))
        }
    }
}
