//! Keys, rules and the floor of time: who may change them, and how many it takes.

use promotion_ledger::meaning::command::Command;
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::event::ledger::{KeyAdded, KeyAddition, KeyChange, KeyEndorsed};
use promotion_ledger::meaning::grant::{Grant, Role};
use promotion_ledger::meaning::id::Sequence;
use promotion_ledger::meaning::law::Rule;
use promotion_ledger::meaning::names::Pipeline;
use promotion_ledger::meaning::rules::OnIncomparable;

use crate::support::*;

fn newcomer(world: &World) -> KeyAddition {
    NEWCOMER.added_key(&world.genesis(), role(Role::Ci))
}

fn admin_key(world: &World, actor: Actor) -> KeyAddition {
    actor.added_key(&world.genesis(), role(Role::Admin))
}

fn is_live(world: &World, actor: Actor) -> bool {
    world.state().core().key(&actor.key()).is_some_and(|record| record.is_live())
}

/// Given: a change was proposed there.
fn proposed<A: Ask>(world: &mut World, by: Actor, ask: impl FnOnce(&World) -> A) -> Sequence {
    let at = entry(world.state().core().size);
    let events = world.given_done(by, ask(world));
    assert_eq!(types(&events), ["key.proposed"]);
    at
}

#[test]
fn an_admin_adds_a_key_where_one_is_enough() {
    let mut world = World::new();
    let added = newcomer(&world);
    assert_eq!(events(world.when(ADMIN, added.clone())), [Event::KeyAdded(KeyAdded { key: added.clone() })]);
    world.given_done(ADMIN, added);
    assert!(is_live(&world, NEWCOMER));
    world.given_done(NEWCOMER, register("api", "v1.0.0"));
}

// proves: FR-045, FR-049
#[test]
fn a_key_that_is_not_in_the_ledger_may_do_nothing() {
    let world = World::new();
    let refusal = assert_refused(world.when(NEWCOMER, register("api", "v1.0.0")), &[(12, "key acme.example/new is not in this ledger")]);
    assert_eq!(hint(&refusal), "ask an admin to add it: `promoledger keys request` makes what they need");
    let same_name = Actor::new("ci", "ci:acme/shop", 99);
    assert_refused(world.when(same_name, register("api", "v1.0.0")), &[(12, "key acme.example/ci is not in this ledger")]);
}

#[test]
fn a_revoked_key_may_do_nothing() {
    let mut world = World::new();
    world.given_done(ADMIN, CI.revocation());
    assert_refused(world.when(CI, register("api", "v1.0.0")), &[(12, "key acme.example/ci was revoked at entry 2")]);
    assert_nothing(world.when(ADMIN, CI.revocation()));
}

// proves: FR-045
#[test]
fn a_key_speaks_for_its_principal_and_for_whom_it_may_act_for() {
    let mut created = founding();
    let for_bots = Grant { act_for: only([principal("bot:nightly")]), permissions: Role::Ci.permissions(), ..Grant::everything() };
    created.keys.push(NEWCOMER.first_key(vec![for_bots]));
    let mut world = World::founded(&created);
    world.given_done(ADMIN, usual_rules());
    world.given_done(NEWCOMER.acting_for("bot:nightly"), register("api", "v1.0.0"));
    let outcome = world.when(NEWCOMER.acting_for("ada@acme.example"), register("api", "v1.1.0"));
    assert_refused(outcome, &[(12, "key acme.example/new stands for noor@acme.example and may not act for ada@acme.example")]);
    assert_eq!(codes(&refused(world.when(CI.acting_for("ada@acme.example"), register("api", "v1.1.0")))), [12]);
}

#[test]
fn a_public_key_is_added_once_ever() {
    let mut world = World::new();
    let again = ADMIN.added_key(&world.genesis(), role(Role::Ci));
    let message = "the public key of acme.example/ada was added at entry 0 as acme.example/ada";
    let refusal = assert_refused(world.when(ADMIN, again), &[(2, message)]);
    assert_eq!(hint(&refusal), "a key is added once, ever; make a fresh one");

    world.given_done(ADMIN, CI.revocation());
    let renamed = Actor::new("ci-two", "ci:acme/shop", 4).added_key(&world.genesis(), role(Role::Ci));
    let message = "the public key of acme.example/ci-two was added at entry 0 as acme.example/ci";
    assert_refused(world.when(ADMIN, renamed.clone()), &[(2, message)]);
    let added = KeyAdded { key: renamed };
    assert_eq!(world.append_unasked(ADMIN, added.into()).expect_err("once, ever").rule, Rule::KeyReuse);
}

