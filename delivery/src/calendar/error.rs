//! What is wrong with a freeze, and why freezes cannot be expanded.

use std::fmt;

use promotion_ledger::meaning::names::Reason;
use promotion_ledger::meaning::time::Timestamp;

/// A field of a freeze that cannot be read: which, what was expected, what was found, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct InvalidFreeze {
    field: &'static str,
    place: Option<usize>,
    expected: String,
    found: String,
    hint: Option<&'static str>,
}

impl InvalidFreeze {
    pub(super) fn new(field: &'static str, expected: impl Into<String>, found: impl Into<String>) -> Self {
        let found: String = found.into();
        Self { field, place: None, expected: expected.into(), found: found.chars().take(80).collect(), hint: None }
    }

    /// About a text as it was written.
    pub(super) fn text(field: &'static str, expected: impl Into<String>, found: &str) -> Self {
        let short: String = found.chars().take(60).collect();
        Self::new(field, expected, format!("{short:?}"))
    }

    pub(super) fn hinting(self, hint: &'static str) -> Self {
        Self { hint: Some(hint), ..self }
    }

    /// About one thing of a list, counted from 0.
    pub(super) fn of_list(self, place: usize) -> Self {
        Self { place: Some(place), ..self }
    }

    /// The field at fault, by its name in the structure that was given: `name`, `zone`, `from`, `rule`.
    pub fn field(&self) -> &'static str {
        self.field
    }

    /// Which thing of a list is at fault, counted from 0, where the field is a list.
    pub fn place(&self) -> Option<usize> {
        self.place
    }

    /// What should stand there.
    pub fn expected(&self) -> &str {
        &self.expected
    }

    /// What stands there, shortened.
    pub fn found(&self) -> &str {
        &self.found
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        self.hint
    }
}

impl fmt::Display for InvalidFreeze {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.field)?;
        if let Some(place) = self.place {
            write!(f, "[{place}]")?;
        }
        write!(f, ": expected {}, found {}", self.expected, self.found)?;
        self.hint.map_or(Ok(()), |hint| write!(f, "; {hint}"))
    }
}

/// Why freezes cannot be expanded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// A limit would leave nothing to know.
    #[error("freezes are to be expanded up to {until}, which is not after {from}: expected a later time")]
    Horizon {
        /// From when on they are wanted.
        from: Timestamp,
        /// Up to when they are wanted.
        until: Timestamp,
    },
    /// A limit would let no interval stand.
    #[error("freezes are to be expanded to at most 0 intervals each: expected at least 1")]
    NoIntervals,
    /// A time is outside of what the log can hold.
    #[error("freeze {freeze} reaches {found}, which the log cannot hold: expected times between the years 1970 and 9999")]
    OutOfRange {
        /// The freeze.
        freeze: Reason,
        /// The time.
        found: String,
    },
}
