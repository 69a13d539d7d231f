//! Whose word a promotion needs, and how long it holds.

use promotion_ledger::meaning::rules::{ApprovalRule, EnvironmentRule};
use promotion_ledger::meaning::span::words;

use super::super::demands::needed;

use super::found::{Found, only};

pub(super) fn approvals(before: &EnvironmentRule, now: &EnvironmentRule, found: &mut Found) {
    let name = &now.name;
    match (&before.approvals, &now.approvals) {
        (Some(was), Some(is)) => terms(name.as_str(), was, is, found),
        (Some(was), None) => found.loosens(format!("{name} no longer needs approvals (it needed {})", needed(was))),
        (None, Some(is)) => found.note(format!("{name} now needs {}, each valid for {}", needed(is), words(is.valid_seconds))),
        (None, None) => {}
    }
}

fn terms(name: &str, was: &ApprovalRule, is: &ApprovalRule, found: &mut Found) {
    if (was.count, &was.groups) != (is.count, &is.groups) {
        let less = is.count < was.count || admits_more(was, is);
        found.either(less, format!("{name} now needs {} (it needed {})", needed(is), needed(was)));
    }
    if was.valid_seconds != is.valid_seconds {
        let sentence = format!("approvals in {name} now hold for {} (they held for {})", words(is.valid_seconds), words(was.valid_seconds));
        found.either(is.valid_seconds > was.valid_seconds, sentence);
    }
}

/// Whether somebody's word counts that did not: no groups stand for everybody.
fn admits_more(was: &ApprovalRule, is: &ApprovalRule) -> bool {
    !was.groups.is_empty() && (is.groups.is_empty() || !only(&is.groups, &was.groups).is_empty())
}
