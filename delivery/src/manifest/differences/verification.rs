//! Whose signatures of artifacts count, and what they must say.

use promotion_ledger::meaning::names::Document;
use promotion_ledger::meaning::rules::{AnnotationRule, IdentityRule, Rules, VerificationRule};

use super::super::demands::{joined, signers};
use super::found::{Found, only};

pub(super) fn verification(old: &Rules, new: &Rules, found: &mut Found) {
    match (old.verification(), new.verification()) {
        (Some(before), Some(now)) => terms(before, now, found),
        // Environments that looked at signatures say themselves that they no longer do.
        (Some(before), None) => found.note(format!("nobody's signatures count any more (those of {} did)", joined(&signers(before), ", "))),
        (None, Some(now)) => {
            let must: String = now.annotations.iter().map(|annotation| format!(", if they say {}", said(annotation))).collect();
            found.note(format!("signatures of {} now count{must}", joined(&signers(now), ", ")));
        }
        (None, None) => {}
    }
}

fn terms(before: &VerificationRule, now: &VerificationRule, found: &mut Found) {
    for signer in signers(&only_in(now, before)) {
        found.loosens(format!("signatures of {signer} now count"));
    }
    for signer in signers(&only_in(before, now)) {
        found.note(format!("signatures of {signer} no longer count"));
    }
    if let (Some(was), Some(is)) = (&before.trust_root, &now.trust_root)
        && was != is
    {
        found.loosens("the trust root changed: certificates of other authorities may be believed");
    }
    annotations(before, now, found);
}

/// The keys and identities of the first that the second lacks.
fn only_in(one: &VerificationRule, other: &VerificationRule) -> VerificationRule {
    let keys: Vec<Document> = only(&one.keys, &other.keys);
    let identities: Vec<IdentityRule> = only(&one.identities, &other.identities);
    VerificationRule { annotations: Vec::new(), identities, keys, trust_root: None }
}

fn annotations(before: &VerificationRule, now: &VerificationRule, found: &mut Found) {
    let of = |rule: &VerificationRule, name| rule.annotations.iter().find(|annotation| annotation.name == name).cloned();
    for was in only(&before.annotations, &now.annotations) {
        let is = of(now, was.name.clone()).map(|is| format!(", and must say {}", said(&is))).unwrap_or_default();
        found.loosens(format!("a signature need no longer say {}{is}", said(&was)));
    }
    for is in now.annotations.iter().filter(|is| of(before, is.name.clone()).is_none()) {
        found.note(format!("a signature must now say {}", said(is)));
    }
}

fn said(annotation: &AnnotationRule) -> String {
    format!("{}={}", annotation.name, annotation.value)
}
