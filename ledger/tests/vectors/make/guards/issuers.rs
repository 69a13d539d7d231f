//! The shapes of issuers in rules, of tokens and of halts.

use serde_json::{Value, json};

use super::super::Case;
use super::super::hand::{Hand, Key};
use super::super::run::{GATE, digest, with, without};
use super::halts::{halt, resume};
use super::overriding::word;
use super::shapes::misshapen;
use super::tokens::{ISSUER, OTHER, believing, issuer, token};
use super::{STAGING, adopted, begun_under, demanding};

pub(super) fn all() -> Vec<Case> {
    [vec![everything()], issuers(), groups(), tokens(), halts()].into_iter().flatten().collect()
}

fn claim(name: &str, value: &str) -> Value {
    json!({"name": name, "value": value})
}

/// A group with what a token must claim for it.
fn given(name: &str, claims: &[Value]) -> Value {
    json!({"claims": claims, "name": name})
}

fn saying(issuers: Value) -> Value {
    json!({"rules": with(demanding(&json!({}), &json!({})), "issuers", issuers)})
}

/// All that rules can say of issuers.
fn everything() -> Case {
    let groups = json!([
        given("release", &[claim("a", "a"), claim("a", "b"), claim("b", "a")]),
        given("release", &[claim("a", "a")]),
        given("auditors", &[claim("a", "a")]),
    ]);
    let one = with(with(issuer(ISSUER, &[]), "groups", groups), "keys", json!("{\"keys\":[]}"));
    let mut hand = adopted(&json!({}), &json!({}));
    hand.write(&Key::alice(), "manifest.adopted", saying(json!([one, without(issuer(OTHER, &[]), "groups")])));
    Case::valid("rules-of-issuers", "Rules that say everything of issuers that rules can say.", &hand)
}

fn misshapen_rules(table: Vec<(&str, &str, Value)>) -> Vec<Case> {
    let hand = adopted(&json!({}), &json!({}));
    let case = |(name, about, issuers): (&str, &str, Value)| misshapen(&hand, name, about, "manifest.adopted", &saying(issuers));
    table.into_iter().map(case).collect()
}

fn issuers() -> Vec<Case> {
    let one = || issuer(ISSUER, &["release"]);
    let changed = |field: &str, value: Value| json!([with(one(), field, value)]);
    let lacking = |field: &str| json!([without(one(), field)]);
    misshapen_rules(vec![
        ("issuers-empty", "A list of issuers that is empty.", json!([])),
        ("issuers-unsorted", "Issuers out of order.", json!([issuer(OTHER, &["staff"]), one()])),
        ("issuer-twice", "An issuer twice.", json!([one(), issuer(ISSUER, &["staff"])])),
        ("issuer-nameless", "An issuer without a name.", lacking("issuer")),
        ("issuer-blank", "An issuer whose name is blank.", changed("issuer", json!(" "))),
        ("issuer-audience-missing", "An issuer whose tokens are for nobody.", lacking("audience")),
        ("issuer-audience-blank", "An issuer whose tokens are for a blank name.", changed("audience", json!(""))),
        ("issuer-audiences", "An issuer whose tokens are for several.", changed("audience", json!(["a", "b"]))),
        ("issuer-principal-missing", "An issuer whose tokens name nobody.", lacking("principal")),
        ("issuer-principal-blank", "An issuer whose tokens name somebody blank.", changed("principal", json!(""))),
        ("issuer-keys-empty", "An issuer whose keys are the empty text.", changed("keys", json!(""))),
        ("issuer-keys-listed", "An issuer whose keys are a list.", changed("keys", json!(["a"]))),
        ("issuer-unknown-field", "An issuer with a field that issuers do not have.", changed("algorithm", json!("RS256"))),
    ])
}

