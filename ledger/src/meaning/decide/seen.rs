//! What was seen before a decision, as far as it holds under the rules in force: they may have changed since somebody looked.

use super::super::command::{Promote, Seen, SignatureSeen};
use super::super::event::signature::SignatureFound;
use super::super::guard;
use super::super::names::Reason;
use super::super::rules::{Rules, VerificationRule};

/// The same question without results that nothing stands behind any more, and without a signature verified by other rules.
pub(super) fn that_holds(rules: &Rules, promote: &Promote) -> Promote {
    let Seen { gates, signature, .. } = &promote.seen;
    let founded = gates.iter().filter(|result| guard::founded(rules, result).is_ok());
    let signature = signature.as_ref().map(|seen| by_these_rules(rules, seen));
    Promote { seen: Seen { gates: founded.cloned().collect(), signature, ..promote.seen.clone() }, ..promote.clone() }
}

fn by_these_rules(rules: &Rules, seen: &SignatureSeen) -> SignatureSeen {
    let in_force = rules.verification().map(VerificationRule::digest);
    if seen.found != SignatureFound::Verified || in_force.as_ref() == Some(&seen.policy) {
        return seen.clone();
    }
    let message = Reason::new("the rules changed while it was looked at: promote again").expect("a sentence is a reason");
    SignatureSeen { found: SignatureFound::Unknown, message, policy: seen.policy.clone() }
}
