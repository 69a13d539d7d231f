//! What `promoledger` costs as a whole process over ledgers of a size, each figure beside its floor in the same run.
//!
//! * `process`: running a program often, its median time and its peak of memory;
//! * `floors`: what the machine takes for the bare work below;
//! * `table`: the figures as a page shows them.

pub mod floors;
pub mod process;
pub mod table;
