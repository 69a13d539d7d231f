//! A small world to test meaning in: a ledger in memory, the pipeline `shop`, a cast of keys, a registry of tags.

pub(crate) mod asks;
pub(crate) mod cast;
pub(crate) mod guards;
pub(crate) mod names;
pub(crate) mod replay;
pub(crate) mod walk;
pub(crate) mod world;

pub(crate) use asks::*;
pub(crate) use cast::*;
pub(crate) use guards::*;
pub(crate) use names::*;
pub(crate) use replay::*;
pub(crate) use world::*;

use promotion_ledger::meaning::decide::Decision;
use promotion_ledger::meaning::event::Event;
use promotion_ledger::meaning::refusal::{Because, Refusal};

/// What `decide` says.
pub(crate) type Outcome = Result<Decision, Refusal>;

/// Then: it goes ahead, without warnings and without resuming anything.
pub(crate) fn events(outcome: Outcome) -> Vec<Event> {
    let decision = outcome.expect("a decision to go ahead");
    assert_eq!(decision.warnings, Vec::<String>::new());
    assert_eq!(decision.resume, None);
    decision.events
}

/// Then: all is as was asked for, and nothing happens.
pub(crate) fn assert_nothing(outcome: Outcome) {
    assert_eq!(events(outcome), Vec::new());
}

/// Then: it is refused.
pub(crate) fn refused(outcome: Outcome) -> Refusal {
    outcome.expect_err("a refusal")
}

/// Then: it is refused for exactly these reasons, in this order, and the first gives the exit code.
pub(crate) fn assert_refused(outcome: Outcome, expected: &[(u8, &str)]) -> Refusal {
    let refusal = refused(outcome);
    let found: Vec<(u8, &str)> = refusal.reasons().iter().map(|reason| (reason.code.number(), reason.message.as_str())).collect();
    assert_eq!(found, expected);
    assert_eq!(Some(&refusal.code().number()), expected.first().map(|(code, _)| code));
    assert_eq!(Some(refusal.to_string().as_str()), expected.first().map(|(_, message)| *message));
    refusal
}

/// The exit codes of all reasons, in order.
pub(crate) fn codes(refusal: &Refusal) -> Vec<u8> {
    refusal.reasons().iter().map(|reason| reason.code.number()).collect()
}

/// The advice that comes with the first reason.
pub(crate) fn hint(refusal: &Refusal) -> &str {
    refusal.reasons().first().and_then(|Because { hint, .. }| hint.as_deref()).expect("a first reason with a hint")
}

/// The types of the events, as entries spell them.
pub(crate) fn types(events: &[Event]) -> Vec<&'static str> {
    events.iter().map(|event| event.event_type().as_str()).collect()
}

/// The data of the only event of that type, or of the first.
macro_rules! data {
    ($events:expr, $variant:ident) => {
        $events
            .iter()
            .find_map(|event| match event {
                promotion_ledger::meaning::event::Event::$variant(data) => Some(data.clone()),
                _ => None,
            })
            .expect(concat!("an event of type ", stringify!($variant)))
    };
}
pub(crate) use data;
