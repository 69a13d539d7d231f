//! The pipeline's policies.
//!
//! What another text would have decided, nobody knows. Policies of one set can call each other's rules and add to them, so one that
//! joins others may change what they say; one that joins none has nothing to loosen.

use promotion_ledger::meaning::rules::{PolicyRule, Rules};

use super::found::Found;

pub(super) fn policies(old: &Rules, new: &Rules, found: &mut Found) {
    let of = |rules: &'_ Rules, policy: &PolicyRule| rules.policies().iter().find(|other| other.name == policy.name).cloned();
    for before in old.policies() {
        match of(new, before) {
            None => found.loosens(format!("policy {} is gone", before.name)),
            Some(now) if now.text != before.text => found.loosens(format!("policy {} changed", now.name)),
            Some(_) => {}
        }
    }
    for policy in new.policies().iter().filter(|policy| of(old, policy).is_none()) {
        let joins = !old.policies().is_empty();
        let why = if joins { ", and may change what the others say" } else { "" };
        found.either(joins, format!("policy {} was added{why}", policy.name));
    }
}
