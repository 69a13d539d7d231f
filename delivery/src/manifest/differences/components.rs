//! Components that come, go, move, or compare their versions in another way.

use promotion_ledger::meaning::rules::{ComponentRule, OnIncomparable, Rules};

use super::found::Found;

pub(super) fn components(old: &Rules, new: &Rules, found: &mut Found) {
    for before in old.components() {
        match new.component(&before.name) {
            None => found.note(format!("component {} was removed (it was kept in {})", before.name, before.repository)),
            Some(now) => component(before, now, found),
        }
    }
    for component in new.components().iter().filter(|component| old.component(&component.name).is_none()) {
        let scheme = component.versions.as_ref().map(|scheme| format!("; its versions compare by {scheme}")).unwrap_or_default();
        found.note(format!("component {} was added, kept in {}{scheme}", component.name, component.repository));
    }
}

fn component(before: &ComponentRule, now: &ComponentRule, found: &mut Found) {
    if now.repository != before.repository {
        found.note(format!("component {} moved from {} to {}", now.name, before.repository, now.repository));
    }
    if now.versions != before.versions {
        let (was, is) = (before.versions.clone().unwrap_or_default(), now.versions.clone().unwrap_or_default());
        // What was a downgrade may be none in another order.
        found.loosens(format!("versions of component {} now compare by {is}; they compared by {was}", now.name));
    }
}

pub(super) fn incomparable(old: &Rules, new: &Rules, found: &mut Found) {
    if old.on_incomparable() == new.on_incomparable() {
        return;
    }
    match new.on_incomparable() {
        OnIncomparable::Warn => found.loosens("versions that cannot be compared now pass with a warning; they were refused"),
        OnIncomparable::Block => found.note("versions that cannot be compared are now refused; they passed with a warning"),
    }
}
