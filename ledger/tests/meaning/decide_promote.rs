//! Promotions: the path, what is decided and recorded, which tags are due, and every reason not to.

use promotion_ledger::meaning::command::{Promote, Seen};
use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::event::artifact::GateStatus;
use promotion_ledger::meaning::event::promotion::{Action, Outcome, SignatureStatus, TagPurpose};
use promotion_ledger::meaning::names::Pipeline;
use promotion_ledger::meaning::rules::OnIncomparable;
use promotion_ledger::meaning::versions::Comparison;

use crate::support::*;

/// v1.0.0 is in every environment, v1.1.0 is registered.
fn world() -> World {
    let mut world = World::new();
    world.given_promoted("api", "v1.0.0", &["dev", "staging", "prod"]);
    world.given_registered("api", "v1.1.0");
    world
}

fn seen(source_tag: Option<&str>, target_tag: Option<&str>) -> Seen {
    Seen { source_tag: source_tag.map(digest), target_tag: target_tag.map(digest), ..Seen::default() }
}

// proves: FR-001
#[test]
fn a_promotion_is_one_step_forward_and_the_first_is_from_none() {
    let mut world = world();
    world.given_promoted("api", "v1.1.0", &["dev", "staging"]);
    world.given_gates("api", "v1.1.0", "prod");
    let expected_source = [("dev", "none"), ("staging", "dev"), ("prod", "staging")];
    for (to, expected) in expected_source {
        for from in ["none", "dev", "staging", "prod"] {
            let outcome = world.when(CI, promote("api", "v1.1.0", from, to));
            if from == expected {
                assert!(outcome.is_ok(), "{from} to {to}: {outcome:?}");
                continue;
            }
            let refusal = assert_refused(outcome, &[(9, &format!("{to} is entered from {expected}, not from {from}"))]);
            assert_eq!(hint(&refusal), format!("the path is dev → staging → prod; use --from {expected}, one step at a time"));
        }
    }
}

// proves: FR-001a
#[test]
fn environments_have_the_names_and_the_order_that_the_manifest_gives() {
    let mut world = World::ruled(rules(&[("zoo", &[]), ("attic", &[]), ("live-eu", &[])], OnIncomparable::Warn));
    world.given_promoted("api", "v1.0.0", &["zoo", "attic"]);
    assert_refused(world.when(CI, promote("api", "v1.0.0", "zoo", "live-eu")), &[(9, "live-eu is entered from attic, not from zoo")]);
    world.given_promoted("api", "v1.0.0", &["live-eu"]);
    assert_eq!(world.there("api", "live-eu").as_deref(), Some("v1.0.0"));
}

// proves: FR-027
#[test]
fn what_is_decided_stands_in_the_record() {
    let mut world = world();
    world.given_promoted("api", "v1.1.0", &["dev"]);
    world.given_gates("api", "v1.1.0", "staging");
    let ask = Promote { reason: Some(reason("release train 12")), ..promote("api", "v1.1.0", "dev", "staging") };
    let decided = events(world.when(CI, ask.clone()));
    assert_eq!(types(&decided), ["promotion.requested", "authorization.decided", "downgrade.decided"]);

    let requested = data!(decided, PromotionRequested);
    assert_eq!(requested.manifest, entry(1));
    assert_eq!(requested.reason, Some(reason("release train 12")));
    assert!(!requested.forced && !requested.allow_downgrade);
    let promotion = requested.promotion;
    assert_eq!(promotion.promotion_id, ask.promotion_id);
    assert_eq!((&promotion.pipeline, &promotion.component), (&shop(), &component("api")));
    assert_eq!((&promotion.version, &promotion.digest), (&version("v1.1.0"), &built("api", "v1.1.0")));
    assert_eq!((&promotion.from, &promotion.to), (&source("dev"), &environment("staging")));

    let authorization = data!(decided, AuthorizationDecided);
    assert_eq!((authorization.action, authorization.outcome), (Action::Promote, Outcome::Passed));
    assert_eq!(authorization.authorized_via, reason("key acme.example/ci, grant 1"));
    assert_eq!(authorization.promotion.as_ref(), Some(&promotion));

    let downgrade = data!(decided, DowngradeDecided);
    assert_eq!((downgrade.comparison, downgrade.outcome), (Comparison::Newer, Outcome::Passed));
    assert_eq!((downgrade.current, downgrade.promotion), (Some(version("v1.0.0")), promotion));
}

