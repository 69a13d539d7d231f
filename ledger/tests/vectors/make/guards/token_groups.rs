//! Groups by a token: for whom they count, until when, and for what.

use serde_json::{Value, json};

use super::super::Case;
use super::super::hand::{Hand, Key, everything, moment};
use super::super::run::{PIPELINE, digest, with};
use super::approvals::{asking, by_group, granting, needing, rejecting};
use super::halts::{halt, of_another_pipeline, resume};
use super::tokens::{ISSUER, OTHER, believing, issuer, token};
use super::{STAGING, begun_under, bob, dave, last, request_with};

pub(super) fn all() -> Vec<Case> {
    [refused(), rules(), over(), approvals(), sound()].into_iter().flatten().collect()
}

/// Staging is changed by whom a token puts into that group.
fn restricted() -> Value {
    json!({"authorization": {"groups": ["release"], "operators": []}})
}

/// Bob shows a token for two groups at entry 11, until the time of entry 20.
fn shown() -> Hand {
    let mut hand = begun_under(&believing(&restricted()));
    hand.write(&bob(), "identity.proven", token(&["auditors", "release"], 20));
    hand
}

/// A promotion to staging by somebody who may not change it.
fn case(hand: &Hand, name: &str, about: &str, (key, actor): (&Key, &str)) -> Case {
    last(hand, &format!("authorization-token-{name}"), about, "authorization", |hand| {
        hand.write_as(key, actor, "promotion.requested", STAGING.request().1);
    })
}

/// A token counts for the pipeline, the key and the actor that showed it, and for its groups.
fn refused() -> Vec<Case> {
    let (alice, bob, dave) = (Key::alice(), bob(), dave());
    let hand = shown();
    let none = begun_under(&believing(&restricted()));
    let mut other = none.clone();
    other.write(&bob, "identity.proven", token(&["auditors"], 20));
    let mut replaced = hand.clone();
    replaced.write(&bob, "identity.proven", with(with(token(&["staff"], 20), "issuer", json!(OTHER)), "token", json!(digest(8))));
    let mut for_frank = none.clone();
    for_frank.write_as(&bob, "frank", "identity.proven", token(&["release"], 20));
    let spare = Key::new("acme.example/spare", "grace", [9; 32], json!([with(everything(), "act_for", json!(["bob"]))]));
    let mut with_spare = hand.clone();
    let genesis = with_spare.genesis();
    with_spare.write(&alice, "key.added", json!({"key": spare.requested(&genesis)}));
    let mut with_second = hand.clone();
    let second = Key::new("acme.example/bob-2", "bob", [10; 32], json!([everything()]));
    with_second.write(&alice, "key.added", json!({"key": second.requested(&genesis)}));
    let mut elsewhere = none.clone();
    let bank = with(of_another_pipeline(), "issuers", json!([issuer(ISSUER, &["release"])]));
    elsewhere.write(&alice, "manifest.adopted", json!({"rules": bank}));
    elsewhere.write(&bob, "identity.proven", with(token(&["release"], 20), "pipeline", json!("bank")));
    let mut locked = hand.clone();
    let at = locked.write(&dave, "pipeline.halted", halt("staging"));
    let resumed = last(&locked, "authorization-token-resume", "A halt is resolved on the token of another.", "authorization", |hand| {
        hand.write(&dave, "pipeline.resumed", resume("staging", at));
    });
    vec![
        case(&none, "none", "A promotion where nobody showed a token.", (&bob, "bob")),
        case(&other, "of-another-group", "A promotion by a token that gives another group.", (&bob, "bob")),
        case(&replaced, "replaced", "A promotion by a token in whose place another was shown.", (&bob, "bob")),
        case(&hand, "of-another", "A promotion by somebody else than the token is of.", (&dave, "dave")),
        case(&hand, "of-another-actor", "A promotion in another's name than the token is of.", (&bob, "frank")),
        case(&for_frank, "of-another-name", "A promotion in one's own name by a token in another's.", (&bob, "bob")),
        case(&with_spare, "of-another-key", "A promotion for whom the token is of, with another's key.", (&spare, "bob")),
        case(&with_second, "of-a-second-key", "A promotion with another key of whom the token is of.", (&second, "bob")),
        case(&elsewhere, "of-another-pipeline", "A promotion by a token for another pipeline.", (&bob, "bob")),
        resumed,
    ]
}

