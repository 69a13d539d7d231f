//! What happened, newest first, narrowed, and page by page; entries by hash and id; bodies.

use promotion_ledger::evidence::entry::Entry;
use promotion_ledger::evidence::hash::leaf_hash;
use promotion_ledger::meaning::command::Command;
use promotion_ledger::meaning::digest::BodyDigest;
use promotion_ledger::meaning::event::artifact::Evidence;
use promotion_ledger::meaning::event::ledger::BodyRemoved;
use promotion_ledger::meaning::id::Sequence;
use promotion_ledger::meaning::time::Timestamp;
use promotion_replay::{BodyRow, HistoryFilter, HistoryRow, Locator, check};

use crate::support::{Who, World, component, digest, environment, index_of, principal, promote, reason, version};

fn shop() -> World {
    let mut world = World::new();
    world.register("api", "v1");
    world.register("web", "v1");
    world.promote("api", "v1", "dev");
    world.promote("web", "v1", "dev");
    world.ask(Who::Ci, &promote(world.promotion_id(), "api", "v1", "prod")).expect_err("v1 is not in staging");
    world
}

/// What the filter must let through, row by row.
fn admits(filter: &HistoryFilter, row: &HistoryRow) -> bool {
    fn same<T: PartialEq>(wanted: &Option<T>, found: &Option<T>) -> bool {
        wanted.is_none() || wanted == found
    }
    let of_type = |name: &String| if name.ends_with('.') { row.event_type.starts_with(name) } else { row.event_type == *name };
    same(&filter.pipeline, &row.pipeline)
        && same(&filter.component, &row.component)
        && same(&filter.environment, &row.environment)
        && same(&filter.version, &row.version)
        && same(&filter.digest, &row.digest)
        && same(&filter.promotion_id, &row.promotion_id)
        && filter.principal.as_ref().is_none_or(|actor| *actor == row.actor)
        && filter.event_type.as_ref().is_none_or(of_type)
        && filter.since.is_none_or(|time| time <= row.time)
        && filter.until.is_none_or(|time| row.time <= time)
        && filter.before.is_none_or(|cursor| row.sequence < cursor.sequence)
}

#[test]
fn every_entry_has_a_line() {
    let world = shop();
    let rows = index_of(&world).history(&HistoryFilter { limit: 1000, ..HistoryFilter::default() }).unwrap();
    let places: Vec<u64> = rows.iter().map(|row| row.sequence.get()).collect();
    assert_eq!(places, (0..world.chain.size()).rev().collect::<Vec<_>>());
    let told: Vec<_> =
        rows.iter().rev().take(12).map(|row| (row.event_type.as_str(), row.outcome.as_deref(), row.summary.as_str())).collect();
    let api = digest("api", "v1");
    assert_eq!(
        told,
        [
            ("ledger.created", None, "ledger acme.example begins with 2 keys"),
            ("manifest.adopted", None, "rules of shop are in force: dev → staging → prod"),
            ("artifact.registered", None, "api v1 is registered"),
            ("artifact.registered", None, "web v1 is registered"),
            ("promotion.requested", None, "promotion of api v1 from none to dev is requested"),
            ("authorization.decided", Some("passed"), "promoting in dev is allowed by key acme.example/ci, grant 1"),
            ("downgrade.decided", Some("passed"), "api v1 replaces nothing"),
            ("step.started", None, format!("tag v1-dev is about to point at {api}").as_str()),
            ("registry.tagged", None, format!("tag v1-dev points at {api}").as_str()),
            ("step.started", None, format!("tag latest-dev is about to point at {api}").as_str()),
            ("registry.tagged", None, format!("tag latest-dev points at {api}").as_str()),
            ("promotion.completed", Some("completed"), "api v1 is in dev"),
        ]
    );
    assert_eq!(rows[0].outcome.as_deref(), Some("refused"));
    assert_eq!(
        rows[0].summary,
        "promotion of api v1 from staging to prod is refused: api v1 was never promoted to staging (and 1 more reason)"
    );
}

