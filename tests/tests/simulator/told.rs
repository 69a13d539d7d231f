//! What entries tell of a decision, beyond their types: it must be what the model says.

use promotion_ledger::meaning::event::Event;

use crate::model::{Run, Walked, Why};

fn equal<T: PartialEq + std::fmt::Debug>(what: &str, expected: &T, found: &T) -> Walked {
    if expected == found { Ok(()) } else { Err(format!("{what}: expected {expected:?}, found {found:?}")) }
}

/// As many reasons as a refusal has room for.
const HANDFUL: usize = 16;

/// A refusal names every reason, in the order of checks.
pub(crate) fn reasons(why: &[Why], events: &[Event]) -> Walked {
    let told = events.iter().find_map(|event| match event {
        Event::PromotionRefused(refused) => Some(&refused.reasons),
        Event::RollbackRefused(refused) => Some(&refused.reasons),
        _ => None,
    });
    let Some(told) = told else { return Ok(()) };
    let expected: Vec<u8> = why.iter().take(HANDFUL).map(|why| why.code()).collect();
    let found: Vec<u8> = told.iter().map(|reason| reason.code.number()).collect();
    equal(&format!("the reasons for {why:?}"), &expected, &found)
}

/// An override names just the guards that stood in the way.
pub(crate) fn overridden(expected: &[&'static str], events: &[Event]) -> Walked {
    let told = events.iter().find_map(|event| match event {
        Event::GuardOverridden(event) => Some(event.guards.iter().map(|overridden| overridden.guard.as_str()).collect()),
        _ => None,
    });
    equal("guards overridden", &expected.to_vec(), &told.unwrap_or_default())
}

/// An answer names the group by which it is given.
pub(crate) fn group(expected: Option<&'static str>, events: &[Event]) -> Walked {
    let told = events.iter().find_map(|event| match event {
        Event::ApprovalGranted(event) => Some(event.group.as_ref()),
        Event::ApprovalRejected(event) => Some(event.group.as_ref()),
        _ => None,
    });
    equal("the group", &expected.map(str::to_owned), &told.flatten().map(ToString::to_string))
}

/// What begins is the release that was meant, and of a rollback what it leaves.
pub(crate) fn begun(run: &Run, events: &[Event]) -> Walked {
    for event in events {
        let (promotion, leaves) = match event {
            Event::PromotionRequested(asked) => (&asked.promotion, None),
            Event::RollbackRequested(asked) => (&asked.promotion, Some((asked.leaves.version.to_string(), asked.leaves.number))),
            _ => continue,
        };
        equal("what lands", &(&run.version, &run.digest), &(&promotion.version.to_string(), &promotion.digest.to_string()))?;
        equal("what it leaves", &run.leaves, &leaves)?;
    }
    Ok(())
}
