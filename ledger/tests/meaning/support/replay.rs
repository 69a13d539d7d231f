//! Other ways to the same state: a replay from zero, and an index that only ever sees slices.

use std::collections::BTreeMap;
use std::convert::Infallible;

use promotion_ledger::evidence::chain::{Admitted, Chain};
use promotion_ledger::meaning::command::Command;
use promotion_ledger::meaning::digest::EntryHash;
use promotion_ledger::meaning::facts::{Fact, FactKey};
use promotion_ledger::meaning::needs::bring;
use promotion_ledger::meaning::state::State;

use super::world::World;

/// The slice of the state that deciding the command needs, and no more.
pub(crate) fn sliced(whole: &State, command: &Command) -> State {
    let mut slice = State::slice(whole.core().clone());
    let facts = index(whole);
    bring(&command.about(), &mut slice, |key| Ok::<_, Infallible>(facts.get(key).cloned())).expect("facts in memory");
    slice
}

fn index(state: &State) -> BTreeMap<FactKey, Fact> {
    state.facts().map(|(key, fact)| (key.clone(), fact.clone())).collect()
}

pub(crate) fn agrees_from_zero(world: &World) {
    let mut chain = Chain::begin();
    for note in world.stored() {
        assert!(matches!(chain.admit(&note), Ok(Admitted::Verified(_))));
    }
    assert_eq!(chain.state(), world.state());
    assert_eq!(chain.head(), world.chain().head());
}

pub(crate) fn agrees_by_slices(world: &World) {
    let (mut core, mut facts) = (State::genesis().core().clone(), BTreeMap::new());
    let (mut head, mut genesis) = (EntryHash::NONE, None);
    for note in world.stored() {
        let mut chain = Chain::resume(State::slice(core), head, genesis, true);
        let admitted = chain.admit_with(&note, |key| Ok::<_, Infallible>(facts.get(key).cloned()));
        assert!(matches!(admitted, Ok(Admitted::Verified(_))), "{admitted:?}");
        for (key, fact) in chain.state_mut().take_changes() {
            match fact {
                Some(fact) => facts.insert(key, fact),
                None => facts.remove(&key),
            };
        }
        (core, head, genesis) = (chain.state().core().clone(), *chain.head(), chain.genesis().copied());
    }
    assert_eq!(&core, world.state().core());
    assert_eq!(facts, index(world.state()));
}
