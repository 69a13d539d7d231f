//! A freeze: its name, when it holds, and the days that stay open.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use promotion_ledger::meaning::names::Reason;

use super::clock::{Written, written};
use super::dates::{Dates, Stretch};
use super::error::InvalidFreeze;
use super::recurring::{Recurrence, Recurring};
use super::weekly::{Week, Weekly};
use super::window::Window;
use super::zone::Zone;

/// Times in which an environment takes no promotion, in the words of those who wrote them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Freeze {
    name: Reason,
    form: Form,
    open: BTreeSet<Date>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    Stretch(Stretch),
    Week(Week),
    Recurrence(Box<Recurrence>),
}

impl Freeze {
    /// A freeze between two dates. The name is the reason that people who are stopped will read.
    pub fn dates(name: &str, text: &Dates<'_>) -> Result<Self, InvalidFreeze> {
        Self::named(name, Form::Stretch(Stretch::read(text)?))
    }

    /// A freeze that comes back every week.
    pub fn weekly(name: &str, text: &Weekly<'_>) -> Result<Self, InvalidFreeze> {
        Self::named(name, Form::Week(Week::read(text)?))
    }

    /// A freeze that comes back by a rule of RFC 5545.
    pub fn recurring(name: &str, text: &Recurring<'_>) -> Result<Self, InvalidFreeze> {
        Self::named(name, Form::Recurrence(Box::new(Recurrence::read(text)?)))
    }

    fn named(name: &str, form: Form) -> Result<Self, InvalidFreeze> {
        let reason = Reason::new(name).map_err(|_| InvalidFreeze::text("name", Reason::RULE, name))?;
        Ok(Self { name: reason, form, open: BTreeSet::new() })
    }

    /// Leaves days open, from their first moment to their last in the freeze's own time zone, whatever it says of them.
    pub fn leaving_open(mut self, days: &[&str]) -> Result<Self, InvalidFreeze> {
        for (place, text) in days.iter().enumerate() {
            let invalid = || InvalidFreeze::text("open", "a date such as 2026-12-24, each once", text).of_list(place);
            let Ok(Written::Day(day)) = written("open", text) else { return Err(invalid()) };
            if !self.open.insert(day) {
                return Err(invalid());
            }
        }
        Ok(self)
    }

    /// Why nothing is promoted then.
    pub fn name(&self) -> &Reason {
        &self.name
    }

    /// Whether it comes back for ever.
    pub(super) fn is_endless(&self) -> bool {
        match &self.form {
            Form::Stretch(_) => false,
            Form::Week(_) => true,
            Form::Recurrence(recurrence) => recurrence.is_endless(),
        }
    }

    /// What it covers, in order, the open days not yet left out; windows that end before `from` may be missing.
    pub(super) fn windows(&self, from: Timestamp) -> Box<dyn Iterator<Item = Window> + '_> {
        match &self.form {
            Form::Stretch(stretch) => Box::new(std::iter::once(stretch.window())),
            Form::Week(week) => Box::new(week.windows(from)),
            Form::Recurrence(recurrence) => Box::new(recurrence.windows()),
        }
    }

    /// The days that stay open, as stretches of time, in order.
    pub(super) fn open_windows(&self) -> Vec<Window> {
        let zone = self.zone();
        let window = |day: &Date| {
            let (starts, ends) = (Written::Day(*day).start(), Written::Day(*day).end().ok()?);
            Window::new(zone.instant(starts).ok()?, zone.instant(ends).ok()?)
        };
        self.open.iter().filter_map(window).collect()
    }

    fn zone(&self) -> &Zone {
        match &self.form {
            Form::Stretch(stretch) => stretch.zone(),
            Form::Week(week) => week.zone(),
            Form::Recurrence(recurrence) => recurrence.zone(),
        }
    }
}

/// For people: `weekend: every week fri 16:00 to mon 08:00, Europe/Berlin, not on 2026-12-19`.
impl fmt::Display for Freeze {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.name)?;
        match &self.form {
            Form::Stretch(stretch) => stretch.fmt(f)?,
            Form::Week(week) => week.fmt(f)?,
            Form::Recurrence(recurrence) => recurrence.fmt(f)?,
        }
        let open: Vec<String> = self.open.iter().map(Date::to_string).collect();
        if open.is_empty() { Ok(()) } else { write!(f, ", not on {}", open.join(", ")) }
    }
}