// proves: FR-011, FR-027
#[test]
fn a_completion_says_by_what_right_and_through_which_gates() {
    let mut world = world();
    world.given_promoted("api", "v1.1.0", &["dev"]);
    let id = world.given_requested("api", "v1.1.0", "staging");
    let gate_at = entry(world.run(id).requested.get() - 1);
    let completed = data!(world.given_walked(CI, id), PromotionCompleted);
    assert!(completed.authorization_passed);
    assert_eq!(completed.authorized_via, reason("key acme.example/ci, grant 1"));
    assert_eq!(completed.signature_status, SignatureStatus::NotRequired);
    let cited: Vec<_> = completed.gates.iter().map(|cited| (cited.gate.as_str(), cited.status, cited.entry)).collect();
    assert_eq!(cited, [("tests", GateStatus::Passed, gate_at)]);
    assert_eq!(world.there("api", "staging").as_deref(), Some("v1.1.0"));
}

// proves: FR-002, FR-003
#[test]
fn the_immutable_tag_is_made_first_then_the_mutable_one_moves_to_the_same_digest() {
    let mut world = World::new();
    let id = world.given_requested("api", "v1.0.0", "dev");
    let due = [(tag("v1.0.0-dev"), TagPurpose::Immutable), (tag("latest-dev"), TagPurpose::Latest)];
    assert_eq!(world.run(id).tags_due(), due);
    let walked = world.given_walked(CI, id);
    let expected = ["step.started", "registry.tagged", "step.started", "registry.tagged", "promotion.completed"];
    assert_eq!(types(&walked), expected);
    assert_eq!(data!(walked, StepStarted).tag, tag("v1.0.0-dev"));

    world.given_promoted("api", "v1.1.0", &["dev"]);
    assert_eq!(world.resolve("api", "v1.0.0-dev"), Some(&built("api", "v1.0.0")));
    assert_eq!(world.resolve("api", "v1.1.0-dev"), Some(&built("api", "v1.1.0")));
    assert_eq!(world.resolve("api", "latest-dev"), Some(&built("api", "v1.1.0")));
    assert_eq!(world.there("web", "dev"), None, "components version on their own");
}

// proves: NFR-004
#[test]
fn what_is_there_already_is_done_and_nothing_is_appended() {
    let world = world();
    for (from, to) in [("none", "dev"), ("dev", "staging"), ("staging", "prod")] {
        assert_nothing(world.when(CI, promote("api", "v1.0.0", from, to)));
        let ask = promote("api", "v1.0.0", from, to);
        let seen = Seen { target_tag: Some(built("api", "v1.0.0")), ..Seen::default() };
        assert_nothing(world.when(CI, Promote { seen, ..ask }));
    }
}

#[test]
fn force_does_it_again_and_passes_no_guard() {
    let mut world = world();
    let forced = |from, to| Promote { force: true, ..promote("api", "v1.0.0", from, to) };
    let decided = events(world.when(CI, forced("staging", "prod")));
    assert!(data!(decided, PromotionRequested).forced);
    assert_eq!(data!(decided, DowngradeDecided).comparison, Comparison::Equal);

    world.given([(GATE, gate("tests", "api", "v1.0.0", "prod", GateStatus::Failed).into())]);
    world.given_done(OPS, lock("prod", "sale"));
    let refusal = refused(world.when(CI, forced("staging", "prod")));
    assert_eq!(codes(&refusal), [13, 8]);
}

