//! The guards that a manifest describes: what they come to, and what is wrong with them.

use promotion_ledger::meaning::rules::{ApprovalRule, AuthorizationRule, Enforcement, EnvironmentRule, MaxAge};
use promotion_ledger::meaning::versions::{Range, Scheme};

use super::{VERIFICATION, parse};

const FULL: &str = r#"
artifacts:
  registry: r.example
  verification: { keys: [release.pub] }
  promotion:
    groups: { release-managers: [bob@acme.example, ana@acme.example] }
    components:
      api: shop/api
      job: { repository: shop/job, versions: semver }
      old: { repository: shop/old, versions: { scheme: pattern, template: "release-{n}" } }
      tool: { repository: shop/tool, versions: recency }
      web: { repository: shop/web, versions: calver }
    environments:
      - dev
      - name: prod
        gates: [tests, { name: security_scan, max_age: 7d }]
        authorization: { allowed_groups: [release-managers], allowed_operators: [ci:acme/shop], separation_of_duties: true }
        approvals: { count: 2, groups: [release-managers], valid_for: 3d }
        soak: 24h
        versions: "^2"
        signature: enforce
        freezes:
          - { name: year end, from: 2026-12-20, until: 2027-01-04, zone: Europe/Berlin }
          - { name: weekend, weekly: { from: fri 16:00, until: mon 08:00 }, zone: Europe/Berlin, open: [2026-11-22] }
          - { name: patch day, rule: "FREQ=MONTHLY;BYDAY=2TU", start: 2026-12-08T00:00, duration: PT24H, zone: UTC }
"#;

fn prod(keys: &str) -> EnvironmentRule {
    let text = format!("artifacts: {{registry: r.example/a, {VERIFICATION}, promotion: {{environments: [dev, {{name: prod, {keys}}}]}}}}");
    parse(text.as_bytes()).unwrap().environments()[1].clone()
}

// proves: FR-001a
#[test]
fn guards_become_rules() {
    let rules = parse(FULL.as_bytes()).unwrap();
    let members: Vec<&str> = rules.groups()[0].members.iter().map(|member| member.as_str()).collect();
    assert_eq!((rules.groups()[0].name.as_str(), members), ("release-managers", vec!["ana@acme.example", "bob@acme.example"]));
    let schemes: Vec<Option<&str>> = rules.components().iter().map(|component| component.versions.as_ref().map(Scheme::name)).collect();
    assert_eq!(schemes, [None, None, Some("pattern"), Some("recency"), Some("calver")]);
    let prod = &rules.environments()[1];
    let managers = rules.groups()[0].name.clone();
    assert_eq!(prod.gates.iter().map(|gate| gate.as_str()).collect::<Vec<_>>(), ["policy_compliance", "tests", "security_scan"]);
    assert_eq!(prod.max_age, [MaxAge { gate: prod.gates[2].clone(), seconds: 7 * 86_400 }]);
    let operators = vec!["ci:acme/shop".parse().unwrap()];
    assert_eq!(prod.authorization, Some(AuthorizationRule { groups: vec![managers.clone()], operators }));
    assert!(prod.separation_of_duties.is_some());
    assert_eq!(prod.approvals, Some(ApprovalRule { count: 2, groups: vec![managers], valid_seconds: 3 * 86_400 }));
    assert_eq!(prod.soak_seconds, Some(86_400));
    assert_eq!(prod.versions, Some(Range::parse("^2").unwrap()));
    assert_eq!(prod.signature, Some(Enforcement::Enforce));
    assert_eq!(rules.environments()[0], EnvironmentRule::new(rules.environments()[0].name.clone(), prod.gates[..1].to_vec()));
}

#[test]
fn freezes_are_written_out_in_utc() {
    let rules = parse(FULL.as_bytes()).unwrap();
    let freezes = rules.environments()[1].freezes.as_ref().unwrap();
    assert_eq!(freezes.known_until.unwrap().to_string(), "2028-11-20T12:00:00.000000Z");
    let first = |name: &str| {
        let window = freezes.windows.iter().find(|window| window.name.as_str() == name).unwrap();
        (window.from.to_minute(), window.until.to_minute())
    };
    let times = |from: &str, until: &str| (from.to_owned(), until.to_owned());
    assert_eq!(first("year end"), times("2026-12-19 23:00 UTC", "2027-01-04 23:00 UTC"));
    // The Sunday is left open; what was before it on the Friday is not over yet.
    assert_eq!(first("weekend"), times("2026-11-20 15:00 UTC", "2026-11-21 23:00 UTC"));
    assert_eq!(first("patch day"), times("2026-12-08 00:00 UTC", "2026-12-09 00:00 UTC"));
    assert!(freezes.windows.is_sorted_by_key(|window| window.from));
}

#[test]
fn what_demands_nothing_stands_nowhere() {
    let plain = prod("gates: []");
    assert_eq!(prod("signature: off"), plain);
    assert_eq!(prod("authorization: {separation_of_duties: false}"), plain);
    assert_eq!(prod("freezes: []"), plain);
    assert_eq!(prod("freezes: [{name: over, from: 2020-01-01, until: 2020-01-02, zone: UTC}]"), plain);
    assert_eq!(prod("approvals: {count: 1}").approvals.unwrap().valid_seconds, 7 * 86_400);
}

