//! What stood once: at an entry, at a time, and what changed from one moment to another.

use promotion_ledger::meaning::command::Command;
use promotion_ledger::meaning::facts::Run;
use promotion_ledger::meaning::id::Sequence;
use promotion_ledger::meaning::state::State;
use promotion_ledger::meaning::time::Timestamp;
use promotion_replay::models::rows::Lifted;
use promotion_replay::{HistoryFilter, HolderRow, Horizon, Index, Spot, StatusFilter};

use crate::support::{
    ENVIRONMENTS, Who, World, component, digest, environment, index_of, lock, pipeline, principal, rules, unlock, version,
};

/// The index says of the past what that state, folded up to there, says.
#[track_caller]
pub(crate) fn same(index: &Index, horizon: Horizon, state: &State) {
    let in_force: Vec<_> = state.core().pipelines.values().map(|adopted| adopted.rules.clone()).collect();
    assert_eq!(index.rules(horizon).expect("a readable index"), in_force);
    for row in index.status(&StatusFilter::default(), horizon).expect("a readable index") {
        let place = state.place(&row.spot.pipeline, &row.spot.component, &row.spot.environment);
        let holder = row.holder.as_ref().and_then(HolderRow::recorded).cloned().map(|tenure| {
            assert_eq!((tenure.to_sequence, tenure.until, tenure.left_by_rollback), (None, None, false));
            (tenure.digest, tenure.promotion_id, tenure.from_sequence, tenure.version)
        });
        assert_eq!(holder, place.holder.map(|holder| (holder.digest, holder.promotion_id, holder.since, holder.version)));
        let run = row
            .under_way
            .map(|row| (row.promotion, row.holder, row.requested, row.leaves, row.last <= state.core().floor.expect("an entry")));
        let known = place.run.and_then(|id| state.run(&id)).cloned();
        let leaves = |run: &Run| run.leaves.as_ref().map(|leaves| leaves.version.clone());
        assert_eq!(
            run,
            known.map(|run| {
                let leaves = leaves(&run);
                (run.promotion, run.holder, run.requested, leaves, true)
            })
        );
    }
    let mut locks: Vec<_> = ENVIRONMENTS.iter().flat_map(|name| state.locks(&pipeline(), &environment(name)).to_vec()).collect();
    locks.sort_by_key(|lock| lock.sequence);
    assert_eq!(index.locks(None, horizon).expect("a readable index").into_iter().map(|row| row.lock).collect::<Vec<_>>(), locks);
}

/// `api` moves on twice and back once; a lock comes and goes; a gate is asked for from the middle on.
fn shop() -> World {
    let mut world = World::new();
    for name in ["v1.0.0", "v2.0.0"] {
        world.register("api", name);
        world.promote("api", name, "dev");
    }
    world.ask(Who::Ada, &lock("prod", None)).expect("what Ada may do");
    world.ask(Who::Ada, &Command::AdoptManifest(rules(&[]))).expect("what Ada may do");
    world.roll_back("api", "v1.0.0", "dev");
    world.ask(Who::Ada, &unlock("prod")).expect("what Ada may do");
    world.ask(Who::Ada, &lock("prod", Some("api"))).expect("what Ada may do");
    world
}

fn dev() -> Spot {
    Spot { pipeline: pipeline(), component: component("api"), environment: environment("dev") }
}

// proves: derived
#[test]
fn a_time_is_the_last_entry_recorded_by_then() {
    let world = shop();
    let index = index_of(&world);
    let all = index.history(&HistoryFilter { limit: 1000, ..HistoryFilter::default() }).unwrap();
    for row in &all {
        let horizon = index.at_time(row.time).unwrap();
        assert_eq!((horizon.last(), horizon.time()), (Some(row.sequence), Some(row.time)));
        let between = Timestamp::from_micros(row.time.as_micros() + 500_000).unwrap();
        assert_eq!(index.at_time(between).unwrap().size(), horizon.size());
        assert_eq!(index.time_of(row.sequence).unwrap(), Some(row.time));
        let status = |horizon| index.status(&StatusFilter::default(), horizon).unwrap();
        assert_eq!(status(horizon), status(index.at_entry(row.sequence).unwrap()));
    }
    assert_eq!(index.at_time(Timestamp::EPOCH).unwrap().size(), 0);
    assert_eq!(index.at_entry(Sequence::new(world.chain.size())), None);
    assert_eq!(index.status(&StatusFilter::default(), index.at_time(Timestamp::EPOCH).unwrap()).unwrap(), []);
}

// proves: derived
#[test]
fn history_as_it_stood_then_knows_nothing_after() {
    let index = index_of(&shop());
    let everything = HistoryFilter { limit: 1000, ..HistoryFilter::default() };
    let all = index.history(&everything).unwrap();
    for row in &all {
        let horizon = index.at_entry(row.sequence);
        let expected: Vec<_> = all.iter().filter(|other| other.sequence <= row.sequence).cloned().collect();
        assert_eq!(index.history(&HistoryFilter { horizon, ..everything.clone() }).unwrap(), expected);
    }
}

