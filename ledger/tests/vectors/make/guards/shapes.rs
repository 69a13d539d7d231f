//! The shapes of what rules and requests may say of guards.

use serde_json::{Value, json};

use super::super::Case;
use super::super::hand::{Hand, Key, moment};
use super::super::run::{COMPONENT, GATE, REPOSITORY, registration, rules, with};
use super::overriding::word;
use super::{STAGING, adopted, begun, demanding, request_with};

pub(super) fn all() -> Vec<Case> {
    [environments(), bounds(), groups(), schemes(), events()].into_iter().flatten().collect()
}

/// An entry whose data has not the shape of its type.
pub(super) fn misshapen(hand: &Hand, name: &str, about: &str, event_type: &str, data: &Value) -> Case {
    let mut hand = hand.clone();
    hand.write_raw(&Key::alice(), event_type, 1, data);
    Case::unlawful(format!("law-shape-{name}"), about, &hand, "shape")
}

/// Rules that demand what nobody can demand of an environment.
fn of_staging(table: Vec<(&str, &str, Value)>) -> Vec<Case> {
    let hand = adopted(&json!({}), &json!({}));
    let case = |(name, about, fields): (&str, &str, Value)| {
        misshapen(&hand, name, about, "manifest.adopted", &json!({"rules": demanding(&json!({}), &fields)}))
    };
    table.into_iter().map(case).collect()
}

/// Who and when.
fn environments() -> Vec<Case> {
    let approvals =
        |count: u32, groups: Value, seconds: u64| json!({"approvals": {"count": count, "groups": groups, "valid_seconds": seconds}});
    let authorization = |groups: Value, operators: Value| json!({"authorization": {"groups": groups, "operators": operators}});
    let window = |from, until| json!({"from": moment(from, 0), "name": "x", "until": moment(until, 0)});
    let freezes = |windows: Value| json!({"freezes": {"windows": windows}});
    of_staging(vec![
        ("approvals-none", "Approvals of nobody.", approvals(0, json!([]), 60)),
        ("approvals-for-no-time", "Approvals that hold for no time.", approvals(1, json!([]), 0)),
        ("approvals-groups-unsorted", "Approvals of groups out of order.", approvals(1, json!(["qa", "ops"]), 60)),
        ("approvals-group-twice", "Approvals of a group twice.", approvals(1, json!(["qa", "qa"]), 60)),
        ("authorization-of-nobody", "An environment that nobody may change.", authorization(json!([]), json!([]))),
        (
            "authorization-groups-unsorted",
            "Groups that may change an environment, out of order.",
            authorization(json!(["qa", "ops"]), json!([])),
        ),
        ("authorization-operators-unsorted", "Operators out of order.", authorization(json!([]), json!(["bob", "alice"]))),
        ("authorization-operator-twice", "An operator twice.", authorization(json!([]), json!(["bob", "bob"]))),
        ("freeze-backwards", "A freeze that is over before it begins.", freezes(json!([window(12, 11)]))),
        ("freeze-of-no-time", "A freeze that is over when it begins.", freezes(json!([window(12, 12)]))),
        ("freezes-unsorted", "A freeze before the one before it.", freezes(json!([window(13, 14), window(12, 20)]))),
        ("freeze-name-blank", "A freeze with a blank name.", freezes(json!([with(window(11, 12), "name", json!(" "))]))),
        ("duties-not-separated", "Duties that are said not to be separated.", json!({"separation_of_duties": false})),
        ("signature-off", "A signature that is said to be off.", json!({"signature": "off"})),
    ])
}

/// How long, how old, how new.
fn bounds() -> Vec<Case> {
    let aged = |ages: Value| json!({"gates": [GATE], "max_age": ages});
    let versions = |range: Value| json!({"versions": range});
    of_staging(vec![
        ("max-age-empty", "A list of ages that is empty.", aged(json!([]))),
        ("max-age-of-no-gate", "An age of a gate that is not demanded.", aged(json!([{"gate": "tests", "seconds": 60}]))),
        ("max-age-twice", "Two ages of a gate.", aged(json!([{"gate": GATE, "seconds": 60}, {"gate": GATE, "seconds": 90}]))),
        ("max-age-of-nothing", "An age of no seconds.", aged(json!([{"gate": GATE, "seconds": 0}]))),
        ("soak-of-nothing", "A time of no seconds in the environment before.", json!({"soak_seconds": 0})),
        ("range-of-everything", "A range without bounds.", versions(json!({}))),
        ("range-of-nothing", "A range that ends where it begins.", versions(json!({"at_least": "2.0.0", "below": "2.0.0"}))),
        ("range-backwards", "A range that ends before it begins.", versions(json!({"at_least": "2.0.0", "below": "1.0.0"}))),
        ("range-with-v", "A bound with a v.", versions(json!({"at_least": "v2.0.0"}))),
        ("range-with-metadata", "A bound with build metadata.", versions(json!({"below": "2.0.0+1"}))),
        ("range-cut", "A bound that is no semantic version.", versions(json!({"at_least": "2"}))),
        ("range-as-text", "A range as people write it.", versions(json!("^2"))),
        ("range-unknown-field", "A range with a field that ranges do not have.", versions(json!({"at_least": "2.0.0", "not": "2.1.0"}))),
    ])
}

