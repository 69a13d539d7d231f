//! Imported history: who was where by its word, in whatever order its lines came.

use std::collections::BTreeMap;

use promotion_ledger::meaning::event::history::{Asserted, AssertedKind};
use promotion_ledger::meaning::facts::{Fact, FactKey};
use promotion_ledger::meaning::id::Sequence;
use promotion_ledger::meaning::time::Timestamp;
use promotion_replay::{AssertedTenure, Cursor, HistoryFilter, HistoryRow, Horizon, Index, Kind, Spot, StatusFilter, check};
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::{Who, World, asserted, component, digest, environment, index_of, pipeline, version};

use AssertedKind::{Promotion, Removal, Rollback};

fn spot(component_name: &str, environment_name: &str) -> Spot {
    Spot { pipeline: pipeline(), component: component(component_name), environment: environment(environment_name) }
}

fn world_of(entries: &[Vec<Asserted>]) -> World {
    let mut world = World::new();
    for lines in entries {
        world.import(Who::Ada, lines.clone()).expect("history that may be imported");
    }
    world
}

/// What is told of a tenure wherever its line stands.
fn told(tenures: &[AssertedTenure]) -> Vec<(String, Timestamp, Option<Timestamp>, bool)> {
    let row = |tenure: &AssertedTenure| (tenure.arrival.version.to_string(), tenure.arrival.time, tenure.until, tenure.left_by_rollback);
    tenures.iter().map(row).collect()
}

fn holder(index: &Index, spot: &Spot, horizon: Horizon) -> Option<String> {
    index.holder(spot, horizon).expect("a readable index").map(|holder| holder.version().to_string())
}

fn day(day: i64) -> Timestamp {
    asserted(day, Promotion, "api", "v1", "dev").time
}

// proves: derived
#[test]
fn removing_what_is_there_leaves_the_place_empty_and_removing_another_changes_nothing() {
    let line = |at, kind, version| asserted(at, kind, "api", version, "dev");
    let lines =
        [line(1, Promotion, "v1"), line(2, Promotion, "v2"), line(3, Removal, "v1"), line(4, Rollback, "v1"), line(5, Removal, "v1")];
    let index = index_of(&world_of(&[lines.to_vec()]));
    let here = spot("api", "dev");
    let tenures = index.asserted_tenures(&here, index.now()).unwrap();
    let v = |name: &str, from, to, back| (name.to_owned(), day(from), Some(day(to)), back);
    assert_eq!(told(&tenures), [v("v1", 4, 5, false), v("v2", 2, 4, true), v("v1", 1, 2, false)]);
    let at = |at| holder(&index, &here, index.at_time(day(at)).unwrap());
    assert_eq!([0, 1, 2, 3, 4, 5, 6].map(at).map(Option::unwrap_or_default), ["", "v1", "v2", "v2", "v1", "", ""]);
    assert_eq!(index.status(&StatusFilter::default(), index.now()).unwrap().iter().filter(|row| row.holder.is_some()).count(), 0);
}

// proves: derived
#[test]
fn what_was_recorded_comes_after_what_is_asserted() {
    let mut world = world_of(&[vec![asserted(1, Promotion, "api", "v1", "dev"), asserted(2, Promotion, "lost/found", "v7", "elsewhere")]]);
    world.register("api", "v2");
    let before = Sequence::new(world.chain.size() - 1);
    world.promote("api", "v2", "dev");
    let index = index_of(&world);
    let here = spot("api", "dev");
    let status = |horizon| index.status(&StatusFilter::default(), horizon).unwrap()[0].holder.clone().unwrap();
    let (now, then) = (status(index.now()), status(index.at_entry(before).unwrap()));
    assert_eq!((now.version(), now.recorded().map(|row| row.kind)), (&version("v2"), Some(Kind::Promotion)));
    assert_eq!((then.version(), then.since(), then.asserted().map(|line| line.line)), (&version("v1"), day(1), Some(1)));
    let tenures = index.asserted_tenures(&here, index.now()).unwrap();
    assert_eq!(tenures[0].until, Some(now.since()), "the recorded one took its place");
    let unlisted = index.unlisted(&StatusFilter::default(), index.now()).unwrap();
    assert_eq!(unlisted.iter().map(|row| row.spot.clone()).collect::<Vec<_>>(), [spot("lost/found", "elsewhere")]);
    assert_eq!(index.unlisted(&StatusFilter::default(), index.at_time(day(1)).unwrap()).unwrap().len(), 1, "no rules listed api yet");

    let changes = index.changes(&StatusFilter::default(), index.at_time(day(0)).unwrap(), index.now()).unwrap();
    let told: Vec<_> = changes.iter().map(|change| (change.spot.clone(), change.before.is_some(), change.promotions)).collect();
    assert_eq!(told, [(here, false, 2), (spot("lost/found", "elsewhere"), false, 1)]);
    let since_import = index.changes(&StatusFilter::default(), index.at_entry(before).unwrap(), index.now()).unwrap();
    assert_eq!(since_import.iter().map(|change| (change.promotions, change.removals)).collect::<Vec<_>>(), [(1, 0)]);
}

