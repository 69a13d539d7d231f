//! The law, rule by rule: an event that may stand, and the same event with one thing changed, which breaks that rule.

use promotion_ledger::evidence::b64;
use promotion_ledger::evidence::chain::{EntryFault, Fault};
use promotion_ledger::evidence::{encoding, note};
use promotion_ledger::meaning::command::{Command, Lock, Promote};
use promotion_ledger::meaning::event::artifact::GateStatus;
use promotion_ledger::meaning::event::ledger::{
    BodyRemoved, ClockCorrected, FormatRaised, KeyAdded, KeyChange, KeyEndorsed, KeyProposed, LedgerCreated, ManifestAdopted,
};
use promotion_ledger::meaning::event::promotion::{
    Action, Outcome, Promotion, PromotionAborted, PromotionCompleted, PromotionFailed, PromotionRequested, RegistryTagged, StepStarted,
    TagPurpose,
};
use promotion_ledger::meaning::event::{Event, Recorded};
use promotion_ledger::meaning::grant::{Grant, Role};
use promotion_ledger::meaning::id::{Epoch, PromotionId, Sequence};
use promotion_ledger::meaning::law::{Rule, lawful};
use promotion_ledger::meaning::names::{Component, Environment, Pipeline};
use promotion_ledger::meaning::refusal::ExitCode;
use promotion_ledger::meaning::time::Timestamp;
use promotion_ledger::meaning::versions::Comparison;

use crate::support::*;

fn holds(world: &World, by: Actor, event: impl Into<Event>) {
    let event = event.into();
    let name = event.event_type();
    assert_eq!(world.judge(by, event), Ok(()), "{name}");
}

fn breaks(world: &World, by: Actor, event: impl Into<Event>, rule: Rule) {
    let event = event.into();
    let name = event.event_type();
    assert_eq!(world.judge(by, event).map_err(|unlawful| unlawful.rule), Err(rule), "{name}");
}

/// One change of an event, and the rule that it breaks.
type Change<T> = (Rule, fn(&mut T));

/// The event may stand; with any one of the changes it may not, for just that rule.
fn only_as_it_is<T: Clone + Into<Event>>(world: &World, by: Actor, event: &T, changes: &[Change<T>]) {
    holds(world, by, event.clone());
    for (rule, change) in changes {
        let mut changed = event.clone();
        change(&mut changed);
        breaks(world, by, changed, *rule);
    }
}

fn elsewhere() -> (Pipeline, Component, Environment) {
    (Pipeline::new("blog").expect("a name"), component("mail"), environment("qa"))
}

/// v1.0.0 is in dev and staging, v1.1.0 is in dev and may go to staging.
fn world() -> World {
    let mut world = World::new();
    world.given_promoted("api", "v1.0.0", &["dev", "staging"]);
    world.given_promoted("api", "v1.1.0", &["dev"]);
    world.given_gates("api", "v1.1.0", "staging");
    world
}

/// CI is promoting v1.1.0 to staging and made that many steps.
fn under_way(steps: usize) -> (World, PromotionId) {
    let mut world = world();
    let id = world.given_requested("api", "v1.1.0", "staging");
    for _ in 0..steps {
        world.given_step(CI, id);
    }
    (world, id)
}

fn asked(world: &World) -> Vec<Event> {
    events(world.when(CI, promote("api", "v1.1.0", "dev", "staging")))
}

// The ledger: its beginning, its keys, its time.

#[test]
fn genesis_is_entry_0_and_no_other() {
    breaks(&World::empty(), ADMIN, ManifestAdopted { rules: usual_rules() }, Rule::Genesis);
    breaks(&World::new(), ADMIN, founding(), Rule::Genesis);
}

#[test]
fn a_ledger_begins_with_different_keys_enough_admins_and_this_format() {
    let world = World::empty();
    let changes: [Change<LedgerCreated>; 8] = [
        (Rule::FormatLevel, |created| created.format = 2),
        (Rule::AdminThreshold, |created| created.admin_threshold = 0),
        (Rule::AdminThreshold, |created| created.admin_threshold = 2),
        (Rule::AdminThreshold, |created| created.keys.retain(|key| key.name != ADMIN.key().name)),
        (Rule::KeyReuse, |created| created.keys.push(CI.first_key(role(Role::Operator)))),
        (Rule::KeyReuse, |created| created.recovery = Some(OPS.first_key(vec![]))),
        (Rule::LiveKey, |created| {
            let other = OTHER_ADMIN.first_key(role(Role::Admin));
            created.keys.iter_mut().filter(|key| key.name == ADMIN.key().name).for_each(|key| *key = other.clone());
        }),
        (Rule::Actor, |created| created.keys.iter_mut().for_each(|key| key.principal = principal("somebody@acme.example"))),
    ];
    only_as_it_is(&world, ADMIN, &founding(), &changes);
    breaks(&world, CI, founding(), Rule::Grant);
    breaks(&world, RECOVERY, founding(), Rule::LiveKey);
}