/// The groups of an issuer.
fn groups() -> Vec<Case> {
    let of = |groups: Value| json!([with(issuer(ISSUER, &[]), "groups", groups)]);
    let claiming = |claims: &[Value]| of(json!([given("release", claims)]));
    let group = || given("release", &[claim("a", "b")]);
    misshapen_rules(vec![
        ("issuer-groups-empty", "A list of an issuer's groups that is empty.", of(json!([]))),
        ("issuer-groups-equal", "A group of an issuer twice, for the same claims.", of(json!([group(), group()]))),
        (
            "issuer-groups-equal-apart",
            "A group of an issuer twice, for the same claims, another one between.",
            of(json!([group(), given("auditors", &[claim("a", "b")]), group()])),
        ),
        ("issuer-group-for-nothing", "A group of an issuer for no claims.", claiming(&[])),
        ("issuer-group-claims-missing", "A group of an issuer that does not say for what.", of(json!([{"name": "release"}]))),
        ("issuer-group-nameless", "A group of an issuer without a name.", of(json!([without(group(), "name")]))),
        ("issuer-group-space", "A group of an issuer with a space in its name.", of(json!([given("re lease", &[claim("a", "b")])]))),
        ("issuer-group-unknown-field", "A group of an issuer with a field more.", of(json!([with(group(), "members", json!(["bob"]))]))),
        ("issuer-claims-unsorted", "Claims out of order.", claiming(&[claim("b", "a"), claim("a", "b")])),
        ("issuer-claim-values-unsorted", "Values of one claim out of order.", claiming(&[claim("a", "b"), claim("a", "a")])),
        ("issuer-claim-twice", "A claim twice.", claiming(&[claim("a", "b"), claim("a", "b")])),
        ("issuer-claim-blank", "A claim of nothing.", claiming(&[claim("a", "")])),
        ("issuer-claim-nameless", "A claim without a name.", claiming(&[json!({"value": "a"})])),
        ("issuer-claim-number", "A claim of a number.", claiming(&[json!({"name": "a", "value": 1})])),
        ("issuer-claim-unknown-field", "A claim with a field more.", claiming(&[with(claim("a", "b"), "not", json!("c"))])),
    ])
}

/// What a token says, which is not what one can say.
fn tokens() -> Vec<Case> {
    let hand = begun_under(&believing(&json!({})));
    let case = |name: &str, about: &str, data: &Value| misshapen(&hand, &format!("token-{name}"), about, "identity.proven", data);
    let whole = || token(&["release"], 20);
    let mut cases: Vec<Case> = ["expires", "groups", "issuer", "pipeline", "subject", "token"]
        .into_iter()
        .map(|field| case(&format!("{field}-missing"), &format!("A token without one of its fields: {field}."), &without(whole(), field)))
        .collect();
    let changed = [
        ("unknown-field", "A token with a field that tokens do not have.", "audience", json!("promoledger")),
        ("expires-number", "A token that is over at a number.", "expires", json!(1_768_467_600)),
        ("group-as-text", "A token whose groups are a text.", "groups", json!("release")),
        ("group-space", "A token that gives a group with a space in its name.", "groups", json!(["re lease"])),
        ("issuer-blank", "A token of an issuer whose name is blank.", "issuer", json!("")),
        ("subject-blank", "A token of somebody blank.", "subject", json!(" ")),
        ("digest-bare", "A token whose digest does not say of what kind it is.", "token", json!("07".repeat(32))),
        ("evidence-size", "A token whose claims have no size.", "evidence", json!({"digest": "0".repeat(64), "media_type": "a/b"})),
    ];
    cases.extend(changed.into_iter().map(|(name, about, field, value)| case(name, about, &with(whole(), field, value))));
    cases
}

/// What halts a pipeline or says that it goes on, and what no word passes.
fn halts() -> Vec<Case> {
    let hand: Hand = adopted(&json!({}), &json!({}));
    let (halted, resumed) = ("pipeline.halted", "pipeline.resumed");
    let resuming = || resume("dev", 2);
    let case = |name: &str, about: &str, event_type: &str, data: Value| misshapen(&hand, name, about, event_type, &data);
    let guards = json!([{"guard": "halt", "message": "x"}]);
    vec![
        case("halt-environment-missing", "A pipeline is halted, and it is not said where.", halted, without(halt("dev"), "environment")),
        case("halt-pipeline-missing", "A halt of no pipeline.", halted, without(halt("dev"), "pipeline")),
        case("halt-reason-missing", "A pipeline is halted for no reason.", halted, without(halt("dev"), "reason")),
        case("halt-reason-blank", "A pipeline is halted for a blank reason.", halted, with(halt("dev"), "reason", json!(" "))),
        case(
            "halt-component-listed",
            "A pipeline is halted for a list of components.",
            halted,
            with(halt("dev"), "component", json!(["api"])),
        ),
        case("halt-unknown-field", "A halt with a field that halts do not have.", halted, with(halt("dev"), "gate", json!(GATE))),
        case("resumption-environment-missing", "A resolution that does not say where.", resumed, without(resuming(), "environment")),
        case("resumption-pipeline-missing", "A resolution of no pipeline.", resumed, without(resuming(), "pipeline")),
        case("resumption-halt-missing", "A resolution that does not say of what.", resumed, without(resuming(), "halt")),
        case("resumption-halt-text", "A resolution of a text.", resumed, with(resuming(), "halt", json!("2"))),
        case("resumption-reason-missing", "A resolution that does not say how.", resumed, without(resuming(), "reason")),
        case("resumption-unknown-field", "A resolution with a field more.", resumed, with(resuming(), "digest", json!(digest(1)))),
        case("override-halt", "A word on a halt, which no word passes.", "guard.overridden", with(word(&STAGING, &[]), "guards", guards)),
    ]
}
