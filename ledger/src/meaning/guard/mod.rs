//! Guards: what can stop a promotion, each judged in one place. Decisions ask them to answer whoever asks; the law asks them again,
//! so that nobody gets past them by writing entries with another program.

mod approvals;
mod downgrade;
mod gates;
mod halt;
mod moment;
mod person;
mod release;
mod standing;
mod stop;
mod taking_over;
mod who;

pub use approvals::{Answer, approvals, approver};
pub use downgrade::downgrade;
pub use gates::{GateMissing, cited, gates, judge};
pub use halt::halts;
pub use moment::{freeze, locked, locks, soak};
pub use person::Person;
pub use release::{breaking, versions};
pub use standing::{Unfounded, founded};
pub use stop::{Asked, Guard, Stop};
pub use taking_over::taking_over;
pub use who::{authorization, duties, groups_of};