#[test]
fn only_admins_change_keys_and_rules() {
    let mut world = World::new();
    for by in [OPS, CI, GATE] {
        for ask in [Command::AddKey(newcomer(&world)), Command::RevokeKey(GATE.revocation()), Command::AdoptManifest(usual_rules())] {
            assert_eq!(codes(&refused(world.when(by, ask))), [12]);
        }
    }
    let message = "oli@acme.example is not allowed to do this: key acme.example/oli holds no grant for key.added";
    assert_refused(world.when(OPS, newcomer(&world)), &[(12, message)]);
    world.given_done(ADMIN, GATE.revocation());
    assert!(!is_live(&world, GATE));
}

#[test]
fn the_last_admin_is_not_revoked() {
    let world = World::new();
    let message = "revoking key acme.example/ada would leave 0 admins: expected at least 1";
    let refusal = assert_refused(world.when(ADMIN, ADMIN.revocation()), &[(12, message)]);
    assert_eq!(hint(&refusal), "add another admin's key first");
    assert_refused(world.when(RECOVERY, ADMIN.revocation()), &[(12, message)]);

    let mut world = World::new();
    let second = admin_key(&world, NEWCOMER);
    world.given_done(ADMIN, second);
    world.given_done(ADMIN, ADMIN.revocation());
    assert!(is_live(&world, NEWCOMER) && !is_live(&world, ADMIN));
    assert_eq!(codes(&refused(world.when(NEWCOMER, NEWCOMER.revocation()))), [12]);
}

#[test]
fn two_keys_of_one_principal_are_one_admin() {
    let mut world = World::new();
    let spare = Actor::new("ada-spare", "ada@acme.example", 8);
    world.given_done(ADMIN, admin_key(&world, spare));
    world.given_done(spare, ADMIN.revocation());
    assert_eq!(codes(&refused(world.when(spare, spare.revocation()))), [12]);

    let mut world = World::governed_by(2);
    let at = proposed(&mut world, ADMIN, |world| admin_key(world, spare));
    world.given_done(OTHER_ADMIN, Command::Endorse(at));
    let message = "revoking key acme.example/ben would leave 1 admins: expected at least 2";
    assert_refused(world.when(ADMIN, OTHER_ADMIN.revocation()), &[(12, message)]);
}

#[test]
fn a_key_that_is_not_there_cannot_be_revoked() {
    let world = World::new();
    assert_refused(world.when(ADMIN, NEWCOMER.revocation()), &[(3, "key acme.example/new is not in this ledger")]);
}

#[test]
fn where_it_takes_two_a_change_waits_for_the_second() {
    let mut world = World::governed_by(2);
    let addition = newcomer(&world);
    let at = proposed(&mut world, ADMIN, newcomer);
    assert!(!is_live(&world, NEWCOMER));
    assert_eq!(world.state().core().proposal(at).map(|waiting| &waiting.change), Some(&KeyChange::Add(addition)));
    assert_nothing(world.when(ADMIN, Command::Endorse(at)));
    assert_eq!(types(&world.given_done(OTHER_ADMIN, Command::Endorse(at))), ["key.endorsed"]);
    assert!(is_live(&world, NEWCOMER));
    let record = world.state().core().key(&NEWCOMER.key()).expect("the key");
    assert_eq!(record.added.get(), at.get() + 1, "the endorsement is where it takes effect");
    assert_eq!(world.state().core().proposal(at), None);

    let message = format!("entry {at} is not a proposal that waits for endorsements");
    let refusal = assert_refused(world.when(ADMIN, Command::Endorse(at)), &[(3, &message)]);
    assert_eq!(hint(&refusal), "`promoledger keys list` shows those that do");

    let at = proposed(&mut world, OTHER_ADMIN, |_| NEWCOMER.revocation());
    world.given_done(ADMIN, Command::Endorse(at));
    assert!(!is_live(&world, NEWCOMER));
}

// proves: FR-049
#[test]
fn endorsing_takes_an_admin() {
    let mut world = World::governed_by(2);
    let at = proposed(&mut world, ADMIN, newcomer);
    let message = "oli@acme.example is not allowed to do this: key acme.example/oli holds no grant for key.endorsed";
    assert_refused(world.when(OPS, Command::Endorse(at)), &[(12, message)]);
}

#[test]
fn another_key_of_the_same_principal_endorses_nothing_more() {
    let mut world = World::governed_by(2);
    let spare = Actor::new("ada-spare", "ada@acme.example", 8);
    let at = proposed(&mut world, ADMIN, |world| admin_key(world, spare));
    world.given_done(OTHER_ADMIN, Command::Endorse(at));
    let at = proposed(&mut world, ADMIN, newcomer);
    assert_nothing(world.when(spare, Command::Endorse(at)));
    assert!(!is_live(&world, NEWCOMER));
}