#[test]
fn times_do_not_fall_but_by_a_correction() {
    let world = world();
    let earlier = |event: Event| {
        let entry = world.next(ADMIN, event);
        let time = Timestamp::from_micros(entry.time.as_micros() - 1).expect("a time after 1970");
        lawful(world.state(), &Recorded { time, ..entry }).map_err(|unlawful| unlawful.rule)
    };
    let lock: Event = data!(events(world.when(ADMIN, lock("dev", "x"))), EnvironmentLocked).into();
    holds(&world, ADMIN, lock.clone());
    assert_eq!(earlier(lock), Err(Rule::Time));
    assert_eq!(earlier(ClockCorrected { reason: reason("it ran ahead") }.into()), Ok(()));
}

#[test]
fn a_key_signs_from_the_entry_after_it_was_added_to_the_one_that_revokes_it() {
    let mut world = world();
    let registered = data!(events(world.when(CI, register("api", "v2.0.0"))), ArtifactRegistered);
    breaks(&world, NEWCOMER, registered.clone(), Rule::LiveKey);
    let key = NEWCOMER.added_key(&world.genesis(), role(Role::Ci));
    world.given([(ADMIN, KeyAdded { key }.into())]);
    holds(&world, NEWCOMER, registered.clone());
    world.given([(ADMIN, NEWCOMER.revocation().into())]);
    breaks(&world, NEWCOMER, registered.clone(), Rule::LiveKey);
    breaks(&world, Actor::new("ci", "ci:acme/shop", 77), registered, Rule::LiveKey);
}

#[test]
fn the_actor_is_the_keys_principal_or_one_that_it_may_act_for() {
    let world = world();
    let registered = data!(events(world.when(CI, register("api", "v2.0.0"))), ArtifactRegistered);
    holds(&world, CI, registered.clone());
    breaks(&world, CI.acting_for("ada@acme.example"), registered, Rule::Actor);
}

#[test]
fn one_grant_covers_all_that_an_event_touches() {
    let ci = || Grant { permissions: Role::Ci.permissions(), ..Grant::everything() };
    let (blog, _, _) = elsewhere();
    let narrowed = [
        vec![],
        role(Role::Gate),
        vec![Grant { pipelines: only([blog]), ..ci() }],
        vec![Grant { components: only([component("web")]), ..ci() }],
        vec![Grant { environments: only([environment("dev"), environment("prod")]), ..ci() }],
        // Two grants that cover it only together.
        vec![Grant { components: only([component("web")]), ..ci() }, Grant { environments: only([environment("dev")]), ..ci() }],
    ];
    for grants in narrowed {
        let mut world = world();
        let key = NEWCOMER.added_key(&world.genesis(), grants);
        world.given([(ADMIN, KeyAdded { key }.into())]);
        let requested = data!(asked(&world), PromotionRequested);
        holds(&world, CI, requested.clone());
        breaks(&world, NEWCOMER, requested, Rule::Grant);
    }
}

#[test]
fn the_recovery_key_adds_and_revokes_keys_and_nothing_else() {
    let world = World::governed_by(2);
    let key = NEWCOMER.added_key(&world.genesis(), role(Role::Ci));
    holds(&world, RECOVERY, KeyAdded { key: key.clone() });
    holds(&world, RECOVERY, CI.revocation());
    breaks(&world, RECOVERY, KeyProposed { change: KeyChange::Add(key) }, Rule::Grant);
    breaks(&world, RECOVERY, ManifestAdopted { rules: usual_rules() }, Rule::Grant);
    breaks(&world, RECOVERY, FormatRaised { level: 2 }, Rule::Grant);
}

#[test]
fn whoever_is_refused_may_say_so_and_only_that() {
    let mut world = world();
    world.given_done(ADMIN, lock("staging", "x"));
    let refusal = refused(world.when(GATE, promote("api", "v1.1.0", "dev", "staging")));
    let mut decided = data!(refusal.record(), AuthorizationDecided);
    holds(&world, GATE, data!(refusal.record(), PromotionRefused));
    holds(&world, GATE, decided.clone());
    decided.outcome = Outcome::Passed;
    breaks(&world, GATE, decided, Rule::Grant);
}

#[test]
fn the_level_of_the_format_only_rises() {
    let world = World::new();
    holds(&world, ADMIN, FormatRaised { level: 2 });
    breaks(&world, ADMIN, FormatRaised { level: 1 }, Rule::FormatLevel);
    breaks(&world, ADMIN, FormatRaised { level: 0 }, Rule::FormatLevel);
}

