//! Who somebody is by a token: recorded before whatever rests on it, once for each token.

use super::super::command::{Asker, Command};
use super::super::core::KeyRecord;
use super::super::event::identity::IdentityProven;
use super::super::event::{Event, EventType};
use super::super::law;
use super::super::refusal::{Because, ExitCode, Refusal};
use super::super::state::State;
use super::common::{Decision, at, right};

/// What a token said that is to be recorded first. Nothing where nobody is asked who they are, or where it is on record.
pub(super) fn to_record<'a>(
    state: &State,
    asker: &'a Asker,
    signer: &KeyRecord,
    command: &Command,
) -> Result<Option<&'a IdentityProven>, Because> {
    let Some(proven) = asker.proven.as_deref().filter(|_| command.asks_who()) else { return Ok(None) };
    let now = at(state, asker);
    let mut theirs = state.core().proven.iter().filter(|known| known.is_of(&proven.pipeline, &asker.key, &asker.actor));
    // The rules may let the same token give other groups by now.
    if theirs.any(|known| known.token == proven.token && known.groups == proven.groups && now < known.expires) {
        return Ok(None);
    }
    let event = Event::IdentityProven(proven.clone());
    right(signer, &[EventType::IdentityProven], event.touches()).map_err(|because| {
        let hint = format!("{}; or show no token", because.hint.clone().unwrap_or_default());
        because.hint(hint)
    })?;
    // The rules may have changed since somebody looked, and time has gone on.
    law::proven(state, proven, now)
        .map_err(|unlawful| Because::new(ExitCode::NotAuthorized, unlawful.detail).hint("get a fresh token, and ask again"))?;
    Ok(Some(proven))
}

/// What is decided, behind what it rests on. Where nothing is to be recorded, that is not either.
pub(super) fn behind(proven: &IdentityProven, decided: Result<Decision, Refusal>) -> Result<Decision, Refusal> {
    let first = |events: Vec<Event>| -> Vec<Event> {
        if events.is_empty() { events } else { std::iter::once(proven.clone().into()).chain(events).collect() }
    };
    match decided {
        Ok(decision) => Ok(Decision { events: first(decision.events), ..decision }),
        Err(refusal) => Err(refusal.recorded_as(first)),
    }
}