/// A group counts as far as the rules in force believe that issuer with it.
fn rules() -> Vec<Case> {
    let bob = bob();
    let under = |issuers: Option<Value>| {
        let mut hand = shown();
        let rules = believing(&restricted());
        let rules = match issuers {
            Some(issuers) => with(rules, "issuers", issuers),
            None => super::super::run::without(rules, "issuers"),
        };
        let manifest = hand.write(&Key::alice(), "manifest.adopted", json!({"rules": rules}));
        (hand, request_with(&STAGING, "manifest", json!(manifest)))
    };
    let case = |name: &str, about: &str, issuers: Option<Value>| {
        let (hand, request) = under(issuers);
        last(&hand, &format!("authorization-token-{name}"), about, "authorization", |hand| {
            hand.write(&bob, "promotion.requested", request);
        })
    };
    let of = |name: &str, groups: &[&str]| Some(json!([issuer(name, groups)]));
    let bare = json!([{"audience": "x", "issuer": ISSUER, "principal": "x"}]);
    vec![
        case("group-dropped", "A promotion by a group that the rules do not give by tokens any more.", of(ISSUER, &["auditors"])),
        case("groups-dropped", "A promotion by a token of an issuer that gives no groups any more.", Some(bare)),
        case("issuer-dropped", "A promotion by a token of an issuer that is believed no more.", of(OTHER, &["release"])),
        case("issuers-dropped", "A promotion by a token where nobody is believed any more.", None),
    ]
}

/// A token counts below its time, and what is over is gone with the next one that is shown.
fn over() -> Vec<Case> {
    let (bob, dave) = (bob(), dave());
    let at = |hand: &Hand, name: &str, about: &str, place: u64| {
        last(hand, &format!("authorization-token-{name}"), about, "authorization", |hand| {
            hand.write_at(&bob, moment(place, 0), "promotion.requested", STAGING.request().1);
        })
    };
    let corrected = |shown_at: u64| {
        let mut hand = shown();
        hand.write_at(&dave, moment(shown_at, 0), "identity.proven", token(&[], shown_at + 5));
        hand.write_at(&dave, moment(15, 0), "clock.corrected", json!({"reason": "the clock was ahead"}));
        hand
    };
    vec![
        at(&shown(), "over", "A promotion at the time that the token is over.", 20),
        at(&shown(), "over-before", "A promotion after the time that the token was over.", 21),
        at(
            &corrected(20),
            "forgotten",
            "A promotion by a token that was over when another was shown, and a clock that fell behind that.",
            16,
        ),
        at(&corrected(25), "forgotten-later", "A promotion by a token that was over before another was shown, likewise.", 16),
    ]
}

/// Staging takes one approval of these groups, which dave asks for at entry 11 or 12.
fn asked(groups: &Value, show: impl FnOnce(&mut Hand)) -> (Hand, u64) {
    let mut hand = begun_under(&believing(&needing(1, groups)));
    show(&mut hand);
    let request = hand.write(&Key::alice(), "approval.requested", asking(60));
    (hand, request)
}

/// Approvals by the group of a token, which comes behind those of the rules and of the key.
fn approvals() -> Vec<Case> {
    let (bob, dave) = (bob(), dave());
    let show = |key: &'static str, until: u64| {
        move |hand: &mut Hand| {
            hand.write(&if key == "bob" { self::bob() } else { self::dave() }, "identity.proven", token(&["auditors", "release"], until));
        }
    };
    let groups = json!(["auditors", "operators", "qa", "release"]);
    let case = |(hand, request): &(Hand, u64), name: &str, about: &str, key: &Key, group: &str| {
        last(hand, &format!("approvals-token-{name}"), about, "approvals", |hand| {
            hand.write(key, "approval.granted", by_group(granting(*request), group));
        })
    };
    let (of_release, of_all) = (json!(["release"]), &groups);
    vec![
        case(&asked(&of_release, |_| {}), "none", "A grant by a group that no token gave.", &bob, "release"),
        case(
            &asked(&of_release, show("dave", 20)),
            "of-another",
            "A grant by a group that a token gave to somebody else.",
            &bob,
            "release",
        ),
        case(&asked(&of_release, show("bob", 13)), "over", "A grant by a token at the time that it is over.", &bob, "release"),
        case(&asked(of_all, show("bob", 20)), "before-the-rules", "A grant by a token's group where the rules name one.", &bob, "auditors"),
        case(&asked(of_all, show("dave", 20)), "before-the-key", "A grant by a token's group where the key has one.", &dave, "auditors"),
        case(
            &asked(&json!(["auditors", "release"]), show("bob", 20)),
            "second",
            "A grant by the second group of a token.",
            &bob,
            "release",
        ),
    ]
}

