//! Refusals: decisions not to do what was asked, with every reason and the events that record them.

use std::fmt;

use super::event::Event;
pub use super::exit_code::ExitCode;

/// One reason not to do what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Because {
    /// The exit code that it stands for.
    pub code: ExitCode,
    /// One sentence: which thing, what was expected, what was found.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// A decision not to do what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Every reason, in the order of checks, at least one.
    reasons: Vec<Because>,
    /// The events that record it; none where nothing was judged, as for arguments that make no sense.
    record: Vec<Event>,
}

impl Because {
    /// A reason without advice.
    pub fn new(code: ExitCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None }
    }

    /// The same with advice.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl Refusal {
    /// A refusal for these reasons, first things first, and the events that record it.
    pub fn new(first: Because, others: Vec<Because>, record: Vec<Event>) -> Self {
        let reasons = std::iter::once(first).chain(others).collect();
        Self { reasons, record }
    }

    /// The same with another record of it.
    #[must_use]
    pub(super) fn recorded_as(mut self, change: impl FnOnce(Vec<Event>) -> Vec<Event>) -> Self {
        self.record = change(self.record);
        self
    }

    /// The exit code: that of the first reason.
    pub fn code(&self) -> ExitCode {
        self.reasons.first().map_or(ExitCode::Failure, |reason| reason.code)
    }

    /// Every reason, in the order of checks.
    pub fn reasons(&self) -> &[Because] {
        &self.reasons
    }

    /// The events that record it.
    pub fn record(&self) -> &[Event] {
        &self.record
    }
}

/// A refusal that is not recorded, because nothing was judged.
impl From<Because> for Refusal {
    fn from(reason: Because) -> Self {
        Self::new(reason, Vec::new(), Vec::new())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reasons.first().map_or("refused", |reason| &reason.message))
    }
}

impl std::error::Error for Refusal {}