#[test]
fn a_change_of_keys_takes_enough_admins() {
    let one = World::new();
    let two = World::governed_by(2);
    for (world, expected) in [(&one, Ok(())), (&two, Err(Rule::AdminThreshold))] {
        let key = NEWCOMER.added_key(&world.genesis(), role(Role::Ci));
        assert_eq!(world.judge(ADMIN, KeyAdded { key }).map_err(|unlawful| unlawful.rule), expected);
        assert_eq!(world.judge(ADMIN, CI.revocation()).map_err(|unlawful| unlawful.rule), expected);
    }
}

#[test]
fn a_public_key_is_added_once_ever() {
    let mut world = World::governed_by(2);
    world.given([(RECOVERY, GATE.revocation().into())]);
    for known in [CI, GATE, RECOVERY] {
        let key = known.added_key(&world.genesis(), role(Role::Ci));
        breaks(&world, RECOVERY, KeyAdded { key: key.clone() }, Rule::KeyReuse);
        breaks(&world, ADMIN, KeyProposed { change: KeyChange::Add(key) }, Rule::KeyReuse);
    }
}

#[test]
fn what_is_revoked_is_there_and_enough_admins_remain() {
    let mut world = World::new();
    holds(&world, ADMIN, CI.revocation());
    world.given([(ADMIN, CI.revocation().into())]);
    for gone in [CI, NEWCOMER, ADMIN] {
        breaks(&world, ADMIN, gone.revocation(), Rule::Revocation);
    }
    let world = World::governed_by(2);
    holds(&world, ADMIN, KeyProposed { change: KeyChange::Revoke(CI.revocation()) });
    breaks(&world, ADMIN, KeyProposed { change: KeyChange::Revoke(OTHER_ADMIN.revocation()) }, Rule::Revocation);
}

#[test]
fn an_open_proposal_is_endorsed_once_by_each() {
    let mut world = World::governed_by(2);
    let proposal = entry(world.state().core().size);
    let key = NEWCOMER.added_key(&world.genesis(), role(Role::Ci));
    world.given([(ADMIN, KeyProposed { change: KeyChange::Add(key) }.into())]);
    holds(&world, OTHER_ADMIN, KeyEndorsed { proposal });
    breaks(&world, ADMIN, KeyEndorsed { proposal }, Rule::Endorsement);
    breaks(&world, OTHER_ADMIN, KeyEndorsed { proposal: entry(1) }, Rule::Endorsement);
    world.given([(OTHER_ADMIN, KeyEndorsed { proposal }.into())]);
    breaks(&world, OTHER_ADMIN, KeyEndorsed { proposal }, Rule::Endorsement);
}

#[test]
fn an_endorsement_that_takes_effect_must_be_one_that_could_be_proposed() {
    let mut world = World::governed_by(2);
    let key = NEWCOMER.added_key(&world.genesis(), role(Role::Ci));
    let proposal = entry(world.state().core().size);
    world.given([(ADMIN, KeyProposed { change: KeyChange::Add(key.clone()) }.into())]);
    world.given([(RECOVERY, KeyAdded { key }.into())]);
    breaks(&world, OTHER_ADMIN, KeyEndorsed { proposal }, Rule::KeyReuse);
}

#[test]
fn the_holder_of_a_key_proved_to_hold_it_for_this_ledger() {
    let mut world = World::new();
    let good = NEWCOMER.added_key(&world.genesis(), role(Role::Ci));
    let other_ledger = NEWCOMER.added_key(&promotion_ledger::meaning::digest::EntryHash::NONE, role(Role::Ci));
    let mut other_principal = good.clone();
    other_principal.principal = principal("eve@acme.example");
    let mut no_point = good.clone();
    no_point.public = promotion_ledger::meaning::id::PublicKey::from_bytes([0; 32]);
    for key in [other_ledger, other_principal, no_point] {
        let refused = world.append_unasked(ADMIN, KeyAdded { key: key.clone() }.into());
        assert_eq!(refused.map_err(|unlawful| unlawful.rule), Err(Rule::Proof));
        let mut created = founding();
        created.keys.push(key);
        let refused = World::empty().append_unasked(ADMIN, created.into());
        assert_eq!(refused.map_err(|unlawful| unlawful.rule), Err(Rule::Proof), "nor may it be among the first");
    }
    world.given([(ADMIN, KeyAdded { key: good }.into())]);
}