#[test]
fn a_digest_and_a_version_are_found_where_they_are_said_to_have_been() {
    let mut gone = asserted(3, Removal, "api", "v1", "dev");
    gone.digest = None;
    let world = world_of(&[vec![asserted(2, Promotion, "api", "v1", "staging"), asserted(1, Promotion, "api", "v1", "dev"), gone]]);
    let index = index_of(&world);
    let expected = [("v1".to_owned(), day(2), None, false), ("v1".to_owned(), day(1), Some(day(3)), false)];
    let api = digest("api", "v1");
    assert_eq!(told(&index.asserted_whereabouts(&api, index.now()).unwrap()), expected);
    assert_eq!(told(&index.asserted_version(&version("v1"), index.now()).unwrap()), expected);
    assert_eq!(told(&index.asserted_whereabouts(&api, index.at_time(day(1)).unwrap()).unwrap()), [("v1".to_owned(), day(1), None, false)]);
    assert_eq!(index.asserted_whereabouts(&api, index.at_entry(Sequence::new(1)).unwrap()).unwrap(), []);
    assert_eq!(index.digests_like(&api.hex()[..10], 2).unwrap(), [api]);
    let known = FactKey::Asserted(pipeline(), component("api"), environment("dev"), version("v1"));
    let Some(Fact::Asserted(visit)) = index.fact(&known).unwrap() else { panic!("a fact") };
    assert_eq!((visit.removed, visit.time, visit.digest), (true, day(3), None));
}

/// Entries, lines and pages.
fn mixed() -> World {
    let many =
        |days: std::ops::Range<i64>, component: &str| days.map(|day| asserted(day, Promotion, component, "v1", "dev")).collect::<Vec<_>>();
    let mut world = world_of(&[many(0..3, "api"), many(5..9, "web")]);
    world.register("api", "v1");
    world.import(Who::Ada, many(3..5, "api")).expect("history that may be imported");
    world
}

fn places(rows: &[HistoryRow]) -> Vec<String> {
    rows.iter().map(|row| Cursor { sequence: row.sequence, line: row.asserted.map(|(line, _)| line) }.to_string()).collect()
}

#[test]
fn every_line_is_a_line_of_the_history() {
    let index = index_of(&mixed());
    let everything = HistoryFilter { lines: true, limit: 100, ..HistoryFilter::default() };
    let ask = |filter: &HistoryFilter| places(&index.history(filter).expect("a readable index"));
    let all = ask(&everything);
    assert_eq!(all, ["5.2", "5.1", "5", "4", "3.4", "3.3", "3.2", "3.1", "3", "2.3", "2.2", "2.1", "2", "1", "0"]);
    assert_eq!(ask(&HistoryFilter { lines: false, ..everything.clone() }), ["5", "4", "3", "2", "1", "0"]);
    let cases = [
        (HistoryFilter { component: Some(component("api")), ..everything.clone() }, "5.2 5.1 4 2.3 2.2 2.1"),
        (
            HistoryFilter { principal: Some("op-001".parse().unwrap()), component: Some(component("web")), ..everything.clone() },
            "3.4 3.3 3.2 3.1",
        ),
        (
            HistoryFilter { event_type: Some("history.imported".to_owned()), version: Some(version("v1")), ..everything.clone() },
            "5.2 5.1 3.4 3.3 3.2 3.1 2.3 2.2 2.1",
        ),
        (HistoryFilter { event_type: Some("artifact.".to_owned()), ..everything.clone() }, "4"),
        (HistoryFilter { since: Some(day(4)), until: Some(day(6)), ..everything.clone() }, "5.2 3.2 3.1"),
        (
            HistoryFilter { digest: Some(digest("api", "v1")), horizon: index.at_entry(Sequence::new(4)), ..everything.clone() },
            "4 2.3 2.2 2.1",
        ),
        (HistoryFilter { horizon: Some(index.at_time(day(1)).unwrap()), ..everything.clone() }, "2.2 2.1"),
    ];
    for (filter, expected) in cases {
        assert_eq!(ask(&filter).join(" "), expected, "{filter:?}");
    }
    let row = &index.history(&everything).unwrap()[0];
    assert_eq!((row.asserted, row.summary.as_str(), row.actor.as_str()), (Some((2, day(4))), "api v1 came from none to dev", "op-001"));

    for limit in 1..5 {
        let (mut paged, mut before) = (Vec::new(), None);
        loop {
            let page = ask(&HistoryFilter { before, limit, ..everything.clone() });
            let Some(last) = page.last() else { break };
            before = Some(last.parse().unwrap());
            paged.extend(page);
        }
        assert_eq!(paged, all);
    }
    for bad in ["", "x", "1.", ".1", "1.2.3", "-1", "1.x"] {
        assert!(bad.parse::<Cursor>().is_err(), "{bad}");
    }
}

