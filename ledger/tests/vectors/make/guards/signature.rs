//! Signatures of artifacts: what was found, and what it comes to.

use serde_json::{Value, json};

use super::super::Case;
use super::super::hand::{Hand, Key};
use super::super::run::{Run, digest, with};
use super::digests::{verification, verification_digest, verified_by};
use super::{FIRST, STAGING, begun, begun_under, bob, demanding, last};

pub(super) fn all() -> Vec<Case> {
    [checked(), steps(), completions()].into_iter().flatten().collect()
}

/// What was found when somebody looked by what the rules of these vectors say.
pub(super) fn found(run: &Run, found: &str) -> Value {
    json!({"epoch": run.epoch, "found": found, "message": "as the rules say", "policy": verified_by(), "promotion": run.json()})
}

/// The rules where staging looks at signatures.
pub(super) fn looking(policy: &str) -> Value {
    with(demanding(&json!({}), &json!({"signature": policy})), "verification", verification())
}

/// A promotion to staging is under way, and all was decided but what its signature is.
fn under(policy: &str) -> Hand {
    let mut hand = begun_under(&looking(policy));
    hand.begin(&Key::alice(), &STAGING, None);
    hand
}

/// The same, and rules by which another key's signatures count are in force since.
fn under_newer() -> Hand {
    let mut hand = under("warn");
    let rules = with(demanding(&json!({}), &json!({"signature": "warn"})), "verification", json!({"keys": ["a"]}));
    hand.write(&Key::alice(), "manifest.adopted", json!({"rules": rules}));
    hand
}

/// The same, after somebody found all of that.
fn after(policy: &str, finds: &[&str]) -> Hand {
    let mut hand = under(policy);
    for what in finds {
        hand.write(&Key::alice(), "signature.checked", found(&STAGING, what));
    }
    hand
}

fn checked() -> Vec<Case> {
    let alice = Key::alice();
    let mut free = begun(&json!({}));
    free.request(&alice, &STAGING);
    let hand = under("warn");
    let mut silent = begun(&json!({"signature": "warn"}));
    silent.begin(&alice, &STAGING, None);
    let verified_by = |policy: String| with(found(&STAGING, "verified"), "policy", json!(policy));
    let case = |hand: &Hand, name: &str, about: &str, rule, (key, data): (&Key, Value)| {
        last(hand, name, about, rule, |hand| {
            hand.write(key, "signature.checked", data);
        })
    };
    vec![
        case(
            &free,
            "signature-not-demanded",
            "A signature is looked at where none is demanded.",
            "signature",
            (&alice, found(&STAGING, "verified")),
        ),
        case(
            &hand,
            "signature-verified-by-another",
            "A signature is verified by something else than what the rules say.",
            "signature",
            (&alice, verified_by(digest(77))),
        ),
        case(
            &silent,
            "signature-verified-by-nothing",
            "A signature is verified where the rules do not say whose signatures count.",
            "signature",
            (&alice, verified_by(digest(77))),
        ),
        case(
            &silent,
            "signature-verified-by-an-empty-rule",
            "A signature is verified by the digest of what says nothing, where the rules say nothing.",
            "signature",
            (&alice, verified_by(verification_digest(&[&[], &[], &[], &[]]))),
        ),
        case(
            &under_newer(),
            "signature-verified-by-newer-rules",
            "A signature is verified by rules that came into force after the promotion was requested.",
            "signature",
            (&alice, verified_by(verification_digest(&[&[], &[], &["a"], &[]]))),
        ),
        case(&hand, "under-way-signature", "A signature of a promotion that has ended.", "under way", (&alice, found(&FIRST, "verified"))),
        case(
            &hand,
            "epoch-signature-early",
            "A signature is looked at in an epoch that has not begun.",
            "epoch",
            (&alice, found(&Run { epoch: 2, ..STAGING }, "verified")),
        ),
        case(
            &hand,
            "epoch-signature",
            "A signature is looked at by somebody who does not hold the promotion.",
            "epoch",
            (&bob(), found(&STAGING, "verified")),
        ),
    ]
}

fn steps() -> Vec<Case> {
    let step = |policy: &str, finds: &[&str], name: &str, about: &str| {
        last(&after(policy, finds), &format!("signature-{name}"), about, "signature", |hand| {
            hand.write(&Key::alice(), "step.started", STAGING.start("immutable", 1, None));
        })
    };
    vec![
        step("enforce", &[], "not-checked", "A tag is announced, and nobody looked at the signature."),
        step("warn", &[], "not-checked-to-warn", "A tag is announced, and nobody looked at the signature, which would only warn."),
        step("enforce", &["unsigned"], "unsigned", "A tag is announced for an artifact without a signature."),
        step("enforce", &["invalid"], "invalid", "A tag is announced for an artifact with a signature that does not hold."),
        step("enforce", &["unknown"], "unknown", "A tag is announced for an artifact whose signature could not be looked at."),
        step("enforce", &["verified", "invalid"], "found-last", "A tag is announced after the signature was found not to hold any more."),
    ]
}

/// All tags are written; the completion says something else of the signature.
fn completions() -> Vec<Case> {
    let alice = Key::alice();
    let case = |policy: Option<(&str, &str)>, says: &str, name: &str, about: &str| {
        let mut hand = match policy {
            Some((policy, found)) => after(policy, &[found]),
            None => {
                let mut hand = begun(&json!({}));
                hand.begin(&alice, &STAGING, None);
                hand
            }
        };
        hand.tags(&alice, &STAGING, None);
        last(&hand, &format!("signature-{name}"), about, "signature", |hand| {
            hand.write(&alice, "promotion.completed", with(STAGING.completed(&[]).1, "signature_status", json!(says)));
        })
    };
    vec![
        case(None, "verified", "called-verified", "A completion says verified where nobody looked."),
        case(None, "warned", "called-warned", "A completion says warned where nobody looked."),
        case(Some(("enforce", "verified")), "not_required", "called-not-required", "A completion says that no signature was demanded."),
        case(Some(("enforce", "verified")), "warned", "called-missing", "A completion says warned where the signature was verified."),
        case(Some(("warn", "unsigned")), "verified", "called-good", "A completion says verified where there was no signature."),
        case(
            Some(("warn", "verified")),
            "warned",
            "called-a-warning",
            "A completion says warned where a signature that would only warn was verified.",
        ),
    ]
}