// proves: NFR-004
#[test]
fn a_release_that_is_no_longer_current_is_promoted_anew() {
    let mut world = world();
    world.given_promoted("api", "v1.1.0", &["dev"]);
    let ask = Promote { allow_downgrade: true, ..promote("api", "v1.0.0", "none", "dev") };
    let seen = Seen { target_tag: Some(built("api", "v1.0.0")), ..Seen::default() };
    let decision = world.when(CI, Promote { seen, ..ask }).expect("the tag is there, on the same digest");
    assert_eq!(decision.events.len(), 3);
}

// proves: NFR-004
#[test]
fn the_same_promotion_is_gone_on_with_whoever_asks() {
    let mut world = world();
    let id = world.given_requested("api", "v1.1.0", "dev");
    world.given_step(CI, id);
    for asks in [CI, OPS] {
        let decision = world.when(asks, promote("api", "v1.1.0", "none", "dev")).expect("it can be gone on with");
        assert_eq!((decision.resume, decision.events), (Some(id), Vec::new()));
    }
}

// proves: NFR-004
#[test]
fn a_tag_on_another_digest_is_never_moved() {
    let world = world();
    let conflict = |version: &str, to: &str| {
        let digest = built("api", version);
        let other = digest_elsewhere();
        format!("tag {version}-{to} exists on another digest: expected {digest}, found {other}")
    };
    let ask = promote("api", "v1.1.0", "none", "dev");
    let refusal =
        assert_refused(world.when(CI, Promote { seen: seen(None, Some("elsewhere")), ..ask }), &[(10, &conflict("v1.1.0", "dev"))]);
    assert_eq!(hint(&refusal), "release the other digest under a version of its own; this tag is never moved");
    for force in [false, true] {
        let ask = Promote { force, ..promote("api", "v1.0.0", "none", "dev") };
        let outcome = world.when(CI, Promote { seen: seen(None, Some("elsewhere")), ..ask });
        assert_refused(outcome, &[(10, &conflict("v1.0.0", "dev"))]);
    }
}

fn digest_elsewhere() -> Digest {
    digest("elsewhere")
}

#[test]
fn another_run_in_the_environment_is_in_the_way() {
    let mut world = world();
    world.given_registered("api", "v1.2.0");
    let id = world.given_requested("api", "v1.1.0", "dev");
    let since = world.run(id).requested;
    let message = format!("a promotion of api to v1.1.0 is under way in dev, by ci:acme/shop, since entry {since}");
    let refusal = assert_refused(world.when(CI, promote("api", "v1.2.0", "none", "dev")), &[(7, &message)]);
    assert_eq!(hint(&refusal), format!("finish it: promoledger resume {id}; or end it: promoledger abort {id} --reason …"));
    assert_eq!(types(refusal.record()), ["promotion.refused"]);

    world.given_registered("web", "v1.2.0");
    assert!(world.when(CI, promote("web", "v1.2.0", "none", "dev")).is_ok(), "another component goes its own way");
    assert_nothing(world.when(CI, promote("api", "v1.0.0", "dev", "staging")));
}

#[test]
fn a_rollback_that_is_under_way_is_in_the_way() {
    let mut world = world();
    world.given_promoted("api", "v1.1.0", &["dev"]);
    let ask = rollback("api", "v1.0.0", "dev");
    let id = ask.promotion_id;
    world.given_done(CI, ask);
    world.given_registered("api", "v1.2.0");
    let since = world.run(id).requested;
    let message = format!("a rollback of api to v1.0.0 is under way in dev, by ci:acme/shop, since entry {since}");
    assert_refused(world.when(CI, promote("api", "v1.2.0", "none", "dev")), &[(7, &message)]);
    let refusal = refused(world.when(CI, promote("api", "v1.0.0", "none", "dev")));
    assert_eq!(codes(&refusal), [7, 14], "a promotion to the version of a rollback is not that rollback");
}