fn sound() -> Vec<Case> {
    vec![promoted(), approved(), fallen(), beside()]
}

/// A promotion, a lock, an unlock and a resolution by the group of a token, up to the last moment, and under rules that gave and took it.
fn promoted() -> Case {
    let (alice, bob) = (Key::alice(), bob());
    let mut hand = shown();
    hand.carry_out(&bob, &STAGING, None, None, &[]);
    hand.write(&bob, "identity.proven", token(&["release"], 40));
    let lock = json!({"environment": "staging", "pipeline": PIPELINE, "reason": "x"});
    let set = hand.write(&bob, "environment.locked", lock.clone());
    let narrower = with(believing(&restricted()), "issuers", json!([issuer(ISSUER, &["auditors"])]));
    for rules in [narrower, believing(&restricted())] {
        hand.write(&alice, "manifest.adopted", json!({"rules": rules}));
    }
    hand.write(&bob, "environment.unlocked", json!({"environment": "staging", "lock": set, "pipeline": PIPELINE}));
    let at = hand.write(&bob, "pipeline.halted", halt("staging"));
    hand.write(&bob, "pipeline.resumed", resume("staging", at));
    // A key that may act for somebody shows their token.
    hand.write_as(&bob, "frank", "identity.proven", token(&["release"], 40));
    hand.write_as(&bob, "frank", "environment.locked", lock.clone());
    hand.write_at(&bob, moment(40, -1), "environment.locked", lock);
    Case::valid("token-groups", "An environment is changed by those whom tokens put into its group.", &hand)
}

/// Grants and rejections by the group of a token, and by another group that goes before it.
fn approved() -> Case {
    let (bob, dave) = (bob(), dave());
    let groups = json!(["auditors", "operators", "qa", "release"]);
    let (mut hand, request) = asked(&groups, |hand| {
        for key in [&bob, &dave] {
            hand.write(key, "identity.proven", token(&["auditors", "release"], 40));
        }
        hand.write_as(&dave, "erin", "identity.proven", token(&["auditors", "release"], 40));
    });
    hand.write(&bob, "approval.granted", by_group(granting(request), "qa"));
    hand.write(&dave, "approval.granted", by_group(granting(request), "operators"));
    let request = hand.write(&Key::alice(), "approval.requested", asking(60));
    hand.write_as(&dave, "erin", "approval.granted", by_group(granting(request), "auditors"));
    hand.write(&bob, "approval.rejected", by_group(rejecting(request), "qa"));
    Case::valid("token-approvals", "Approvals by the groups of the rules, of a key, and of a token, in this order.", &hand)
}

/// A token that is over and that nobody forgot counts again after the clock was set back.
fn fallen() -> Case {
    let (bob, dave) = (bob(), dave());
    let mut hand = shown();
    hand.write_at(&dave, moment(20, -1), "identity.proven", token(&[], 40));
    hand.write_at(&dave, moment(30, 0), "artifact.registered", super::super::run::registration("v1.1.0", 2));
    hand.write_at(&dave, moment(15, 0), "clock.corrected", json!({"reason": "the clock was ahead"}));
    hand.write_at(&bob, moment(16, 0), "promotion.requested", STAGING.request().1);
    Case::valid("token-not-forgotten", "A clock is set back behind the time of a token that nobody has forgotten.", &hand)
}

/// Tokens of two pipelines, two keys and two actors stand beside each other.
fn beside() -> Case {
    let (alice, bob, dave) = (Key::alice(), bob(), dave());
    let mut hand = shown();
    let bank = with(of_another_pipeline(), "issuers", json!([issuer(ISSUER, &["release"])]));
    hand.write(&alice, "manifest.adopted", json!({"rules": bank}));
    hand.write(&bob, "identity.proven", with(token(&[], 25), "pipeline", json!("bank")));
    hand.write(&dave, "identity.proven", token(&[], 25));
    hand.write_as(&bob, "frank", "identity.proven", token(&[], 25));
    hand.request(&bob, &STAGING);
    Case::valid("tokens-beside-each-other", "Tokens for two pipelines, with two keys, and in two names; each counts for itself.", &hand)
}
