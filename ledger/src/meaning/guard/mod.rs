//! Guards: what can stop a promotion, each judged in one place. Decisions ask them to answer whoever asks; the law asks them again,
//! so that nobody gets past them by writing entries with another program.

mod approvals;
mod downgrade;
mod gates;
mod moment;
mod release;
mod stop;
mod who;

pub use approvals::{approvals, approver};
pub use downgrade::downgrade;
pub use gates::{GateMissing, gates, judge, passed};
pub use moment::{freeze, locked, locks, soak};
pub use release::{breaking, versions};
pub use stop::{Asked, Guard, Stop};
pub use who::{authorization, duties, groups_of};