// proves: FR-048, FR-049
#[test]
fn a_principal_without_the_grants_is_told_what_is_missing() {
    let world = world();
    let outcome = world.when(GATE, promote("api", "v1.1.0", "none", "dev"));
    let message = "scanner:acme is not allowed to do this with api in dev: key acme.example/scanner holds no grant for \
                   promotion.requested, authorization.decided, downgrade.decided, step.started, registry.tagged, promotion.completed";
    let refusal = assert_refused(outcome, &[(12, message)]);
    let expected = "an admin can add a key of scanner:acme with such a grant; `promoledger keys list` shows what each key may do";
    assert_eq!(hint(&refusal), expected);

    assert_eq!(types(refusal.record()), ["authorization.decided", "promotion.refused"]);
    let decided = data!(refusal.record(), AuthorizationDecided);
    assert_eq!((decided.action, decided.outcome), (Action::Promote, Outcome::Refused));
    assert_eq!(decided.authorized_via, reason(message));
}

#[test]
fn names_that_are_not_known_are_told_with_those_that_are() {
    let world = world();
    let elsewhere = Promote { pipeline: Pipeline::new("blog").expect("a name"), ..promote("api", "v1.1.0", "none", "dev") };
    let refusal = assert_refused(world.when(CI, elsewhere), &[(2, "there is no pipeline blog in this ledger")]);
    assert_eq!(hint(&refusal), "pipelines with rules in force: shop");
    assert_eq!(refusal.record(), [], "nothing was judged");

    let refusal = assert_refused(world.when(CI, promote("mail", "v1", "none", "dev")), &[(3, "pipeline shop has no component mail")]);
    assert_eq!(hint(&refusal), "its components: api, web");

    let refusal = assert_refused(world.when(CI, promote("api", "v1.1.0", "none", "qa")), &[(9, "pipeline shop has no environment qa")]);
    assert_eq!(hint(&refusal), "its path: dev → staging → prod");

    let outcome = world.when(CI, promote("api", "v9.9.9", "none", "dev"));
    let refusal = assert_refused(outcome, &[(3, "api v9.9.9 is not registered in pipeline shop")]);
    assert_eq!(hint(&refusal), "make it known first: promoledger register v9.9.9 --component api --ref REPOSITORY@DIGEST");
}

// proves: FR-001
#[test]
fn a_release_comes_from_where_it_was_promoted_to() {
    let mut world = world();
    world.given_gates("api", "v1.1.0", "staging");
    let outcome = world.when(CI, promote("api", "v1.1.0", "dev", "staging"));
    let refusal = assert_refused(outcome, &[(11, "api v1.1.0 was never promoted to dev")]);
    assert_eq!(hint(&refusal), "promote it there first: promoledger promote v1.1.0 --component api --from none --to dev");

    world.given_promoted("api", "v1.1.0", &["dev"]);
    world.given_promoted("api", "v1.2.0", &["dev"]);
    assert!(world.when(CI, promote("api", "v1.1.0", "dev", "staging")).is_ok(), "it was there, though another took its place");
}

#[test]
fn what_was_rolled_back_from_goes_no_further_until_it_is_promoted_again() {
    let mut world = world();
    world.given_promoted("api", "v1.1.0", &["dev"]);
    world.given_rolled_back("api", "v1.0.0", "dev");
    world.given_gates("api", "v1.1.0", "staging");
    let at = world.left_by_rollback("api", "v1.1.0", "dev").expect("it was rolled away from");
    let outcome = world.when(CI, promote("api", "v1.1.0", "dev", "staging"));
    let refusal = assert_refused(outcome, &[(9, &format!("dev was rolled back from api v1.1.0 at entry {at}"))]);
    assert_eq!(hint(&refusal), "promote it to dev again before it goes further");

    world.given_promoted("api", "v1.1.0", &["dev"]);
    assert!(world.when(CI, promote("api", "v1.1.0", "dev", "staging")).is_ok());
}

