//! Random guards: rules that carry them, and what people do about them.

use promotion_ledger::meaning::command::{Approve, Halt, Resolve, Review, Verdict};
use promotion_ledger::meaning::event::identity::IdentityProven;
use promotion_ledger::meaning::event::overriding::Finding;
use promotion_ledger::meaning::event::signature::SignatureFound;
use promotion_ledger::meaning::facts::{Fact, FactKey};
use promotion_ledger::meaning::id::{PromotionId, SigningKey};
use promotion_ledger::meaning::rules::{
    ClaimRule, Enforcement, EnvironmentRule, GroupGiven, IssuerRule, MaxAge, OnIncomparable, POLICY_COMPLIANCE, Rules,
};
use promotion_ledger::meaning::time::Timestamp;
use promotion_ledger::meaning::versions::Range;
use proptest::prelude::*;
use proptest::sample::select;

use super::moves::{ACTORS, COMPONENTS, ENVIRONMENTS, GATES, some_component};
use super::play::Play;
use crate::support::*;

/// Whose tokens are believed.
const ISSUER: &str = "https://ci.example";

/// What one environment demands besides its gates.
#[derive(Debug, Clone)]
pub(super) struct Guards {
    environment: &'static str,
    freeze: bool,
    soak: bool,
    authorization: bool,
    duties: bool,
    versions: bool,
    approvals: Option<u32>,
    reviewers_only: bool,
    signature: Option<Enforcement>,
    aging: bool,
    policies: bool,
    advice: bool,
}

/// What somebody does about guards.
#[derive(Debug, Clone)]
pub(super) enum GuardMove {
    /// To whichever request stands, by number.
    Answer {
        by: Actor,
        which: usize,
        yes: bool,
    },
    Review {
        by: Actor,
        which: usize,
    },
    /// Time goes by.
    Wait {
        seconds: u64,
    },
    Halt {
        by: Actor,
        environment: &'static str,
        component: Option<&'static str>,
    },
    Resolve {
        by: Actor,
        environment: &'static str,
        component: Option<&'static str>,
    },
    /// Somebody has a token at hand that is good for so long; they show it when they ask for something next.
    TakeToken {
        by: Actor,
        seconds: u64,
    },
}

pub(super) fn some_guards() -> impl Strategy<Value = Vec<Guards>> {
    let seldom = || prop::bool::weighted(0.3);
    let enforcement = select(vec![None, None, Some(Enforcement::Warn), Some(Enforcement::Enforce)]);
    let approvals = select(vec![None, Some(1), Some(2)]);
    let plain = (seldom(), seldom(), seldom(), seldom(), seldom(), any::<bool>(), seldom(), seldom(), seldom());
    let one = (select(&ENVIRONMENTS[..]), plain, approvals, enforcement).prop_map(|(environment, plain, approvals, signature)| {
        let (freeze, soak, authorization, duties, versions, reviewers_only, aging, policies, advice) = plain;
        Guards { environment, freeze, soak, authorization, duties, versions, approvals, reviewers_only, signature, aging, policies, advice }
    });
    prop::collection::vec(one, 0..4)
}

pub(super) fn a_guard_move() -> impl Strategy<Value = GuardMove> {
    let by = || select(vec![OPS, SPARE, ONCALL, RITA, ROB, ADMIN, PORTAL.acting_for("zoe@acme.example")]);
    prop_oneof![
        6 => (by(), 0..4_usize, prop::bool::weighted(0.9)).prop_map(|(by, which, yes)| GuardMove::Answer { by, which, yes }),
        2 => (by(), 0..4_usize).prop_map(|(by, which)| GuardMove::Review { by, which }),
        2 => (1..400_u64).prop_map(|seconds| GuardMove::Wait { seconds }),
        1 => (by(), select(&ENVIRONMENTS[..]), some_component()).prop_map(|(by, environment, component)| GuardMove::Halt {
            by, environment, component
        }),
        6 => (by(), select(&ENVIRONMENTS[..]), prop::option::weighted(0.1, select(&COMPONENTS[..]))).prop_map(
            |(by, environment, component)| GuardMove::Resolve { by, environment, component }
        ),
        3 => (select(vec![CI, ONCALL]), 1..600_u64).prop_map(|(by, seconds)| GuardMove::TakeToken { by, seconds }),
    ]
}

pub(super) fn some_signature() -> impl Strategy<Value = Option<SignatureFound>> {
    let found =
        [SignatureFound::Verified, SignatureFound::Verified, SignatureFound::Unsigned, SignatureFound::Invalid, SignatureFound::Unknown];
    prop_oneof![1 => Just(None), 5 => select(found.to_vec()).prop_map(Some)]
}

/// dev, staging and prod with their gates, and these guards. Other policies hold where it is strict, and another key's signatures count.
pub(super) fn some_rules(strict: bool, guards: &[Guards]) -> Rules {
    let prod: &[&str] = if strict { &GATES } else { &["tests"] };
    let on_incomparable = if strict { OnIncomparable::Block } else { OnIncomparable::Warn };
    let open = rules(&[("dev", &[]), ("staging", &["tests"]), ("prod", prod)], on_incomparable);
    let open = with_group(open, "releasers", &["ada@acme.example", "ci:acme/shop"]);
    let open = verified_by(with_policy(open, if strict { "strict" } else { "lax" }), if strict { "strict" } else { "lax" });
    let guarded = guards.iter().fold(open, |rules, guards| guarding(&rules, guards.environment, |rule| demand(rule, guards)));
    // Where it is strict, no token counts any more.
    if strict { guarded } else { guarded.with_issuers(vec![issuer()]).expect("rules without contradictions") }
}

