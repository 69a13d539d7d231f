//! From freezes to intervals of UTC, once, up to a horizon.

use jiff::Timestamp as Moment;
use promotion_ledger::meaning::names::Reason;
use promotion_ledger::meaning::time::Timestamp;

use super::error::CalendarError;
use super::freeze::Freeze;
use super::window::Window;

/// A stretch of time in which nothing is promoted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Interval {
    /// The first moment that is frozen.
    pub from: Timestamp,
    /// The first moment that is open again.
    pub until: Timestamp,
    /// The name of the freeze.
    pub name: Reason,
}

/// What freezes come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expanded {
    /// Ascending by `from`, `until` and name. Those of one freeze neither overlap nor touch; those of two may.
    pub intervals: Vec<Interval>,
    /// From here on the calendar is not known, and a time must not be taken for open. None where it is known for ever.
    pub known_until: Option<Timestamp>,
}

/// How far freezes are expanded: whichever comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Freezes without an end are expanded up to this time.
    pub until: Timestamp,
    /// The most intervals of one freeze.
    pub most: usize,
}

impl Limits {
    /// The most intervals of one freeze where nobody says otherwise.
    pub const MOST: usize = 500;

    /// Two years of 365 days, and [`Self::MOST`] intervals of each freeze: nobody plans further ahead, and the rules that hold the
    /// intervals stay small.
    pub fn two_years_from(from: Timestamp) -> Self {
        const TWO_YEARS: i64 = 2 * 365 * 24 * 60 * 60 * 1_000_000;
        let until = Timestamp::from_micros(from.as_micros().saturating_add(TWO_YEARS));
        // At the end of the times that the log can hold there is no later one, and `expand` says so.
        Self { until: until.unwrap_or(from), most: Self::MOST }
    }
}

/// Expands freezes into the intervals that are not over at `from`.
pub fn expand(freezes: &[Freeze], from: Timestamp, limits: Limits) -> Result<Expanded, CalendarError> {
    if limits.until <= from {
        return Err(CalendarError::Horizon { from, until: limits.until });
    }
    if limits.most == 0 {
        return Err(CalendarError::NoIntervals);
    }
    let mut expanded = Expanded { intervals: Vec::new(), known_until: None };
    for freeze in freezes {
        let mut expansion = Expansion::new(freeze, from, limits)?;
        expansion.run()?;
        expanded.intervals.append(&mut expansion.intervals);
        expanded.known_until = expanded.known_until.into_iter().chain(expansion.known_until).min();
    }
    expanded.intervals.sort();
    Ok(expanded)
}

/// One freeze, being expanded.
struct Expansion<'a> {
    freeze: &'a Freeze,
    open: Vec<Window>,
    from: Moment,
    limits: Limits,
    intervals: Vec<Interval>,
    known_until: Option<Timestamp>,
}

impl<'a> Expansion<'a> {
    fn new(freeze: &'a Freeze, from: Timestamp, limits: Limits) -> Result<Self, CalendarError> {
        let start = Moment::from_microsecond(from.as_micros())
            .map_err(|_| CalendarError::OutOfRange { freeze: freeze.name().clone(), found: from.to_string() })?;
        Ok(Self { freeze, open: freeze.open_windows(), from: start, limits, intervals: Vec::new(), known_until: None })
    }

    /// Takes windows one by one; those that overlap or touch become one.
    fn run(&mut self) -> Result<(), CalendarError> {
        let (freeze, from) = (self.freeze, self.from);
        let mut pending: Option<Window> = None;
        for window in freeze.windows(from).filter(|window| window.until > from) {
            if freeze.is_endless() && window.from.as_microsecond() >= self.limits.until.as_micros() {
                self.known_until = Some(self.limits.until);
                break;
            }
            match pending {
                Some(so_far) if window.from <= so_far.until => {
                    pending = Some(Window { from: so_far.from, until: so_far.until.max(window.until) });
                }
                Some(whole) => {
                    if !self.take(whole)? {
                        return Ok(());
                    }
                    pending = Some(window);
                }
                None => pending = Some(window),
            }
        }
        if let Some(last) = pending {
            self.take(last)?;
        }
        Ok(())
    }

    /// Takes what the open days leave of a window. False when no more may be taken: the calendar is known up to what was not.
    fn take(&mut self, window: Window) -> Result<bool, CalendarError> {
        for piece in without(window, &self.open) {
            if piece.until <= self.from {
                continue;
            }
            let from = self.time(piece.from)?;
            if self.intervals.len() == self.limits.most {
                self.known_until = Some(self.known_until.map_or(from, |known| known.min(from)));
                return Ok(false);
            }
            let until = self.time(piece.until)?;
            self.intervals.push(Interval { from, until, name: self.freeze.name().clone() });
        }
        Ok(true)
    }

    fn time(&self, moment: Moment) -> Result<Timestamp, CalendarError> {
        let out_of_range = || CalendarError::OutOfRange { freeze: self.freeze.name().clone(), found: moment.to_string() };
        Timestamp::from_micros(moment.as_microsecond()).ok_or_else(out_of_range)
    }
}

/// What is left of a window without others, which are in order.
fn without(window: Window, others: &[Window]) -> Vec<Window> {
    let mut left = Vec::new();
    let mut from = window.from;
    for other in others.iter().filter(|other| other.from < window.until && other.until > window.from) {
        left.extend(Window::new(from, other.from));
        from = from.max(other.until);
    }
    left.extend(Window::new(from, window.until));
    left
}