#[test]
fn a_type_is_known_and_its_data_has_its_shape() {
    let world = World::new();
    let admitted = |event_type: &str, data: serde_json::Value| {
        let entry = hand_made(&world, event_type, data);
        match world.chain().clone().admit(&entry) {
            Ok(_) => Ok(()),
            Err(Fault { fault: EntryFault::Unlawful(unlawful), .. }) => Err(unlawful.rule),
            Err(fault) => unreachable!("the entry is authentic: {fault}"),
        }
    };
    assert_eq!(admitted("clock.corrected", serde_json::json!({ "reason": "it ran ahead" })), Ok(()));
    assert_eq!(admitted("clock.praised", serde_json::json!({ "reason": "it ran ahead" })), Err(Rule::Type));
    assert_eq!(admitted("clock.corrected", serde_json::json!({})), Err(Rule::Shape));
    assert_eq!(admitted("clock.corrected", serde_json::json!({ "reason": "it ran ahead", "by": 3 })), Err(Rule::Shape));
    assert_eq!(admitted("clock.corrected", serde_json::json!({ "reason": " " })), Err(Rule::Shape));
}

/// An authentic entry of the admin's with any type and data.
fn hand_made(world: &World, event_type: &str, data: serde_json::Value) -> Vec<u8> {
    let secret = ADMIN.secret();
    let next = world.next(ADMIN, ClockCorrected { reason: reason("any") });
    let mut text = encoding::canonical(&serde_json::json!({
        "actor": next.actor, "agent": next.agent, "data": data, "id": next.id, "prev": b64::encode(world.chain().head().as_bytes()),
        "seq": next.sequence, "time": next.time, "type": event_type, "v": 1,
    }))
    .expect("an entry has a canonical form");
    text.push(b'\n');
    note::assemble(&text, secret.verifier_key().reference(), &secret.sign(&text))
}

#[test]
fn a_body_may_be_removed_by_who_may() {
    let removed = BodyRemoved { digest: promotion_ledger::evidence::hash::body_digest(&[1; 16], b"log"), reason: reason("a name in it") };
    holds(&World::new(), ADMIN, removed.clone());
    breaks(&World::new(), OPS, removed, Rule::Grant);
}

// Releases, gates, locks.

#[test]
fn a_release_is_registered_once_where_it_is_known() {
    let world = world();
    let registered = data!(events(world.when(CI, register("api", "v2.0.0"))), ArtifactRegistered);
    only_as_it_is(&world, CI, &registered, &[
        (Rule::Known, |registered| registered.pipeline = elsewhere().0),
        (Rule::Known, |registered| registered.component = elsewhere().1),
        (Rule::ReleaseOnce, |registered| registered.version = version("v1.0.0")),
        (Rule::ReleaseOnce, |registered| {
            registered.version = version("v1.0.0");
            registered.digest = built("api", "v1.0.0");
        }),
    ]);
}

#[test]
fn a_gate_result_is_about_what_is_known() {
    let world = world();
    let result = gate("tests", "api", "v1.0.0", "prod", GateStatus::Failed);
    only_as_it_is(&world, GATE, &result, &[
        (Rule::Known, |result| result.pipeline = elsewhere().0),
        (Rule::Known, |result| result.component = elsewhere().1),
        (Rule::Known, |result| result.environment = elsewhere().2),
    ]);
}

#[test]
fn a_lock_is_of_what_is_known_and_is_lifted_by_who_may() {
    let mut world = world();
    let narrowed = Lock { component: Some(component("api")), ..lock("dev", "x") };
    let locked = data!(events(world.when(ADMIN, narrowed)), EnvironmentLocked);
    only_as_it_is(&world, ADMIN, &locked, &[
        (Rule::Known, |locked| locked.pipeline = elsewhere().0),
        (Rule::Known, |locked| locked.component = Some(elsewhere().1)),
        (Rule::Known, |locked| locked.environment = elsewhere().2),
    ]);
    let may_lock = permissions(&["environment.locked", "environment.unlocked"]);
    let key = NEWCOMER.added_key(&world.genesis(), vec![Grant { permissions: may_lock, ..Grant::everything() }]);
    world.given([(ADMIN, KeyAdded { key }.into()), (ADMIN, locked.into())]);
    let unlocked = data!(events(world.when(ADMIN, unlock("dev"))), EnvironmentUnlocked);
    only_as_it_is(&world, ADMIN, &unlocked, &[
        (Rule::LockOwner, |unlocked| unlocked.lock = Sequence::GENESIS),
        (Rule::LockOwner, |unlocked| unlocked.environment = environment("prod")),
        (Rule::LockOwner, |unlocked| unlocked.component = None),
    ]);
    holds(&world, OPS, unlocked.clone());
    breaks(&world, NEWCOMER, unlocked.clone(), Rule::LockOwner);
    world.given([(ADMIN, unlocked.clone().into())]);
    breaks(&world, ADMIN, unlocked, Rule::LockOwner);
}

// Promotions.

