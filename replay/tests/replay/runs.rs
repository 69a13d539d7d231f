//! Runs: what is under way, which entries a run has, how long runs took.

use std::time::Duration;

use promotion_ledger::meaning::command::Command;
use promotion_ledger::meaning::id::PromotionId;
use promotion_replay::Kind;

use crate::support::{Who, World, component, environment, index_of, pipeline, promote, reason};

#[test]
fn a_run_is_under_way_from_its_request_to_its_end() {
    let mut world = World::new();
    world.register("api", "v1");
    world.register("web", "v1");
    let first = world.request("api", "v1", "dev");
    let second = world.request("web", "v1", "dev");
    assert!(world.step(Who::Ci, &first).unwrap());
    let index = index_of(&world);
    let rows = index.under_way(None, index.now()).unwrap();
    let promotions: Vec<_> = rows.iter().map(|row| row.promotion.clone()).collect();
    assert_eq!(promotions, [first, second].map(|id| world.run(&id).unwrap().promotion));
    assert_eq!(rows[0].last, world.chain.state().core().floor.unwrap());
    assert!(rows[0].since < rows[1].since && rows[1].last < rows[0].last);
    assert_eq!(index.under_way(Some(&"other".parse().unwrap()), index.now()).unwrap(), []);

    world.finish(Who::Ci, &first);
    world.ask(Who::Ci, &Command::Abort(second, reason("not needed"))).unwrap();
    let index = index_of(&world);
    assert_eq!(index.under_way(None, index.now()).unwrap(), []);
    assert_eq!(index.run(&first).unwrap(), None);
}

#[test]
fn a_run_has_its_entries_and_a_refusal_has_too() {
    let mut world = World::new();
    world.register("api", "v1");
    let id = world.promote("api", "v1", "dev");
    let refused = world.promotion_id();
    world.ask(Who::Ci, &promote(refused, "api", "v1", "prod")).unwrap_err();
    let index = index_of(&world);
    let places = |id| index.promotion_entries(id).unwrap().into_iter().map(|place| place.get()).collect::<Vec<_>>();
    assert_eq!(places(&id), (3..11).collect::<Vec<_>>(), "request, two decisions, two tags of two entries each, completion");
    assert_eq!(places(&refused), [11]);
    assert_eq!(places(&world.promotion_id()), [] as [u64; 0]);
}

#[test]
fn runs_are_found_by_the_beginning_of_their_id() {
    let mut world = World::new();
    world.register("api", "v1");
    let mut ids: Vec<PromotionId> = ["dev", "staging"].map(|to| world.promote("api", "v1", to)).to_vec();
    ids.sort();
    let index = index_of(&world);
    for id in &ids {
        assert_eq!(index.promotions_like(&id.to_string(), 9).unwrap(), [*id]);
        assert_eq!(index.promotions_like(&id.to_string()[..24], 9).unwrap(), [*id]);
    }
    assert_eq!(index.promotions_like(&ids[0].to_string()[..8], 9).unwrap(), ids);
    assert_eq!(index.promotions_like("", 1).unwrap(), ids[..1]);
    assert_eq!(index.promotions_like("not an id", 9).unwrap(), []);
}

// proves: FR-007
#[test]
fn completed_promotions_say_how_long_they_took() {
    let mut world = World::new();
    for name in ["v1.0.0", "v2.0.0", "v3.0.0"] {
        world.register("api", name);
    }
    world.promote("api", "v1.0.0", "dev");
    let slow = world.request("api", "v2.0.0", "dev");
    world.register("web", "v1.0.0");
    world.finish(Who::Ci, &slow);
    let failed = world.request("api", "v3.0.0", "dev");
    world.fail(Who::Ci, &failed).unwrap();
    world.roll_back("api", "v1.0.0", "dev");
    let index = index_of(&world);
    let took = |limit| index.durations(Kind::Promotion, &pipeline(), &component("api"), &environment("dev"), limit).unwrap();
    let (quick, slow) = (Duration::from_secs(7), Duration::from_secs(8));
    assert_eq!(took(9), [slow, quick], "neither the failed one nor the rollback counts");
    assert_eq!(took(1), [slow]);
    let back = index.durations(Kind::Rollback, &pipeline(), &component("api"), &environment("dev"), 9).unwrap();
    assert_eq!(back, [Duration::from_secs(6)]);
}
