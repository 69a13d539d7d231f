//! Imports: what may be asserted, how it is packed into entries, and where it counts.

use promotion_ledger::meaning::accepted::Accepted;
use promotion_ledger::meaning::command::{Import, NumberedLine, Promote, Rollback};
use promotion_ledger::meaning::decide::import::examine;
use promotion_ledger::meaning::event::history::{Asserted, AssertedKind};
use promotion_ledger::meaning::names::Principal;
use promotion_ledger::meaning::time::Timestamp;

use crate::support::*;

fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).expect("a time")
}

/// A promotion of `api` that somebody says happened on that day of March 2025.
fn line(day: u32, name: &str, to: &str) -> Asserted {
    Asserted {
        actor: Principal::new("op-1").expect("a principal"),
        component: component("api"),
        digest: Some(built("api", name)),
        from: source("none"),
        kind: AssertedKind::Promotion,
        note: None,
        time: time(&format!("2025-03-{day:02}T10:00:00.000000Z")),
        to: environment(to),
        version: version(name),
    }
}

fn import(lines: impl IntoIterator<Item = Asserted>) -> Import {
    let lines = (1..).zip(lines).map(|(number, line)| NumberedLine { number, line }).collect();
    Import { pipeline: shop(), file: digest("history.jsonl"), lines, declare: false, now: time("2026-01-15T15:00:00.000000Z") }
}

#[test]
fn lines_are_asserted_in_one_entry_and_change_nothing_that_is_recorded() {
    let mut world = World::new();
    let decided = events(world.when(ADMIN, import([line(1, "v1.0.0", "dev"), line(2, "v1.0.0", "staging")])));
    assert_eq!(types(&decided), ["history.imported"]);
    let imported = data!(decided, HistoryImported);
    assert_eq!((imported.lines.as_slice().len(), imported.file), (2, digest("history.jsonl")));
    assert!(imported.declares.components().is_empty() && imported.declares.environments().is_empty());
    world.given_done(ADMIN, import([line(1, "v1.0.0", "dev")]));
    assert_eq!(world.there("api", "dev"), None, "nobody is on record there");
    assert!(world.state().asserted_there(&shop(), &component("api"), &environment("dev"), &version("v1.0.0"), &built("api", "v1.0.0")));
}

#[test]
fn it_takes_a_grant_for_all_of_the_pipeline() {
    let world = World::new();
    for by in [OPS, CI, GATE] {
        let refusal = refused(world.when(by, import([line(1, "v1.0.0", "dev")])));
        assert_eq!(codes(&refusal), [12]);
        assert!(refusal.to_string().contains("history.imported"), "{refusal}");
    }
}

#[test]
fn the_same_line_is_asserted_once() {
    let mut world = World::new();
    let twice = import([line(1, "v1.0.0", "dev"), line(1, "v1.0.0", "dev"), line(2, "v1.1.0", "dev")]);
    let imported = data!(world.given_done(ADMIN, twice.clone()), HistoryImported);
    assert_eq!(imported.lines.as_slice().len(), 2);
    assert_nothing(world.when(ADMIN, twice));
    let told_otherwise = Asserted { note: Some(reason("as the chat says")), ..line(1, "v1.0.0", "dev") };
    assert_eq!(events(world.when(ADMIN, import([told_otherwise]))).len(), 1, "another line");
}

#[test]
fn every_bad_line_is_named_by_its_number() {
    let mut world = World::new();
    world.given_promoted("api", "v2.0.0", &["dev"]);
    let lines = [
        Asserted { component: component("team/api"), ..line(1, "v1.0.0", "dev") },
        line(2, "v1.0.0", "dev"),
        Asserted { to: environment("live"), ..line(3, "v1.0.0", "dev") },
        Asserted { from: source("qa"), ..line(4, "v1.0.0", "dev") },
        Asserted { time: time("2026-01-15T14:59:00.000000Z"), ..line(5, "v1.0.0", "dev") },
        Asserted { time: time("2026-01-15T14:59:00.000000Z"), ..line(6, "v1.0.0", "prod") },
        Asserted { time: time("2027-01-15T14:45:00.000000Z"), ..line(7, "v1.0.0", "prod") },
    ];
    let ask = import(lines);
    let refusal = refused(world.when(ADMIN, ask.clone()));
    assert_eq!(codes(&refusal), [3, 3, 3, 9, 9]);
    let sentences: Vec<String> = refusal.reasons().iter().map(|reason| reason.message.clone()).collect();
    for (sentence, words) in sentences.iter().zip([
        "line 1: pipeline shop has no component team/api",
        "line 3: pipeline shop has no environment live",
        "line 4: pipeline shop has no environment qa",
        "line 5: api in dev is on record here since 2026-01-15T14:45:",
        "line 7: it says that it happened at 2027-01-15T14:45:00.000000Z, which is still to come",
    ]) {
        assert!(sentence.starts_with(words), "{words}\n{sentence}");
    }
    let examined = examine(world.state(), &ADMIN.asker(world.now()), &ask).expect("an admin may");
    assert_eq!(examined.refused.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [1, 3, 4, 5, 7]);
    assert_eq!((examined.fresh.len(), examined.repeated), (2, 0));
}