/// Enough admins are enough people: a key that may act for others is still the key of one.
#[test]
fn one_admin_is_not_two_by_acting_for_another() {
    let mut created = founding();
    let mut all = Grant::everything();
    all.act_for = only([principal("bot:nightly")]);
    created.keys.push(NEWCOMER.first_key(vec![all]));
    created.admin_threshold = 2;
    let mut world = World::founded(&created);
    let at = proposed(&mut world, NEWCOMER, |world| admin_key(world, OTHER_ADMIN));
    let endorsed = KeyEndorsed { proposal: at };
    assert_nothing(world.when(NEWCOMER.acting_for("bot:nightly"), Command::Endorse(at)));
    let refused = world.append_unasked(NEWCOMER.acting_for("bot:nightly"), endorsed.into());
    assert_eq!(refused.map_err(|unlawful| unlawful.rule), Err(Rule::Endorsement));
    assert!(!is_live(&world, OTHER_ADMIN));
}

#[test]
fn a_proposal_that_time_overtook_is_refused_and_not_decided() {
    let mut world = World::governed_by(2);
    let twice = [proposed(&mut world, ADMIN, newcomer), proposed(&mut world, ADMIN, newcomer)];
    world.given_done(OTHER_ADMIN, Command::Endorse(twice[0]));
    assert!(is_live(&world, NEWCOMER));
    let refusal = refused(world.when(OTHER_ADMIN, Command::Endorse(twice[1])));
    assert_eq!(codes(&refusal), [2], "what is decided must be lawful, and adding a key twice is not");
}

#[test]
fn the_recovery_key_changes_keys_alone() {
    let mut world = World::governed_by(2);
    assert_eq!(types(&world.given_done(RECOVERY, newcomer(&world))), ["key.added"]);
    assert_eq!(types(&world.given_done(RECOVERY, CI.revocation())), ["key.revoked"]);
    assert!(is_live(&world, NEWCOMER) && !is_live(&world, CI));
}

#[test]
fn the_recovery_key_does_nothing_else() {
    let mut world = World::governed_by(2);
    let at = proposed(&mut world, ADMIN, newcomer);
    let asks = [
        (Command::Endorse(at), "key.endorsed"),
        (Command::AdoptManifest(rules(&[("dev", &[])], OnIncomparable::Warn)), "manifest.adopted"),
        (Command::CorrectClock(reason("it ran ahead")), "clock.corrected"),
    ];
    for (ask, event) in asks {
        let message = format!("board@acme.example is not allowed to do this: key acme.example/safe holds no grant for {event}");
        assert_refused(world.when(RECOVERY, ask), &[(12, &message)]);
    }
    world.given_registered("api", "v1");
    assert_eq!(codes(&refused(world.when(RECOVERY, promote("api", "v1", "none", "dev")))), [12]);
    world.given_refused(RECOVERY, promote("api", "v1", "none", "dev"));
}

#[test]
fn rules_are_adopted_once_and_by_who_may() {
    let mut world = World::new();
    assert_nothing(world.when(ADMIN, usual_rules()));
    let others = rules(&[("dev", &[]), ("prod", &["tests"])], OnIncomparable::Block);
    let adopted = data!(events(world.when(ADMIN, others.clone())), ManifestAdopted);
    assert_eq!(adopted.rules, others);
    let at = entry(world.state().core().size);
    world.given_done(ADMIN, others);
    assert_eq!(world.state().core().pipelines.get(&shop()).map(|adopted| adopted.sequence), Some(at));
    let message = "ci:acme/shop is not allowed to do this: key acme.example/ci holds no grant for manifest.adopted";
    assert_refused(world.when(CI, usual_rules()), &[(12, message)]);
}

#[test]
fn an_admin_of_one_pipeline_adopts_only_its_rules() {
    let mut created = founding();
    let blog = Pipeline::new("blog").expect("a name");
    let grant = Grant { pipelines: only([blog]), permissions: permissions(&["manifest.adopted"]), ..Grant::everything() };
    created.keys.push(NEWCOMER.first_key(vec![grant]));
    let world = World::founded(&created);
    assert_eq!(codes(&refused(world.when(NEWCOMER, usual_rules()))), [12]);
}

#[test]
fn one_bad_clock_does_not_spoil_the_ledger() {
    let mut world = World::new();
    world.turn_back(-86_400);
    world.given_registered("api", "v1.0.0");
    world.turn_back(86_400);
    let ahead = world.state().core().floor;
    world.given_registered("api", "v1.1.0");
    assert_eq!(world.state().core().floor, ahead, "times do not fall");
    assert_eq!(codes(&refused(world.when(OPS, Command::CorrectClock(reason("it ran ahead"))))), [12]);
    world.given_done(ADMIN, Command::CorrectClock(reason("it ran ahead")));
    assert!(world.state().core().floor < ahead);
}
