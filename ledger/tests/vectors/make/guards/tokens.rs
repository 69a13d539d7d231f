//! Tokens: what one may say of somebody, and until when.

use serde_json::{Value, json};

use super::super::hand::{Hand, Key, everything, moment};
use super::super::run::{PIPELINE, digest, with};
use super::super::{Case, Wrong};
use super::halts::of_another_pipeline;
use super::{adopted, begun_under, bob, dave, demanding, last};

pub(super) fn all() -> Vec<Case> {
    [identity(), granted(), vec![sound(), kept(), missing(), narrowed()]].into_iter().flatten().collect()
}

/// The issuer of most tokens, and another one, which comes after it.
pub(super) const ISSUER: &str = "https://ci.acme.example";
pub(super) const OTHER: &str = "https://sso.acme.example";

/// An issuer whose tokens give these groups.
pub(super) fn issuer(issuer: &str, groups: &[&str]) -> Value {
    let group = |name: &&str| json!({"claims": [{"name": "repository", "value": "acme/shop"}], "name": name});
    let groups: Vec<Value> = groups.iter().map(group).collect();
    json!({"audience": "promoledger", "groups": groups, "issuer": issuer, "principal": "ci:{repository}"})
}

/// Rules with these of staging, that believe two issuers.
pub(super) fn believing(staging: &Value) -> Value {
    let issuers = json!([issuer(ISSUER, &["release", "auditors"]), issuer(OTHER, &["staff"])]);
    with(demanding(&json!({}), staging), "issuers", issuers)
}

/// What a token gives until the time of that entry.
pub(super) fn token(groups: &[&str], until: u64) -> Value {
    json!({
        "expires": moment(until, 0), "groups": groups, "issuer": ISSUER, "pipeline": PIPELINE, "subject": "repo:acme/shop", "token": digest(7),
    })
}

/// What is said of a token last breaks that rule; it is said at entry 11.
fn said(hand: &Hand, name: &str, about: &str, rule: &'static str, data: Value) -> Case {
    last(hand, name, about, rule, |hand| {
        hand.write(&bob(), "identity.proven", data);
    })
}

fn identity() -> Vec<Case> {
    let hand = begun_under(&believing(&json!({})));
    let nobody = adopted(&json!({}), &json!({}));
    let case = |hand: &Hand, name: &str, about: &str, data: Value| said(hand, &format!("identity-{name}"), about, "identity", data);
    let until = |micros: i64| with(token(&["release"], 20), "expires", json!(moment(11, micros)));
    let day = 86_400_000_000;
    vec![
        said(&hand, "known-proven", "A token for a pipeline that has no rules.", "known", with(token(&[], 20), "pipeline", json!("bank"))),
        case(
            &hand,
            "issuer",
            "A token of somebody whom the rules do not believe.",
            with(token(&[], 20), "issuer", json!("https://evil.example")),
        ),
        case(
            &hand,
            "issuer-begins",
            "A token of an issuer whose name only begins as one.",
            with(token(&[], 20), "issuer", json!("https://ci.acme")),
        ),
        case(&nobody, "no-issuers", "A token where the rules believe nobody.", token(&[], 20)),
        case(&hand, "group", "A token that gives a group that no token gives.", token(&["admins"], 20)),
        case(&hand, "one-group", "A token that gives one group more than it may.", token(&["admins", "release"], 20)),
        case(&hand, "group-of-the-rules", "A token that gives a group of which the rules name the members.", token(&["qa"], 20)),
        case(&hand, "group-of-another-issuer", "A token that gives a group of another issuer.", token(&["staff"], 20)),
        case(&hand, "order", "A token that gives groups out of order.", token(&["release", "auditors"], 20)),
        case(&hand, "twice", "A token that gives a group twice.", token(&["release", "release"], 20)),
        case(&hand, "over", "A token that is over at the time that it is shown.", until(0)),
        case(&hand, "over-before", "A token that was over before it is shown.", until(-1)),
        case(&hand, "too-long", "A token that holds for a day and a microsecond.", until(day + 1)),
    ]
}

