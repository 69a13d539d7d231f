//! Issuers of ID tokens: what is read, and what is wrong with them, each message with its place.

use promotion_ledger::meaning::rules::IssuerRule;

use super::parse;
use crate::manifest::provisions;

fn with(issuers: &str) -> String {
    format!("artifacts:\n  registry: r.example/a\n  promotion:\n    issuers: {issuers}\n")
}

fn read(issuers: &str) -> Vec<IssuerRule> {
    parse(with(issuers).as_bytes()).expect(issuers).issuers().to_vec()
}

// proves: FR-045, FR-046
#[test]
fn an_issuer_is_read_with_the_groups_that_it_gives() {
    let rules = read(
        "[{issuer: 'https://b.example', audience: ledger, principal: 'ci:{repository}', keys: ci.jwks.json, groups: \
         [{group: ops, claims: {repository: acme/shop, environment: production}}, {group: ops, claims: {repository: acme/web}}]}, \
         {issuer: 'http://127.0.0.1:8080', audience: ledger, principal: 'dev:{sub}'}]",
    );
    let [local, issuer] = rules.as_slice() else { unreachable!("two issuers, by name: {rules:?}") };
    assert_eq!((local.issuer.as_str(), &local.keys, local.groups.len()), ("http://127.0.0.1:8080", &None, 0));
    assert_eq!((issuer.audience.as_str(), issuer.principal.as_str()), ("ledger", "ci:{repository}"));
    assert!(issuer.keys.as_ref().is_some_and(|keys| keys.as_str().contains("P-256")), "the file's text is taken in");
    let claims: Vec<Vec<String>> =
        issuer.groups.iter().map(|given| given.claims.iter().map(|claim| format!("{}={}", claim.name, claim.value)).collect()).collect();
    assert_eq!(claims, [vec!["environment=production", "repository=acme/shop"], vec!["repository=acme/web"]]);
    let told = provisions(
        &parse(
            with("[{issuer: 'https://b.example', audience: l, principal: 'ci:{sub}', groups: [{group: ops, claims: {a: b}}]}]").as_bytes(),
        )
        .unwrap(),
    );
    assert_eq!(told, ["Tokens of https://b.example for l say who somebody is: ci:{sub}, and give ops if a=b"]);
}

// proves: FR-045
#[test]
fn faults_are_told_where_they_are() {
    let table = [
        ("{}", "issuers: expected a list of issuers, found an empty mapping"),
        ("[{}]", "issuers[0]: expected an issuer with a `issuer`, found none"),
        ("[{issuer: 'https://a.example', audience: a}]", "issuers[0]: expected an issuer with a `principal`, found none"),
        (
            "[{issuer: 'ftp://a.example', audience: a, principal: 'x:{sub}'}]",
            "issuers[0].issuer: expected an issuer whose tokens can be checked",
        ),
        (
            "[{issuer: 'http://a.example', audience: a, principal: 'x:{sub}'}]",
            "issuers[0].issuer: expected an issuer whose tokens can be checked",
        ),
        (
            "[{issuer: 'https://a.example', audience: a, principal: everybody}]",
            "issuers[0].principal: expected an issuer whose tokens can be checked",
        ),
        ("[{issuer: 'https://a.example', audience: a, principal: 'x:{sub}', keys: none.json}]", "issuers[0].keys: expected"),
        (
            "[{issuer: 'https://a.example', audience: a, principal: 'x:{sub}', keys: release.pub}]",
            "issuers[0].keys: expected an issuer whose tokens can be checked",
        ),
        (
            "[{issuer: 'https://a.example', audience: a, principal: 'x:{sub}', groups: [{group: g, claims: {}}]}]",
            "issuers[0].groups[0].claims: expected 1 to 32 claims, found none, so that every token would give the group",
        ),
        (
            "[{issuer: 'https://a.example', audience: a, principal: 'x:{sub}', groups: [{group: g}]}]",
            "issuers[0].groups[0]: expected a group that tokens give with a `claims`, found none",
        ),
        (
            "[{issuer: 'https://a.example', audience: a, principal: 'x:{sub}', groups: [{group: g, claims: {a: b}}, {group: g, claims: {a: b}}]}]",
            "issuers[0].groups[1]: expected each group with the same claims once",
        ),
        (
            "[{issuer: 'https://a.example', audience: a, principal: 'x:{sub}'}, {issuer: 'https://a.example', audience: b, principal: 'y:{sub}'}]",
            "issuers[1]: expected each issuer once",
        ),
        ("[{issuer: 'https://a.example', audience: a, principal: 'x:{sub}', group: g}]", "issuers[0].group: "),
    ];
    let told = |issuers: &str| parse(with(issuers).as_bytes()).expect_err(issuers).to_string();
    let other: Vec<_> = table
        .iter()
        .map(|(issuers, message)| (told(issuers), format!(", artifacts.promotion.{message}")))
        .filter(|(told, message)| !told.contains(message.as_str()))
        .collect();
    assert!(other.is_empty(), "{other:#?}");
}
