//! Manifests put together from pieces, so that all of them are good and most differ.

use promotion_ledger::meaning::rules::Rules;
use proptest::prelude::*;

use super::parse;

/// Guards of an environment, each a key and its value.
const GUARDS: &[&str] = &[
    ", authorization: {allowed_groups: [a]}",
    ", authorization: {allowed_groups: [b, a], separation_of_duties: true}",
    ", authorization: {allowed_operators: [ci:x]}",
    ", gate_timeout_seconds: 60",
    ", gate_timeout_seconds: 900",
    ", approvals: {count: 1}",
    ", approvals: {count: 2}",
    ", approvals: {count: 2, groups: [a], valid_for: 3d}",
    ", approvals: {count: 2, groups: [a, b], valid_for: 7d}",
    ", versions: ^2",
    ", versions: ^1.4",
    ", signature: warn",
    ", signature: enforce",
    ", freezes: [{name: a, weekly: {from: fri 16:00, until: mon 08:00}, zone: UTC}]",
    ", freezes: [{name: a, weekly: {from: fri 18:00, until: mon 08:00}, zone: UTC}]",
    ", freezes: [{name: b, weekly: {from: fri 16:00, until: mon 08:00}, zone: UTC}]",
    ", freezes: [{name: far, from: 2031-01-01, until: 2031-01-02, zone: UTC}]",
    ", freezes: [{name: far, from: 2031-01-01, until: 2031-01-03, zone: UTC}]",
];

/// The pieces without those whose key stands before them already.
fn compatible(pieces: &[&'static str]) -> Vec<&'static str> {
    let key = |piece: &str| piece.split(':').next().map(str::to_owned);
    let repeats = |at: usize| pieces.iter().take(at).any(|earlier| key(earlier) == pieces.get(at).and_then(|piece| key(piece)));
    pieces.iter().enumerate().filter(|(at, _)| !repeats(*at)).map(|(_, piece)| *piece).collect()
}

/// What may be said for all environments. The first environment demands the gates that are named here.
const COMMON: &[&str] = &[
    ", policies: [policies/shop.rego]",
    ", policies: [other/shop.rego]",
    ", policies: [policies/warn.rego, policies/shop.rego]",
    ", security_scan: {}",
    ", security_scan: {block_on_severity: [low, critical]}",
    ", security_scan: {ignore_unfixed: true}",
    ", security_scan: {scanner_format: grype}",
    ", gate_commands: {a: make a}",
    ", gate_commands: {a: {shell: make a}}",
    ", gate_commands: {a: {command: [make, a], variables: [X], timeout_seconds: 60}}",
    ", gate_commands: {a: {command: make a, variables: [X, Z], warning_status: 2}, security_scan: trivy}",
    ", gate_commands: {a: {command: make a, warning_status: 3}}",
    ", gate_timeout_seconds: 600",
    ", issuers: [{issuer: 'https://a.example', audience: a, principal: 'ci:{sub}'}]",
    ", issuers: [{issuer: 'https://a.example', audience: b, principal: 'ci:{sub}', keys: ci.jwks.json}]",
    ", issuers: [{issuer: 'https://a.example', audience: a, principal: 'x:{sub}', groups: [{group: a, claims: {x: u}}, {group: a, claims: {z: u}}]}]",
    ", issuers: [{issuer: 'https://b.example', audience: a, principal: 'ci:{sub}'}, {issuer: 'https://a.example', audience: a, principal: 'ci:{sub}'}]",
];

/// Whose signatures count. All but the last name keys; environments may ask for signatures.
const SIGNERS: &[&str] = &[
    "keys: [release.pub]",
    "keys: [release.pub, stranger.pub]",
    "keys: [stranger.pub], annotations: {env: prod}",
    "keys: [stranger.pub], annotations: {env: dev, team: shop}",
    "keys: [release.pub], identities: [{identity: a, issuer: b}], trust_root: trusted_root.json",
    "keys: [release.pub], identities: [{identity: a, issuer: b}], trust_root: stranger_root.json",
    "identities: [{identity: a, issuer: b}, {identity: a, issuer: c}], trust_root: trusted_root.json",
];

/// The terms of a gate.
const TERMS: &[&str] = &["", ", advisory: true", ", max_age: 1d", ", advisory: true, max_age: 7d"];

fn gates() -> impl Strategy<Value = Vec<String>> {
    let names = prop::sample::subsequence(vec!["b", "c", "label_shape", "policy_compliance"], 0..=4).prop_shuffle();
    let terms = prop::collection::vec(prop::sample::select(TERMS), 4);
    (names, terms).prop_map(|(names, terms)| {
        let gate = |(name, terms): (&&str, &&str)| match *name {
            "policy_compliance" => (*name).to_owned(),
            name => format!("{{name: {name}{terms}}}"),
        };
        names.iter().zip(&terms).map(gate).collect()
    })
}

fn environment() -> impl Strategy<Value = (Vec<String>, String)> {
    let guards = prop::collection::vec(prop::sample::select(GUARDS), 0..4);
    (gates(), guards).prop_map(|(gates, guards)| (gates, compatible(&guards).concat()))
}

/// Rules of some manifest.
pub(super) fn assembled() -> impl Strategy<Value = Rules> {
    let names = prop::sample::subsequence(vec!["dev", "qa", "staging", "prod"], 1..=4).prop_shuffle();
    let components = prop::sample::subsequence(vec!["api: x", "web: w", "job: z"], 1..=3);
    let common = prop::collection::vec(prop::sample::select(COMMON), 0..4);
    let told = (prop::sample::select(SIGNERS), common, prop::sample::select(TERMS));
    (names, prop::collection::vec(environment(), 4), components, any::<[bool; 2]>(), told).prop_map(
        |(names, environments, components, [block, named], (signers, common, terms))| {
            let item = |(place, (name, (gates, guards))): (usize, (&&str, &(Vec<String>, String)))| {
                let first = if place == 0 { vec![format!("{{name: a{terms}}}"), "security_scan".to_owned()] } else { Vec::new() };
                format!("{{name: {name}, gates: [{}]{guards}}}", [first, gates.clone()].concat().join(", "))
            };
            let items: Vec<String> = names.iter().zip(&environments).enumerate().map(item).collect();
            let text = format!(
                "artifacts: {{registry: r.example, verification: {{{signers}}}, promotion: {{pipeline: {}, components: {{{}}}, environments: [{}], on_incomparable: {}{}}}}}",
                if named { "shop" } else { "main" },
                components.join(", "),
                items.join(", "),
                if block { "block" } else { "warn" },
                compatible(&common).concat(),
            );
            parse(text.as_bytes()).expect(&text)
        },
    )
}
