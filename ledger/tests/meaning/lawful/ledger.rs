//! The law of the ledger itself: its beginning, its keys, its grants, its time, its types.

use promotion_ledger::evidence::chain::{EntryFault, Fault};
use promotion_ledger::evidence::hash::body_digest;
use promotion_ledger::evidence::{b64, encoding, note};
use promotion_ledger::meaning::digest::EntryHash;
use promotion_ledger::meaning::event::ledger::{
    BodyRemoved, ClockCorrected, FormatRaised, KeyAdded, KeyChange, KeyEndorsed, KeyProposed, LedgerCreated, ManifestAdopted,
};
use promotion_ledger::meaning::event::promotion::Outcome;
use promotion_ledger::meaning::event::{Event, Recorded};
use promotion_ledger::meaning::grant::{Grant, Role};
use promotion_ledger::meaning::id::PublicKey;
use promotion_ledger::meaning::law::{Rule, lawful};
use promotion_ledger::meaning::time::Timestamp;

use super::{Change, asked, breaks, elsewhere, holds, only_as_it_is, world};
use crate::support::*;

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
        let floor = world.state().core().floor.expect("entries before");
        let time = Timestamp::from_micros(floor.as_micros() - 1).expect("a time after 1970");
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
    let other_ledger = NEWCOMER.added_key(&EntryHash::NONE, role(Role::Ci));
    let mut other_principal = good.clone();
    other_principal.principal = principal("eve@acme.example");
    let mut no_point = good.clone();
    no_point.public = PublicKey::from_bytes([0; 32]);
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
    let removed = BodyRemoved { digest: body_digest(&[1; 16], b"log"), reason: reason("a name in it") };
    holds(&World::new(), ADMIN, removed.clone());
    breaks(&World::new(), OPS, removed, Rule::Grant);
}