#[test]
fn names_that_the_rules_do_not_list_are_declared_by_the_entry_that_uses_them() {
    let mut world = World::new();
    let strange = Asserted { component: component("team/api"), from: source("qa"), to: environment("live"), ..line(1, "v1.0.0", "dev") };
    let ask = Import { declare: true, ..import([strange, line(2, "v1.0.0", "dev")]) };
    let imported = data!(world.given_done(ADMIN, ask), HistoryImported);
    assert_eq!(imported.declares.components(), [component("team/api")]);
    assert_eq!(imported.declares.environments(), [environment("live"), environment("qa")]);
}

#[test]
fn a_long_file_is_packed_into_entries_that_can_be_written() {
    let mut world = World::new();
    let note = reason(&"\u{1}\"\u{e9}".repeat(256));
    let long = |at: u32| Asserted {
        component: component(&format!("{}/{at}", "c".repeat(100))),
        note: Some(note.clone()),
        version: version(&format!("v{at}.{}", "0".repeat(60))),
        ..line(1 + at % 28, "v1", "dev")
    };
    let ask = Import { declare: true, ..import((0..300).map(long).chain((0..2000).map(|at| line(1 + at % 28, &format!("v{at}"), "dev")))) };
    let decided = world.given_done(ADMIN, ask);
    assert!(decided.len() > 2, "{}", decided.len());
    let longest = world.stored().iter().map(Vec::len).max();
    assert!(longest > Some(32_000), "entries are filled: {longest:?}");
    let lines: usize = decided.iter().map(|event| data!([event.clone()], HistoryImported).lines.as_slice().len()).sum();
    assert_eq!(lines, 2300);
}

/// v1.0.0 was in dev by imported history alone; v1.1.0 was, and was taken out. v2.0.0 is there on record.
fn asserted() -> World {
    let mut world = World::new();
    world.given_registered("api", "v1.0.0");
    world.given_registered("api", "v1.1.0");
    let removal = Asserted { kind: AssertedKind::Removal, ..line(9, "v1.1.0", "dev") };
    world.given_done(ADMIN, import([line(1, "v1.0.0", "dev"), removal, line(8, "v1.1.0", "dev")]));
    world.given_promoted("api", "v2.0.0", &["dev"]);
    world
}

#[test]
fn imported_history_is_no_source_unless_it_is_accepted() {
    let mut world = asserted();
    world.given_gates("api", "v1.0.0", "staging");
    world.given_gates("api", "v1.1.0", "staging");
    let ask = promote("api", "v1.0.0", "dev", "staging");
    let refusal = refused(world.when(CI, ask.clone()));
    assert_eq!(codes(&refusal), [11]);
    assert!(refusal.to_string().contains("only imported history says that it was there"), "{refusal}");
    assert!(hint(&refusal).contains("--accept-asserted"));

    let accepting = Promote { accept_asserted: true, ..ask };
    let decision = world.when(CI, accepting.clone()).expect("it was accepted");
    assert_eq!(data!(decision.events, PromotionRequested).accept_asserted, Some(Accepted));
    assert!(decision.warnings.iter().any(|warning| warning.contains("imported history alone")), "{:?}", decision.warnings);
    world.given_done(CI, accepting.clone());
    world.given_walked(CI, accepting.promotion_id);
    assert_eq!(world.there("api", "staging").as_deref(), Some("v1.0.0"));

    let removed = Promote { accept_asserted: true, ..promote("api", "v1.1.0", "dev", "staging") };
    assert_eq!(codes(&refused(world.when(CI, removed))), [11], "it was taken out of dev");
}

#[test]
fn imported_history_is_no_target_unless_it_is_accepted() {
    let mut world = asserted();
    let ask = rollback("api", "v1.0.0", "dev");
    let refusal = refused(world.when(OPS, ask.clone()));
    assert_eq!(codes(&refusal), [11]);
    assert!(refusal.to_string().contains("only imported history says that it was there"), "{refusal}");
    assert_eq!(types(refusal.record()), ["rollback.refused"]);
    let accepting = Rollback { accept_asserted: true, ..ask };
    let decision = world.when(OPS, accepting.clone()).expect("it was accepted");
    assert_eq!(data!(decision.events, RollbackRequested).accept_asserted, Some(Accepted));
    assert!(decision.warnings.iter().any(|warning| warning.contains("imported history alone")), "{:?}", decision.warnings);
    world.given_done(OPS, accepting.clone());
    world.given_walked(OPS, accepting.promotion_id);
    assert_eq!(world.there("api", "dev").as_deref(), Some("v1.0.0"));
    let removed = Rollback { accept_asserted: true, ..rollback("api", "v1.1.0", "dev") };
    assert_eq!(codes(&refused(world.when(OPS, removed))), [11], "it was taken out of dev");
}

/// What is on record outweighs what is asserted, also where it is less convenient.
#[test]
fn a_recorded_rollback_is_not_outvoted_by_imported_history() {
    let mut world = asserted();
    let back = Rollback { accept_asserted: true, ..rollback("api", "v1.0.0", "dev") };
    world.given_done(CI, back.clone());
    world.given_walked(CI, back.promotion_id);
    world.given_promoted("api", "v2.1.0", &["dev"]);
    world.given_rolled_back("api", "v1.0.0", "dev");
    world.given_rolled_back("api", "v2.1.0", "dev");
    world.given_gates("api", "v1.0.0", "staging");
    let ask = Promote { accept_asserted: true, ..promote("api", "v1.0.0", "dev", "staging") };
    assert_eq!(codes(&refused(world.when(CI, ask))), [9], "dev was rolled back from it");
}