/// A key narrowed to something else shows a token.
fn granted() -> Vec<Case> {
    let alice = Key::alice();
    let case = |name: &str, about: &str, (field, only): (&str, &str)| {
        let limited = Key::new("acme.example/limited", "limited", [7; 32], json!([with(everything(), field, json!([only]))]));
        let mut hand = Hand::with(&[&alice, &limited]);
        hand.write(&alice, "manifest.adopted", json!({"rules": believing(&json!({}))}));
        hand.write(&limited, "identity.proven", token(&["release"], 20));
        Case::unlawful(format!("law-grant-proven-{name}"), about, &hand, "grant")
    };
    vec![
        case("type", "A key for gates shows a token.", ("permissions", "gate.completed")),
        case("pipeline", "A key for another pipeline shows a token for this one.", ("pipelines", "bank")),
    ]
}

/// Everything that a token may say, at every bound.
fn sound() -> Case {
    let (alice, bob) = (Key::alice(), bob());
    let mut hand = begun_under(&believing(&json!({})));
    for data in [
        with(token(&["auditors", "release"], 20), "expires", json!(moment(11, 86_400_000_000))),
        with(token(&["release"], 20), "expires", json!(moment(12, 1))),
        with(with(token(&["staff"], 20), "issuer", json!(OTHER)), "subject", json!("bob \u{2014} \"the builder\"")),
        token(&[], 20),
    ] {
        hand.write(&bob, "identity.proven", data);
    }
    hand.write_as(&bob, "frank", "identity.proven", token(&["release"], 20));
    let other = with(of_another_pipeline(), "issuers", json!([{"audience": "x", "issuer": ISSUER, "principal": "x"}]));
    hand.write(&alice, "manifest.adopted", json!({"rules": other}));
    hand.write(&bob, "identity.proven", with(token(&[], 20), "pipeline", json!("bank")));
    // The last time that there is bounds a day, too.
    let end = "9999-12-30T22:00:00.000000Z";
    hand.write_with(&bob, "identity.proven", with(token(&[], 20), "expires", json!(end)), |draft| {
        draft.time = "9999-12-30T21:59:59.999999Z".to_owned().try_into().expect("a time");
    });
    Case::valid("tokens", "Tokens that give all groups and none, for as short and as long as they may.", &hand)
}

/// What a token claims is kept as a body.
fn claimed() -> (Hand, u64) {
    let mut hand = begun_under(&believing(&json!({})));
    let claims = hand.keep(br#"{"repository":"acme/shop"}"#);
    let at = hand.write(&bob(), "identity.proven", with(token(&["release"], 20), "evidence", claims));
    (hand, at)
}

fn kept() -> Case {
    Case::valid("token-with-claims", "A token whose claims are kept as a body.", &claimed().0)
}

fn missing() -> Case {
    let (mut hand, at) = claimed();
    hand.bodies.clear();
    Case::wrong("body-missing-of-a-token", "A token whose claims are missing.", &hand, Wrong::Other(21, Some(at), "body-missing"))
}

/// A key with no more than what a token touches.
fn narrowed() -> Case {
    let alice = Key::alice();
    let fields = ["components", "environments", "gates"];
    let grant = fields.into_iter().fold(everything(), |grant, field| with(grant, field, json!([])));
    let grant = with(with(grant, "pipelines", json!([PIPELINE])), "permissions", json!(["identity.proven"]));
    let bare = Key::new("acme.example/bare", "bare", [11; 32], json!([grant]));
    let mut hand = Hand::with(&[&alice, &bare, &dave()]);
    hand.write(&alice, "manifest.adopted", json!({"rules": believing(&json!({}))}));
    hand.write(&bare, "identity.proven", token(&["release"], 20));
    Case::valid("token-by-a-narrow-key", "A token is shown with a key for no more than that.", &hand)
}