#[test]
fn a_source_tag_that_somebody_moved_stops_everything() {
    let mut world = world();
    world.given_promoted("api", "v1.1.0", &["dev"]);
    world.given_gates("api", "v1.1.0", "staging");
    let (expected, found) = (built("api", "v1.1.0"), digest_elsewhere());
    let at = world.state().place(&shop(), &component("api"), &environment("dev")).holder.expect("a release").since;
    let ask = |tag: Option<&str>| Promote { seen: seen(tag, None), ..promote("api", "v1.1.0", "dev", "staging") };
    let message = format!("tag v1.1.0-dev must point at {expected}, as promoted at entry {at}, found {found}");
    let refusal = assert_refused(world.when(CI, ask(Some("elsewhere"))), &[(4, &message)]);
    assert_eq!(hint(&refusal), "somebody moved a tag that is never moved; find out who before promoting further");
    assert!(world.when(CI, ask(Some("api v1.1.0"))).is_ok());
}

/// Everything is wrong at once: v2 is in staging, v3 is on its way there, and two locks stand.
fn hostile() -> World {
    let mut world = World::new();
    world.given_promoted("api", "v2.0.0", &["dev", "staging"]);
    world.given_promoted("api", "v3.0.0", &["dev"]);
    world.given_requested("api", "v3.0.0", "staging");
    world.given_registered("api", "v1.0.0");
    world.given_done(ADMIN, lock("staging", "audit"));
    world.given_done(OPS, lock("staging", "sale"));
    world
}

// proves: FR-007
#[test]
fn every_reason_is_told_in_the_order_of_checks() {
    let world = hostile();
    let hostile_ask = |from| Promote { seen: seen(None, Some("elsewhere")), ..promote("api", "v1.0.0", from, "staging") };
    for (from, path) in [("dev", 11), ("prod", 9), ("none", 9)] {
        let refusal = refused(world.when(GATE, hostile_ask(from)));
        assert_eq!(codes(&refusal), [7, 13, 13, 12, path, 10, 14, 8]);
        let recorded = data!(refusal.record(), PromotionRefused);
        let told = refusal.reasons().iter().map(|reason| (reason.code, reason.message.as_str()));
        assert!(recorded.reasons.iter().map(|reason| (reason.code, reason.message.as_str())).eq(told), "all of it is recorded");
    }
}

// proves: FR-007
#[test]
fn a_refusal_changes_nothing_but_the_record() {
    let mut world = hostile();
    let before: Vec<_> = world.state().facts().map(|(key, fact)| (key.clone(), fact.clone())).collect();
    for by in [GATE, CI, ADMIN] {
        world.given_refused(by, Promote { seen: seen(None, Some("elsewhere")), ..promote("api", "v1.0.0", "dev", "staging") });
    }
    let after: Vec<_> = world.state().facts().map(|(key, fact)| (key.clone(), fact.clone())).collect();
    assert_eq!(before, after);
}

#[test]
fn a_version_is_registered_for_one_digest() {
    let mut world = world();
    assert_nothing(world.when(CI, register("api", "v1.1.0")));
    let mut other = register("api", "v1.1.0");
    other.digest = digest_elsewhere();
    let at = world.state().release(&shop(), &component("api"), &version("v1.1.0")).expect("a release").registered;
    let message = format!(
        "api v1.1.0 was registered as {} at entry {at}: expected the same digest, found {}",
        built("api", "v1.1.0"),
        digest_elsewhere()
    );
    let refusal = assert_refused(world.when(CI, other), &[(10, &message)]);
    assert_eq!(hint(&refusal), "a version stands for one digest; register the other under a version of its own");

    world.given_registered("web", "v1.1.0");
    assert_refused(world.when(CI, register("mail", "v1")), &[(3, "pipeline shop has no component mail")]);
    let message = "scanner:acme is not allowed to do this with web: key acme.example/scanner holds no grant for artifact.registered";
    assert_refused(world.when(GATE, register("web", "v1.2.0")), &[(12, message)]);
}
