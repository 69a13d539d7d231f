//! Coverage: what must have happened in a few hundred runs, so that the simulator cannot quietly stop doing its work.

use std::collections::BTreeSet;

use promotion_ledger::meaning::event::EventType;

/// Types that no command of the simulator appends.
const OUT_OF_SCOPE: [&str; 6] = ["ledger.created", "format.raised", "body.removed", "history.imported", "promotion.failed", "rollback.failed"];

/// The exit codes that its commands can end with.
const EXITS: [u8; 13] = [0, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14];

/// Where a process must have died on its way.
const DEATHS: [&str; 2] = [
    "death before append, after the start",
    "death before hearing of the append, after promotion.requested",
];

/// Faults, races and hands that must have been met.
const TROUBLES: [&str; 10] = [
    "fault append Before",
    "fault append After",
    "fault append Wrong",
    "fault head Before",
    "fault read Before",
    "fault hold Before",
    "fault resolve Before",
    "fault manifest Wrong",
    "the head moved",
    "a tag moved by hand",
];

/// What did not happen and should have.
pub(crate) fn missing(seen: &BTreeSet<String>) -> Vec<String> {
    let events = EventType::ALL.iter().map(|event| event.as_str()).filter(|event| !OUT_OF_SCOPE.contains(event));
    let events = events.map(|event| format!("event {event}"));
    let exits = EXITS.iter().map(|code| format!("exit {code}"));
    let named = DEATHS.iter().chain(&TROUBLES).map(|what| (*what).to_owned());
    events.chain(exits).chain(named).filter(|what| !seen.contains(what)).collect()
}
