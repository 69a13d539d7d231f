//! Policies that allow, deny, warn, and those that must not be taken for either.

mod deciding;
mod properties;
mod recording;
mod refusing;

use std::collections::{BTreeMap, BTreeSet};

use super::{Action, Artifact, Facts, Gate, GateStatus, Input, Policies, PolicyError, Request, Standing, Unanswered, Verdict, Visit};

/// A request as the tests make it: `v1.4.2` of `api`, from staging to prod.
fn input() -> Input {
    let digest = format!("sha256:{}", "11".repeat(32));
    Input {
        artifact: Artifact {
            reference: format!("registry.acme.example/shop/api@{digest}"),
            digest,
            component: "api".to_owned(),
            version: "v1.4.2".to_owned(),
            annotations: BTreeMap::from([("org.opencontainers.image.revision".to_owned(), "ab".repeat(20))]),
            labels: BTreeMap::new(),
        },
        request: Request {
            pipeline: "shop".to_owned(),
            from: "staging".to_owned(),
            to: "prod".to_owned(),
            actor: "ci:acme/shop".to_owned(),
            groups: BTreeSet::from(["deployers".to_owned()]),
            action: Action::Promote,
            reason: None,
            promotion_id: "0198f0a4-6f3a-7c1e-8a55-3f0a2b9d1c77".to_owned(),
            time: "2026-01-15T14:45:00.123456Z".to_owned(),
        },
        ledger: Facts {
            current: Some(Standing {
                version: "v1.4.1".to_owned(),
                digest: format!("sha256:{}", "22".repeat(32)),
                since: "2026-01-08T09:00:00Z".to_owned(),
                by: "ci:acme/shop".to_owned(),
            }),
            previous: Vec::new(),
            visits: vec![Visit {
                environment: "staging".to_owned(),
                since: "2026-01-14T10:00:00Z".to_owned(),
                by: "ci:acme/shop".to_owned(),
            }],
            gates: vec![Gate { gate: "tests".to_owned(), status: GateStatus::Passed, entry: 41, time: "2026-01-15T14:40:00Z".to_owned() }],
            locks: Vec::new(),
        },
    }
}

fn compiled(rules: &str) -> Result<Policies, PolicyError> {
    Policies::compile(&[("shop.rego", &format!("package promoledger\n{rules}\n"))])
}

fn asked(rules: &str, input: &Input) -> Result<Verdict, Unanswered> {
    compiled(rules).unwrap_or_else(|error| panic!("{rules}\n{error}")).judge(input)
}

#[track_caller]
fn verdict(rules: &str, input: &Input) -> Verdict {
    asked(rules, input).unwrap_or_else(|error| panic!("{rules}\n{error}"))
}
