//! Coverage: what must have happened in a hundred runs or in thousands, so that the simulator cannot quietly stop doing its work.

use std::collections::BTreeSet;

use promotion_ledger::meaning::event::EventType;

/// Types that no command of the simulator appends.
const OUT_OF_SCOPE: [&str; 8] = [
    "ledger.created",
    "format.raised",
    "body.removed",
    "history.imported",
    "signature.checked",
    "pipeline.halted",
    "pipeline.resumed",
    "identity.proven",
];

/// The exit codes that its commands can end with.
const EXITS: [u8; 15] = [0, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 16, 17];

/// Each guard must have stopped a promotion, and have let one pass; what somebody's word passes must have been passed so.
const GUARDS: [&str; 28] = [
    "promote stopped: Lock",
    "promote stopped: Freeze",
    "promote stopped: Soak",
    "promote stopped: NotAuthorized",
    "promote stopped: Duties",
    "promote stopped: Versions",
    "promote stopped: Breaking",
    "promote stopped: Approvals",
    "promote stopped: Gate",
    "promote stopped: OldGate",
    "passed a lock that is over",
    "passed freeze",
    "passed soak",
    "passed authorization as an operator",
    "passed authorization by a group of the manifest",
    "passed authorization by a group of the key",
    "passed duties",
    "passed versions",
    "passed breaking",
    "passed approvals",
    "passed a gate's age",
    "passed advice",
    "overridden lock",
    "overridden freeze",
    "overridden soak",
    "overridden approvals",
    "overridden gates",
    "the glass was not theirs to break",
];

/// What stops whoever answers, reviews, goes on with something, ends it, locks, unlocks or rolls back.
const PERSONS: [&str; 22] = [
    "answer stopped: NotGranted",
    "answer stopped: NotAuthorized",
    "answer stopped: NotMember",
    "answer stopped: NoWordNeeded",
    "answer stopped: NewerRequest",
    "answer stopped: OwnRequest",
    "answer stopped: Twice",
    "answer stopped: Void",
    "answer stopped: Over",
    "answer stopped: Rejected",
    "review stopped: OwnOverride",
    "review stopped: Reviewed",
    "going on stopped: Duties",
    "going on stopped: OwnWord",
    "going on stopped: NotAuthorized",
    "taken over by others",
    "abort stopped: NotAuthorized",
    "lock stopped: NotAuthorized",
    "unlock stopped: NotAuthorized",
    "rollback stopped: NotAuthorized",
    "rollback stopped: Lock",
    "rolled back under one's own lock",
];

/// After which steps of a walk a process must have died.
const DEATHS: [&str; 8] = [
    "death after the start",
    "death after promotion.requested",
    "death after step.started immutable",
    "death after registry.tagged immutable",
    "death after step.started latest",
    "death after registry.tagged latest",
    "death after rollback.requested",
    "death after step.started rollback",
];

/// Faults, races and hands that must have been met.
const TROUBLES: [&str; 11] = [
    "fault append Before",
    "fault append After",
    "fault append Wrong",
    "fault head Before",
    "fault read Before",
    "fault hold Before",
    "fault resolve Before",
    "fault manifest Wrong",
    "fault tag Before",
    "the head moved",
    "a tag moved by hand",
];

/// What is too rare for a few hundred runs, and must have happened in thousands.
const RARE: [&str; 20] = [
    "death after rollback.requested",
    "event key.endorsed",
    "event promotion.failed",
    "event rollback.failed",
    "death after step.started rollback",
    "fault append Before",
    "fault append After",
    "fault hold Before",
    "fault tag Before",
    "answer stopped: NotMember",
    "answer stopped: Twice",
    "answer stopped: Void",
    "going on stopped: Duties",
    "going on stopped: OwnWord",
    "going on stopped: NotAuthorized",
    "abort stopped: NotAuthorized",
    "rollback stopped: Lock",
    "rollback stopped: NotAuthorized",
    "rolled back under one's own lock",
    "unlock stopped: NotAuthorized",
];

/// How many runs it takes until even that has happened.
const MANY: u64 = 2000;

/// What did not happen in so many runs and should have.
pub(crate) fn missing(seen: &BTreeSet<String>, runs: u64) -> Vec<String> {
    let events = EventType::ALL.iter().map(|event| event.as_str()).filter(|event| !OUT_OF_SCOPE.contains(event));
    let events = events.map(|event| format!("event {event}"));
    let exits = EXITS.iter().map(|code| format!("exit {code}"));
    let named = DEATHS.iter().chain(&TROUBLES).chain(&GUARDS).chain(&PERSONS).map(|what| (*what).to_owned());
    let owed = |what: &String| runs >= MANY || !RARE.contains(&what.as_str());
    events.chain(exits).chain(named).filter(|what| owed(what) && !seen.contains(what)).collect()
}
