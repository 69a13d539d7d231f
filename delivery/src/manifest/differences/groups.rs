//! Groups that the rules describe, and who belongs to them.

use promotion_ledger::meaning::names::Principal;
use promotion_ledger::meaning::rules::{GroupRule, Rules};

use super::super::demands::joined;
use super::found::{Found, only};

pub(super) fn groups(old: &Rules, new: &Rules, found: &mut Found) {
    let of = |rules: &Rules, group: &GroupRule| rules.groups().iter().find(|other| other.name == group.name).cloned();
    for before in old.groups() {
        match of(new, before) {
            None => found.note(format!("group {} was removed{}", before.name, with(" (it had ", &before.members, ")"))),
            Some(now) => members(before, &now, found),
        }
    }
    for group in new.groups().iter().filter(|group| of(old, group).is_none()) {
        found.loosens(format!("group {} was added{}", group.name, with(" with ", &group.members, "")));
    }
}

/// Whoever joins a group may do what its members may.
fn members(before: &GroupRule, now: &GroupRule, found: &mut Found) {
    let (joins, leaves) = (only(&now.members, &before.members), only(&before.members, &now.members));
    if !joins.is_empty() {
        found.loosens(format!("group {} now has {}", now.name, joined(&joins, ", ")));
    }
    if !leaves.is_empty() {
        found.note(format!("group {} no longer has {}", now.name, joined(&leaves, ", ")));
    }
}

fn with(before: &str, members: &[Principal], after: &str) -> String {
    if members.is_empty() { " without members".to_owned() } else { format!("{before}{}{after}", joined(members, ", ")) }
}