// proves: FR-001
#[test]
fn a_request_is_one_step_of_what_was_registered_under_the_rules_in_force() {
    let world = world();
    let requested = data!(asked(&world), PromotionRequested);
    let changes: [Change<PromotionRequested>; 9] = [
        (Rule::Known, |requested| requested.promotion.pipeline = elsewhere().0),
        (Rule::Known, |requested| requested.promotion.component = elsewhere().1),
        (Rule::Known, |requested| requested.promotion.to = elsewhere().2),
        (Rule::Manifest, |requested| requested.manifest = Sequence::GENESIS),
        (Rule::Path, |requested| requested.promotion.from = source("none")),
        (Rule::Path, |requested| requested.promotion.to = environment("prod")),
        (Rule::Release, |requested| requested.promotion.digest = digest("elsewhere")),
        (Rule::Release, |requested| requested.promotion.version = version("v9.9.9")),
        (Rule::Already, |requested| {
            requested.promotion.version = version("v1.0.0");
            requested.promotion.digest = built("api", "v1.0.0");
        }),
    ];
    only_as_it_is(&world, CI, &requested, &changes);
}

// proves: FR-001
#[test]
fn a_request_starts_from_where_the_release_is() {
    let mut world = world();
    world.given_registered("api", "v1.2.0");
    let mut requested = data!(asked(&world), PromotionRequested);
    requested.promotion.version = version("v1.2.0");
    requested.promotion.digest = built("api", "v1.2.0");
    breaks(&world, CI, requested.clone(), Rule::Path);
    world.given_promoted("api", "v1.2.0", &["dev"]);
    holds(&world, CI, requested.clone());
    world.given_rolled_back("api", "v1.0.0", "dev");
    breaks(&world, CI, requested, Rule::Path);
}

// proves: FR-036
#[test]
fn a_locked_environment_takes_no_request() {
    let mut world = world();
    let requested = data!(asked(&world), PromotionRequested);
    world.given_done(OPS, Lock { component: Some(component("web")), ..lock("staging", "x") });
    holds(&world, CI, requested.clone());
    world.given_done(OPS, Lock { component: Some(component("api")), ..lock("staging", "x") });
    breaks(&world, CI, requested.clone(), Rule::Locks);
    breaks(&world, OPS, requested, Rule::Locks);
}

#[test]
fn one_run_at_a_time_is_under_way() {
    let mut requested = data!(asked(&world()), PromotionRequested);
    let (world, id) = under_way(0);
    breaks(&world, CI, requested.clone(), Rule::Alone);
    requested.promotion.to = environment("dev");
    requested.promotion.from = source("none");
    requested.forced = true;
    holds(&world, CI, requested.clone());
    requested.promotion.promotion_id = id;
    breaks(&world, CI, requested, Rule::Alone);
}

#[test]
fn nothing_is_done_before_the_right_to_it_was_decided() {
    let mut world = world();
    let events = asked(&world);
    let id = data!(events, PromotionRequested).promotion.promotion_id;
    world.given([(CI, events[0].clone())]);
    let step = world.next_event(&world.run(id));
    breaks(&world, CI, step.clone(), Rule::Authorized);
    world.given([(CI, events[1].clone())]);
    breaks(&world, CI, step.clone(), Rule::Downgrade);
    world.given([(CI, events[2].clone())]);
    holds(&world, CI, step);
}

#[test]
fn the_right_is_decided_for_the_run_by_its_holder() {
    let mut world = world();
    let events = asked(&world);
    let decided = data!(events, AuthorizationDecided);
    breaks(&world, CI, decided.clone(), Rule::UnderWay);
    world.given([(CI, events[0].clone())]);
    only_as_it_is(&world, CI, &decided, &[
        (Rule::UnderWay, |decided| decided.environment = environment("prod")),
        (Rule::UnderWay, |decided| decided.component = None),
        (Rule::UnderWay, |decided| decided.pipeline = elsewhere().0),
        (Rule::UnderWay, |decided| decided.promotion.as_mut().expect("a promotion").digest = digest("elsewhere")),
        (Rule::UnderWay, |decided| decided.promotion.as_mut().expect("a promotion").promotion_id = run_id(0)),
    ]);
    breaks(&world, OPS, decided, Rule::Epoch);
}

/// To be allowed to lock is not to be allowed to promote.
#[test]
fn the_right_is_decided_for_what_was_asked() {
    let mut world = world();
    let events = asked(&world);
    world.given([(CI, events[0].clone())]);
    let decided = data!(events, AuthorizationDecided);
    for action in [Action::Rollback, Action::Lock, Action::Unlock, Action::TakeOver, Action::Abort] {
        let mut other = decided.clone();
        other.action = action;
        breaks(&world, CI, other, Rule::Authorized);
    }
}

