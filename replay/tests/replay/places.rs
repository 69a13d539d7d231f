//! What is where, since when, what was there before, and what is locked.

use promotion_ledger::meaning::id::Sequence;
use promotion_ledger::meaning::names::Version;
use promotion_replay::{Index, Kind, PlaceRow, Spot, StatusFilter, TenureRow};

use crate::support::{ENVIRONMENTS, Who, World, component, digest, environment, index_of, lock, pipeline, principal, sha, unlock, version};

/// `api` v1 to v3 went to dev, and v1 and v2 to staging; then dev was rolled back to v2.
fn shop() -> World {
    let mut world = World::new();
    for name in ["v1.0.0", "v2.0.0", "v3.0.0"] {
        world.register("api", name);
        world.promote("api", name, "dev");
    }
    world.promote("api", "v1.0.0", "staging");
    world.promote("api", "v2.0.0", "staging");
    world.roll_back("api", "v2.0.0", "dev");
    world
}

fn holder(rows: &[PlaceRow], environment_name: &str, component_name: &str) -> Option<TenureRow> {
    let wanted = (environment(environment_name), component(component_name));
    let row = rows.iter().find(|row| (&row.spot.environment, &row.spot.component) == (&wanted.0, &wanted.1)).expect("a row for the place");
    row.holder.as_ref().and_then(|holder| holder.recorded().cloned())
}

fn versions(tenures: &[TenureRow]) -> Vec<String> {
    tenures.iter().map(|tenure| tenure.version.to_string()).collect()
}

fn target(index: &Index, environment_name: &str) -> Option<Version> {
    index.rollback_target(&pipeline(), &component("api"), &environment(environment_name)).expect("a readable index")
}

// proves: derived
#[test]
fn status_has_a_row_for_every_place_along_the_path() {
    let world = shop();
    let index = index_of(&world);
    let rows = index.status(&StatusFilter::default(), index.now()).unwrap();
    let places: Vec<String> = rows.iter().map(|row| format!("{} {}", row.spot.environment, row.spot.component)).collect();
    assert_eq!(places, ["dev api", "dev web", "staging api", "staging web", "prod api", "prod web"]);

    let dev = holder(&rows, "dev", "api").unwrap();
    assert_eq!((dev.version, dev.digest, dev.kind), (version("v2.0.0"), digest("api", "v2.0.0"), Kind::Rollback));
    assert_eq!((dev.by, dev.to_sequence, dev.until, dev.source_sha), (principal(Who::Ci), None, None, Some(sha())));
    let place = world.chain.state().place(&pipeline(), &component("api"), &environment("dev")).holder.unwrap();
    assert_eq!((dev.from_sequence, dev.promotion_id), (place.since, place.promotion_id));
    assert_eq!(holder(&rows, "staging", "api").unwrap().version, version("v2.0.0"));
    assert_eq!(holder(&rows, "dev", "web"), None);
    assert_eq!(holder(&rows, "prod", "api"), None);
}

#[test]
fn status_is_narrowed() {
    let index = index_of(&shop());
    let only = |filter: StatusFilter| index.status(&filter, index.now()).unwrap().len();
    assert_eq!(only(StatusFilter { component: Some(component("api")), ..StatusFilter::default() }), 3);
    assert_eq!(only(StatusFilter { environment: Some(environment("dev")), ..StatusFilter::default() }), 2);
    assert_eq!(only(StatusFilter { pipeline: Some("other".parse().unwrap()), ..StatusFilter::default() }), 0);
    let one = StatusFilter { pipeline: Some(pipeline()), environment: Some(environment("dev")), component: Some(component("api")) };
    assert_eq!(index.status(&one, index.now()).unwrap()[0].holder.as_ref().unwrap().version(), &version("v2.0.0"));
}

#[test]
fn status_shows_what_is_under_way() {
    let mut world = shop();
    let id = world.request("api", "v3.0.0", "dev");
    let index = index_of(&world);
    let rows = index.status(&StatusFilter { environment: Some(environment("dev")), ..StatusFilter::default() }, index.now()).unwrap();
    assert_eq!(rows[0].under_way.as_ref().unwrap().promotion, world.run(&id).unwrap().promotion);
    assert_eq!(rows[1].under_way, None);
}

#[test]
fn tenures_are_intervals_without_gaps() {
    let index = index_of(&shop());
    let tenures = index.tenures(&pipeline(), Some(&component("api")), &environment("dev"), index.now(), 10).unwrap();
    assert_eq!(versions(&tenures), ["v2.0.0", "v3.0.0", "v2.0.0", "v1.0.0"]);
    assert_eq!(tenures.iter().map(|tenure| tenure.left_by_rollback).collect::<Vec<_>>(), [false, true, false, false]);
    for pair in tenures.windows(2) {
        assert_eq!((pair[1].to_sequence, pair[1].until), (Some(pair[0].from_sequence), Some(pair[0].since)));
    }
    assert_eq!(
        versions(&index.tenures(&pipeline(), Some(&component("api")), &environment("dev"), index.now(), 2).unwrap()),
        ["v2.0.0", "v3.0.0"]
    );
    assert_eq!(index.tenures(&pipeline(), None, &environment("dev"), index.now(), 10).unwrap(), tenures);
}

