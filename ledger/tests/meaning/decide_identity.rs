//! Tokens: what they give, to whom, how long, and that they are recorded before what rests on them.

use promotion_ledger::meaning::command::{Asker, Promote};
use promotion_ledger::meaning::decide::decide;
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::event::identity::IdentityProven;
use promotion_ledger::meaning::grant::{Grant, Role};
use promotion_ledger::meaning::law::Rule;
use promotion_ledger::meaning::rules::{ClaimRule, GroupGiven, IssuerRule, Rules};
use promotion_ledger::meaning::time::Timestamp;

use crate::support::*;

const ISSUER: &str = "https://ci.example";

fn issuer(groups: &[&str]) -> IssuerRule {
    let claims = vec![ClaimRule { name: reason("repository"), value: reason("acme/shop") }];
    IssuerRule {
        audience: reason("ledger"),
        groups: groups.iter().map(|name| GroupGiven { claims: claims.clone(), name: group(name) }).collect(),
        issuer: reason(ISSUER),
        keys: None,
        principal: reason("ci:{repository}"),
    }
}

/// prod is for `releasers`, which tokens give.
fn rules() -> Rules {
    let rules = prod_guarded(|prod| prod.authorization = authorization(&["releasers"], &[]));
    rules.with_issuers(vec![issuer(&["admins", "releasers"])]).expect("rules that agree")
}

/// v1.0.0 is in staging; the key of CI may vouch for tokens.
fn world() -> World {
    let mut created = staffed();
    let vouch = Grant { permissions: Role::Identity.permissions(), ..Grant::everything() };
    created.keys.iter_mut().filter(|key| key.principal == CI.actor()).for_each(|key| key.grants.push(vouch.clone()));
    let mut world = World::founded(&created);
    world.given_done(ADMIN, rules());
    world.given_arrived(&["dev", "staging"]);
    world
}

fn token(world: &World, groups: &[&str]) -> IdentityProven {
    IdentityProven {
        evidence: None,
        expires: world.now().plus_seconds(600),
        groups: groups.iter().map(|name| group(name)).collect(),
        issuer: reason(ISSUER),
        pipeline: shop(),
        subject: reason("repo:acme/shop:environment:production"),
        token: digest("a token"),
    }
}

/// When: somebody asks and shows a token.
fn showing(world: &World, by: Actor, token: &IdentityProven, ask: impl Ask) -> Outcome {
    let asker = Asker { proven: Some(Box::new(token.clone())), ..by.asker(world.now()) };
    decide(world.state(), &asker, &ask.command())
}

fn given(world: &mut World, by: Actor, events: Vec<Event>) {
    world.append(by, &events).expect("what is decided is lawful");
}

// proves: FR-045, FR-046, FR-047, FR-048
#[test]
fn a_token_gives_the_groups_of_its_issuer_and_is_recorded_before_what_rests_on_it() {
    let mut world = world();
    assert_eq!(codes(&refused(world.when(CI, to_prod()))), [12]);
    let token = token(&world, &["releasers"]);
    let at = world.number_of_next();
    let ask = to_prod();
    let id = ask.promotion_id;
    let decided = events(showing(&world, CI, &token, ask));
    assert_eq!(types(&decided)[..3], ["identity.proven", "promotion.requested", "authorization.decided"]);
    let via = data!(decided.clone(), AuthorizationDecided).authorized_via;
    assert_eq!(via, reason(&format!("key acme.example/ci, grant 1; group releasers by a token of {ISSUER} (entry {at})")));
    given(&mut world, CI, decided);
    assert_eq!(data!(world.given_walked(CI, id), PromotionCompleted).authorized_via, via);
}

// proves: FR-048
#[test]
fn one_token_is_recorded_once_and_only_where_something_rests_on_it() {
    let mut world = world();
    let token = token(&world, &["releasers"]);
    assert_nothing(showing(&world, CI, &token, promote("api", "v1.0.0", "dev", "staging")));
    let first = events(showing(&world, CI, &token, to_prod()));
    given(&mut world, CI, first);
    let again = Promote { force: true, ..promote("api", "v1.0.0", "dev", "staging") };
    assert_eq!(types(&events(showing(&world, CI, &token, again.clone())))[0], "promotion.requested");
    let more = IdentityProven { groups: vec![group("admins"), group("releasers")], ..token };
    assert_eq!(types(&events(showing(&world, CI, &more, again)))[0], "identity.proven", "by now it gives more");
}

// proves: FR-045, FR-049
#[test]
fn a_refusal_records_what_was_shown() {
    let mut world = world();
    let token = token(&world, &["admins"]);
    let refusal = refused(showing(&world, CI, &token, to_prod()));
    assert_eq!(types(refusal.record()), ["identity.proven", "authorization.decided", "promotion.refused"]);
    assert_eq!(refusal.to_string(), "prod may be changed by members of releasers; ci:acme/shop is in admins");
    given(&mut world, CI, refusal.record().to_vec());
}

