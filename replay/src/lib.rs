//! The read models of promoledger: what is where, since when, by whom, and what happened on the way.
//!
//! * [`models`]: what each verified entry changes in them, a pure fold, and the rows that questions are answered with;
//! * [`index`]: the SQLite file that keeps them at hand, follows the log by verifying it, and can be deleted at any time;
//! * [`check()`]: rebuilds everything from the log alone and compares.
//!
//! Nothing here is evidence. The log is; what stands here follows from it.

mod check;
pub mod index;
pub mod models;

pub use check::{CheckError, Checked, Difference, check};
pub use index::{FollowError, Followed, Index, IndexError};
pub use models::asserted::{AssertedRow, AssertedTenure};
pub use models::filters::{Cursor, HistoryFilter, Locator, StatusFilter};
pub use models::horizon::Horizon;
pub use models::past::PastRow;
pub use models::places::{HolderRow, PlaceRow};
pub use models::rows::{AdoptedRow, BodyRow, HaltRow, HistoryRow, Kind, LockRow, ReleaseRow, RunRow, Spot, TenureRow};