/// Its tokens make whoever has one a releaser.
fn issuer() -> IssuerRule {
    let claims = vec![ClaimRule { name: reason("repository"), value: reason("acme/shop") }];
    let groups = vec![GroupGiven { claims, name: group("releasers") }];
    IssuerRule { audience: reason("ledger"), groups, issuer: reason(ISSUER), keys: None, principal: reason("ci:{repository}") }
}

fn token(expires: Timestamp, number: u64) -> IdentityProven {
    IdentityProven {
        evidence: None,
        expires,
        groups: vec![group("releasers")],
        issuer: reason(ISSUER),
        pipeline: shop(),
        subject: reason("repo:acme/shop"),
        token: digest(&format!("token {number}")),
    }
}

fn demand(rule: &mut EnvironmentRule, guards: &Guards) {
    let windows = [
        ("2026-01-15T14:50:00.000000Z", "2026-01-15T14:54:00.000000Z", "standup"),
        ("2026-01-15T15:00:00.000000Z", "2026-01-15T15:10:00.000000Z", "sale"),
    ];
    rule.freezes = if guards.freeze { freezes(&windows, Some("2026-01-15T18:00:00.000000Z")) } else { None };
    rule.soak_seconds = guards.soak.then_some(30);
    rule.authorization = if guards.authorization { authorization(&["releasers"], &["oli@acme.example"]) } else { None };
    rule.separation_of_duties = if guards.duties { separated() } else { None };
    rule.versions = guards.versions.then(|| Range::parse("^1.1").expect("a range"));
    let groups: &[&str] = if guards.reviewers_only { &["reviewers"] } else { &[] };
    rule.approvals = guards.approvals.and_then(|count| approvals(count, groups));
    rule.signature = guards.signature;
    let policies = gate_name(POLICY_COMPLIANCE);
    rule.gates.retain(|gate| *gate != policies);
    let aged = rule.gates.iter().filter(|_| guards.aging);
    rule.max_age = aged.map(|gate| MaxAge { gate: gate.clone(), seconds: 60 }).collect();
    rule.advisory = rule.gates.iter().filter(|_| guards.advice).take(1).cloned().collect();
    rule.gates.extend(guards.policies.then_some(policies));
}

pub(super) fn make_guard_move(play: &mut Play, a_move: &GuardMove) {
    match *a_move {
        GuardMove::Answer { by, which, yes } => {
            let Some(ask) = answer(play, which, yes) else { return };
            play.ask(by, ask);
        }
        GuardMove::Review { by, which } => {
            let Some(promotion_id) = overridden(play, which) else { return };
            play.ask(by, Review { finding: Finding::Unjustified, ..review(promotion_id) });
        }
        GuardMove::Wait { seconds } => play.world.given_time(play.world.now().plus_seconds(seconds)),
        GuardMove::Halt { by, environment, component: only } => {
            play.ask(by, Halt { component: only.map(component), ..halt(environment, "orders were lost") });
        }
        GuardMove::Resolve { by, environment, component: only } => {
            play.ask(by, Resolve { component: only.map(component), ..resolve(environment, "rolled back") });
        }
        GuardMove::TakeToken { by, seconds } => {
            let expires = play.world.now().plus_seconds(seconds);
            play.token = Some((by, token(expires, play.world.number_of_next())));
        }
    }
}

/// An answer to one of the requests that nothing took the place of.
fn answer(play: &Play, which: usize, yes: bool) -> Option<Approve> {
    let requests = play.world.state().facts().filter_map(|(key, fact)| match (key, fact) {
        (FactKey::Approvals(_, component, environment, digest), Fact::Approvals(found)) => {
            Some((component.clone(), environment.clone(), digest.clone(), found.request))
        }
        _ => None,
    });
    let requests: Vec<_> = requests.collect();
    let (component, environment, digest, request) = requests.get(which.checked_rem(requests.len())?).cloned()?;
    let verdict = if yes { Verdict::Yes(None) } else { Verdict::No(reason("not before the sale")) };
    Some(Approve { pipeline: shop(), component, digest, environment, request, verdict })
}

fn overridden(play: &Play, which: usize) -> Option<PromotionId> {
    let overrides = play.world.state().facts().filter_map(|(_, fact)| match fact {
        Fact::Override(found) => Some(found.promotion.promotion_id),
        _ => None,
    });
    let overrides: Vec<PromotionId> = overrides.collect();
    overrides.get(which.checked_rem(overrides.len())?).copied()
}

/// Whom a key stands for, as the cast knows it.
pub(super) fn principal_of(key: &SigningKey) -> String {
    let everybody = ACTORS.into_iter().chain([SPARE, PORTAL, RITA, ROB]);
    everybody.into_iter().find(|actor| actor.key() == *key).expect("somebody of the cast").actor().to_string()
}