/// Guards of an environment that are at fault: the path below it, what was expected and found, and a part of the hint.
const FAULTS: [(&str, &str, &str); 33] = [
    ("gates: [{max_age: 7d}]", "gates[0]: expected a gate with a `name`, found none", "name: …"),
    (
        "gates: [{name: a, maxage: 7d}]",
        "gates[0].maxage: expected `name` or `advisory` or `max_age`, found the unknown key \"maxage\"",
        "`max_age`?",
    ),
    ("gates: [a, {name: a}]", "gates[1]: expected each gate once, found \"a\" again", "remove one"),
    (
        "gates: [{name: a, max_age: 7}]",
        "gates[0].max_age: expected a duration: a whole number and one of s, m, h, d, such as 24h, found \"7\", which YAML may read as a number",
        "`7s`, `7m`, `7h` or `7d`",
    ),
    (
        "gates: [{name: policy_compliance, enabled: false}]",
        "gates[0].enabled: expected no switch for the gate `policy_compliance`, which always runs, found \"false\", which YAML may read as false",
        "no manifest disables",
    ),
    (
        "policy_compliance: false",
        "policy_compliance: expected no switch for the gate `policy_compliance`, which always runs, found \"false\", which YAML may read as false",
        "no manifest disables",
    ),
    (
        "authorization: {}",
        "authorization: expected a mapping with `allowed_groups` or `allowed_operators` or `separation_of_duties`, found an empty mapping",
        "",
    ),
    (
        "authorization: {allowed_groups: []}",
        "authorization.allowed_groups: expected at least one, found an empty list",
        "leave the key out",
    ),
    (
        "authorization: {allowed_groups: [a, b, a]}",
        "authorization.allowed_groups[2]: expected each group once, found \"a\" again",
        "remove",
    ),
    (
        "authorization: {allowed_operators: [\"a b\"]}",
        "authorization.allowed_operators[0]: expected a principal of 1 to 255 visible ASCII characters without spaces or quotes, found text \"a b\"",
        "",
    ),
    (
        "authorization: {separation_of_duties: yes}",
        "authorization.separation_of_duties: expected `true` or `false`, found \"yes\", which YAML may read as true",
        "write `true`, without quotes",
    ),
    ("approvals: {groups: [a]}", "approvals: expected approvals with a `count`, found none", "count: …"),
    (
        "approvals: 2",
        "approvals: expected a mapping with `count` or `groups` or `valid_for`, found \"2\", which YAML may read as a number",
        "",
    ),
    ("approvals: {count: 0}", "approvals.count: expected a whole number from 1 to 100, found \"0\", which YAML may read as a number", ""),
    ("approvals: {count: two}", "approvals.count: expected a whole number from 1 to 100, found text \"two\"", ""),
    (
        "approvals: {count: 1, valid_for: soon}",
        "approvals.valid_for: expected a duration: a whole number and one of s, m, h, d, such as 24h, found text \"soon\"",
        "",
    ),
    ("soak: [24h]", "soak: expected a duration: a whole number and one of s, m, h, d, such as 24h, found a list", ""),
    (
        "versions: \"2.x.y.z\"",
        "versions: expected a range of versions in quotes, such as \"^2\" or \">=1.4, <2\", found text \"2.x.y.z\"",
        "is no range of versions",
    ),
    (
        "versions: \"*\"",
        "versions: expected a range of versions in quotes, such as \"^2\" or \">=1.4, <2\", found text \"*\"",
        "takes every version",
    ),
    ("signature: enforced", "signature: expected `off` or `warn` or `enforce`, found text \"enforced\"", "did you mean `enforce`?"),
    ("signatures: enforce", "signatures: expected `name` or `gates`", "did you mean `signature`?"),
    (
        "allowed_groups: [a]",
        "allowed_groups: expected `name` or `gates`",
        "`allowed_groups` belongs into `authorization` of an environment",
    ),
    (
        "freezes: [weekend]",
        "freezes[0]: expected a mapping with `name` or `from` or `until` or `zone` or `open`, found text \"weekend\"",
        "",
    ),
    ("freezes: [{name: a, from: 2026-12-20, zone: UTC}]", "freezes[0]: expected a freeze with a `until`, found none", "until: …"),
    (
        "freezes: [{name: a, from: 2026-12-20, until: 2026-12-19, zone: UTC}]",
        "freezes[0].until: expected a time after 2026-12-20, found \"2026-12-19\"",
        "",
    ),
    (
        "freezes: [{name: a, from: 2026-12-20, until: 2026-12-21, zone: Mars/Olympus}]",
        "freezes[0].zone: expected an IANA time zone such as Europe/Berlin, or UTC, found \"Mars/Olympus\"",
        "",
    ),
    (
        "freezes: [{name: a, from: 2026-12-20, until: 2026-12-21, zone: UTC, open: [2026-12-20, soon]}]",
        "freezes[0].open[1]: expected a date such as 2026-12-24, each once, found \"soon\"",
        "",
    ),
    (
        "freezes: [{name: a, weekly: {from: fri 16:00, until: moon 08:00}, zone: UTC}]",
        "freezes[0].weekly.until: expected a day: mon, tue, wed, thu, fri, sat or sun, found \"moon\"",
        "",
    ),
    (
        "freezes: [{name: a, weekly: {days: [sat], from: 00:00, until: \"24:00\"}, zone: UTC}]",
        "freezes[0].weekly.from: expected a clock time in quotes such as \"16:00\", or a day and a clock time such as fri 16:00, found \"00:00\", which YAML may read as a number",
        "put it in quotes",
    ),
    (
        "freezes: [{name: a, rule: FREQ=DAILY, start: 2026-12-08, zone: UTC}]",
        "freezes[0]: expected either `duration` or `end`, found neither",
        "duration: PT8H",
    ),
    (
        "freezes: [{name: a, rule: FREQ=DAILY, start: 2026-12-08, duration: PT8H, end: 2026-12-09, zone: UTC}]",
        "freezes[0]: expected either `duration` or `end`, found both",
        "keep one",
    ),
    (
        "freezes: [{name: a, rule: FREQ=DAILY, start: 2026-12-08, duration: 8h, zone: UTC}]",
        "freezes[0].duration: expected a duration of RFC 5545 such as PT8H, P1D, P2W or P1DT12H, longer than nothing and at most 366 days, found \"8h\"",
        "",
    ),
    (
        "freezes: [{name: a, from: 2026-12-20, until: 2026-12-21, zone: UTC}, {name: a, from: 2027-12-20, until: 2027-12-21, zone: UTC}]",
        "freezes[1]: expected each freeze once, found \"a\" again",
        "remove one",
    ),
];