// proves: FR-045, FR-049
#[test]
fn a_token_is_of_one_key_one_actor_and_one_time() {
    let mut world = world();
    let token = token(&world, &["releasers"]);
    world.given([(CI, token.clone().into())]);
    world.assert_passes(CI, &to_prod());
    assert_eq!(codes(&refused(world.when(OPS, to_prod()))), [12], "of another key");
    assert_eq!(codes(&refused(world.when(PORTAL.acting_for("ci:acme/shop"), to_prod()))), [12], "of another key in the same name");
    world.given_time(just_before(token.expires));
    world.assert_passes(CI, &to_prod());
    world.given_time(token.expires);
    assert_eq!(codes(&refused(world.when(CI, to_prod()))), [12], "it is over");
}

// proves: FR-045
#[test]
fn a_token_counts_as_far_as_the_rules_in_force_believe_its_issuer() {
    for issuers in [vec![], vec![issuer(&["admins"])]] {
        let mut world = world();
        world.given([(CI, token(&world, &["admins", "releasers"]).into())]);
        world.assert_passes(CI, &to_prod());
        let fewer = rules().with_issuers(issuers).expect("rules that agree");
        world.given_done(ADMIN, fewer);
        assert_eq!(codes(&refused(world.when(CI, to_prod()))), [12]);
    }
}

// proves: FR-045, FR-049
#[test]
fn to_vouch_for_a_token_needs_a_grant() {
    let world = world();
    let token = token(&world, &["releasers"]);
    let refusal = refused(showing(&world, OPS, &token, to_prod()));
    assert_eq!(refusal.to_string(), "oli@acme.example is not allowed to do this: key acme.example/oli holds no grant for identity.proven");
    assert!(hint(&refusal).ends_with("; or show no token"), "{}", hint(&refusal));
}

// proves: FR-045
#[test]
fn a_token_that_is_over_or_of_nobody_believed_is_refused_before_anything_is_decided() {
    let world = world();
    let usual = token(&world, &["releasers"]);
    let over = IdentityProven { expires: world.now(), ..usual.clone() };
    let refusal = refused(showing(&world, CI, &over, to_prod()));
    assert!(refusal.to_string().starts_with("a token shown at 2026-01-15"), "{refusal}");
    assert_eq!((codes(&refusal), hint(&refusal)), (vec![12], "get a fresh token, and ask again"));
    let dropped = IdentityProven { groups: vec![group("kings")], ..usual.clone() };
    assert_eq!(refused(showing(&world, CI, &dropped, to_prod())).to_string(), format!("tokens of {ISSUER} give no group kings"));
    let foreign = IdentityProven { issuer: reason("https://elsewhere.example"), ..usual };
    let refusal = refused(showing(&world, CI, &foreign, to_prod()));
    assert_eq!(refusal.to_string(), format!("tokens of {ISSUER} are believed, found one of https://elsewhere.example"));
    assert!(refusal.record().is_empty());
}

// proves: FR-045
#[test]
fn the_law_believes_the_issuers_of_the_rules_for_a_day_at_most() {
    let mut world = world();
    let usual = token(&world, &["admins", "releasers"]);
    let day = |seconds: u64| world.now().plus_seconds(86_400 + seconds);
    let longest: Timestamp = day(0);
    let too_long: Timestamp = day(1);
    let wrong = [
        (IdentityProven { issuer: reason("https://elsewhere.example"), ..usual.clone() }, "tokens of https://ci.example are believed"),
        (IdentityProven { groups: vec![group("kings")], ..usual.clone() }, "tokens of https://ci.example give no group kings"),
        (IdentityProven { groups: vec![group("releasers"), group("admins")], ..usual.clone() }, "groups must stand in ascending order"),
        (IdentityProven { groups: vec![group("admins"), group("admins")], ..usual.clone() }, "groups must stand in ascending order"),
        (IdentityProven { expires: world.now(), ..usual.clone() }, "a token shown at"),
        (IdentityProven { expires: too_long, ..usual.clone() }, "a token shown at"),
    ];
    for (event, begins) in wrong {
        let detail = world.judge(CI, event).expect_err("it is unlawful");
        assert_eq!(detail.rule, Rule::Identity);
        assert!(detail.detail.starts_with(begins), "{}", detail.detail);
    }
    world.given([(CI, IdentityProven { expires: longest, ..usual }.into())]);
}

// proves: FR-045
#[test]
fn a_token_approves_for_its_group() {
    let rules = prod_guarded(|prod| prod.approvals = approvals(1, &["releasers"]));
    let rules = rules.with_issuers(vec![issuer(&["releasers"])]).expect("rules that agree");
    let mut world = world();
    world.given_done(ADMIN, rules);
    let at = world.number_of_next();
    world.given_refused(OPS, to_prod());
    let vouched = [Role::Identity, Role::Approver].map(|role| Grant { permissions: role.permissions(), ..Grant::everything() });
    let key = NEWCOMER.added_key(&world.genesis(), vouched.to_vec());
    world.given_done(ADMIN, key);
    let yes = approve("api", "v1.0.0", "prod", at);
    assert_eq!(codes(&refused(world.when(NEWCOMER, yes.clone()))), [12]);
    let granted = events(showing(&world, NEWCOMER, &token(&world, &["releasers"]), yes));
    assert_eq!(types(&granted), ["identity.proven", "approval.granted"]);
    assert_eq!(data!(granted.clone(), ApprovalGranted).group, Some(group("releasers")));
    given(&mut world, NEWCOMER, granted);
    world.assert_passes(OPS, &to_prod());
}
