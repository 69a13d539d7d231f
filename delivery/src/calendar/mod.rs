//! Freezes: times in which an environment takes no promotion, from what people write to plain intervals of time.
//!
//! People write dates, weeks and recurrences in their own time zones. Whoever verifies a log has no database of time zones, and
//! zones change. So freezes are [expanded](expand) once, when a manifest is adopted, and the log holds intervals in UTC.

mod clock;
mod dates;
mod error;
mod expand;
mod freeze;
mod lasting;
mod matching;
mod recurring;
mod rule;
#[cfg(test)]
mod tests;
mod weekly;
mod window;
mod zone;

pub use dates::Dates;
pub use error::{CalendarError, InvalidFreeze};
pub use expand::{Expanded, Interval, Limits, expand};
pub use freeze::Freeze;
pub use recurring::{Lasting, Recurring};
pub use weekly::Weekly;
