//! Which days a recurrence rule names: a question about one day at a time, so that no rule can run away.

use jiff::ToSpan;
use jiff::civil::Date;

use super::rule::{Every, NthDay, Rule};

impl Rule {
    /// Whether something that began on `start` comes back on `day`.
    pub(super) fn names(&self, start: Date, day: Date) -> bool {
        self.in_turn(start, day) && self.lists(start, day) && (self.positions.is_empty() || self.chooses(start, day))
    }

    /// Whether the day's period is one of every so many.
    fn in_turn(&self, start: Date, day: Date) -> bool {
        let between = match self.every {
            Every::Day => days(day) - days(start),
            Every::Week => self.week(day) - self.week(start),
            Every::Month => months(day) - months(start),
            Every::Year => i64::from(day.year()) - i64::from(start.year()),
        };
        between >= 0 && between % self.interval == 0
    }

    /// Whether the day passes every list of the rule; what no list says is as on the first day.
    fn lists(&self, start: Date, day: Date) -> bool {
        let no_days = self.days.is_empty() && self.month_days.is_empty() && self.year_days.is_empty();
        let as_first = !no_days
            || match self.every {
                Every::Day => true,
                Every::Week => day.weekday() == start.weekday(),
                Every::Month => day.day() == start.day(),
                Every::Year => day.day() == start.day() && (!self.months.is_empty() || day.month() == start.month()),
            };
        as_first
            && (self.months.is_empty() || self.months.contains(&i16::from(day.month())))
            && counted(&self.month_days, i16::from(day.day()), i16::from(day.days_in_month()))
            && counted(&self.year_days, day.day_of_year(), day.days_in_year())
            && (self.days.is_empty() || self.days.iter().any(|nth| self.is_nth(*nth, day)))
    }

    /// Numbered days count in the month, or in the year where a yearly rule names no month.
    fn is_nth(&self, nth: NthDay, day: Date) -> bool {
        if nth.day != day.weekday() {
            return false;
        }
        let in_year = self.every == Every::Year && self.months.is_empty();
        let (place, of) =
            if in_year { (day.day_of_year(), day.days_in_year()) } else { (i16::from(day.day()), i16::from(day.days_in_month())) };
        nth.nth.is_none_or(|nth| nth == (place - 1) / 7 + 1 || nth == -((of - place) / 7 + 1))
    }

    /// Whether BYSETPOS picks the day among those of its period.
    fn chooses(&self, start: Date, day: Date) -> bool {
        let (first, length) = match self.every {
            // A rule by the week has no positions.
            Every::Day | Every::Week => (day, 1),
            Every::Month => (day.first_of_month(), i64::from(day.days_in_month())),
            Every::Year => (day.first_of_year(), i64::from(day.days_in_year())),
        };
        let all = (0..length).filter_map(|after| first.checked_add(after.days()).ok()).filter(|day| self.lists(start, *day));
        let (mut place, mut of) = (0, 0);
        for listed in all {
            of += 1;
            if listed <= day {
                place += 1;
            }
        }
        self.positions.iter().any(|position| *position == place || *position == place - of - 1)
    }

    /// Weeks since some Monday, or whichever day the rule's weeks begin with.
    fn week(&self, day: Date) -> i64 {
        let first_day = i64::from(day.weekday().since(self.week_starts));
        (days(day) - first_day).div_euclid(7)
    }
}

/// Whether a list names a place, counted from the front or from the end.
fn counted(list: &[i16], place: i16, of: i16) -> bool {
    list.is_empty() || list.contains(&place) || list.contains(&(place - of - 1))
}

/// Days since 1970.
fn days(day: Date) -> i64 {
    day.duration_since(Date::constant(1970, 1, 1)).as_hours() / 24
}

/// Months since the year 0.
fn months(day: Date) -> i64 {
    i64::from(day.year()) * 12 + i64::from(day.month())
}