#[test]
fn a_long_import_is_followed_in_bounded_memory_and_checked() {
    let mut world = World::new();
    for entry in 0..60 {
        let lines = (0..250).map(|line| asserted(entry, Promotion, "api", &format!("v{entry}.{line}"), "dev")).collect();
        world.import(Who::Ada, lines).expect("history that may be imported");
    }
    let index = index_of(&world);
    check(&index, &world.store).unwrap();
    let tenures = index.asserted_tenures(&spot("api", "dev"), index.now()).unwrap();
    assert_eq!((tenures.len(), tenures[0].arrival.version.as_str()), (15_000, "v59.249"), "of one time, the last of the log wins");
    assert_eq!(holder(&index, &spot("api", "dev"), index.now()).as_deref(), Some("v59.249"));
}

fn line() -> impl Strategy<Value = Asserted> {
    let kind = prop_oneof![4 => Just(Promotion), 1 => Just(Rollback), 2 => Just(Removal)];
    (0..300_i64, kind, select(&["api", "web"]), select(&["v1", "v2", "v3"]))
        .prop_map(|(day, kind, component, version)| asserted(day, kind, component, version, "dev"))
}

/// Lines of different times, and a way to spread them over entries.
fn files() -> impl Strategy<Value = (Vec<Asserted>, Vec<Vec<Asserted>>)> {
    let lines = prop::collection::vec(line(), 1..30).prop_map(|mut lines| {
        lines.sort_by_key(|line| line.time);
        lines.dedup_by_key(|line| line.time);
        lines
    });
    lines.prop_flat_map(|sorted| {
        let shuffled = (Just(sorted.clone()).prop_shuffle(), 1..6_usize);
        (Just(sorted), shuffled.prop_map(|(lines, size)| lines.chunks(size).map(<[Asserted]>::to_vec).collect()))
    })
}

/// Who is where by a fold that knows nothing of indexes.
fn naive<'a>(lines: impl Iterator<Item = &'a Asserted>) -> BTreeMap<String, String> {
    let mut lines: Vec<&Asserted> = lines.collect();
    lines.sort_by_key(|line| line.time);
    let mut there = BTreeMap::new();
    for line in lines {
        let (place, version) = (line.component.to_string(), line.version.to_string());
        if line.kind != Removal {
            there.insert(place, version);
        } else if there.get(&place) == Some(&version) {
            there.remove(&place);
        }
    }
    there
}

fn shown(index: &Index, horizon: Horizon) -> BTreeMap<String, String> {
    let holders = ["api", "web"].map(|name| (name.to_owned(), holder(index, &spot(name, "dev"), horizon)));
    holders.into_iter().filter_map(|(name, version)| Some((name, version?))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    // proves: derived
    #[test]
    fn the_order_of_files_does_not_matter((sorted, files) in files()) {
        let (index, other) = (index_of(&world_of(std::slice::from_ref(&sorted))), index_of(&world_of(&files)));
        for name in ["api", "web"] {
            let here = spot(name, "dev");
            prop_assert_eq!(told(&index.asserted_tenures(&here, index.now()).unwrap()), told(&other.asserted_tenures(&here, other.now()).unwrap()));
        }
        for (known, _) in files.iter().enumerate() {
            let horizon = other.at_entry(Sequence::new(known as u64 + 2)).unwrap();
            prop_assert_eq!(shown(&other, horizon), naive(files[..=known].iter().flatten()));
        }
        for line in &sorted {
            let horizon = other.at_time(line.time).unwrap();
            prop_assert_eq!(shown(&other, horizon), naive(sorted.iter().filter(|other| other.time <= line.time)));
        }
    }
}