// proves: FR-026
#[test]
fn filters_let_through_what_they_say() {
    let world = shop();
    let index = index_of(&world);
    let everything = HistoryFilter { limit: 1000, ..HistoryFilter::default() };
    let all = index.history(&everything).unwrap();
    let middle = &all[all.len() / 2];
    let filters = [
        HistoryFilter { pipeline: middle.pipeline.clone(), ..everything.clone() },
        HistoryFilter { component: Some(component("web")), ..everything.clone() },
        HistoryFilter { environment: Some(environment("prod")), ..everything.clone() },
        HistoryFilter { version: Some(version("v1")), component: Some(component("api")), ..everything.clone() },
        HistoryFilter { digest: Some(digest("api", "v1")), environment: Some(environment("dev")), ..everything.clone() },
        HistoryFilter { principal: Some(principal(Who::Ada)), ..everything.clone() },
        HistoryFilter { event_type: Some("promotion.".to_owned()), ..everything.clone() },
        HistoryFilter { event_type: Some("promotion.completed".to_owned()), ..everything.clone() },
        HistoryFilter { event_type: Some("promotion".to_owned()), ..everything.clone() },
        HistoryFilter { since: Some(middle.time), ..everything.clone() },
        HistoryFilter { until: Some(middle.time), ..everything.clone() },
        HistoryFilter { since: Some(all[9].time), until: Some(all[4].time), component: Some(component("web")), ..everything.clone() },
        HistoryFilter { promotion_id: middle.promotion_id, before: Some(middle.sequence.into()), ..everything.clone() },
        HistoryFilter { before: Some(Sequence::new(3).into()), ..everything.clone() },
    ];
    for filter in filters {
        let expected: Vec<_> = all.iter().filter(|row| admits(&filter, row)).cloned().collect();
        assert_eq!(index.history(&filter).unwrap(), expected, "{filter:?}");
    }
}

#[test]
fn times_are_found_on_both_sides_of_a_corrected_clock() {
    const DAY: i64 = 86_400;
    let mut world = shop();
    world.turn_clock(DAY);
    world.register("api", "v2");
    world.turn_clock(-DAY);
    world.register("api", "v3");
    world.ask(Who::Ada, &Command::CorrectClock(reason("it ran ahead"))).unwrap();
    world.register("api", "v4");
    let index = index_of(&world);
    check(&index, &world.store).unwrap();
    let everything = HistoryFilter { limit: 1000, ..HistoryFilter::default() };
    let all = index.history(&everything).unwrap();
    assert!(all[1].time < all[2].time, "the correction sets time back");
    for row in &all {
        for filter in [
            HistoryFilter { since: Some(row.time), ..everything.clone() },
            HistoryFilter { until: Some(row.time), ..everything.clone() },
            HistoryFilter { since: Some(row.time), component: Some(component("api")), ..everything.clone() },
        ] {
            let expected: Vec<_> = all.iter().filter(|row| admits(&filter, row)).cloned().collect();
            assert_eq!(index.history(&filter).unwrap(), expected, "{filter:?}");
        }
    }
    for row in &all {
        let last = all.iter().filter(|other| other.time <= row.time).map(|other| other.sequence).max();
        assert_eq!(index.at_time(row.time).unwrap().last(), last, "{}", row.sequence);
    }
    assert_eq!(index.at_time(Timestamp::EPOCH).unwrap().last(), None);
    let later = HistoryFilter { since: all[2].time.as_micros().checked_add(1).and_then(Timestamp::from_micros), ..everything };
    assert_eq!(index.history(&later).unwrap(), []);
}

#[test]
fn pages_go_on_where_the_last_one_ended() {
    let index = index_of(&shop());
    let all = index.history(&HistoryFilter { limit: 1000, component: Some(component("api")), ..HistoryFilter::default() }).unwrap();
    let mut paged = Vec::new();
    let mut before = None;
    loop {
        let page =
            index.history(&HistoryFilter { limit: 3, before, component: Some(component("api")), ..HistoryFilter::default() }).unwrap();
        let Some(last) = page.last() else { break };
        before = Some(last.sequence.into());
        paged.extend(page);
    }
    assert_eq!(paged, all);
}

#[test]
fn entries_are_found_by_hash_and_by_id() {
    let world = shop();
    let index = index_of(&world);
    for (place, note) in (0..).map(Sequence::new).zip(world.notes()) {
        assert_eq!(index.find(&Locator::Hash(leaf_hash(&note))).unwrap(), Some(place));
        assert_eq!(index.find(&Locator::Id(Entry::parse(&note).unwrap().id())).unwrap(), Some(place));
    }
    assert_eq!(index.find(&Locator::Hash(leaf_hash(b"nothing"))).unwrap(), None);
}

#[test]
fn bodies_are_known_by_who_names_them() {
    let mut world = shop();
    let body = |byte| BodyDigest::from_bytes([byte; 32]);
    let evidence = |byte| Evidence { digest: body(byte), media_type: "text/plain".parse().unwrap(), size: 3 };
    let start = world.chain.size();
    world.pass_gate("api", "v1", "prod", Some(evidence(2)));
    world.pass_gate("web", "v1", "prod", Some(evidence(1)));
    world.pass_gate("api", "v1", "prod", Some(evidence(2)));
    world.must(Who::Ada, &[BodyRemoved { digest: body(2), reason: reason("it named people") }.into()]);
    let at = |offset| Sequence::new(start + offset);
    let expected = [
        BodyRow { digest: body(1), cited: vec![at(1)], removed: None },
        BodyRow { digest: body(2), cited: vec![at(0), at(2)], removed: Some(at(3)) },
    ];
    assert_eq!(index_of(&world).bodies_cited().unwrap(), expected);
}