// proves: life.downgrade-guard
#[test]
fn the_downgrade_guards_arithmetic_is_done_again() {
    let mut world = world();
    let events = asked(&world);
    let decided = data!(events, DowngradeDecided);
    breaks(&world, CI, decided.clone(), Rule::UnderWay);
    world.given([(CI, events[0].clone())]);
    only_as_it_is(&world, CI, &decided, &[
        (Rule::Downgrade, |decided| decided.comparison = Comparison::Equal),
        (Rule::Downgrade, |decided| decided.current = None),
        (Rule::Downgrade, |decided| decided.current = Some(version("v0.9.0"))),
        (Rule::Downgrade, |decided| decided.outcome = Outcome::Refused),
        (Rule::UnderWay, |decided| decided.promotion.digest = digest("elsewhere")),
    ]);
    breaks(&world, OPS, decided, Rule::Epoch);
}

// proves: life.downgrade-guard
#[test]
fn an_older_version_does_not_pass_by_saying_so() {
    let mut world = world();
    world.given_promoted("api", "v0.9.0", &["dev"]);
    world.given_promoted("api", "v1.1.0", &["staging"]);
    world.given_gates("api", "v0.9.0", "staging");
    let ask = Promote { allow_downgrade: true, ..promote("api", "v0.9.0", "dev", "staging") };
    let events = world.when(CI, ask).expect("a downgrade that is meant").events;
    let mut requested = data!(events, PromotionRequested);
    requested.allow_downgrade = false;
    let mut decided = data!(events, DowngradeDecided);
    world.given([(CI, requested.into()), (CI, events[1].clone())]);
    decided.allow_downgrade = false;
    breaks(&world, CI, decided.clone(), Rule::Downgrade);
    decided.comparison = Comparison::Newer;
    breaks(&world, CI, decided.clone(), Rule::Downgrade);
    // What the request did not allow, the decision about it cannot.
    decided.comparison = Comparison::Older;
    decided.allow_downgrade = true;
    breaks(&world, CI, decided, Rule::Downgrade);
}

// proves: FR-002, FR-003
#[test]
fn a_step_writes_a_tag_of_the_promotion_in_its_turn() {
    let (world, id) = under_way(0);
    let Event::StepStarted(step) = world.next_event(&world.run(id)) else { unreachable!("nothing was written yet") };
    let changes: [Change<StepStarted>; 9] = [
        (Rule::Tags, |step| step.tag = tag("v1.1.0-prod")),
        (Rule::Tags, |step| step.tag = tag("v1.0.0-staging")),
        (Rule::Tags, |step| step.purpose = TagPurpose::Latest),
        (Rule::Tags, |step| step.digest = digest("elsewhere")),
        (Rule::Tags, |step| (step.tag, step.purpose) = (tag("latest-staging"), TagPurpose::Latest)),
        (Rule::Epoch, |step| step.epoch = Epoch::FIRST.next()),
        (Rule::UnderWay, |step| step.promotion.digest = digest("elsewhere")),
        (Rule::UnderWay, |step| step.promotion.to = environment("prod")),
        (Rule::UnderWay, |step| step.promotion.promotion_id = run_id(0)),
    ];
    only_as_it_is(&world, CI, &step, &changes);
    breaks(&world, OPS, step, Rule::Epoch);
}

#[test]
fn only_the_mutable_tag_goes_back_and_only_to_where_it_was() {
    let (world, id) = under_way(4);
    let run = world.run(id);
    let Event::StepStarted(mut back) = world.started(&run, tag("latest-staging"), TagPurpose::Latest) else { unreachable!() };
    back.digest = built("api", "v1.0.0");
    only_as_it_is(&world, CI, &back, &[
        (Rule::Tags, |back| back.digest = digest("elsewhere")),
        (Rule::Tags, |back| (back.tag, back.purpose) = (tag("v1.1.0-staging"), TagPurpose::Immutable)),
    ]);
}

#[test]
fn a_tag_is_recorded_as_written_where_that_was_announced() {
    let (mut world, id) = under_way(1);
    let Event::RegistryTagged(tagged) = world.next_event(&world.run(id)) else { unreachable!("a write was announced") };
    let changes: [Change<RegistryTagged>; 7] = [
        (Rule::Tags, |tagged| tagged.tag = tag("latest-staging")),
        (Rule::Tags, |tagged| tagged.purpose = TagPurpose::Latest),
        (Rule::Tags, |tagged| tagged.digest = digest("elsewhere")),
        (Rule::Known, |tagged| tagged.repository = repository("web")),
        (Rule::Epoch, |tagged| tagged.epoch = Epoch::FIRST.next()),
        (Rule::UnderWay, |tagged| tagged.promotion.version = version("v1.0.0")),
        (Rule::UnderWay, |tagged| tagged.promotion.promotion_id = run_id(0)),
    ];
    only_as_it_is(&world, CI, &tagged, &changes);
    breaks(&world, OPS, tagged.clone(), Rule::Epoch);
    world.given_step(CI, id);
    breaks(&world, CI, tagged, Rule::Tags);
}

