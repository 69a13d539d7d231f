//! Whose ID tokens are believed, and what they give.

use promotion_ledger::meaning::rules::{IssuerRule, Rules};

use super::super::demands::given;
use super::found::{Found, only};

pub(super) fn issuers(old: &Rules, new: &Rules, found: &mut Found) {
    for before in old.issuers() {
        match new.issuer(&before.issuer) {
            Some(now) => terms(before, now, found),
            None => found.note(format!("tokens of {} no longer say who somebody is", before.issuer)),
        }
    }
    for now in new.issuers().iter().filter(|now| old.issuer(&now.issuer).is_none()) {
        let gives: String = now.groups.iter().map(|group| format!(", and give {}", given(group))).collect();
        found.loosens(format!("tokens of {} now say who somebody is: {}{gives}", now.issuer, now.principal));
    }
}

fn terms(before: &IssuerRule, now: &IssuerRule, found: &mut Found) {
    let issuer = &now.issuer;
    for group in only(&now.groups, &before.groups) {
        found.loosens(format!("tokens of {issuer} now give {}", given(&group)));
    }
    for group in only(&before.groups, &now.groups) {
        found.note(format!("tokens of {issuer} no longer give {}", given(&group)));
    }
    if before.audience != now.audience {
        found.loosens(format!("tokens of {issuer} must now be made for {}, no longer for {}", now.audience, before.audience));
    }
    if before.principal != now.principal {
        found.loosens(format!("tokens of {issuer} now name {}, no longer {}", now.principal, before.principal));
    }
    if before.keys != now.keys {
        found.loosens(match (&before.keys, &now.keys) {
            (Some(_), None) => format!("the keys of {issuer} are fetched from it, and no longer pinned"),
            (None, _) => format!("the keys of {issuer} are pinned, and no longer fetched from it"),
            (Some(_), Some(_)) => format!("the keys of {issuer} that are pinned changed"),
        });
    }
}
