//! When an environment is frozen, from a time on.
//!
//! Rules hold windows up to a horizon, and a manifest that is adopted later reaches further. So each side is held against the other
//! as far as both are written out, and beyond its own horizon: only a freeze that has an end can stand there.

use std::collections::BTreeSet;

use promotion_ledger::meaning::names::{Environment, Reason};
use promotion_ledger::meaning::rules::{EnvironmentRule, FreezeRule, Window};
use promotion_ledger::meaning::time::Timestamp;

use super::super::demands::times;
use super::found::Found;

/// One side: the windows, and up to where they are all.
#[derive(Clone, Copy)]
struct Calendar<'a> {
    windows: &'a [Window],
    known_until: Timestamp,
}

/// From when on and up to when times are compared.
#[derive(Clone, Copy)]
struct Span {
    from: Timestamp,
    until: Timestamp,
}

pub(super) fn freezes(before: &EnvironmentRule, now: &EnvironmentRule, from: Timestamp, found: &mut Found) {
    let (was, is) = (Calendar::of(before.freezes.as_ref()), Calendar::of(now.freezes.as_ref()));
    let told = found.0.len();
    let span = Span { from, until: was.known_until.min(is.known_until) };
    if was.known_until <= from && is.known_until > from {
        found.loosens(format!(
            "{} is no longer frozen for want of a calendar: it was known up to {}",
            now.name,
            was.known_until.to_minute()
        ));
    }
    let names: BTreeSet<&Reason> = was.windows.iter().chain(is.windows).map(|window| &window.name).collect();
    for name in names {
        freeze(&now.name, name, (was, is), span, found);
    }
    let forever = |calendar: Calendar<'_>| calendar.known_until == end_of_time();
    if found.0.len() == told && forever(was) != forever(is) {
        let sentence = if forever(is) { "without an end" } else { "up to a horizon" };
        found.either(forever(is), format!("the freezes of {} are now written out {sentence}", now.name));
    }
}

fn freeze(environment: &Environment, name: &Reason, (was, is): (Calendar<'_>, Calendar<'_>), span: Span, found: &mut Found) {
    let opened = was.lacking_in(is, name, span);
    let closed = is.lacking_in(was, name, span);
    let shown = format!("{:?}", name.as_str());
    if let Some((first, more)) = opened.split_first() {
        let gone = !is.windows.iter().any(|window| window.name == *name);
        let when = if gone { String::new() } else { format!(" {}{}", times(first), others(more)) };
        found.loosens(format!("{environment} is no longer frozen for {shown}{when}"));
    }
    if let Some((first, more)) = closed.split_first() {
        found.note(format!("{environment} is now frozen for {shown} {}{}", times(first), others(more)));
    }
}

fn others(more: &[Window]) -> String {
    match more.len() {
        0 => String::new(),
        1 => ", and once more".to_owned(),
        more => format!(", and {more} times more"),
    }
}

fn end_of_time() -> Timestamp {
    Timestamp::EPOCH.plus_seconds(u64::MAX)
}

impl<'a> Calendar<'a> {
    fn of(freezes: Option<&'a FreezeRule>) -> Self {
        let windows = freezes.map_or(&[] as &[Window], |freezes| &freezes.windows);
        Self { windows, known_until: freezes.and_then(|freezes| freezes.known_until).unwrap_or_else(end_of_time) }
    }

    /// What one freeze covers here and not in the other calendar.
    fn lacking_in(self, other: Self, name: &Reason, span: Span) -> Vec<Window> {
        let theirs: Vec<&Window> = other.windows.iter().filter(|window| window.name == *name).collect();
        let ours = self.windows.iter().filter(|window| window.name == *name);
        ours.filter_map(|window| self.compared(window, span)).flat_map(|window| without(window, &theirs)).collect()
    }

    /// The part of a window that the other calendar must have too, if it is to be the same.
    fn compared(self, window: &Window, span: Span) -> Option<Window> {
        let until = if window.from >= self.known_until { window.until } else { window.until.min(span.until) };
        let from = window.from.max(span.from);
        (from < until).then(|| Window { from, until, name: window.name.clone() })
    }
}

/// What is left of a window without others, which are in order.
fn without(window: Window, others: &[&Window]) -> Vec<Window> {
    let mut left = Vec::new();
    let mut from = window.from;
    for other in others.iter().filter(|other| other.from < window.until && other.until > window.from) {
        if from < other.from {
            left.push(Window { from, until: other.from, name: window.name.clone() });
        }
        from = from.max(other.until);
    }
    if from < window.until {
        left.push(Window { from, ..window });
    }
    left
}