#[test]
fn a_completion_rests_on_everything_that_the_rules_demand() {
    let (mut world, id) = under_way(4);
    let Event::PromotionCompleted(completed) = world.next_event(&world.run(id)) else { unreachable!("every tag was written") };
    let changes: [Change<PromotionCompleted>; 8] = [
        (Rule::Gates, |completed| completed.gates.clear()),
        (Rule::Gates, |completed| completed.gates[0].entry = Sequence::GENESIS),
        (Rule::Gates, |completed| completed.gates[0].status = GateStatus::Warning),
        (Rule::Gates, |completed| completed.gates.push(completed.gates[0].clone())),
        (Rule::Authorized, |completed| completed.authorization_passed = false),
        (Rule::Authorized, |completed| completed.authorized_via = reason("break-glass")),
        (Rule::Epoch, |completed| completed.epoch = Epoch::FIRST.next()),
        (Rule::UnderWay, |completed| completed.promotion.promotion_id = run_id(0)),
    ];
    only_as_it_is(&world, CI, &completed, &changes);
    breaks(&world, OPS, completed.clone(), Rule::Epoch);
    world.given([(GATE, gate("tests", "api", "v1.1.0", "staging", GateStatus::Skipped).into())]);
    breaks(&world, CI, completed.clone(), Rule::Gates);
    world.given_gates("api", "v1.1.0", "staging");
    breaks(&world, CI, completed, Rule::Gates);
}

#[test]
fn no_completion_comes_before_its_tags() {
    for steps in 0..4 {
        let (world, id) = under_way(steps);
        breaks(&world, CI, walk::completed(world.state(), &world.run(id)), Rule::Tags);
    }
}

#[test]
fn a_run_ends_as_what_it_is() {
    let (mut world, id) = under_way(4);
    let run = world.run(id);
    let mut as_rollback = run.clone();
    as_rollback.leaves = Some(promotion_ledger::meaning::event::promotion::Leaves {
        digest: built("api", "v1.0.0"),
        number: 1,
        version: version("v1.0.0"),
    });
    breaks(&world, CI, walk::completed(world.state(), &as_rollback), Rule::UnderWay);
    breaks(&world, CI, walk::failed(&as_rollback, ExitCode::Unavailable), Rule::UnderWay);
    holds(&world, CI, walk::failed(&run, ExitCode::Unavailable));

    world.given_walked(CI, id);
    let ask = rollback("api", "v1.0.0", "staging");
    world.given_done(CI, ask.clone());
    for _ in 0..4 {
        world.given_step(CI, ask.promotion_id);
    }
    let run = world.run(ask.promotion_id);
    let mut as_promotion = run.clone();
    as_promotion.leaves = None;
    breaks(&world, CI, walk::completed(world.state(), &as_promotion), Rule::UnderWay);
    breaks(&world, CI, walk::failed(&as_promotion, ExitCode::Unavailable), Rule::UnderWay);
    let Event::RollbackCompleted(completed) = walk::completed(world.state(), &run) else { unreachable!("a rollback") };
    only_as_it_is(&world, CI, &completed, &[
        (Rule::UnderWay, |completed| completed.leaves.number = 2),
        (Rule::UnderWay, |completed| completed.leaves.version = version("v1.0.0")),
        (Rule::Authorized, |completed| completed.authorization_passed = false),
        (Rule::Authorized, |completed| completed.authorized_via = reason("break-glass")),
        (Rule::Epoch, |completed| completed.epoch = Epoch::FIRST.next()),
    ]);
}

#[test]
fn who_takes_over_is_next_after_the_holder() {
    let (mut world, id) = under_way(1);
    let taken = data!(events(world.when(OPS, Command::TakeOver(id))), PromotionTakenOver);
    only_as_it_is(&world, OPS, &taken, &[
        (Rule::Epoch, |taken| taken.epoch = Epoch::FIRST),
        (Rule::Epoch, |taken| taken.epoch = Epoch::FIRST.next().next()),
        (Rule::Epoch, |taken| taken.from_holder = OPS.actor()),
        (Rule::UnderWay, |taken| taken.promotion.promotion_id = run_id(0)),
        (Rule::UnderWay, |taken| taken.promotion.version = version("v1.0.0")),
    ]);
    world.given([(OPS, taken.clone().into())]);
    breaks(&world, CI, taken, Rule::Epoch);
}