/// Groups of the rules, and of keys.
fn groups() -> Vec<Case> {
    let hand = adopted(&json!({}), &json!({}));
    let table = [
        ("groups-empty", "A list of groups that is empty.", json!([])),
        ("groups-unsorted", "Groups out of order.", json!([{"members": [], "name": "qa"}, {"members": [], "name": "ops"}])),
        ("group-twice", "A group twice.", json!([{"members": [], "name": "qa"}, {"members": ["bob"], "name": "qa"}])),
        ("group-members-unsorted", "Members out of order.", json!([{"members": ["bob", "alice"], "name": "qa"}])),
        ("group-member-twice", "A member twice.", json!([{"members": ["bob", "bob"], "name": "qa"}])),
        ("group-name-space", "A group with a space in its name.", json!([{"members": [], "name": "q a"}])),
    ];
    let case = |(name, about, groups): (&str, &str, Value)| {
        misshapen(&hand, name, about, "manifest.adopted", &json!({"rules": with(rules("warn"), "groups", groups)}))
    };
    let mut cases: Vec<Case> = table.into_iter().map(case).collect();
    let genesis = hand.genesis();
    let key = with(Key::ci().requested(&genesis), "groups", json!(["q a"]));
    cases.push(misshapen(&hand, "key-group-space", "A key of a group with a space in its name.", "key.added", &json!({"key": key})));
    cases
}

/// How versions compare.
fn schemes() -> Vec<Case> {
    let hand = adopted(&json!({}), &json!({}));
    let pattern = |template: &str| json!({"scheme": "pattern", "template": template});
    let table = [
        ("scheme-unknown", "A scheme that there is not.", json!({"scheme": "roman"})),
        ("scheme-as-text", "A scheme as a word.", json!("semver")),
        ("scheme-upper-case", "A scheme in upper case.", json!({"scheme": "SemVer"})),
        ("scheme-unknown-field", "A scheme with a field that schemes do not have.", json!({"scheme": "semver", "strict": true})),
        ("scheme-template-needless", "A template for a scheme that has none.", json!({"scheme": "calver", "template": "release-{n}"})),
        ("scheme-no-template", "A pattern without its template.", json!({"scheme": "pattern"})),
        ("template-no-field", "A template without a field.", pattern("release")),
        ("template-brace", "A template with a brace that does not close.", pattern("release-{n")),
        ("template-brace-alone", "A template with a brace that was not opened.", pattern("release-n}-{m}")),
        ("template-field-empty", "A template with a field without a name.", pattern("release-{}")),
        ("template-field-digit", "A template with a field whose name begins with a digit.", pattern("release-{1n}")),
        ("template-field-upper-case", "A template with a field in upper case.", pattern("release-{N}")),
        ("template-field-hyphen", "A template with a field with a hyphen in its name.", pattern("release-{n-m}")),
        (
            "template-field-too-long",
            "A template with a field whose name has 33 bytes.",
            pattern(&format!("release-{{{}}}", "n".repeat(33))),
        ),
        ("template-field-twice", "A template with a field twice.", pattern("{n}.{n}")),
        ("template-fields-touch", "A template with a field right after another.", pattern("{n}{m}")),
        ("template-digit-after-field", "A template with a digit right after a field.", pattern("{n}1")),
        ("template-no-version", "A template that no version fits.", pattern("-{n}")),
        ("template-latest", "A template of what no version begins with.", pattern("latest-{n}")),
    ];
    let case = |(name, about, scheme): (&str, &str, Value)| {
        let components = json!([{"name": COMPONENT, "repository": REPOSITORY, "versions": scheme}]);
        misshapen(&hand, name, about, "manifest.adopted", &json!({"rules": with(rules("warn"), "components", components)}))
    };
    table.into_iter().map(case).collect()
}

/// Words of events.
fn events() -> Vec<Case> {
    let hand = begun(&json!({}));
    let request = |field: &str| request_with(&STAGING, field, json!(false));
    let release = registration("v2.0.0", 2);
    vec![
        misshapen(
            &hand,
            "breaking-not-allowed",
            "A request that says that breaking changes are not meant.",
            "promotion.requested",
            &request("allow_breaking"),
        ),
        misshapen(
            &hand,
            "breaking-empty",
            "A list of breaking changes that is empty.",
            "artifact.registered",
            &with(release.clone(), "breaking", json!([])),
        ),
        misshapen(
            &hand,
            "breaking-blank",
            "A breaking change without words.",
            "artifact.registered",
            &with(release, "breaking", json!([""])),
        ),
        misshapen(
            &hand,
            "override-guard",
            "A word on a guard that no word passes.",
            "guard.overridden",
            &with(word(&STAGING, &[]), "guards", json!([{"guard": "versions", "message": "x"}])),
        ),
        misshapen(
            &hand,
            "override-justification-blank",
            "A word without a justification.",
            "guard.overridden",
            &with(word(&STAGING, &["lock"]), "justification", json!(" ")),
        ),
        misshapen(
            &hand,
            "taken-over-not-to-abort",
            "A promotion is taken over, and it is said that it is not to be ended.",
            "promotion.taken_over",
            &with(STAGING.taken_over("alice"), "to_abort", json!(false)),
        ),
        misshapen(
            &hand,
            "review-finding",
            "A finding that there is not.",
            "override.reviewed",
            &super::review::reviewing(&STAGING, 11, "fine"),
        ),
        misshapen(
            &hand,
            "signature-found",
            "Something that nobody finds of a signature.",
            "signature.checked",
            &super::signature::found(&STAGING, "signed"),
        ),
        misshapen(
            &hand,
            "signature-status",
            "A status that no completion has.",
            "promotion.completed",
            &with(STAGING.completed(&[]).1, "signature_status", json!("unsigned")),
        ),
    ]
}
