//! Appends are all or nothing: what is refused leaves neither the chain nor the store changed.

use promotion_ledger::custody::ledger::AppendError;
use promotion_ledger::evidence::chain::EntryFault;
use promotion_ledger::meaning::command::Command;
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::grant::Role;
use promotion_ledger::meaning::law::Rule;

use crate::support::*;

/// Everything that an append could have changed.
fn picture(world: &World) -> impl PartialEq + std::fmt::Debug + use<> {
    (world.state().clone(), *world.chain().head(), world.stored())
}

fn events_of(world: &World, versions: &[&str]) -> Vec<Event> {
    versions.iter().flat_map(|version| events(world.when(CI, register("api", version)))).collect()
}

// proves: derived
#[test]
fn a_batch_whose_last_event_is_unlawful_leaves_no_trace() {
    let mut world = World::new();
    world.given_promoted("api", "v0.9.0", &["dev"]);
    let before = picture(&world);
    // Each alone is lawful; the second registration of a version is not.
    let batch = events_of(&world, &["v1.0.0", "v1.1.0", "v1.0.0"]);
    let refused = world.append(CI, &batch).unwrap_err();
    let AppendError::Refused(fault) = refused else { unreachable!("the law refuses it: {refused}") };
    assert!(matches!(&fault.fault, EntryFault::Unlawful(unlawful) if unlawful.rule == Rule::ReleaseOnce), "{fault}");
    assert_eq!(fault.sequence.get(), world.state().core().size + 2);
    assert_eq!(picture(&world), before);
    // And the chain goes on as if it had never been tried.
    let batch = events_of(&world, &["v1.0.0", "v1.1.0"]);
    assert_eq!(world.append(CI, &batch).unwrap().len(), 2);
    agrees_from_zero(&world);
}

// proves: derived
#[test]
fn a_key_of_a_batch_that_was_refused_is_not_known_afterwards() {
    let mut world = World::new();
    let addition = OTHER_ADMIN.added_key(&world.genesis(), role(Role::Admin));
    let added = events(world.when(ADMIN, Command::AddKey(addition)));
    let before = picture(&world);
    // The key is added twice in one batch: the second time it is taken.
    assert!(world.append(ADMIN, &[added.clone(), added].concat()).is_err());
    assert_eq!(picture(&world), before);
    let lock = events(world.when(OPS, lock("dev", "a freeze")));
    let stranger = world.append(OTHER_ADMIN, &lock).unwrap_err();
    assert!(matches!(&stranger, AppendError::Refused(fault) if matches!(fault.fault, EntryFault::UnknownKey(_))), "{stranger}");
    assert_eq!(picture(&world), before);
}