#[test]
fn an_end_names_the_tags_that_are_not_back() {
    let (world, id) = under_way(3);
    let failed: PromotionFailed = data!([walk::failed(&world.run(id), ExitCode::Unavailable)], PromotionFailed);
    assert_eq!(failed.tags_left.len(), 2);
    only_as_it_is(&world, CI, &failed, &[
        (Rule::TagsLeft, |failed| failed.tags_left.clear()),
        (Rule::TagsLeft, |failed| failed.tags_left.truncate(1)),
        (Rule::TagsLeft, |failed| failed.tags_left.reverse()),
        (Rule::TagsLeft, |failed| failed.tags_left[0].digest = digest("elsewhere")),
        (Rule::Epoch, |failed| failed.epoch = Epoch::FIRST.next()),
        (Rule::UnderWay, |failed| failed.promotion.promotion_id = run_id(0)),
    ]);
    breaks(&world, OPS, failed, Rule::Epoch);
    let aborted: PromotionAborted = data!(events(world.when(OPS, abort(id))), PromotionAborted);
    only_as_it_is(&world, OPS, &aborted, &[
        (Rule::TagsLeft, |aborted| aborted.tags_left.clear()),
        (Rule::Epoch, |aborted| aborted.epoch = Epoch::FIRST.next()),
        (Rule::UnderWay, |aborted| aborted.promotion.promotion_id = run_id(0)),
    ]);
}

/// A failure names a code as a refusal does: neither success nor a verifier's verdict.
#[test]
fn a_failure_is_not_called_a_success() {
    let (world, id) = under_way(1);
    holds(&world, CI, walk::failed(&world.run(id), ExitCode::Unavailable));
    for code in [ExitCode::Done, ExitCode::Tampered] {
        breaks(&world, CI, walk::failed(&world.run(id), code), Rule::Reasons);
    }
}

// Rollbacks and refusals.

// proves: FR-013, FR-014
#[test]
fn a_rollback_goes_to_what_was_there_and_is_numbered() {
    let mut world = world();
    world.given_registered("api", "v1.2.0");
    world.given_promoted("api", "v1.1.0", &["staging"]);
    let requested = data!(events(world.when(CI, rollback("api", "v1.0.0", "staging"))), RollbackRequested);
    only_as_it_is(&world, CI, &requested, &[
        (Rule::Path, |requested| requested.promotion.from = source("dev")),
        (Rule::Path, |requested| requested.promotion.from = source("none")),
        (Rule::Known, |requested| requested.promotion.to = elsewhere().2),
        (Rule::Manifest, |requested| requested.manifest = Sequence::GENESIS),
        (Rule::RollbackTarget, |requested| requested.leaves.number = 2),
        (Rule::RollbackTarget, |requested| requested.leaves.number = 0),
        (Rule::RollbackTarget, |requested| requested.leaves.version = version("v1.0.0")),
        (Rule::RollbackTarget, |requested| requested.leaves.digest = digest("elsewhere")),
        (Rule::RollbackTarget, |requested| requested.promotion.digest = digest("elsewhere")),
        (Rule::RollbackTarget, |requested| requested.promotion.version = version("v1.2.0")),
        (Rule::RollbackTarget, |requested| move_to(&mut requested.promotion, "v1.1.0")),
    ]);
    world.given_done(ADMIN, lock("staging", "x"));
    breaks(&world, CI, requested.clone(), Rule::Locks);
    holds(&world, ADMIN, requested.clone());
    world.given_done(ADMIN, unlock("staging"));
    world.given_done(CI, rollback("api", "v1.0.0", "staging"));
    breaks(&world, CI, requested, Rule::Alone);
}

fn move_to(promotion: &mut Promotion, name: &str) {
    promotion.version = version(name);
    promotion.digest = built("api", name);
}

#[test]
fn a_rollback_of_an_environment_that_nothing_reached_has_no_target() {
    let world = world();
    let mut requested = data!(events(world.when(CI, rollback("api", "v1.0.0", "dev"))), RollbackRequested);
    holds(&world, CI, requested.clone());
    requested.promotion.to = environment("prod");
    requested.promotion.from = source("prod");
    breaks(&world, CI, requested, Rule::RollbackTarget);
}

#[test]
fn a_refusal_names_its_reasons() {
    let mut world = world();
    world.given_done(ADMIN, lock("staging", "x"));
    world.given_promoted("api", "v1.2.0", &["dev"]);
    world.given_done(ADMIN, lock("dev", "x"));
    let promotion = data!(refused(world.when(CI, promote("api", "v1.1.0", "dev", "staging"))).record(), PromotionRefused);
    only_as_it_is(&world, CI, &promotion, &[
        (Rule::Reasons, |refused| refused.reasons.clear()),
        (Rule::Reasons, |refused| refused.reasons[0].code = ExitCode::Done),
        (Rule::Reasons, |refused| refused.reasons[0].code = ExitCode::Unlawful),
    ]);
    let rollback = data!(refused(world.when(CI, rollback("api", "v1.0.0", "dev"))).record(), RollbackRefused);
    only_as_it_is(&world, CI, &rollback, &[
        (Rule::Reasons, |refused| refused.reasons.clear()),
        (Rule::Reasons, |refused| refused.reasons[0].code = ExitCode::Done),
        (Rule::Reasons, |refused| refused.reasons[0].code = ExitCode::Tampered),
    ]);
}