#[test]
fn a_digest_was_where_it_was_then() {
    let index = index_of(&shop());
    let api = digest("api", "v1.0.0");
    let tenures = index.whereabouts(&api, index.now()).unwrap();
    let [again, first] = tenures.as_slice() else { panic!("{tenures:?}") };
    assert!(again.to_sequence.is_none() && first.to_sequence.is_some());
    let then = index.at_entry(first.from_sequence).unwrap();
    let [then] = index.whereabouts(&api, then).unwrap().try_into().unwrap();
    assert_eq!((then.from_sequence, then.to_sequence, then.until), (first.from_sequence, None, None));
    let before = index.at_entry(Sequence::new(first.from_sequence.get() - 1)).unwrap();
    assert_eq!(index.whereabouts(&api, before).unwrap(), []);
    assert_eq!(index.releases_of_digest(&api, before).unwrap().len(), 1);
    assert_eq!(index.releases_of_digest(&api, index.at_entry(Sequence::new(1)).unwrap()).unwrap(), []);
}

// proves: derived
#[test]
fn what_changed_between_two_moments_is_what_happened_in_between() {
    let world = shop();
    let index = index_of(&world);
    let tenures = index.tenures(&pipeline(), Some(&component("api")), &environment("dev"), index.now(), 10).unwrap();
    let horizons: Vec<Horizon> = (0..=world.chain.size()).map(Horizon::of_size).collect();
    for (at, before) in horizons.iter().enumerate() {
        for after in &horizons[at..] {
            let arrived: Vec<_> = tenures.iter().filter(|row| !before.holds(row.from_sequence) && after.holds(row.from_sequence)).collect();
            let changes = index.changes(&StatusFilter::default(), *before, *after).unwrap();
            assert_eq!(changes.len(), usize::from(!arrived.is_empty()));
            let Some(change) = changes.first() else { continue };
            let back = arrived.iter().filter(|row| row.kind == promotion_replay::Kind::Rollback).count() as u64;
            assert_eq!((change.promotions, change.rollbacks), (arrived.len() as u64 - back, back));
            assert_eq!((change.spot.clone(), change.by()), (dev(), Some(&principal(Who::Ci))));
            assert_eq!(change.after.as_ref().map(HolderRow::sequence), Some(arrived[0].from_sequence));
            assert_eq!(change.before, index.holder(&dev(), *before).unwrap());
        }
    }
    let whole = index.changes(&StatusFilter::default(), horizons[0], index.now()).unwrap();
    assert_eq!((whole[0].before.as_ref(), whole[0].after.as_ref().unwrap().version()), (None, &version("v1.0.0")));
}

#[test]
fn locks_and_rules_are_known_by_when_they_changed() {
    let world = shop();
    let index = index_of(&world);
    let start = Horizon::of_size(0);
    let set = index.locks_set(None, start, index.now()).unwrap();
    let [first, second] = set.as_slice() else { panic!("{set:?}") };
    let lifted = first.lifted.clone().unwrap();
    assert_eq!((lifted.by.clone(), second.lifted.clone()), (principal(Who::Ada), None));
    let at = |place: Sequence| index.at_entry(place).unwrap();
    assert_eq!(index.locks_lifted(None, at(first.lock.sequence), at(lifted.sequence)).unwrap(), std::slice::from_ref(first));
    assert_eq!(index.locks_lifted(None, at(lifted.sequence), index.now()).unwrap(), []);
    assert_eq!(index.locks_set(None, at(first.lock.sequence), index.now()).unwrap(), std::slice::from_ref(second));
    let Lifted { sequence, time, .. } = lifted;
    assert_eq!(index.time_of(sequence).unwrap(), Some(time));

    let adopted = index.rules_between(start, index.now()).unwrap();
    let [(None, one), (Some(before), other)] = adopted.as_slice() else { panic!("{adopted:?}") };
    assert_eq!((one, &one.rules, &other.rules), (before, &rules(&["scan"]), &rules(&[])));
    assert_eq!(index.rules(at(one.sequence)).unwrap(), [rules(&["scan"])]);
    assert_eq!(index.rules_between(at(one.sequence), at(other.sequence)).unwrap(), [(Some(one.clone()), other.clone())]);
    assert_eq!(index.rules_between(at(other.sequence), index.now()).unwrap(), []);
}

#[test]
fn hashes_and_digests_are_found_by_their_beginning() {
    let world = shop();
    let index = index_of(&world);
    let hash = promotion_ledger::evidence::hash::leaf_hash(&world.notes()[3]);
    for digits in [8, 9, 64] {
        assert_eq!(index.entries_like(&hash.to_string()[..digits], 2).unwrap(), [(hash, Sequence::new(3))]);
    }
    let all = index.entries_like("", 1000).unwrap();
    assert_eq!(all.len() as u64, world.chain.size());
    assert!(all.is_sorted() && index.entries_like("", 2).unwrap() == all[..2]);
    assert_eq!(index.entries_like("zz", 2).unwrap(), []);
    let api = digest("api", "v1.0.0");
    assert_eq!(index.digests_like(&api.hex()[..9], 2).unwrap(), [api]);
    assert_eq!(index.digests_like("", 9).unwrap().len(), 2);
}
