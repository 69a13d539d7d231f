//! Generated ledgers are what they claim: sound, the same for the same seed, and with everything in them that can happen.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use promoledger_benches::ledgers::{GenerateError, Plan, generate};
use promotion_ledger::custody::audit::{self, Pins};
use promotion_ledger::custody::log::Live;
use promotion_ledger::custody::store::Store;
use promotion_ledger::custody::store::memory::Memory;
use promotion_ledger::meaning::event_type::EventType;
use promotion_ledger::meaning::time::Timestamp;
use promotion_replay::index::Index;

/// What a level that knows nothing later never needs.
const NEVER: [EventType; 10] = [
    EventType::FormatRaised,
    EventType::SignatureChecked,
    EventType::ApprovalRequested,
    EventType::ApprovalGranted,
    EventType::ApprovalRejected,
    EventType::GuardOverridden,
    EventType::OverrideReviewed,
    EventType::PipelineHalted,
    EventType::PipelineResumed,
    EventType::IdentityProven,
];

fn made(entries: u64, seed: u64) -> Memory {
    let store = Memory::new();
    let chain = generate(&store, Plan { entries, seed }).unwrap().chain;
    assert_eq!(chain.size(), entries);
    assert_eq!(store.head().unwrap().hash, *chain.head());
    store
}

#[test]
fn a_generated_ledger_is_sound_and_can_be_followed() {
    let store = made(3_000, 1);
    let now = Timestamp::parse("2026-01-01T00:00:00.000000Z").unwrap();
    let report = audit::verify(&Live(&store), &Pins::default(), now);
    assert_eq!((report.findings, report.remarks), (vec![], vec![]));
    assert!(report.bodies_named > 20 && report.bodies_removed > 0);

    let mut index = Index::in_memory().unwrap();
    index.follow(&store).unwrap();
    assert_eq!(index.head(), store.head().unwrap());
    promotion_replay::check(&index, &store).unwrap();
}

#[test]
fn everything_that_can_happen_happens() {
    let mut seen = BTreeSet::new();
    made(3_000, 1)
        .read(0..u64::MAX, &mut |entry| {
            let parsed = promotion_ledger::evidence::entry::Entry::parse(&entry.note).unwrap();
            seen.insert(parsed.event_type().to_owned());
            ControlFlow::Continue(())
        })
        .unwrap();
    let expected: BTreeSet<String> =
        EventType::ALL.iter().filter(|known| !NEVER.contains(known)).map(|known| known.as_str().to_owned()).collect();
    assert_eq!(seen, expected);
}

#[test]
fn a_seed_gives_one_ledger_and_another_seed_another() {
    let heads = [(400, 7), (400, 7), (400, 8), (401, 7)].map(|(entries, seed)| made(entries, seed).head().unwrap());
    assert_eq!(heads[0], heads[1]);
    assert_ne!(heads[0], heads[2]);
    assert_ne!(heads[0], heads[3]);
    let made = made(401, 7);
    let mut found = None;
    made.read(399..400, &mut |entry| {
        found = Some(entry.hash);
        ControlFlow::Break(())
    })
    .unwrap();
    assert_eq!(found, Some(heads[0].hash), "a longer ledger goes on where the shorter one ends");
}

#[test]
fn too_few_entries_are_refused() {
    assert!(matches!(generate(&Memory::new(), Plan { entries: 99, seed: 0 }), Err(GenerateError::TooFew(99))));
}