#[test]
fn who_was_there_is_known_for_every_place_in_the_log() {
    let world = shop();
    let index = index_of(&world);
    let tenures = index.tenures(&pipeline(), Some(&component("api")), &environment("dev"), index.now(), 10).unwrap();
    let spot = Spot { pipeline: pipeline(), component: component("api"), environment: environment("dev") };
    for at in (0..world.chain.size()).map(Sequence::new) {
        let expected = tenures.iter().find(|tenure| tenure.from_sequence <= at && tenure.to_sequence.is_none_or(|to| at < to));
        let found = index.recorded_holder(&spot, index.at_entry(at).unwrap()).unwrap();
        assert_eq!(found.as_ref().map(|tenure| tenure.from_sequence), expected.map(|tenure| tenure.from_sequence), "{at}");
        assert!(found.is_none_or(|tenure| (tenure.to_sequence, tenure.until, tenure.left_by_rollback) == (None, None, false)));
    }
}

#[test]
fn a_digest_is_found_everywhere_it_was() {
    let index = index_of(&shop());
    let tenures = index.whereabouts(&digest("api", "v2.0.0"), index.now()).unwrap();
    let places: Vec<_> = tenures.iter().map(|tenure| (tenure.environment.to_string(), tenure.to_sequence.is_none())).collect();
    assert_eq!(places, [("dev".to_owned(), true), ("staging".to_owned(), true), ("dev".to_owned(), false)]);
    assert_eq!(index.whereabouts(&digest("web", "v2.0.0"), index.now()).unwrap(), []);
    assert_eq!(index.releases_of_digest(&digest("api", "v2.0.0"), index.now()).unwrap()[0].version, version("v2.0.0"));
    assert_eq!(index.versions(&pipeline(), &component("api")).unwrap(), ["v3.0.0", "v2.0.0", "v1.0.0"].map(version));
}

// proves: FR-013
#[test]
fn a_rollback_goes_to_the_newest_that_was_not_rolled_away_from() {
    let mut world = shop();
    assert_eq!(target(&index_of(&world), "dev"), Some(version("v1.0.0")), "v3 was rolled away from, v2 is there");
    assert_eq!(target(&index_of(&world), "staging"), Some(version("v1.0.0")));
    assert_eq!(target(&index_of(&world), "prod"), None);

    world.roll_back("api", "v1.0.0", "dev");
    assert_eq!(target(&index_of(&world), "dev"), None, "v2 and v3 were rolled away from");

    world.promote("api", "v3.0.0", "dev");
    assert_eq!(target(&index_of(&world), "dev"), Some(version("v1.0.0")));
    world.register("api", "v4.0.0");
    world.promote("api", "v4.0.0", "dev");
    assert_eq!(target(&index_of(&world), "dev"), Some(version("v3.0.0")), "it came again since it was rolled away from");
}

// proves: FR-013
#[test]
fn versions_that_were_there_are_named_once_the_newest_first() {
    let index = index_of(&shop());
    let there = |limit| index.versions_there(&pipeline(), &component("api"), &environment("dev"), limit).unwrap();
    assert_eq!(there(9), ["v2.0.0", "v3.0.0", "v1.0.0"].map(version));
    assert_eq!(there(1), [version("v2.0.0")]);
}

// proves: FR-037
#[test]
fn locks_are_known_while_they_stand() {
    let mut world = shop();
    world.ask(Who::Ada, &lock("prod", None)).unwrap();
    world.ask(Who::Ada, &lock("prod", Some("web"))).unwrap();
    world.ask(Who::Ada, &lock("dev", None)).unwrap();
    let index = index_of(&world);
    for name in ENVIRONMENTS {
        let rows = index.locks(Some(&pipeline()), index.now()).unwrap();
        let found: Vec<_> = rows.into_iter().filter(|row| row.environment == environment(name)).map(|row| row.lock).collect();
        assert_eq!(found, world.chain.state().locks(&pipeline(), &environment(name)), "{name}");
    }
    assert_eq!(index.locks(Some(&"other".parse().unwrap()), index.now()).unwrap(), []);

    world.ask(Who::Ada, &unlock("prod")).unwrap();
    let index = index_of(&world);
    let left = index.locks(None, index.now()).unwrap();
    assert_eq!(left.iter().map(|row| row.environment.clone()).collect::<Vec<_>>(), [environment("dev")]);
}