// proves: FR-010
#[test]
fn faults_of_guards_are_told_with_their_place() {
    for (keys, message, hint) in FAULTS {
        let text =
            format!("artifacts:\n  registry: r.example/a\n  promotion:\n    environments:\n      - dev\n      - {{name: prod, {keys}}}\n");
        let error = parse(text.as_bytes()).expect_err(keys);
        let expected = format!(", artifacts.promotion.environments[1].{message}");
        assert!(error.line() == 6 && error.to_string().contains(&expected), "{keys}: {error}\nexpected {expected}");
        let given = error.hint().unwrap_or_default();
        assert!(given.contains(hint) && given.is_empty() == hint.is_empty(), "{keys}: hint {given:?}, expected {hint:?}");
    }
}

#[test]
fn a_soak_needs_an_environment_before() {
    let error = parse(b"artifacts: {registry: r.example/a, promotion: {environments: [{name: dev, soak: 1h}]}}").unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 1, column 81, artifacts.promotion.environments[0].soak: expected no soak in the first environment of the path, found one"
    );
}

#[test]
fn faults_of_groups_and_schemes_are_told_with_their_place() {
    let table = [
        ("groups: {a b: []}", "groups[\"a b\"]: expected a group name of 1 to 255 visible ASCII"),
        ("groups: {a: [x, x]}", "groups.a[1]: expected each principal once, found \"x\" again"),
        ("groups: {a: x}", "groups.a: expected a list of principals, found text \"x\""),
        ("components: {a: {versions: calver}}", "components.a: expected a component with a `repository`, found none"),
        (
            "components: {a: {repository: a, versions: calendar}}",
            "components.a.versions: expected `semver` or `calver` or `pattern` or `recency`, found",
        ),
        (
            "components: {a: {repository: a, versions: pattern}}",
            "components.a.versions: expected a template beside the scheme `pattern`, found none",
        ),
        (
            "components: {a: {repository: a, versions: {scheme: pattern, template: x}}}",
            "components.a.versions.template: expected a template of versions",
        ),
        (
            "components: {a: {repository: a, versions: {scheme: calver, template: \"{n}\"}}}",
            "components.a.versions: expected a `template` with the scheme",
        ),
    ];
    for (keys, message) in table {
        let error = parse(format!("artifacts: {{registry: r.example, promotion: {{{keys}}}}}").as_bytes()).expect_err(keys);
        assert!(error.to_string().contains(&format!(", artifacts.promotion.{message}")), "{keys}: {error}");
    }
}

#[test]
fn the_reference_shows_messages_as_they_are() {
    let reference = include_str!("../../../../docs/manifest.md");
    for keys in
        ["gates: [{name: policy_compliance, enabled: false}]", "freezes: [{name: a, from: 2026-12-20, until: 2026-12-21, zone: Mars}]"]
    {
        let text =
            format!("artifacts:\n  registry: r.example/a\n  promotion:\n    environments:\n      - dev\n      - {{name: prod, {keys}}}\n");
        let error = parse(text.as_bytes()).unwrap_err();
        assert!(reference.contains(&error.to_string()), "{error}");
        assert!(error.hint().is_none_or(|hint| reference.contains(&hint)), "{:?}", error.hint());
    }
}
